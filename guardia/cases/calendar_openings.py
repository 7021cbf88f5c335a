"""A3 D: a rest day that is announced or taken back moves the hour at which a desk opens for the requests that wait.

They have no clock yet, so nothing says which edition of the calendar they have seen: one moves where its hour is not
the one at which its desk opens now. Which hour that is, is asked once for each desk. All hours are UTC.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from guardia.cases import desk_hours, ledger
from guardia.cases.case import Case
from guardia.cases.queries import number_of, with_names
from guardia.clocks import arithmetic, calendars
from guardia.clocks.calendar import NoAnswer
from guardia.clocks.calendars import Announced, CalendarChange
from guardia.clocks.quarantine import Quarantine
from guardia.people.staff import SYSTEM
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment

QUARANTINE = Quarantine("request to move", number_of)
LOOKED_BACK = 50
"""Announcements that no worker may have followed: nobody makes more of them in the hours that a worker is away."""
type Hour = tuple[int, str, datetime]
"""Version of the procedure, desk, and when it was to open (UTC)."""


def follow(edition: int, now: datetime, most: int) -> int:
    """Move up to ``most`` requests that wait for a desk; each says so, and who reported is told the new hour.

    Returns how many moved. One whose desk turns out to be open has been attended to since the announcement that opened
    it, whenever a worker sees that; one that raises is set aside for an hour.
    """
    opens = {(version_id, desk, hour): there for version_id, desk, hour, there in _that_move(now)}
    without, pks = QUARANTINE.left_out(now), list[int]()
    for each in opens:
        found = _waiting_for(*each).exclude(pk__in=without).order_by("pk")
        pks += found.values_list("pk", flat=True)[: most - len(pks)]
    return QUARANTINE.together(partial(_follow, opens=opens, edition=edition, now=now), sorted(pks), now)


def _follow(pks: Sequence[int], opens: Mapping[Hour, datetime], edition: int, now: datetime) -> int:
    cases: dict[Hour, list[Case]] = defaultdict(list)
    free = with_names(_waiting().filter(pk__in=pks)).select_for_update(of=("self",), no_key=True, skip_locked=True)
    for case in free.order_by("pk"):
        assert case.opens_at is not None
        cases[case.procedure_version_id, case.desk, case.opens_at].append(case)
    entries: list[ledger.Entry] = []
    for each, of_it in cases.items():
        if each in opens:
            entries += _moved(of_it, each[2], opens[each], edition, now)
    if entries:
        ledger.record(sorted(entries, key=lambda entry: entry.case.pk), now)
    return len(entries)


def left_to_follow(now: datetime) -> int:
    """How many requests wait for an hour at which their desk does not open any more."""
    return sum(_waiting_for(version, desk, hour).count() for version, desk, hour, _ in _that_move(now))


def would_move(said: Announced, now: datetime) -> Iterator[tuple[Case, datetime | None, datetime | None]]:
    """The requests that would wait for another hour, with the hours of their first answer before and after.

    One whose desk would be open at ``now`` (UTC) would be attended to from then on.
    """
    for case in with_names(_waiting()).order_by("pk"):
        procedure = versions.of(case.procedure_version_id)
        rule = procedure.clock(ClockKind.FIRST_ANSWER)
        calendar = calendars.calendar_with(procedure, procedure.desk(case.desk).hours, said)
        counted, target = calendars.calendar_with(procedure, rule.calendar, said), rule.target_for()
        try:
            opens = calendar.next_open(min(now, case.opens_at) if case.opens_at else now)
            due = arithmetic.add(opens, target, (), counted) if target else None
        except NoAnswer:
            continue
        if case.opens_at and opens != case.opens_at:
            yield case, desk_hours.answer_due(case.procedure_version_id, case.opens_at), due


def _waiting() -> QuerySet[Case]:
    """Whoever waits for a desk is looked at again, so the index of what is to be looked at has them all."""
    return Case.objects.filter(next_step_at__isnull=False, opens_at__isnull=False, closed_at=None)


def _waiting_for(version_id: int, desk: str, hour: datetime) -> QuerySet[Case]:
    return _waiting().filter(procedure_version=version_id, desk=desk, opens_at=hour)


def _that_move(now: datetime) -> Iterator[tuple[int, str, datetime, datetime]]:
    """Version, desk, hour on record and hour by the newest calendar, where they differ; which hour is asked once each.

    An hour that has come and at which the desk was open is the sweep's to record, dated as it was.
    """
    found = _waiting().order_by("procedure_version_id", "desk", "opens_at")
    for version_id, desk, hour in found.values_list("procedure_version_id", "desk", "opens_at").distinct():
        if hour and not (hour <= now and desk_hours.is_open(version_id, desk, hour)):
            since = _waited_until(version_id, desk, hour, now)
            opens = desk_hours.opens_at(version_id, desk, since) or since
            if opens != hour:
                yield version_id, desk, hour, opens


def _waited_until(version_id: int, desk: str, hour: datetime, now: datetime) -> datetime:
    """Until when this hour was the right one: the newest announcement before which the desk was to open then."""
    changes = list(CalendarChange.objects.order_by("-pk").values_list("pk", "at")[:LOOKED_BACK])
    for (_pk, at), (before, _at) in pairwise([*changes, (0, now)]):
        if at <= now and desk_hours.opens_at(version_id, desk, at, before) == hour:
            return at
    return now


def _moved(cases: list[Case], was: datetime, opens: datetime, edition: int, now: datetime) -> list[ledger.Entry]:
    """What moves, as the clocks of a calendar say it: by the calendar that was told, and by the one that holds now."""
    if not cases:
        return []
    version_id, desk, since = cases[0].procedure_version_id, cases[0].desk, min(was, now)

    def by(known: int) -> datetime:
        return desk_hours.opens_at(version_id, desk, since, known) or since

    told = next((known for known in editions() if known < edition and by(known) == was), 0)
    change = last_that_moved(by, edition, told)
    before, after = desk_hours.answer_due(version_id, was, told), desk_hours.answer_due(version_id, opens, edition)
    data = {
        **announcement_facts(change, edition),
        "calendars": [],
        "moved": [moved_hour(ClockKind.FIRST_ANSWER.value, before, after)],
        "opened": was.isoformat(),
        "opens_at": opens.isoformat(),
    }
    texts = {"reason": change.reason}
    waited = [case for case in cases if opens > now or _waits_since(case) <= opens]
    for case in waited:
        case.opens_at = opens
    return [ledger.Entry(case, Moment.CALENDAR_CHANGED, SYSTEM, now, data=data, texts=texts) for case in waited]


def _waits_since(case: Case) -> datetime:
    """When it was taken down or passed on to its desk: one that came after the desk had closed again waits on."""
    came = case.latest(Moment.ADMIN_TAKEN, Moment.TRANSFERRED)
    return came.occurred_at if came else case.opened_at


def last_that_moved(by: Callable[[int], object], edition: int, seen: int) -> CalendarChange:
    """The last announcement after ``seen`` without which the hours would be others.

    ``by`` gives the hours by an edition of the calendar. The newest one where no single one did.
    """
    changes = list(CalendarChange.objects.filter(pk__gt=seen, pk__lte=edition).order_by("-pk"))
    known = [change.pk for change in changes[1:]] + [seen]
    moving = (change for change, before in zip(changes, known, strict=True) if by(change.pk) != by(before))
    return changes[0] if len(changes) == 1 else next(moving, changes[0])


def announcement_facts(change: CalendarChange, edition: int) -> dict[str, Any]:
    """What the event says of the announcement; ``edition`` is that of the calendar by which the hours count now."""
    return {
        "edition": edition,
        "journal": calendars.journal_hash(edition),
        "day": (change.day or "") and str(change.day),
        "canton": change.canton,
        "kind": change.kind,
    }


def moved_hour(clock: str, was: datetime | None, due: datetime | None) -> dict[str, str | None]:
    """One promise that moves; None where no hour can be promised. Hours are UTC."""
    return {"clock": clock, "was": was.isoformat() if was else None, "due_at": due.isoformat() if due else None}


def editions() -> list[int]:
    """Every edition of the calendar, the newest first, down to that before the first announcement."""
    return [*CalendarChange.objects.order_by("-pk").values_list("pk", flat=True), 0]
