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
