"""Machines on one switch: network namespaces on a bridge, which end with the process that made them. Linux, root."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from guardia.config import processes

BRIDGE, HERE = "switch0", "10.213.0.1"
NETWORK = "10.213.0.0/24"
TIMEOUT = 240


def ip(*words: str, inside: int | None = None) -> None:
    enter_first = ["nsenter", "-t", str(inside), "-n"] if inside else []
    subprocess.run([*enter_first, "ip", *words], check=True, capture_output=True, text=True)


def begin() -> None:
    """From here on this process is a machine at the switch, under the address HERE, and nobody else's network is near.

    Call before any thread is started. Raises OSError where the kernel refuses.
    """
    os.unshare(os.CLONE_NEWNET)
    ip("link", "set", "lo", "up")
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def enter(pid: int) -> None:
    """This thread, or the child that is about to become a program, is on that machine."""
    os.setns(os.pidfd_open(pid), os.CLONE_NEWNET)


class Place:
    """A machine with a cable to the switch."""

    def __init__(self, name: str, number: int) -> None:
        self.cable = f"cable{number}"
        self.holder = processes.start(["sleep", "infinity"], become=partial(os.unshare, os.CLONE_NEWNET))
        pid = self.holder.pid
        ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        ip("addr", "add", f"10.213.0.{number}/24", "dev", "eth0", inside=pid)
        ip("link", "set", "eth0", "up", inside=pid)
        ip("link", "set", "lo", "up", inside=pid)
        ip("link", "set", self.cable, "up")
        self.connect()
        self.become = partial(enter, pid)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=self.become)

    def cut(self) -> None:
        """The port of the switch is dead: whatever is sent vanishes, and neither side is told."""
        ip("link", "set", self.cable, "nomaster")

    def connect(self) -> None:
        ip("link", "set", self.cable, "master", BRIDGE)

    def do[Found](self, what: Callable[..., Found], *words: Any) -> Found:
        """As somebody who sits at that machine; always the same thread."""
        return self._thread.submit(what, *words).result(TIMEOUT)

    def end(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        processes.stop(self.holder)
