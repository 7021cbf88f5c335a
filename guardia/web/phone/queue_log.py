"""The queue log of an exchange: read from where the last reading ended, and taken into the journal."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

from guardia.calls import exchange_seen, journal, queue_log
from guardia.calls.exchange import Exchange
from guardia.intake import phone

# --- reading ----------------------------------------------------------------------------------------------------------
# The queue log of an exchange, read from where the last reading ended, also when it was rotated meanwhile.
# Its lines begin with whole seconds of the epoch, in order. A reading begins OVERLAP before the last line that is
# known: what stands there twice is kept once.
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


# --- into the journal -------------------------------------------------------------------------------------------------
# A queue log taken into the journal: from a file that lies here, or from lines that a shipper passes on.
# How far it was taken stands in the exchange's row, and is written with the lines themselves: a crash loses none.
log = logging.getLogger(__name__)

SOURCE = "log"
AT_ONCE = 500
PIECE = 64 * 1024
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Taken:
    """How many lines were looked at, and which calls learnt something new; ``whole``: none is missing before."""

    lines: int = 0
    references: set[str] = field(default_factory=set)
    whole: bool = True

    @property
    def calls(self) -> int:
        return len(self.references)


class Log:
    """``step`` opens a transaction of the worker, ``now`` reads the database's hour (UTC)."""

    def __init__(
        self,
        exchange: Exchange,
        step: Callable[[], AbstractContextManager[None]],
        now: Callable[[], datetime],
        progress: Callable[[int], None] = lambda lines: None,
    ) -> None:
        self.exchange = exchange
        self.step = step
        self.now = now
        self.progress = progress
        self.taken = Taken()
        self._covers: datetime | None = None

    def take_file(self, path: Path) -> Taken:
        """From where the last reading ended. It is the exchange's own file: its end is now. Raises LogUnreadable."""
        begun_at, position, since = self._begin()
        reading = Reading(path, position, since)
        for lines in batched(reading.lines(), AT_ONCE):
            self._take(lines, reading.position)
        self.taken.whole = reading.whole
        with self.step():
            self._remember(reading.position)
            if reading.whole:
                self._read_until(begun_at)
            else:
                log.warning("exchange %s: what %s held before it was rotated is gone", self.exchange.name, path)
        return self.taken

    def take_stream(self, pieces: Iterable[bytes]) -> Taken:
        """Lines as they come. They prove what happened until the last of them; older ones than are known are passed."""
        _begun_at, position, since = self._begin()
        known = datetime.fromtimestamp(position.at, UTC) if position else None
        since = known - OVERLAP if known else since
        for lines in in_pieces(pieces):
            if lines and self._covers is None:
                # Where it begins before the last line that is known, nothing is missing between the two.
                self._covers = EVER if known and lines[0].at <= known else lines[0].at
            new = [line for line in lines if line.at >= since]
            for some in batched(new, AT_ONCE):
                self._take(some, Position(at=some[-1].at.timestamp()), until=some[-1].at)
        return self.taken

    def _begin(self) -> tuple[datetime, Position | None, datetime]:
        """The hour, how far the log is known, and since when it is wanted where it is not known at all."""
        with self.step():
            at = self.now()
            self.exchange.refresh_from_db()
            gap = exchange_seen.oldest_gap(self.exchange)
        return at, Position.of_json(self.exchange.log_position), (gap.lost_at if gap else at) - OVERLAP

    def _take(self, lines: Iterable[Line], position: Position | None, until: datetime | None = None) -> None:
        lines = list(lines)
        packets = [packet for line in lines if (packet := queue_log.packet_of(line.text)) is not None]
        with self.step():
            at = self.now()
            self.taken.references |= phone.keep_events(self.exchange, packets, SOURCE, at, at)
            self._remember(position)
            if until:
                self._read_until(until)
        self.taken.lines += len(lines)
        self.progress(self.taken.lines)

    def _read_until(self, until: datetime) -> None:
        """The gaps before it are filled: the calls of those hours are measured now. Not where the log began later."""
        if self._covers and exchange_seen.is_gap_left(self.exchange, until, self._covers):
            log.warning("exchange %s: the log begins later than the oldest gap", self.exchange.name)
            return
        phone.follow_each(self.exchange, journal.read_again(self.exchange, until), self.now())

    def _remember(self, position: Position | None) -> None:
        if position is not None:
            exchange_seen.remember_position(self.exchange, position.as_json())


def in_pieces(pieces: Iterable[bytes]) -> Iterator[list[Line]]:
    """The whole lines of each piece, as soon as it is there; the last one also without an end."""
    rest = b""
    for piece in pieces:
        *raws, rest = (rest + piece).split(b"\n")
        if len(rest) > PIECE:
            rest = b""
        yield [line for raw in raws if (line := line_of(raw))]
    if last := line_of(rest):
        yield [last]
