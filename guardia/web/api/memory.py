"""How much memory Guardia's own processes on this machine hold: PSS, in which what several share is divided."""

from itertools import pairwise
from pathlib import Path

COMMANDS = frozenset({"web", "worker", "run", "phone", "privacy"})
PROC = Path("/proc")


def held(proc: Path = PROC) -> dict[str, int]:
    """Bytes by command of Guardia (``web``, ``worker`` …); empty where the system has no /proc."""
    found: dict[str, int] = {}
    for folder in proc.iterdir() if proc.is_dir() else ():
        if folder.name.isdigit() and (command := command_of(folder)):
            found[command] = found.get(command, 0) + pss(folder)
    return found


def command_of(folder: Path) -> str:
    """``worker`` of ``python -m guardia worker``; empty for any other process."""
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    for before, word in pairwise(words):
        if before.rpartition("/")[2] == "guardia" and word in COMMANDS:
            return word
    return ""


def pss(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
