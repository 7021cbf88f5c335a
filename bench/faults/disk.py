"""The folder of the attachments, which can be full: a small tmpfs of its own, or a limit on what the web may write.

The tmpfs stands in a mount namespace of this run (``unshare``), so that it is gone with it whatever happens.
"""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MEGABYTES = 64
OF_THE_DATABASE = 1024
DATABASE = "database full"
"""It is there until the database is gone, which is after the night."""
SMALL = 16
OWN = "FAULTS_MOUNTS"
WAYS = (["--mount"], ["--user", "--map-root-user", "--mount"])


def in_a_namespace(command: list[str]) -> None:
    """Begin again as ``command`` where this process may mount, if the kernel allows it; else go on as it is."""
    if OWN in os.environ:
        return
    for flags in WAYS[os.geteuid() != 0 :]:
        trial = ["unshare", *flags, "mount", "-t", "tmpfs", "faults", tempfile.gettempdir()]
        try:
            allowed = subprocess.run(trial, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return
        if allowed:
            os.environ[OWN] = "own"
            os.execvp("unshare", ["unshare", *flags, *command])


class Tmpfs:
    how = "tmpfs"

    def __init__(self, folder: Path) -> None:
        self.filler = folder / "filler"

    def fill(self) -> None:
        with self.filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def free(self) -> None:
        self.filler.unlink(missing_ok=True)

    def end(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.filler.parent)], capture_output=True, check=False)


class Limit:
    """No file of the web server may grow beyond a few bytes; its logs stand still meanwhile as well."""

    how = "a limit on the size of files (no mount allowed)"

    def __init__(self, pids: Callable[[], list[int]]) -> None:
        self.pids = pids

    def fill(self) -> None:
        self._limit(SMALL)

    def free(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def end(self) -> None:
        """Nothing is left of it: the processes are gone."""

    def _limit(self, most: int) -> None:
        for pid in self.pids():
            try:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            except ProcessLookupError:
                continue


def mounted(folder: Path, megabytes: int = MEGABYTES) -> Path:
    """The folder, on a small disk of its own. Raises CalledProcessError where nothing may be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "faults", str(folder)]
    subprocess.run(command, capture_output=True, check=True)
    return folder


def of(folder: Path, pids: Callable[[], list[int]]) -> Tmpfs | Limit:
    folder.mkdir(parents=True, exist_ok=True)
    if os.environ.get(OWN) == "own":
        with suppress(subprocess.CalledProcessError):
            return Tmpfs(mounted(folder))
    return Limit(pids)


def more(folder: Path, data: Path) -> dict[str, Tmpfs]:
    """The other disks of the operator, by what a fault calls them, where they could be mounted: for what web and worker
    write beside attachments, for what is being sent, and under PostgreSQL. ``data``: where that keeps its tables.
    """
    if os.environ.get(OWN) != "own":
        return {}
    found = {}
    with suppress(subprocess.CalledProcessError):
        found["state folder full"] = Tmpfs(mounted(folder / "state", 8))
        found["temporary folder full"] = Tmpfs(mounted(folder / "tmp", 16))
    if data.is_relative_to(folder) and os.path.ismount(folder / "pg"):
        found[DATABASE] = Tmpfs(folder / "pg")
    return found


def under_the_database(folder: Path) -> Callable[[], None]:
    """Before the embedded PostgreSQL is made in it: a disk of its own, where this process may mount one. Gives back
    what takes it away.
    """
    if os.environ.get(OWN) == "own":
        with suppress(subprocess.CalledProcessError):
            return Tmpfs(mounted(folder / "pg", OF_THE_DATABASE)).end
    return lambda: None
