"""A child process that never outlives the process that started it, not even after kill -9."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

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
