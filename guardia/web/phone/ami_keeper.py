"""Writes down what was heard of one exchange, in its order; runs in a thread of its own, beside the reading.

``seen_at`` is the hour of the last packet that is safely kept, so whatever ends this process, what was heard and not
kept lies inside the gap that the next one finds.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from guardia.calls import exchange_seen, journal
from guardia.calls import exchange_seen as snapshot_words
from guardia.calls.exchange import Exchange
from guardia.cases import phone_members
from guardia.intake import phone
from guardia.web.phone.ami_reader import Alive, Connected, Heard, Item, Lost, Members, started_at
from guardia.web.phone.ami_session import Packet, value
from guardia.web.phone.queue_log import Log, LogUnreadable

log = logging.getLogger(__name__)

AMI, SNAPSHOT = "ami", "snapshot"


class Keeper:
    """``zone``: in which the exchange says when it was started. ``queue_log``: its file, where it can be read here.

    ``is_ours``: whether the turn to listen is still this process's.
    """

    def __init__(
        self,
        exchange: Exchange,
        step: Callable[[], AbstractContextManager[None]],
        now: Callable[[], datetime],
        zone: ZoneInfo,
        queue_log: Path | None = None,
        is_ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self.exchange = exchange
        self.step = step
        self.now = now
        self.zone = zone
        self.queue_log = queue_log
        self.is_ours = is_ours
        self.said = ""

    def take(self, items: Sequence[Item]) -> None:
        """All of them, or up to the one at which the database fails; done again, it is the same."""
        for item in merged(items):
            match item:
                case Heard():
                    self._heard(item)
                case Connected():
                    self._connected(item)
                    self._read_log()
                case Alive():
                    self._alive(item)
                case Members():
                    self._members(item)
                case Lost():
                    self._lost(item)

    def _heard(self, item: Heard) -> None:
        """A packet that cannot be kept is said in the log, and holds up no other."""
        try:
            with self.step():
                phone.keep_events(self.exchange, item.packets, AMI, item.at, self.now())
                phone_members.hear(self.exchange, item.packets, item.at)
                exchange_seen.is_heard(self.exchange, item.at)
        except phone.NOT_NOW:
            raise
        except Exception:
            half = len(item.packets) // 2
            if not half:
                names = [name for name, _value in item.packets[0]] if item.packets else []
                log.exception("exchange %s: a packet cannot be kept: headers %.500s", self.exchange.name, names)
                return
            self._heard(Heard(item.at, item.packets[:half]))
            self._heard(Heard(item.at, item.packets[half:]))

    def _alive(self, item: Alive) -> None:
        with self.step():
            exchange_seen.is_heard(self.exchange, item.at)
            self._note(item.trouble)

    def _members(self, item: Members) -> None:
        with self.step():
            exchange_seen.is_heard(self.exchange, item.at)
            phone_members.take_snapshot(self.exchange, item.answers, item.at)

    def _lost(self, item: Lost) -> None:
        """Nothing is lost where another process has taken over meanwhile: it is heard there."""
        if not self.is_ours():
            return
        with self.step():
            self._open_gap()
            exchange_seen.is_lost(self.exchange, item.why)
        self._say(logging.WARNING, f"is not heard: {item.why}")

    def _connected(self, item: Connected) -> None:
        """Whether it was listened to before or not, what happened until now was not heard."""
        with self.step():
            self._open_gap()
            began = self._restart(item)
            references = journal.keep_packets(self.exchange, item.snapshot, SNAPSHOT, item.at)
            if "CoreShowChannels" not in item.trouble:  # else it may not name them: what it does not name may go on
                present = snapshot_words.listed(present_in(item.snapshot))
                references |= journal.keep_packets(self.exchange, [present], SNAPSHOT, item.at)
            references |= journal.back(self.exchange, item.at)
            exchange_seen.is_connected(self.exchange, item.at, began)
            self.exchange.started_at = began or self.exchange.started_at
            if "QueueStatus" not in item.trouble:
                phone_members.take_snapshot(self.exchange, item.snapshot, item.at)
            self._note(item.trouble)
            phone.follow_each(self.exchange, references, self.now())
        self._say(logging.INFO, "is heard")

    def _open_gap(self) -> None:
        """Since the last word that is kept. One that was never heard has lost nothing."""
        self.exchange.refresh_from_db()
        if self.exchange.seen_at:
            journal.lost(self.exchange, self.exchange.seen_at)

    def _restart(self, item: Connected) -> datetime | None:
        """When the exchange began; where that is later than what was known, all that was open in it ended there."""
        known = self.exchange.started_at
        began = started_at(item.snapshot, self.zone, item.at, known)
        if began and known and began > known:
            seen = self.exchange.seen_at or began
            at = min(
                max(began, seen), item.at
            )  # the zone of its clock may be another one: it was while nobody listened
            gone = journal.keep_packets(self.exchange, [snapshot_words.restarted()], SNAPSHOT, at)
            phone.follow_each(self.exchange, gone, self.now())
            log.warning("exchange %s was started anew at %s", self.exchange.name, at.isoformat(timespec="seconds"))
        return began

    def _read_log(self) -> None:
        if self.queue_log is None:
            return
        try:
            taken = Log(self.exchange, self.step, self.now).take_file(self.queue_log)
        except LogUnreadable as trouble:
            with self.step():
                self._note(f"its queue log cannot be read: {trouble}")
            return
        log.info(
            "exchange %s: %s lines of its queue log, news of %s calls", self.exchange.name, taken.lines, taken.calls
        )

    def _note(self, trouble: str) -> None:
        """What is wrong although it is heard; said in the log when it changes."""
        if trouble != self.exchange.trouble:
            exchange_seen.is_troubled(self.exchange, trouble)
            self.exchange.trouble = trouble
            if trouble:
                log.warning("exchange %s: %s", self.exchange.name, trouble)

    def _say(self, level: int, words: str) -> None:
        if words != self.said:
            log.log(level, "exchange %s %s", self.exchange.name, words)
            self.said = words


def merged(items: Sequence[Item]) -> Iterator[Item]:
    """What was heard in one go is kept in one go, as of the hour when the last of it came in."""
    for is_heard, group in groupby(items, key=lambda item: isinstance(item, Heard)):
        some = list(group)
        if is_heard:
            heard = [item for item in some if isinstance(item, Heard)]
            yield Heard(heard[-1].at, [packet for item in heard for packet in item.packets])
        else:
            yield from some


def present_in(snapshot: Sequence[Packet]) -> list[str]:
    """The calls that the exchange named: those in a queue, and those that have a channel."""
    shown = [packet for packet in snapshot if value(packet, "Event") in {"QueueEntry", "CoreShowChannel"}]
    return sorted({found for packet in shown if (found := value(packet, "Linkedid") or value(packet, "Uniqueid"))})
