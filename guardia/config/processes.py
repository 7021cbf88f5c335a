"""Processes: how one says that it is ready and still works, that a child never outlives its parent, and how little
memory one holds.
"""

import contextlib
import ctypes
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

# How a process says that it is ready and still works, and how its parent hears it: sd_notify(3), in a few lines.
#
# Datagrams over a socket of the machine, of which NOTIFY_SOCKET names the address. systemd listens there (Type=notify,
# WatchdogSec), `guardia run` for its children, and the web server for the processes that answer. Whoever is not heard
# for too long hangs, and is killed and begun anew. No duration here depends on a clock that somebody sets.


log = logging.getLogger(__name__)

READY, ALIVE = "READY=1", "WATCHDOG=1"
HANGS_AFTER_SECONDS = 60.0
"""Between two signs of life; each is given several times as often."""

EVERY_SECONDS = 5.0
FOLDERS = "guardia-alive-"


def notify(words: str, address: str | None = None) -> bool:
    """Tell whoever supervises this process; False where nobody does, or hears."""
    address = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # a name of Linux's own, of no file
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(words.encode(), address)
    except OSError as trouble:
        log.debug("nobody hears that this process lives: %s", trouble)
        return False
    return True


class Ear:
    """Where a parent hears its children, each by its number: a socket in a folder that only this account enters."""

    def __init__(self) -> None:
        """Raises OSError where no socket can be made, as on a full disk."""
        self.folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
        remove_unheard(self.folder)
        self.address = str(self.folder / "notify")
        try:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.socket.setblocking(False)
            self.socket.bind(self.address)
        except OSError:
            self.close()
            raise

    def heard(self) -> list[str]:
        """What was said since the last time, each line once."""
        said: dict[str, None] = {}
        with contextlib.suppress(BlockingIOError):
            while True:
                said |= dict.fromkeys(self.socket.recv(256).decode(errors="replace").splitlines())
        return list(said)

    def close(self) -> None:
        with contextlib.suppress(AttributeError):
            self.socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_unheard(own: Path) -> None:
    """Folders beside this one that processes left which were killed: nobody hears at their sockets any more."""
    for folder in own.parent.glob(f"{FOLDERS}*"):
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
                probe.connect(str(folder / "notify"))
        except ConnectionRefusedError:
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # somebody else's, or just being made


def ear() -> Ear | None:
    """An ear where one can be made; without one nobody is thought to hang."""
    try:
        return Ear()
    except OSError as trouble:
        log.warning("no watch over processes that hang: %s", trouble)
        return None


# --- in a container, where nobody hears -------------------------------------------------------------------------------


def write_down(now: float) -> None:
    """That this process lived at ``now`` (seconds of ``monotonic``, which all processes of a machine share), into the
    file that ALIVE_FILE names; without one, nowhere.
    """
    if file := os.environ.get("ALIVE_FILE"):
        with contextlib.suppress(OSError):
            Path(file).write_text(f"{os.getpid()} {now:.0f}")


def check(now: float) -> int:
    """The health check of a container: 0 while the process lives that writes ALIVE_FILE; else it is ended, so that the
    container ends and is begun anew, and 1.
    """
    try:
        pid, at = map(int, Path(os.environ.get("ALIVE_FILE", "")).read_text().split())
    except (OSError, ValueError):
        return 1  # it has not begun yet
    if now - at <= 2 * HANGS_AFTER_SECONDS:
        return 0
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    return 1


if __name__ == "__main__":
    sys.exit(check(monotonic()))


# A child process that never outlives the process that started it, not even after kill -9.


PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None) if LINUX else None


def die_with(parent: int, last_signal: int = signal.SIGTERM) -> None:
    """Linux: this process gets `last_signal` when the process `parent`, its own parent, is gone."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was told
        os.kill(os.getpid(), last_signal)


def start(
    command: list[str],
    *,
    last_signal: int = signal.SIGTERM,
    become: Callable[[], None] | None = None,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches it through its parent alone.

    `become` runs in the child before the program: the place to change the account. The leash is tied after it,
    because the kernel forgets it when the account changes. Call from the main thread: the leash ends with the thread.
    """
    parent = os.getpid()

    def prepare() -> None:
        if become:
            become()
        die_with(parent, last_signal)

    child = subprocess.Popen(command, start_new_session=True, preexec_fn=prepare, **options)
    if not LINUX:
        _watchers[child.pid] = _watch(child.pid, last_signal)
    return child


_watchers: dict[int, subprocess.Popen[bytes]] = {}


def _watch(pid: int, last_signal: int) -> subprocess.Popen[bytes]:
    """Without PR_SET_PDEATHSIG: a shell reads a pipe that only this process's end closes, then signals the child."""
    script = 'read -r _; kill -"$1" "$2" 2>/dev/null'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "leash", str(int(last_signal)), str(pid)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def stop(child: subprocess.Popen[bytes], first_signal: int = signal.SIGTERM, patience: float = 20) -> None:
    """Ask the child to end and wait; after `patience` seconds, kill it. Also the way to bury one that died."""
    if child.poll() is None:
        child.send_signal(first_signal)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    watcher = _watchers.pop(child.pid, None)
    if watcher:  # before the number of the ended process is given to another one
        watcher.kill()
        watcher.wait()


# How little memory a process that stays holds.


M_ARENA_MAX = -8
"""Of glibc's mallopt(3)."""


def one_heap() -> None:
    """Before the threads begin: glibc would give each its own heap, and keep what each has freed apart."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
