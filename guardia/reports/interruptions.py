"""The interruptions of services in a month, one after the other, as a regulator asks for them.

Whose time it was follows from the waits on record (W1): while a case waited for the customer, for a third party or for
force majeure, the time was theirs; all other time was the operator's. A wait that was ruled void gives its time back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from django.db.models import Q, QuerySet

from guardia.cases.case import Case, Status
from guardia.cases.case_proofs import DENIES, GRADE
from guardia.cases.closing_figures import UPHELD, Carried, counted, excluded_span, excluded_waits, windows_of
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.verbs import to_the_minute
from guardia.clocks.clock import Wait
from guardia.clocks.intervals import Interval, length, union, without
from guardia.evidence.test_result import TestResult, Verdict
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import Moment, WaitCause
from guardia.reports.availability import spans_of
from guardia.reports.month import Month

AT_ONCE = 100
"""Cases that are held in memory at a time."""
ORDER = (WaitCause.FORCE_MAJEURE, WaitCause.THIRD_PARTY, WaitCause.CUSTOMER)
"""Whose time it is where two waits stand at once: the first of these."""
OPERATOR = "operator"


@dataclass(frozen=True)
class Interruption:
    """One stretch without good service of one case. ``end`` is None while it lasts; hours in UTC.

    ``seconds`` fall within the month and are the sum of ``shares``, by whose time it was; ``excluded`` of them are left
    out of the affected time as agreed (P7 D), ``in_work`` lie within planned work that was announced.
    ``confirmed_by`` is the position of who confirmed, empty if nobody did; ``grade``: how that is proven (P5), empty
    where nobody did, or before it was kept; ``tests``: how many good ones are on record since the restoration, and how
    many of them a person typed.
    """

    case: Case
    start: datetime
    end: datetime | None
    seconds: int
    excluded: int
    shares: Mapping[str, int]
    confirmed_by: str
    in_work: int = 0
    grade: str = ""
    tests: tuple[int, int] = (0, 0)

    @property
    def affected(self) -> int:
        return self.seconds - self.excluded - self.in_work

    @property
    def responsible(self) -> str:
        """Whose most of the time was; the operator's where it is even."""
        return max((OPERATOR, *ORDER), key=lambda whose: self.shares.get(whose, 0))


@dataclass
class Totals:
    """The month in numbers; lengths in seconds."""

    interruptions: int = 0
    seconds: int = 0
    excluded: int = 0
    lasting: int = 0
    in_work: int = 0

    def add(self, one: Interruption) -> None:
        self.interruptions += 1
        self.seconds += one.seconds
        self.excluded += one.excluded
        self.in_work += one.in_work
        self.lasting += one.end is None

    @property
    def affected(self) -> int:
        return self.seconds - self.excluded - self.in_work


def interruptions(month: Month, at: datetime) -> Iterator[Interruption]:
    """Those that touch the month, as it stands at ``at`` (UTC), case by case in the order they were opened.

    Reads in steps of a hundred cases, so that a month of any size fits. To be used up within one transaction.
    """
    end = max(month.start, min(month.end, at))
    for cases in batched(_cases(month.start, end).iterator(chunk_size=AT_ONCE), AT_ONCE):
        pks = [case.pk for case in cases]
        waits, left_out, confirmed = _waits(pks), excluded_waits(pks), _confirmed(pks)
        work, tests = windows_of(pks), _tests(cases)
        for case in cases:
            found = Found(
                waits.get(case.pk, ()),
                left_out[case.pk],
                work[case.pk],
                *confirmed.get(case.pk, ("", "")),
                tests.get(case.pk, (0, 0)),
            )
            yield from _of(case, found, month, end, at)


class Found(NamedTuple):
    """Read of one case: all its waits, those that leave time out, its window of planned work, who confirmed, how
    that is proven, and the tests since the restoration.
    """

    waits: Sequence[Wait]
    left_out: Sequence[Wait]
    work: Sequence[Interval]
    position: str
    grade: str
    tests: tuple[int, int]


