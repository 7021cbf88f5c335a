"""The queue log of an exchange, read from where the last reading ended, also when it was rotated meanwhile.

Its lines begin with whole seconds of the epoch, in order. A reading begins OVERLAP before the last line that is known:
what stands there twice is kept once.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OVERLAP = timedelta(minutes=2)
LONGEST_LINE = 4096
FINGERPRINT_BYTES = 256
PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})
"""A rotated file that is packed already is not read: what it held is missing."""


class LogUnreadable(Exception):
    """The words say why."""


@dataclass(frozen=True)
class Position:
    """How far a file was read: ``begins`` tells it from another one, ``offset`` in bytes, ``at`` of the last line."""

    begins: str = ""
    inode: int = 0
    offset: int = 0
    at: float = 0

    @classmethod
    def of_json(cls, stored: Any) -> "Position | None":
        """None where nothing was read yet, or what is stored is none."""
        try:
            return cls(**stored) if stored else None
        except TypeError:
            return None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Line:
    """``at`` is whole seconds, UTC; ``start`` where it stands in its file, in bytes."""

    text: str
    at: datetime
    start: int


def hour_of(text: str) -> datetime | None:
    """The hour (UTC) with which a line begins; None for what is no line of a queue log."""
    head, bar, _rest = text.partition("|")
    seconds, _point, _fraction = head.partition(".")
    if not (bar and seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def line_of(raw: bytes, start: int = 0) -> Line | None:
    """None for what is no line of a queue log. What is no UTF-8 is replaced."""
    text = raw.decode("utf-8", errors="replace").replace("\0", "\ufffd").rstrip("\r\n")
    at = hour_of(text) if len(text) <= LONGEST_LINE else None
    return Line(text, at, start) if at else None


class Reading:
    """One reading of a file, from ``position`` on, or of the lines since ``since`` (UTC) where there is none.

    ``whole`` says whether nothing is missing between the position and the end: a rotated file may be gone.
    """

    def __init__(self, path: Path, position: Position | None, since: datetime) -> None:
        self.path = path
        self.since = since
        self.whole = True
        self._recent: list[Line] = []
        self._begun = position

    def lines(self) -> Iterator[Line]:
        """Raises LogUnreadable."""
        try:
            for path, offset in self._files():
                self._recent = []
                yield from self._lines_of(path, offset)
        except OSError as trouble:
            raise LogUnreadable(f"{self.path}: {trouble.strerror}") from trouble

    @property
    def position(self) -> Position | None:
        """Where the next reading begins: at the first line that is younger than OVERLAP against the last one."""
        if not self._recent:
            return self._begun
        return Position(self._begins, self._inode, self._recent[0].start, self._recent[-1].at.timestamp())

    def _files(self) -> Iterator[tuple[Path, int]]:
        """What is to be read, oldest first, and from which byte on: all that was rotated since, then the file."""
        known, rotated = self._begun, siblings(self.path)
        if known and is_same(self.path, known):
            yield self.path, known.offset
            return
        place = next((place for place, each in enumerate(rotated) if known and is_same(each, known)), None)
        if known and place is not None:
            yield rotated.pop(place), known.offset
            rotated = rotated[place:]
        else:
            wanted = datetime.fromtimestamp(known.at, UTC) if known else self.since
            rotated = [each for each in rotated if each.stat().st_mtime >= wanted.timestamp()]
            self.whole = known is None
        for each in rotated:
            if each.suffix in PACKED:
                self.whole = False
            else:
                yield each, 0
        yield self.path, 0

    def _lines_of(self, path: Path, offset: int) -> Iterator[Line]:
        with path.open("rb") as file:
            self._begins, self._inode = fingerprint(file.read(FINGERPRINT_BYTES)), os.fstat(file.fileno()).st_ino
            file.seek(offset)
            start = offset
            while raw := file.readline():
                if not raw.endswith(b"\n"):  # it is being written: the next reading has the whole of it
                    return
                line = line_of(raw, start)
                start += len(raw)
                if line:
                    self._remember(line)
                    if line.at >= self.since or self._begun:
                        yield line

    def _remember(self, line: Line) -> None:
        self._recent.append(line)
        if self._recent[0].at < line.at - OVERLAP:
            self._recent = [each for each in self._recent if each.at >= line.at - OVERLAP]


def fingerprint(head: bytes) -> str:
    """Of the first line, which stays as it is while the file grows."""
    first, end, _rest = head.partition(b"\n")
    return hashlib.sha256(first).hexdigest()[:16] if end or len(head) == FINGERPRINT_BYTES else ""


def is_same(path: Path, known: Position) -> bool:
    """Whether this is the file of the position, and still as long: an emptied one is another one."""
    with path.open("rb") as file:
        begins = fingerprint(file.read(FINGERPRINT_BYTES))
        return begins == known.begins and begins != "" and os.fstat(file.fileno()).st_size >= known.offset


def siblings(path: Path) -> list[Path]:
    """Rotated files lie beside it: queue_log.1, queue_log.0, queue_log-20261125; the oldest first."""
    found = [each for each in path.parent.glob(f"{glob_safe(path.name)}?*") if each.is_file()]
    return sorted(found, key=lambda each: each.stat().st_mtime)


def glob_safe(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
