"""The folder of backups: one folder for each, by its hour in UTC, and the files of cases once for all of them."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.crypto import salted_hmac

# --- the folder -------------------------------------------------------------------------------------------------------
# The folder of backups: one folder for each, by its hour in UTC, and the files of cases once for all of them.
# BACKUPS/20261125T030000Z/manifest.json database.dump files.txt BACKUPS/files/ab/ab12… named by what they contain, as
# in the store
# The manifest is written last and whole: a folder without one is half a backup, and is never restored.
FORMAT = 1
OWNER, APP = "OWNER", "APP"
STAMP = "%Y%m%dT%H%M%SZ"
MANIFEST, DUMP, FILES_LIST, FILES = "manifest.json", "database.dump", "files.txt", "files"
DRILL = "drill.json"
PIECE = 1024 * 1024


class NotWhole(Exception):
    """There is no backup here, or not all of it; the words say what is missing and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. Hours in ISO 8601, UTC; ``sums``: SHA-256 by file name; ``counts``: rows by table.

    ``settings`` are names alone: no value of a setting is ever part of a backup. ``key`` tells whether another
    SECRET_KEY is the same one, and nothing else of it. ``roles`` are those of the row policies, which belong to the
    whole server; ``members`` says who may step into which (role, member, inherits, may set), where OWNER and APP stand
    for the two that the addresses name.
    """

    made_at: str
    guardia: str
    server: str
    owner: str
    roles: list[str]
    members: list[tuple[str, str, bool, bool]]
    migrations: list[str]
    counts: dict[str, int]
    sums: dict[str, str]
    files: int
    file_bytes: int
    settings: list[str]
    key: str
    troubles: list[str] = field(default_factory=list)
    format: int = FORMAT


@dataclass(frozen=True)
class BackedUpFile:
    """One file of a case as the backup has it; ``thumbnail``: the SHA-256 of its thumbnail, empty where none."""

    sha256: str
    size: int
    thumbnail: str = ""


def folder_of(root: Path, at: datetime) -> Path:
    return root / at.astimezone(UTC).strftime(STAMP)


def hour_of(folder: Path) -> datetime | None:
    """Its hour, by its name; None for any other folder."""
    try:
        return datetime.strptime(folder.name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def whole(root: Path) -> list[Path]:
    """The backups in it that were finished, the newest last."""
    found = root.iterdir() if root.is_dir() else iter(())
    return sorted(one for one in found if hour_of(one) and (one / MANIFEST).is_file())


def newest_age(root: str | Path) -> float | None:
    """Seconds since the newest whole backup in it was begun; None where there is none, or no folder is named."""
    found = whole(Path(root)) if root else []
    begun = hour_of(found[-1]) if found else None
    return (datetime.now(UTC) - begun).total_seconds() if begun else None


def chosen(place: Path) -> Path:
    """The backup itself, or the newest of a folder of backups. Raises NotWhole."""
    if (place / MANIFEST).is_file():
        return place
    if found := whole(place):
        return found[-1]
    if (place / DUMP).exists() or (place / f"{DUMP}.part").exists():
        raise NotWhole(f"{place} is half a backup: it has no {MANIFEST}, which is written last. Take an earlier one")
    raise NotWhole(f"There is no backup in {place}. Name the folder that `guardia backup` was given, or one in it")


def read(folder: Path) -> Manifest:
    """Raises NotWhole."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        its = said.get("format") if isinstance(said, dict) else None
        manifest = Manifest(**said) if its == FORMAT else None  # another format has other words
    except (OSError, ValueError, TypeError, RecursionError) as wrong:
        raise NotWhole(f"{folder / MANIFEST} cannot be read: {wrong}") from wrong
    if manifest is None:
        raise NotWhole(f"{folder} is of another format ({its}): restore it with the version that made it")
    if strange := misshapen(said):
        raise NotWhole(f"{folder / MANIFEST} was changed: “{strange}” is not what a backup writes. Take another backup")
    return manifest


