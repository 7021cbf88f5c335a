"""A site that fails again and again: three incidents in thirty days are said where the third is opened (P7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardia.cases.case import Case, Status
from guardia.people.shifts import TECHNICAL

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

    What was withdrawn was no failure.
    """
    if site_id is None:
        return Recurring()
    found = Case.objects.filter(site=site_id, desk=TECHNICAL, opened_at__gt=at - WITHIN, opened_at__lte=at)
    found = found.exclude(status=Status.CANCELLED)
    if case is not None:
        found = found.exclude(pk=case.pk)
    return Recurring(list(found.order_by("-opened_at", "-pk")[:20]))


@dataclass(frozen=True)
class AgainAndAgain:
    """A site that failed three times or more within thirty days: the worst such stretch, its cases oldest first."""

    site_id: int
    cases: Sequence[Case]


def recurring_sites(customer_id: int, start: datetime, end: datetime) -> list[AgainAndAgain]:
    """The sites of a company where the third incident of thirty days, or a later one, was opened within
    ``start`` and ``end`` (UTC); the worst first. One question to the database.
    """
    found = Case.objects.filter(customer=customer_id, desk=TECHNICAL, opened_at__gt=start - WITHIN, opened_at__lt=end)
    found = found.exclude(status=Status.CANCELLED).exclude(site=None).only("number", "site_id", "opened_at")
    by_site: dict[int, list[Case]] = {}
    for case in found.order_by("opened_at", "pk"):
        by_site.setdefault(case.site_id or 0, []).append(case)
    worst = [AgainAndAgain(site, _worst(cases, start)) for site, cases in by_site.items()]
    return sorted((each for each in worst if each.cases), key=lambda each: (-len(each.cases), each.site_id))


def _worst(cases: Sequence[Case], start: datetime) -> Sequence[Case]:
    """The longest run of cases within thirty days whose last one was opened at ``start`` or later; none below three."""
    most: Sequence[Case] = ()
    first = 0
    for last, case in enumerate(cases):
        while cases[first].opened_at <= case.opened_at - WITHIN:
            first += 1
        if case.opened_at >= start and last - first + 1 > len(most):
            most = cases[first : last + 1]
    return most if len(most) >= TIMES else ()
