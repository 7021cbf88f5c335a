"""A site that fails again and again: three incidents in thirty days are said where the third is opened (P7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from guardia.cases.case import TAKEN_OVER, Case, Status
from guardia.cases.links import CaseLink, LinkKind
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import CaseKind
from guardia.reports.month import Month

WITHIN = timedelta(days=30)
TIMES = 3


@dataclass(frozen=True)
class Recurring:
    """``before``: the incidents of the site in the thirty days up to this one, the newest first."""

    before: Sequence[Case] = ()

    @property
    def times(self) -> int:
        """Which time it is, this one included."""
        return len(self.before) + 1

    @property
    def is_recurring(self) -> bool:
        return self.times >= TIMES


def recurring(site_id: int | None, at: datetime, case: Case | None = None) -> Recurring:
    """How often the site has failed in the thirty days up to ``at`` (UTC), with ``case`` or one that is being opened.

    What was withdrawn was no failure, and what was open in a former tool did not begin when it was taken over.
    """
    if site_id is None:
        return Recurring()
    found = Case.objects.filter(site=site_id, desk=TECHNICAL, opened_at__gt=at - WITHIN, opened_at__lte=at)
    found = found.exclude(status=Status.CANCELLED).exclude(source=TAKEN_OVER)
    if case is not None:
        found = found.exclude(pk=case.pk)
    return Recurring(list(found.order_by("-opened_at", "-pk")[:20]))


@dataclass(frozen=True)
class AgainAndAgain:
    """A site that failed three times or more within thirty days: the ``numbers`` of the cases of its worst such
    stretch, the oldest first.
    """

    site_id: int
    numbers: Sequence[int]


def recurring_sites(customer_id: int, start: datetime, end: datetime) -> list[AgainAndAgain]:
    """The sites of a company where the third incident of thirty days, or a later one, was opened within
    ``start`` and ``end`` (UTC); the worst first. One question to the database.
    """
    found = Case.objects.filter(customer=customer_id, desk=TECHNICAL, opened_at__gt=start - WITHIN, opened_at__lt=end)
    found = found.exclude(status=Status.CANCELLED).exclude(source=TAKEN_OVER).exclude(site=None)
    by_site: dict[int, list[tuple[datetime, int]]] = {}
    for site, at, number in found.order_by("opened_at", "pk").values_list("site_id", "opened_at", "number"):
        by_site.setdefault(site, []).append((at, number))
    worst = [AgainAndAgain(site, _worst(cases, start)) for site, cases in by_site.items()]
    return sorted((each for each in worst if each.numbers), key=lambda each: (-len(each.numbers), each.site_id))


def _worst(cases: Sequence[tuple[datetime, int]], start: datetime) -> list[int]:
    """The numbers of the longest run of cases within thirty days whose last one was opened at ``start`` or later; none
    below three. ``cases``: when each was opened, the oldest first, and its number.
    """
    most: Sequence[tuple[datetime, int]] = ()
    first = 0
    for last, (opened_at, _number) in enumerate(cases):
        while cases[first][0] <= opened_at - WITHIN:
            first += 1
        if opened_at >= start and last - first + 1 > len(most):
            most = cases[first : last + 1]
    return [number for _opened_at, number in most] if len(most) >= TIMES else []


# What ended as the duplicate of another case, or was withdrawn: how each counts where promises are added up (P2 D).
#
# A duplicate's promises are those of the case that goes on, made a second time: they count nowhere, and how many such
# cases there were is said beside. What was withdrawn counts with what had been decided until then, so that no broken
# promise goes away by being withdrawn; what ran at that moment is judged by nobody, and it has affected nobody (P7).


OF_A_DUPLICATE = """EXISTS (
    SELECT FROM case_link d WHERE d.case_id = decided.case_id AND d.kind = 'duplicate' AND d.ended_at IS NULL
)"""
"""Of a row of ``decided``, in SQL: its case ended as the duplicate of another."""

OF_A_REHEARSAL = 'EXISTS (SELECT FROM "case" r WHERE r.id = decided.case_id AND r.in_rehearsal)'
"""Of a row of ``decided``, in SQL: its promise was given to nobody."""


@dataclass(frozen=True)
class EndedOtherwise:
    """Cases that ended without being closed: ``duplicates`` of another, and ``withdrawn`` for another reason."""

    duplicates: int = 0
    withdrawn: int = 0


def is_duplicate(case: str = "pk") -> Exists:
    """The same for a queryset: ``case`` is the field that names the case."""
    return Exists(CaseLink.objects.filter(case=OuterRef(case), kind=LinkKind.DUPLICATE, ended_at=None))


def ended_otherwise(
    month: Month, customer_id: int | None = None, of: CaseKind = CaseKind.INCIDENT, complaints: bool | None = None
) -> EndedOtherwise:
    """The cases of the month that ended so, of one company or of all; ``complaints``: formal ones alone, or none."""
    found = Case.objects.filter(status=Status.CANCELLED, closed_at__gte=month.start, closed_at__lt=month.end)
    found = found.filter(desk=TECHNICAL) if of == CaseKind.INCIDENT else found.exclude(desk=TECHNICAL)
    found = found if customer_id is None else found.filter(customer=customer_id)
    found = found if complaints is None else found.filter(is_complaint=complaints)
    counts = found.annotate(doubled=is_duplicate()).aggregate(
        duplicates=Count("pk", filter=Q(doubled=True)), withdrawn=Count("pk", filter=Q(doubled=False))
    )
    return EndedOtherwise(**counts)
