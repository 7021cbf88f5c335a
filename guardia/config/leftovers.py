"""What an earlier server may have left in the folder of the embedded PostgreSQL, and how it is made ready again."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from guardia.config.account import Account, DatabaseTrouble

SOCKET_PATH_LIMIT = 100  # bytes; the kernels allow 108 and 104 with the closing zero
SHORT_NAME = "guardia-"


def socket_folder(account: Account, address: Path, port: int) -> Path:
    """A folder only this account enters, with a path short enough for a socket; `address` names the last one used."""
    wanted = account.folder / "socket"
    if len(os.fsencode(wanted / f".s.PGSQL.{port}.lock")) < SOCKET_PATH_LIMIT:
        return account.make_folder(wanted)
    with contextlib.suppress(OSError):
        last = Path(address.read_text())
        if last.parent == Path(tempfile.gettempdir()) and last.name.startswith(SHORT_NAME):
            shutil.rmtree(last)
    # A name nobody can guess, so nobody can have put a folder of his own there.
    return account.make_folder(Path(tempfile.mkdtemp(prefix=SHORT_NAME)))


def clear_remains(data: Path, socket_dir: Path, patience: float) -> None:
    """After a kill: wait for a server that is still closing, then remove what a dead one left.

    PostgreSQL trusts its pid file and its socket's lock whenever *any* process has that number, a stranger or a
    zombie; the lock of the folder says that nobody else can be running on this data. Raises DatabaseTrouble when the
    old server is still there after `patience` seconds.
    """
    until = time.monotonic() + patience
    while pid := postmaster(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        if time.monotonic() > until:
            raise DatabaseTrouble(f"An older PostgreSQL (process {pid}) does not leave {data}. Stop it and try again")
        time.sleep(0.1)
    for file in [data / "postmaster.pid", *socket_dir.glob(".s.PGSQL.*")]:
        file.unlink(missing_ok=True)


def postmaster(data: Path) -> int | None:
    """The living process that works in `data` according to its pid file."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    if not Path("/proc/self/cwd").exists():
        question = ["ps", "-o", "stat=,command=", "-p", str(pid)]
        told = subprocess.run(question, capture_output=True, text=True, check=False)
        return pid if str(data) in told.stdout and not told.stdout.startswith("Z") else None
    try:
        return pid if Path(f"/proc/{pid}/cwd").readlink() == data else None  # a zombie has no folder any more
    except OSError:
        return None


def fresh_log(path: Path) -> Path:
    """The log, begun anew when it is larger than 5 MB; the one before is kept."""
    if path.exists() and path.stat().st_size > 5_000_000:
        path.replace(path.with_name("log.1"))
    return path
