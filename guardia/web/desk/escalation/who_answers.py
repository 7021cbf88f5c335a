"""Who answers now, for this customer, and how that person is reached: one look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guardia.cases import escalating
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import companies_with
from guardia.escalation import customer_link
from guardia.escalation.matrix import levels_now
from guardia.people.policy import Right, may
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.escalation import reading
from guardia.web.desk.escalation.drills_shown import DrillShown, last_drills
from guardia.web.desk.escalation.listing import EscalationRow, open_row
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.shared.reach import LevelShown, Way, levels_shown, night_way, unproven

MOST_COMPANIES = 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """The company that was chosen: its open escalations, and the link that shows it who answers."""

    name: str
    vip: bool
    rows: tuple[EscalationRow, ...]
    link: str


@dataclass(frozen=True, slots=True)
class WhoAnswers:
    levels: Sequence[LevelShown]
    night: Way
    is_night: bool
    unproven: Sequence[tuple[str, Way]]
    drills: Sequence[DrillShown]


@desk_page
@require_GET
def who_answers(request: DeskRequest) -> HttpResponse:
    return shown(request, now())


def shown(request: DeskRequest, at: datetime, *, refused: str = "", status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    version = versions.version_at(at)
    company = reading.company(request.GET.get("compania", ""))
    found = companies_with(words, MOST_COMPANIES) if words and company is None else []
    context = {
        "now": who_answers_at(version.procedure, at) if version else None,
        "words": words,
        "found": found,
        "chosen": chosen(company, at) if company else None,
        "refused": refused,
        "may_drill": may(request.user, Right.SUPERVISE),
        "shell": shell_for(request, at, view="who_answers"),
    }
    return page(request, "desk/escalation/who_answers.html", context, status=status)


def who_answers_at(procedure: Procedure, at: datetime) -> WhoAnswers:
    levels = levels_shown(levels_now(procedure.escalation.levels, at), at)
    night = night_way(procedure.escalation.night, at)
    waiting = unproven(levels)
    if night.warns:
        waiting.append((_("Nights, weekends and rest days"), night))
    return WhoAnswers(levels, night, escalating.is_night(procedure, at), waiting, last_drills(at))


def chosen(company: Customer, at: datetime) -> Chosen:
    found = reading.of_company(company)
    clocks = reading.deciding_clocks(each.case_id for each in found)
    rows = tuple(open_row(each, clocks.get(each.case_id), at) for each in found)
    return Chosen(company.name, company.vip, rows, address_for(company.pk))


def address_for(customer_id: int) -> str:
    """The whole address of the company's own view."""
    path = reverse("who_answers_customer", args=[customer_link.token(customer_id)])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