def _of(case: Case, found: Found, month: Month, end: datetime, at: datetime) -> Iterator[Interruption]:
    until = min(case.closed_at or at, at)
    holes = [excluded_span(wait, until) for wait in found.left_out]
    for begin, over in _stretches(case, until):
        inside = (max(begin, month.start), min(over or end, end))
        if inside[0] >= inside[1]:
            continue
        shares = _shares(inside, found.waits, until)
        with_work = round(length(counted([inside], holes, inside[1])).total_seconds())
        affected = round(length(counted([inside], [*holes, *found.work], inside[1])).total_seconds())
        seconds = sum(shares.values())
        excluded, in_work = max(0, seconds - with_work), max(0, with_work - affected)
        yield Interruption(
            case, begin, over, seconds, excluded, shares, found.position, in_work, found.grade, found.tests
        )


def _stretches(case: Case, until: datetime) -> list[tuple[datetime, datetime | None]]:
    """The union of the intervals; the last one has no end while the case is open and it lasts."""
    spans = spans_of(case)
    lasts = case.closed_at is None and any(end is None for _start, end in spans)
    merged = union((start, end or until) for start, end in spans)
    return [(start, None if lasts and end == until else end) for start, end in merged]


def _shares(inside: Interval, waits: Sequence[Wait], until: datetime) -> dict[str, int]:
    """Whose seconds they were; they add up to the whole, since fractions are carried over."""
    left, whose = [inside], {}
    for cause in ORDER:
        stood = union((w.started_at, min(w.ended_at or until, until)) for w in waits if w.cause == cause)
        rest = [piece for each in left for piece in without(each, stood)]
        whose[cause.value] = length(left) - length(rest)
        left = rest
    whole = Carried()
    return {name: whole.seconds(time) for name, time in [(OPERATOR, length(left)), *whose.items()]}


def _cases(start: datetime, end: datetime) -> QuerySet[Case]:
    touched = Q(closed_at=None) | Q(closed_at__gte=start)
    began = Q(opened_at__lt=end) | Q(outage_started_at__lt=end)
    found = Case.objects.filter(touched, began, desk=TECHNICAL).exclude(outages=[]).exclude(status=Status.CANCELLED)
    related = found.select_related("customer", "service", "site__city")
    return related.defer("search", "symptoms", "plan").order_by("opened_at", "pk")


def _waits(case_ids: Sequence[int]) -> dict[int, list[Wait]]:
    found: dict[int, list[Wait]] = {}
    for wait in Wait.objects.filter(case__in=case_ids).exclude(ruling=UPHELD).order_by("pk"):
        found.setdefault(wait.case_id, []).append(wait)
    return found


def _tests(cases: Iterable[Case]) -> dict[int, tuple[int, int]]:
    """By case, the good tests since the service is back, and how many of them were typed by hand (P5, P6)."""
    back = {case.pk: to_the_minute(case.restored_at) for case in cases if case.restored_at}
    found = dict.fromkeys(back, (0, 0))
    good = TestResult.objects.filter(case__in=back, verdict=Verdict.GOOD)
    for case, measured_at, typed in good.values_list("case", "measured_at", "typed"):
        if measured_at >= back[case]:
            tests, by_hand = found[case]
            found[case] = (tests + 1, by_hand + typed)
    return found


def _confirmed(case_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """By case, the position of the person of the company who confirmed last (P5), never the name, and the grade."""
    said = CaseEvent.objects.filter(case__in=case_ids, moment__in=(Moment.CONFIRMED, Moment.RELAPSED))
    last = {}
    for pk, case, moment, data in said.order_by("case", "seq").values_list("pk", "case", "moment", "data"):
        if moment == Moment.CONFIRMED:
            last[case] = (pk, data.get(GRADE, ""))
        elif DENIES in data:
            last.pop(case, None)
    texts = EventText.objects.filter(name="position", event__in=[pk for pk, _grade in last.values()])
    positions = dict(texts.values_list("event", "text"))
    return {case: (positions[pk] or "", grade) for case, (pk, grade) in last.items() if pk in positions}
