"""What a case belongs with: linked cases, those before it at the same service (P7), the outage or work behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.calls.call import Call
from guardia.cases.case import Case, Status
from guardia.cases.case_contents import summary_of
from guardia.cases.case_rows import duplicates_with_counts
from guardia.cases.desk_hours import kind_of
from guardia.cases.labels import name_of_stage
from guardia.cases.linking import links_of, other_end
from guardia.cases.links import CaseLink, LinkKind
from guardia.customers.customer import Service
from guardia.customers.lookup import circuits_of
from guardia.outages.known import Known, known_for, known_of
from guardia.outages.outage import BEHIND, Outage, OutageState
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.people.policy import Right, may, may_handle
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import CaseKind
from guardia.reports.recurring import recurring
from guardia.web.desk.clock import hour
from guardia.web.desk.page import case_href
from guardia.web.shared import about


# --- common cause -----------------------------------------------------------------------------------------------------
# The mass outage a case is part of, the planned work it lies in, or might; and what probably explains a call.
@dataclass(frozen=True, slots=True)
class CommonCause:
    """One line. ``join_href`` takes the case, or the call, into the outage; empty where it is in it, or cannot be.

    ``services``: those of the company behind it, with their id, where a caller must say which.
    """

    title: str
    number: str
    name: str
    href: str
    words: str
    join_href: str = ""
    case_number: str = ""
    services: Sequence[tuple[int, str]] = ()
    mark: str = "late"

    @property
    def tag(self) -> str:
        return f"{self.number}{self.words}{len(self.services)}"


def common_causes(case: Case, at: datetime) -> list[CommonCause]:
    """The outage and the work that the case is part of; else those that stand behind its service."""
    found = []
    if case.part_of_id and case.part_of:
        found.append(of_outage(case.part_of, _("Part of a mass outage"), at))
    if case.within_work_id and case.within_work:
        found.append(of_work(case.within_work, at))
    if found or not case.is_open or case.service_id is None or kind_of(case.desk) != CaseKind.INCIDENT:
        return found
    summary = summary_of(case)
    if not (summary.outages or summary.works):
        return []
    return [each for known in behind(case.service_id, at) if (each := offered(known, case, at))]


def around(service: Service | None, at: datetime) -> list[CommonCause]:
    """What stands behind a service that a case is about to be opened for."""
    if service is None:
        return []
    found = []
    for known in behind(service.pk, at):
        if known.outage:
            found.append(of_outage(known.outage, _("Probably this outage"), at))
        elif known.work:
            found.append(of_work(known.work, at))
    return found


def behind(service: int, at: datetime) -> list[Known]:
    return [known for known in known_for(service_ids=[service], now=at) if known.why == "behind"]


def offered(known: Known, case: Case, at: datetime) -> CommonCause | None:
    if known.outage is None:
        return of_work(known.work, at) if known.work else None
    joins = known.outage.state == OutageState.DECLARED
    href = reverse("outage_act", args=[known.outage.number, "agregar"]) if joins else ""
    title = _("Probably this outage")
    return of_outage(known.outage, title, at, join_href=href, case_number=case.display_number)


def of_outage(outage: Outage, title: str, at: datetime, **joining: Any) -> CommonCause:
    """``joining``: what the line says besides of how it is joined."""
    since = _("since %(hour)s") % {"hour": hour(outage.started_at, at)}
    words = about.joined(since, forecast_words(outage, at))
    href = reverse("outage", args=[outage.number])
    return CommonCause(title, outage.display_number, outage.name, href, words, **joining)


def forecast_words(outage: Outage, at: datetime) -> str:
    """When it is expected back, or since when it is."""
    if outage.restored_at:
        return _("restored at %(hour)s") % {"hour": hour(outage.restored_at, at)}
    if outage.forecast_at is None:
        return _("no forecast yet")
    return _("expected back by %(hour)s (ETR)") % {"hour": hour(outage.forecast_at, at)}


def of_work(work: PlannedWork, at: datetime) -> CommonCause:
    return work_line(work, _("Planned work"), span_words(work, at))


def span_words(work: PlannedWork, at: datetime) -> str:
    return _("%(start)s to %(end)s") % {"start": hour(work.starts_at, at), "end": hour(work.ends_at, at)}


def work_line(work: PlannedWork, title: str, words: str, mark: str = "waiting") -> CommonCause:
    href = reverse("work", args=[work.display_number])
    return CommonCause(title, work.display_number, work.name, href, words, mark=mark)


# --- what probably explains a call ------------------------------------------------------------------------------------
MOST_CAUSES = 3
MOST_SERVICES = 9


def probably(calls: Sequence[Call], at: datetime) -> dict[int, list[CommonCause]]:
    """What is known to explain each technical call of a known company, by call; few questions for all of them."""
    asked = [call for call in calls if call.customer_id and call.at_desk == TECHNICAL]
    known = known_of({call.customer_id for call in asked if call.customer_id}, now=at)
    ids = {pk for found in known.values() for one in found[:MOST_CAUSES] for pk in one.services if one.outage}
    named = circuits_of(ids)
    return {
        call.pk: [
            each
            for one in known.get(call.customer_id or 0, ())[:MOST_CAUSES]
            if (each := probable(one, call, named, at))
        ]
        for call in asked
    }


def probable(known: Known, call: Call, named: Mapping[int, str], at: datetime) -> CommonCause | None:
    if known.outage:
        return probable_outage(known, known.outage, call, named, at)
    return probable_work(known.work, at) if known.work else None


def probable_outage(known: Known, outage: Outage, call: Call, named: Mapping[int, str], at: datetime) -> CommonCause:
    if known.why != BEHIND:
        return of_outage(outage, _("Perhaps this outage"), at)
    services = [(pk, circuit) for pk, circuit in named.items() if pk in known.services]
    return of_outage(
        outage,
        _("Probably this outage"),
        at,
        join_href=reverse("outage_call", args=[outage.number, call.pk]),
        services=services[:MOST_SERVICES] if len(services) > 1 else (),
    )


def probable_work(work: PlannedWork, at: datetime) -> CommonCause:
    if work.state != WorkState.UNDER_WAY:
        return work_line(work, _("Planned work is about to start"), span_words(work, at))
    if work.ends_at < at:
        overdue = _("it should have ended at %(end)s") % {"end": hour(work.ends_at, at)}
        return work_line(work, _("Inside planned work"), overdue, mark="late")
    return work_line(work, _("Inside planned work"), span_words(work, at))


# --- incidents before -------------------------------------------------------------------------------------------------
# A site that fails again: which time it is within thirty days, and the incidents before, to be opened (P7).
MOST = 5


def recurring_of(case: Case, at: datetime) -> dict[str, Any] | None:
    """Of a case as it stood when it was opened; None where the site has not failed three times."""
    if kind_of(case.desk) != CaseKind.INCIDENT or not summary_of(case).incidents_before:
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
    return _("Occurrence %(times)d in 30 days at this site") % {"times": times}


# --- a new case like it -----------------------------------------------------------------------------------------------
# A new case like one that is known: the same company, service and people; what is wrong is asked anew.
LIKE = "como"
"""How the address names the case that a new one is like."""


LINKED = "vinculado"
"""How it names the case that the new one is linked to, once it is open."""


def like_href(case: Case, linked: bool = False) -> str:
    """``linked``: the new case is linked to this one by itself."""
    asked = {"compania": case.customer_id, "service": case.service_id, LIKE: case.number}
    asked |= {LINKED: case.number} if linked else {}
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
    acts = may_handle(staff, case.desk)
    links = list(links_of(case)) if summary_of(case).links else []
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
    return _("This case continues as") if link.case_id == case.pk else _("Its duplicate")


def state_of(case: Case) -> str:
    return name_of_stage(case.stage) if case.is_open else str(Status(case.status).label)


def texts_of_duplicate(case: Case) -> list[tuple[str, str]]:
    page = case_href(case)
    calls, mails, files = (getattr(case, f"{what}_held") for what in ("calls", "mails", "files"))
    said = (
        (calls, ngettext("%(n)d call", "%(n)d calls", calls), f"{page}#log"),
        (mails, ngettext("%(n)d message", "%(n)d messages", mails), f"{page}?bitacora=cliente#log"),
        (files, ngettext("%(n)d file", "%(n)d files", files), f"{page}#files"),
    )
    return [(words % {"n": count}, href) for count, words, href in said if count]
