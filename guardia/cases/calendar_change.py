"""A rest day is announced, or taken back: the running clocks that count by a calendar move, with an event on each case.

The announcement is one row of the journal; the cases follow it one by one, so that no announcement waits for a case and
none is forgotten: the worker goes on until every running clock has been looked at (A3 D).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from guardia.cases import calendar_openings, ledger, on_record, writes
from guardia.cases.calendar_openings import announcement_facts, last_that_moved, moved_hour
from guardia.cases.case import Case
from guardia.cases.queries import number_of, with_names
from guardia.cases.refusals import AlreadyWithdrawn, DayIsOver
from guardia.clocks import calendars
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.clocks.clock import Clock
from guardia.clocks.clock_state import ClockState
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.clocks.quarantine import Quarantine
from guardia.clocks.rest_days import feast_of
from guardia.people.setting_change import put_on_record
from guardia.people.staff import SYSTEM, Staff
from guardia.procedure import version as versions
from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.vocabulary import ClockKind, Moment

BATCH = 200
QUARANTINE = Quarantine("case to move", number_of)
SHOWN = 50


@dataclass(frozen=True)
class Moved:
    """A running promise that a change moves. Hours are UTC; None where no hour can be promised."""

    case: Case
    kind: str
    was_due_at: datetime | None
    due_at: datetime | None


def announce(
    kind: ChangeKind, *, by: Staff | None, at: datetime, day: date | None = None, canton: str = "", reason: str = ""
) -> CalendarChange:
    """Put a day that rests or works, or a canton to be observed, in the journal. What is there already is given back.

    A past day moves nothing that is over and is refused, since clocks were judged by it: raises DayIsOver.
    """
    writes.take_turn("calendar_change")
    refuse_past(day, at)
    said = calendars.announced_at(calendars.newest_edition())
    same = CalendarChange.objects.filter(kind=kind, day=day, canton=canton).order_by("-pk").first()
    holds = {
        ChangeKind.REST: day in said.rests,
        ChangeKind.WORK: day in said.works,
        ChangeKind.OBSERVE: canton in said.cantons,
    }[kind]
    if same and holds:
        return same
    feast = feast_of(canton) if canton else ""
    made = {"kind": kind, "day": day, "canton": canton, "feast": feast, "reason": reason}
    change = CalendarChange.objects.create(**made, by=by, at=at)
    put_on_record("calendar", day or canton, None, {"kind": kind.value}, by=by, at=at, reason=reason)
    return change


def withdraw(change: CalendarChange, *, reason: str = "", by: Staff | None, at: datetime) -> CalendarChange:
    """An announcement no longer holds. Raises AlreadyWithdrawn, and DayIsOver for a day that was judged by it."""
    writes.take_turn("calendar_change")
    refuse_past(change.day, at)
    try:
        with transaction.atomic():
            withdrawn = CalendarChange.objects.create(
                kind=ChangeKind.WITHDRAW, withdraws=change, day=change.day, reason=reason, by=by, at=at
            )
    except IntegrityError as twice:
        raise AlreadyWithdrawn() from twice
    before, after = {"kind": change.kind}, {"kind": ChangeKind.WITHDRAW.value}
    put_on_record("calendar", change.day or change.canton, before, after, by=by, at=at, reason=reason)
    return withdrawn


def refuse_past(day: date | None, at: datetime) -> None:
    """A day is over at midnight of the operator's zone, not of UTC. Raises DayIsOver."""
    if day and day < localdate(at):
        raise DayIsOver(day=day.isoformat())


def would_move(
    kind: ChangeKind,
    *,
    now: datetime,
    day: date | None = None,
    canton: str = "",
    withdraws: CalendarChange | None = None,
) -> tuple[list[Moved], int]:
    """Which running promises the change would move: the first fifty, and how many in all. Nothing is written."""
    journal = list(CalendarChange.objects.order_by("pk"))
    said = calendars.announced(
        [*journal, CalendarChange(kind=kind, day=day, canton=canton, withdraws=withdraws, at=now)]
    )
    found: list[Moved] = []
    for case, fold in _folded(_cases_by_calendar(Clock.objects.all())):
        procedure = versions.of(case.procedure_version_id)
        for clock in _by_calendar(fold):
            there = replace(clock, hours=calendars.calendar_with(procedure, clock.calendar, said))
            if there.due_at != clock.due_at:
                found.append(Moved(case, clock.kind, clock.due_at, there.due_at))
    waiting = calendar_openings.would_move(said, now)
    found += [Moved(case, ClockKind.FIRST_ANSWER, was, due) for case, was, due in waiting]
    return found[:SHOWN], len(found)


