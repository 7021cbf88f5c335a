"""The cases linked to this one, the earlier incidents of its site (P7), and a new case like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case, Status
from guardia.cases.desks import kind_of
from guardia.cases.labels import name_of_stage
from guardia.cases.link import CaseLink, LinkKind
from guardia.cases.linking import links_of, other_end
from guardia.customers.service import Service
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind
from guardia.reports.recurring import recurring
from guardia.web.desk.bench_rows import case_href
from guardia.web.desk.clock import hour
from guardia.web.shared import about

# --- incidents before -------------------------------------------------------------------------------------------------
# A site that fails again: which time it is within thirty days, and the incidents before, to be opened (P7).
MOST = 5


def recurring_of(case: Case, at: datetime) -> dict[str, Any] | None:
    """Of a case as it stood when it was opened; None where the site has not failed three times."""
    if kind_of(case.desk) != CaseKind.INCIDENT:
        return None
    return incidents_before(case.site_id, case.opened_at, at, case)


def recurring_at(service: Service | None, at: datetime) -> dict[str, Any] | None:
    """While it is being opened: this would be the next one."""
    return incidents_before(service.site_id, at, at) if service else None


def incidents_before(
    site_id: int | None, opened_at: datetime, at: datetime, case: Case | None = None
) -> dict[str, Any] | None:
    """``before``: (number, address, hour, subject) of the incidents before, the newest first."""
    found = recurring(site_id, opened_at, case)
    if not found.is_recurring:
        return None
    before = [
        (each.display_number, case_href(each), hour(each.opened_at, at), each.subject) for each in found.before[:MOST]
    ]
    return {"words": times_words(found.times), "before": before}


def times_words(times: int) -> str:
    if times == 3:
        return _("Third time in 30 days at this site")
    return _("Time number %(times)d in 30 days at this site") % {"times": times}


# --- a new case like it -----------------------------------------------------------------------------------------------
# A new case like one that is known: the same company, service and people; what is wrong is asked anew.
LIKE = "como"
"""How the address names the case that a new one is like."""


def like_href(case: Case) -> str:
    asked = {"compania": case.customer_id, "service": case.service_id, LIKE: case.number}
    return f"{reverse('new_case')}?{urlencode({name: value for name, value in asked.items() if value})}"


# --- links ------------------------------------------------------------------------------------------------------------
# The cases linked to this one, as its page shows them: which, how they stand, and what a duplicate brought with it.


@dataclass(frozen=True, slots=True)
class LinkedCases:
    rows: Sequence[dict[str, Any]] = ()
    link_href: str = ""
    like_href: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.link_href or self.like_href)

    @property
    def tag(self) -> str:
        return str([(row["kind"], row["number"], row["state"], row["brought"]) for row in self.rows])


def linked_cases_of(case: Case, staff: Staff) -> LinkedCases:
    links, acts = list(links_of(case)), may_handle(staff, case.desk)
    ended = [link.case_id for link in links if link.kind == LinkKind.DUPLICATE and link.other_id == case.pk]
    brought = duplicates_with_counts(ended) if ended else {}
    makes = may(staff, Right.HANDLE_CASES) and not about.is_request(case)
    return LinkedCases(
        rows=[row_of(link, case, acts, brought) for link in links],
        link_href=f"{reverse('act', args=[case.number, 'vincular'])}#act" if acts else "",
        like_href=like_href(case) if makes else "",
    )


def row_of(link: CaseLink, case: Case, acts: bool, brought: dict[int, Case]) -> dict[str, Any]:
    """``brought``: what belongs to the duplicate, each with where it is read."""
    other = other_end(link, case)
    related = link.kind == LinkKind.RELATED
    unlink = f"{reverse('act', args=[case.number, 'desvincular'])}?link={link.pk}#act" if related and acts else ""
    found = brought.get(other.pk)
    return {
        "kind": kind_words(link, case),
        "number": other.display_number,
        "href": case_href(other),
        "subject": other.subject,
        "state": state_of(other),
        "brought": texts_of_duplicate(found) if found else (),
        "unlink_href": unlink,
    }


def kind_words(link: CaseLink, case: Case) -> str:
    if link.kind == LinkKind.RELATED:
        return _("Related")
    return _("This case goes on as") if link.case_id == case.pk else _("Its duplicate")


def state_of(case: Case) -> str:
    return name_of_stage(case.stage) if case.is_open else str(Status(case.status).label)


def duplicates_with_counts(cases: Sequence[int]) -> dict[int, Case]:
    """The duplicates with how many calls, messages and files each holds; one question for all."""
    live = Q(files__withdrawn_at=None)
    counted = Case.objects.filter(pk__in=cases).annotate(
        calls_held=Count("calls", distinct=True),
        mails_held=Count("messages", distinct=True),
        files_held=Count("files", filter=live, distinct=True),
    )
    return {case.pk: case for case in counted.defer("search")}


def texts_of_duplicate(case: Case) -> list[tuple[str, str]]:
    page = case_href(case)
    calls, mails, files = (getattr(case, f"{what}_held") for what in ("calls", "mails", "files"))
    said = (
        (calls, ngettext("%(n)d call", "%(n)d calls", calls), f"{page}#log"),
        (mails, ngettext("%(n)d message", "%(n)d messages", mails), f"{page}?bitacora=cliente#log"),
        (files, ngettext("%(n)d file", "%(n)d files", files), f"{page}#files"),
    )
    return [(words % {"n": count}, href) for count, words, href in said if count]