def misshapen(said: dict[str, Any]) -> str:
    """The first part that is not of its kind, or does not name what must be proven; empty where all is well."""
    for name in ("roles", "migrations", "troubles"):
        if not isinstance(said.get(name), list) or not all(isinstance(one, str) for one in said[name]):
            return name
    if not isinstance(said["members"], list) or not all(isinstance(o, list) and len(o) == 4 for o in said["members"]):
        return "members"
    if not isinstance(said["counts"], dict) or "case" not in said["counts"]:
        return "counts"
    return "" if isinstance(said["sums"], dict) and {DUMP, FILES_LIST} <= said["sums"].keys() else "sums"


def check(root: Path, folder: Path, read_so_far: Callable[[int], object] = lambda count: None) -> None:
    """Every byte of it is read; no database is needed for that. Raises NotWhole.

    ``read_so_far`` is told of each file of a case.
    """
    manifest = read(folder)
    for name, expected in manifest.sums.items():
        if not (folder / name).is_file() or sum_of(folder / name) != expected:
            raise NotWhole(f"{folder / name} is lost or was changed. Take another backup")
    number = 0
    for one in files_of(folder):
        for sha in filter(None, (one.sha256, one.thumbnail)):
            place = place_of(root, sha)
            if not place.is_file() or sum_of(place) != sha:
                raise NotWhole(f"{place} is lost or was changed. Take another backup, or bring that file back")
        number += 1
        read_so_far(1)
    if number != manifest.files:
        raise NotWhole(f"{folder} names {number} files and says {manifest.files}. Take another backup")


def write(folder: Path, manifest: Manifest) -> None:
    """Whole, and on the disk, or not at all."""
    write_json(folder / MANIFEST, asdict(manifest))
    sync(folder.parent)


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Whole, and on the disk, or not at all. Raises OSError."""
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-8") as opened:
        json.dump(content, opened, indent=1, ensure_ascii=False)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)
    sync(file.parent)


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sum_of(file: Path) -> str:
    """Its SHA-256, read piece by piece. Raises OSError."""
    total = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            total.update(piece)
    return total.hexdigest()


def place_of(root: Path, sha: str) -> Path:
    return root / FILES / sha[:2] / sha


def files_of(folder: Path) -> Iterator[BackedUpFile]:
    with (folder / FILES_LIST).open(encoding="ascii") as lines:
        for line in lines:
            sha, size, *thumbnail = line.split()
            yield BackedUpFile(sha, int(size), *thumbnail)


def prune(root: Path, keep: int) -> int:
    """Let go of all but the newest ``keep`` backups, and of what is left of unfinished ones; how many went.

    Then the files of cases that none of those kept names. The caller holds the folder's lock.
    """
    kept = whole(root)[-keep:]
    gone = [one for one in root.iterdir() if hour_of(one) and one not in kept]
    for each in gone:
        (each / MANIFEST).unlink(missing_ok=True)  # first: what is half gone is no backup any more
        shutil.rmtree(each)
    named = {sha for folder in kept for one in files_of(folder) for sha in (one.sha256, one.thumbnail)}
    for file in (root / FILES).glob("??/*"):
        if file.name not in named:
            file.unlink()
    return len(gone)


# --- the drill --------------------------------------------------------------------------------------------------------
# What the newest `guardia drill` found, beside the backups: /metrics and `guardia doctor` read it there.
@dataclass(frozen=True)
class Drill:
    """``at``: when it began, ISO 8601, UTC. ``backup``: the folder's name; empty where there was none.

    ``seconds``: how long restoring and proving took. ``lost_seconds``: how old the newest event in the backup was at
    ``at``, which is what would be lost; None where it has no event or could not be restored. ``trouble``: why it is
    not proven.
    """

    at: str
    backup: str
    proven: bool
    seconds: float
    lost_seconds: float | None = None
    trouble: str = ""

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.at)


def newest_drill(root: str | Path) -> Drill | None:
    """None where there was none yet, no folder is named, or its file cannot be read."""
    try:
        drill = Drill(**json.loads((Path(root) / DRILL).read_text(encoding="utf-8"))) if root else None
        return drill if drill and drill.began.tzinfo else None
    except (OSError, ValueError, TypeError):
        return None


# --- key --------------------------------------------------------------------------------------------------------------
# Whether a key is the one of before, without keeping it.
def fingerprint(key: str | None = None) -> str:
    """Sixteen letters that are the same for the same SECRET_KEY; ``key`` in place of that of the settings."""
    return salted_hmac("guardia.backup", "fingerprint", secret=key, algorithm="sha256").hexdigest()[:16]
