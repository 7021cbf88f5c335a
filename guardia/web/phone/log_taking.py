"""A queue log taken into the journal: from a file that lies here, or from lines that a shipper passes on.

How far it was taken stands in the exchange's row, and is written with the lines themselves: a crash loses none.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path

from guardia.calls import journal, log_words
from guardia.calls.exchange import Exchange
from guardia.web.phone import keeping
from guardia.web.phone.queue_log import OVERLAP, Line, Position, Reading, line_of

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
            gap = self.exchange.gaps.filter(read_again_at=None).order_by("lost_at").first()
        return at, Position.of_json(self.exchange.log_position), (gap.lost_at if gap else at) - OVERLAP

    def _take(self, lines: Iterable[Line], position: Position | None, until: datetime | None = None) -> None:
        lines = list(lines)
        packets = [packet for line in lines if (packet := log_words.packet_of(line.text)) is not None]
        with self.step():
            at = self.now()
            self.taken.references |= keeping.keep(self.exchange, packets, SOURCE, at, at)
            self._remember(position)
            if until:
                self._read_until(until)
        self.taken.lines += len(lines)
        self.progress(self.taken.lines)

    def _read_until(self, until: datetime) -> None:
        """The gaps before it are filled: the calls of those hours are measured now. Not where the log began later."""
        unread = self.exchange.gaps.filter(read_again_at=None, back_at__lte=until)
        if self._covers and unread.filter(lost_at__lt=self._covers).exists():
            log.warning("exchange %s: the log begins later than the oldest gap", self.exchange.name)
            return
        keeping.follow(self.exchange, journal.read_again(self.exchange, until), self.now())

    def _remember(self, position: Position | None) -> None:
        if position is not None:
            Exchange.objects.filter(pk=self.exchange.pk).update(log_position=position.as_json())


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
