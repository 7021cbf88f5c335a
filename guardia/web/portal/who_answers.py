"""Who answers now, as a company sees it: the published levels with their persons and numbers, and its own escalations.

The link is signed for one company; under the portal's database role no other company's rows exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases import escalating
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company
from guardia.escalation import signed_links
from guardia.escalation.escalation import Escalation, open_of_company
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS, levels_now, published_staff
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.directory import Line
from guardia.web.desk.clock import hour
from guardia.web.portal.visitor import none_of_ours
from guardia.web.shared import about
from guardia.web.shared.audit import opened_by
from guardia.web.shared.reach import LevelRow, Way, level_rows, night_way
from guardia.web.shared.responses import private

MOST = 30


@dataclass(frozen=True, slots=True)
class OpenEscalation:
    """One of the company's own, in sentences."""

    number: str
    about: str
    level: str
    words: str


@dataclass(frozen=True, slots=True)
class CustomersView:
    company: str
    operator: str
    at: str
    zone: str
    levels: Sequence[LevelRow]
    night: Way
    is_night: bool
    lines: Sequence[Line]
    escalations: Sequence[OpenEscalation]


@require_safe
def who_answers_customer(request: HttpRequest, token: str) -> HttpResponse:
    """No sign-in: the link is the key. One that is over says so."""
    try:
        customer_id = signed_links.read_customer_token(token)
    except LinkHasExpired:
        return private(render(request, "portal/who_answers_over.html", {"why": "expired"}, status=410))
    except LinkIsInvalid:
        return none_of_ours(request, lambda: unknown(request))
    opened_by(request, customer_id)
    with behind(DatabaseRole.PORTAL, customer_id):
        company = active_company(str(customer_id))
        version = versions.version_at(now())
        if company is None or version is None:
            return unknown(request)
        return private(render(request, "portal/who_answers.html", {"view": view_of(company, version.procedure, now())}))


def unknown(request: HttpRequest) -> HttpResponse:
    return private(render(request, "portal/who_answers_over.html", {"why": "unknown"}, status=404))


def view_of(company: Customer, procedure, at: datetime) -> CustomersView:
    return CustomersView(
        company=company.name,
        operator=procedure.provider.name,
        at=f"{localtime(at):%H:%M}",
        zone=_("%(country)s time") % {"country": procedure.provider.country},
        levels=level_rows(levels_now(procedure.escalation.levels, at, KNOWN_TO_CUSTOMERS), at),
        night=night_way(procedure.escalation.night, at),
        is_night=escalating.is_night(procedure, at),
        lines=[line for line in procedure.lines if line.desk == "technical"],
        escalations=escalations_of(company, at),
    )


def escalations_of(company: Customer, at: datetime) -> list[OpenEscalation]:
    found = list(open_of_company(company.pk)[:MOST])
    people = published_staff(each.acknowledged_by_id for each in found if each.acknowledged_by_id)
    return [escalation_view(each, people, at) for each in found]


def escalation_view(each: Escalation, people: dict[int, Staff], at: datetime) -> OpenEscalation:
    case = each.case
    rule = versions.of(case.procedure_version_id).level(each.level) if each.level else None
    who = people.get(each.acknowledged_by_id or 0)
    if who and each.acknowledged_at:
        words = (
            _("%(who)s has had command since %(hour)s.")
            if each.commands
            else _("%(who)s has answered for it since %(hour)s.")
        )
        words = words % {"who": who.position or who.name, "hour": hour(each.acknowledged_at, at)}
    else:
        words = _("Escalated at %(hour)s; we are waiting for its answer.") % {"hour": hour(each.began_at, at)}
    return OpenEscalation(
        number=case.display_number,
        about=about.joined(case.subject, about.place(case)),
        level=str(rule.name) if rule else "",
        words=words,
    )
