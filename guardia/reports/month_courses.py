"""The courses of the incidents of a month that went worst, each small, to be seen beside each other (P1 to P7).

Two questions for all of them. What came after the month is left out, so that the picture of a month stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from guardia.cases.case import Case
from guardia.cases.number import ungrouped
from guardia.clocks.clock import Clock, Wait, by_case
from guardia.notices.month_facts import CaseFacts, CourseFacts
from guardia.reports.case_course import OF_INCIDENTS, Course, PromiseSpan, WaitSpan, holds, in_order, promise_spans
from guardia.reports.month import Month
from guardia.reports.promises import LateOfOwn

MOST_COURSES = 10


def worst_courses(
    facts: Sequence[CaseFacts], late: Iterable[LateOfOwn], month: Month, at: datetime
) -> tuple[CourseFacts, ...]:
    """Of these cases the ten that were overdue for longest, then those affected for longest; none that was neither.

    ``at`` is UTC.
    """
    until = min(at, month.end)
    overdue: dict[int | None, timedelta] = {}
    for each in late:
        if each.kind in OF_INCIDENTS:
            lasted = (each.taken - each.target) if each.taken is not None else until - each.due_at
            overdue[each.case_number] = overdue.get(each.case_number, timedelta()) + lasted
    down = {ungrouped(each.number): each.down for each in facts}
    bad = [number for number in down if number in overdue or down[number]]
    bad.sort(key=lambda number: (overdue.get(number, timedelta()), down[number]), reverse=True)
    known = Case.objects.defer("search").in_bulk(bad[:MOST_COURSES], field_name="number")
    chosen = [known[number] for number in bad[:MOST_COURSES]]
    courses = courses_until(chosen, until)
    return tuple(CourseFacts(case.display_number, case.subject, frozen(courses[case.pk])) for case in chosen)


def courses_until(cases: Sequence[Case], until: datetime) -> dict[int, Course]:
    """By the id of each case, its promises and waits as far as ``until`` (UTC)."""
    ids = [case.pk for case in cases]
    clocks = Clock.objects.filter(case__in=ids, kind__in=[kind.value for kind in OF_INCIDENTS]).exclude(
        outcome="dropped"
    )
    of_case = by_case(clocks.select_related("case").defer("case__search"))
    waits: dict[int, list[WaitSpan]] = {}
    for wait in Wait.objects.filter(case__in=ids, started_at__lt=until).order_by("started_at", "pk"):
        if holds(wait):
            end = wait.ended_at if wait.ended_at and wait.ended_at < until else None
            waits.setdefault(wait.case_id, []).append(WaitSpan(wait.cause, wait.started_at, end))
    return {case.pk: course(case, of_case.get(case.pk, []), waits.get(case.pk, []), until) for case in cases}


def course(case: Case, clocks: Sequence[Clock], waits: Sequence[WaitSpan], until: datetime) -> Course:
    is_over = case.closed_at is not None and case.closed_at <= until
    end = case.closed_at if is_over and case.closed_at else until
    promises = in_order(as_it_stood(each, end) for each in promise_spans(clocks, end))
    start = min([case.opened_at, *(each.start for each in promises)])
    return Course(start, end, not is_over, promises, waits)


def as_it_stood(each: PromiseSpan, until: datetime) -> PromiseSpan:
    """The promise at that hour: what ended later ran still, and what fell due later was not broken yet."""
    if each.end is None or each.end <= until:
        return each
    taken = round((until - each.start).total_seconds())
    stood = [(start, min(end, until)) for start, end in each.stood if start < until]
    return replace(each, end=None, taken=taken, stood=stood, is_kept=each.is_kept or not each.due or each.due > until)


# --- as it is frozen --------------------------------------------------------------------------------------------------
def frozen(of: Course) -> dict[str, Any]:
    """The course as JSON keeps it: hours in ISO 8601, None where something ran on."""
    return {
        "start": of.start.isoformat(),
        "until": of.until.isoformat(),
        "is_open": of.is_open,
        "promises": [
            {
                "kind": each.kind,
                "ordinal": each.ordinal,
                "target": each.target,
                "taken": each.taken,
                "start": each.start.isoformat(),
                "end": written(each.end),
                "due": written(each.due),
                "is_kept": each.is_kept,
                "stood": [[a.isoformat(), b.isoformat()] for a, b in each.stood],
            }
            for each in of.promises
        ],
        "waits": [[each.cause, each.start.isoformat(), written(each.end)] for each in of.waits],
    }


def thawed(facts: Mapping[str, Any]) -> Course:
    """The course from what was frozen."""
    promises = [
        PromiseSpan(
            **{name: each[name] for name in ("kind", "ordinal", "target", "taken", "is_kept")},
            start=datetime.fromisoformat(each["start"]),
            end=read(each["end"]),
            due=read(each["due"]),
            stood=[(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in each["stood"]],
        )
        for each in facts["promises"]
    ]
    waits = [WaitSpan(cause, datetime.fromisoformat(start), read(end)) for cause, start, end in facts["waits"]]
    start, until = (datetime.fromisoformat(facts[name]) for name in ("start", "until"))
    return Course(start, until, facts["is_open"], promises, waits)


def written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def read(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
