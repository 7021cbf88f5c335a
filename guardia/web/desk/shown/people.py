"""Who answers for the promise now, and the site with its contact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.customers.phones import spoken
from guardia.field.visit import Visit
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.web.desk.acts.offered import open_visit
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.promise import Promise
from guardia.web.shared import about
from guardia.web.shared.reach import tel

POWER = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "unknown": gettext_lazy("they do not know")}


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    words: str
    warns: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who works on the case and for what; above that stands the escalation, while one is open."""

    title: str
    state: str
    take_href: str = ""
    take_value: int = 0


def answering(case: Case, promise: Promise | None, staff: Staff) -> Answering | None:
    """The engineer, or the crew while it is on its way or at work; ``staff`` may take the case over."""
    if not case.is_open:
        return None
    visit = open_visit(case)
    who = case.assigned.name if case.assigned else _("Nobody yet")
    if visit and visit.crew and visit.agreed_at:
        return Answering(visit.crew.name, _("%(who)s at the desk") % {"who": who}, **taking(case, staff))
    words = _("answers for: %(what)s") % {"what": promise.short} if promise else ""
    return Answering(who, words, **taking(case, staff))


def taking(case: Case, staff: Staff) -> dict[str, Any]:
    """How this person takes the case over; nothing for who has it or may not handle cases."""
    if case.assigned_id == staff.pk or not may_handle(staff, case.desk):
        return {}
    return {"take_href": reverse("act", args=[case.number, "asignar"]), "take_value": staff.pk}


def facts_of(case: Case, at: datetime) -> list[Fact]:
    """What one needs to call, to enter and to know of the site."""
    reporter = case.reporter_name or (str(case.reporter) if case.reporter else "")
    number = spoken(case.call_back_number) if case.call_back_number else ""
    dials = tel(case.call_back_number) if number else ""
    facts = [
        asked(_("Call back"), ", ".join(part for part in (reporter, number) if part), dials),
        *(request_facts(case, at) if about.is_request(case) else site_facts(case, at)),
        *references(case),
    ]
    return [*facts, other_cases(case)]


def site_facts(case: Case, at: datetime) -> list[Fact]:
    where = (case.site.address, case.site.city.name) if case.site else ()
    return [
        asked(_("At the site"), ", ".join(part for part in (case.site_contact, case.access_hours) if part)),
        asked(_("Mains power"), str(POWER.get(case.mains_power, ""))),
        Fact(_("Address"), ", ".join(part for part in where if part)),
        Fact(_("How far"), about.band(case)),
        *visit_facts(open_visit(case), at),
    ]


def request_facts(case: Case, at: datetime) -> list[Fact]:
    """What the desk works with: its own numbers, the service where one is named, when it opens (A3)."""
    opens = [Fact(_("The desk opens"), hour(case.opens_at, at))] if case.opens_at and case.opens_at > at else []
    service = [Fact(_("Service"), about.joined(about.circuit(case), about.city(case)))] if case.service else []
    named = [Fact(name, value) for name, value in about.asked_for(case)]
    return [Fact(_("Desk"), about.desk_name(case)), *opens, *named, *service]


def asked(term: str, words: str, href: str = "") -> Fact:
    return Fact(term, words, href=href) if words else Fact(term, _("not asked yet"), warns=True)


def visit_facts(visit: Visit | None, at: datetime) -> list[Fact]:
    if visit is None or visit.forecast_from is None or visit.forecast_to is None:
        return []
    crew = visit.crew.name if visit.crew else _("to be named")
    words = _("%(a)s to %(b)s") % {"a": hour(visit.forecast_from, at), "b": hour(visit.forecast_to, at)}
    return [Fact(_("Crew"), crew), Fact(_("Forecast"), words)]


def references(case: Case) -> list[Fact]:
    named = ((_("Their number"), case.customer_reference), (_("Carrier's number"), case.carrier_reference))
    return [Fact(term, words) for term, words in named if words]


def other_cases(case: Case) -> Fact:
    beside, none = queries.open_beside(case), _("none open at this site")
    if about.is_request(case):
        none = _("none open of this company")
    others = list(beside[:3])
    if not others:
        return Fact(_("Other cases"), none)
    return Fact(
        _("Other cases"),
        ", ".join(other.display_number for other in others),
        warns=True,
        href=reverse("case", args=[others[0].number]),
    )
