"""A site that fails again: which time it is within thirty days, and the incidents before, to be opened (P7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.desks import kind_of
from guardia.cases.recurring import recurring
from guardia.customers.service import Service
from guardia.procedure.vocabulary import CaseKind
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import hour

MOST = 5


@dataclass(frozen=True, slots=True)
class RecurringShown:
    """``before``: (number, address, hour, subject) of the incidents before, the newest first."""

    words: str
    before: Sequence[tuple[str, str, str, str]]


def recurring_of(case: Case, at: datetime) -> RecurringShown | None:
    """Of a case as it stood when it was opened; None where the site has not failed three times."""
    if kind_of(case.desk) != CaseKind.INCIDENT:
        return None
    return shown(case.site_id, case.opened_at, at, case)


def recurring_at(service: Service | None, at: datetime) -> RecurringShown | None:
    """While it is being opened: this would be the next one."""
    return shown(service.site_id, at, at) if service else None


def shown(site_id: int | None, opened_at: datetime, at: datetime, case: Case | None = None) -> RecurringShown | None:
    found = recurring(site_id, opened_at, case)
    if not found.is_recurring:
        return None
    before = [
        (each.display_number, case_href(each), hour(each.opened_at, at), each.subject) for each in found.before[:MOST]
    ]
    return RecurringShown(times_words(found.times), before)


def times_words(times: int) -> str:
    if times == 3:
        return _("Third time in 30 days at this site")
    return _("Time number %(times)d in 30 days at this site") % {"times": times}
