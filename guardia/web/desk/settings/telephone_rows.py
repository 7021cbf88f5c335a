"""An exchange as the settings show it: its state in words, its last words, its gaps, how late they come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeGap, ExchangeKind
from guardia.calls.exchange_seen import SeenName, delay_of
from guardia.calls.exchanges import SILENT_AFTER
from guardia.web.desk.reports.reception import GapRow, gap_row

LATE, AHEAD = timedelta(seconds=5), timedelta(seconds=-1)
BLANK_QUEUES = 2


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    exchange: Exchange
    kind: str
    state: str
    is_bad: bool
    seen: str
    queues: int


@dataclass(frozen=True, slots=True)
class SaidRow:
    at: str
    late: str
    name: str
    source: str
    reference: str
    packet: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a call that is made to try it shows: the last word, and how late words come."""

    last: str
    last_at: str
    words: str
    is_bad: bool


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue and its desk in the form. ``seen``: in how many calls of a month it was seen; 0 for none."""

    number: int
    queue: str
    desk: str
    seen: int
    is_new: bool


def exchange_row(exchange: Exchange, at: datetime) -> ExchangeRow:
    state, is_bad = state_of(exchange, at)
    kinds = {ExchangeKind.AMI.value: _("Guardia listens to it (AMI)"), ExchangeKind.CTI.value: _("it pushes (CTI)")}
    return ExchangeRow(
        exchange,
        kinds.get(exchange.kind, exchange.kind),
        state,
        is_bad,
        hour_of(exchange.seen_at),
        len(exchange.queues),
    )


def state_of(exchange: Exchange, at: datetime) -> tuple[str, bool]:
    """In words, and whether somebody should look at it."""
    if not exchange.is_active:
        return _("switched off"), False
    if exchange.seen_at is None:
        return _("never heard"), True
    if exchange.kind == ExchangeKind.CTI:
        return _("in use"), False
    if exchange.connected_at is None:
        return _("not heard since %s") % hour_of(exchange.seen_at), True
    if at - exchange.seen_at > SILENT_AFTER:
        return _("connected, silent since %s") % hour_of(exchange.seen_at), True
    return _("connected since %s") % hour_of(exchange.connected_at), False


def hearing_of(events: Sequence[ExchangeEvent]) -> Hearing | None:
    """None where it said nothing within a week."""
    if not events:
        return None
    last, late = events[0], delay_of(list(events))
    if late is None:
        words, is_bad = _("It says no hours of its own: its calls are measured by when its messages come in."), False
    elif late < AHEAD:
        words = _("Its clock is ahead of ours by %s. Set both by NTP: the minute is measured by its hours.")
        words, is_bad = words % seconds(-late), True
    elif late > LATE:
        words = _("Its messages come %s late: its clock is behind ours, or they wait on the way. Look at NTP first.")
        words, is_bad = words % seconds(late), True
    else:
        words, is_bad = _("Its messages come within %s, by its own hours.") % seconds(max(late, timedelta())), False
    return Hearing(last.name, hour_of(last.received_at), words, is_bad)


def said_row(event: ExchangeEvent) -> SaidRow:
    late = event.received_at - event.happened_at
    return SaidRow(
        at=date_format(localtime(event.received_at), "d/m H:i:s"),
        late=seconds(late) if late else "–",
        name=event.name,
        source=event.source,
        reference=event.reference,
        packet=tuple((str(pair[0]), str(pair[1])) for pair in event.packet if len(pair) == 2),
    )


def gap_rows(gaps: Sequence[ExchangeGap], at: datetime) -> list[GapRow]:
    return [gap_row(gap, at) for gap in gaps]


def queue_lines(mapped: Mapping[str, str], seen: Sequence[SeenName]) -> list[QueueLine]:
    """Those that lead somewhere, those that were seen and lead nowhere yet, and two to fill in."""
    counts = {each.name: each.count for each in seen}
    new = [name for name in counts if name and name not in mapped]
    pairs = [*((queue, desk, False) for queue, desk in mapped.items()), *((name, "", True) for name in new)]
    pairs += [("", "", False)] * BLANK_QUEUES
    return [
        QueueLine(number, queue, desk, counts.get(queue, 0), is_new)
        for number, (queue, desk, is_new) in enumerate(pairs)
    ]


def seconds(length: timedelta) -> str:
    return f"{number_format(length.total_seconds(), 3, use_l10n=True)}\u00a0s"


def hour_of(at: datetime | None) -> str:
    return date_format(localtime(at), "d/m/Y H:i:s") if at else "–"
