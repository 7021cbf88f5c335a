"""Machines on one switch: network namespaces on a bridge, which end with the process that made them. Linux, root."""

import os
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from guardia.config import processes

BRIDGE, HERE = "switch0", "10.213.0.1"
NETWORK = "10.213.0.0/24"
TIMEOUT = 240


def ip(*words: str, inside: int | None = None) -> None:
    enter_first = ["nsenter", "-t", str(inside), "-n"] if inside else []
    subprocess.run([*enter_first, "ip", *words], check=True, capture_output=True, text=True)


def mount(places: Mapping[str, Path], inside: int | None = None) -> None:
    """From here on ``places`` (a file or a folder that exists) stand for others, for this machine alone.

    The machine has a mount namespace of its own. Raises CalledProcessError where the kernel refuses.
    """
    enter_first = ["nsenter", "-t", str(inside), "-m"] if inside else []
    subprocess.run([*enter_first, "mount", "--make-rprivate", "/"], check=True, capture_output=True)
    for name, own in places.items():
        subprocess.run([*enter_first, "mount", "--bind", str(own), name], check=True, capture_output=True)


def begin(places: Mapping[str, Path] | None = None) -> None:
    """From here on this process is a machine at the switch, under the address HERE, and nobody else's network is near.

    ``places``: files and folders that stand for those of the system, for this process and all that it starts.
    Call before any thread is started. Raises OSError where the kernel refuses.
    """
    os.unshare(os.CLONE_NEWNET)
    if places:
        os.unshare(os.CLONE_NEWNS)
        mount(places)
    ip("link", "set", "lo", "up")
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def enter(pid: int, kinds: int = os.CLONE_NEWNET) -> None:
    """This thread, or the child that is about to become a program, is on that machine.

    ``kinds``: which namespaces it enters; that of mounts is for a child alone, since threads share one.
    """
    handle = os.pidfd_open(pid)
    try:
        os.setns(handle, kinds)
    finally:
        os.close(handle)


class Place:
    """A machine with a cable to the switch; ``places`` stand for files and folders of the system there."""

    def __init__(self, name: str, number: int, places: Mapping[str, Path] | None = None) -> None:
        self.name, self.cable = name, f"cable{number}"
        kinds = os.CLONE_NEWNET | (os.CLONE_NEWNS if places else 0)
        self.holder = processes.start(["sleep", "infinity"], become=partial(os.unshare, kinds))
        pid = self.holder.pid
        if places:
            mount(places, inside=pid)
        ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        ip("addr", "add", f"10.213.0.{number}/24", "dev", "eth0", inside=pid)
        ip("link", "set", "eth0", "up", inside=pid)
        ip("link", "set", "lo", "up", inside=pid)
        ip("link", "set", self.cable, "up")
        self.connect()
        self.become = partial(enter, pid, kinds)
        self.come_in = partial(enter, pid)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=self.come_in)

    def cut(self) -> None:
        """The port of the switch is dead: whatever is sent vanishes, and neither side is told."""
        ip("link", "set", self.cable, "nomaster")

    def connect(self) -> None:
        ip("link", "set", self.cable, "master", BRIDGE)

    def do[Found](self, what: Callable[..., Found], *words: Any) -> Found:
        """As somebody who sits at that machine; always the same thread."""
        return self._thread.submit(what, *words).result(TIMEOUT)

    def pids(self) -> list[int]:
        """The processes on that machine, without the one that holds it."""
        own = os.readlink(f"/proc/{self.holder.pid}/ns/net")
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(folder / "ns/net") == own and int(folder.name) != self.holder.pid:
                    found.append(int(folder.name))
            except OSError:
                continue  # it has ended
        return found

    def end(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        processes.stop(self.holder)