def follow(now: datetime) -> int:
    """Look at up to a batch of cases whose clocks have not seen the newest edition; returns how many were looked at.

    Requests that wait for their desk to open follow too. Where a promise moves, the case says so (CALENDAR_CHANGED),
    and its notices, breaches and breaches lifted follow.
    All of a batch is one record: the turns of its sites are asked for at once, in the order in which the sweep asks.
    One that raises is set aside for an hour, and the others go on.
    """
    edition = calendars.newest_edition()
    late = Clock.objects.filter(looked_at_edition__lt=edition)
    if without := QUARANTINE.left_out(now):
        late = late.exclude(case_id__in=without)
    looked = QUARANTINE.together(partial(_follow, edition=edition, now=now), _cases_by_calendar(late, BATCH), now)
    return looked + (calendar_openings.follow(edition, now, BATCH) if edition else 0)


def _follow(case_ids: Sequence[int], edition: int, now: datetime) -> int:
    found = list(_folded(case_ids, locked=True))
    entries = [_entry(case, moved, edition, now) for case, fold in found if (moved := _moved(case, fold, edition))]
    if entries:
        ledger.record(entries, now)
    running = Clock.objects.filter(case__in=[case.pk for case, _ in found], ended_at=None)
    running.exclude(calendar=ALWAYS).update(looked_at_edition=edition)
    return len(found)


def left_to_follow(now: datetime) -> int:
    """How many running clocks, and requests that wait for their desk, have still to follow the newest announcement."""
    late = Clock.objects.filter(ended_at=None, looked_at_edition__lt=calendars.newest_edition())
    return late.exclude(calendar=ALWAYS).count() + calendar_openings.left_to_follow(now)


def _cases_by_calendar(clocks: QuerySet[Clock], at_most: int | None = None) -> list[int]:
    running = clocks.filter(ended_at=None, case__isnull=False).exclude(calendar=ALWAYS)
    return list(running.order_by("case_id").values_list("case_id", flat=True).distinct()[:at_most])


def _folded(case_ids: Sequence[int], locked: bool = False) -> Iterable[tuple[Case, Fold]]:
    cases = with_names(Case.objects.filter(pk__in=case_ids)).order_by("pk")
    if locked:
        cases = cases.select_for_update(of=("self",), no_key=True, skip_locked=True)
    found = list(cases)
    past = on_record.happenings_of([case.pk for case in found])
    for case in found:
        yield case, Fold(effects_of(case.procedure_version_id)).apply_all(past.get(case.pk, ()))


def _by_calendar(fold: Fold) -> list[ClockState]:
    return [clock for clock in fold.running.values() if clock.calendar != ALWAYS]


def _moved(case: Case, fold: Fold, edition: int) -> list[tuple[ClockState, ClockState]]:
    procedure = versions.of(case.procedure_version_id)
    pairs = [
        (clock, replace(clock, edition=edition, hours=calendars.hours(procedure, clock.calendar, edition)))
        for clock in _by_calendar(fold)
        if clock.edition < edition
    ]
    return [(was, now) for was, now in pairs if was.due_at != now.due_at]


def _entry(case: Case, moved: list[tuple[ClockState, ClockState]], edition: int, now: datetime) -> ledger.Entry:
    """What moves, and the announcement that moved it: of several since the clocks were looked at, the last that did."""
    procedure, seen = versions.of(case.procedure_version_id), min(was.edition for was, _ in moved)

    def by(known: int) -> list[datetime | None]:
        return [replace(was, hours=calendars.hours(procedure, was.calendar, known)).due_at for was, _ in moved]

    change = last_that_moved(by, edition, seen)
    data = {
        **announcement_facts(change, edition),
        "calendars": sorted({there.calendar for _, there in moved}),
        "moved": [moved_hour(was.kind, was.due_at, there.due_at) for was, there in moved],
    }
    return ledger.Entry(case, Moment.CALENDAR_CHANGED, SYSTEM, now, data=data, texts={"reason": change.reason})
