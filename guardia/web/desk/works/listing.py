"""``/trabajos``: what waits for an answer, what is under way and next, the month as a calendar, what is over."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.outages import work_answers
from guardia.outages.planned_work import PlannedWork
from guardia.outages.work_answers import Objection
from guardia.people.policy import Right, may
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.works import reading
from guardia.web.desk.works.calendar import calendar_of, month_in
from guardia.web.desk.works.words import day_words, state_words, window_words


@dataclass(frozen=True, slots=True)
class Row:
    href: str
    number: str
    name: str
    element: str
    day: str
    window: str
    touches: str
    answers: str
    state: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    href: str
    number: str
    company: str
    words: str
    who: str


@desk_page
@require_GET
def works(request: DeskRequest) -> HttpResponse:
    """``?mes=2026-12`` chooses the month of the calendar."""
    at = now()
    context = {
        "shell": shell_for(request, at, view="works"),
        "objections": [objection_row(each, at) for each in work_answers.objections()],
        "rows": [row_of(work) for work in reading.open_works()],
        "over": [row_of(work) for work in reading.over_works()],
        "calendar": calendar_of(month_in(request.GET.get("mes", "")[:10], at), at),
        "may_plan": may(request.user, Right.HANDLE_CASES),
    }
    return page(request, "desk/works/list.html", context)


def row_of(work: PlannedWork) -> Row:
    """``work`` bears its counts (``reading.counted``)."""
    return Row(
        href=reverse("work", args=[work.display_number]),
        number=work.display_number,
        name=work.name,
        element=", ".join(part for part in (work.element.code if work.element else "", work.carrier) if part),
        day=day_words(work),
        window=window_words(work),
        touches=touches(work.service_count, work.company_count),  # type: ignore[attr-defined]
        answers=answers(work),
        state=state_words(work),
        is_late=bool(work.overran_at and work.ended_at is None),
    )


def touches(services: int, companies: int) -> str:
    of_services = ngettext("%(n)d service", "%(n)d services", services) % {"n": services}
    of_companies = ngettext("%(n)d company", "%(n)d companies", companies) % {"n": companies}
    return f"{of_services}, {of_companies}"


def answers(work: PlannedWork) -> str:
    """How many companies have agreed, where that was asked, and how many have objected."""
    agreed, objected = work.agreed_count, work.objected_count  # type: ignore[attr-defined]
    said = []
    if work.needs_agreement:
        said.append(_("%(n)d of %(all)d agreed") % {"n": agreed, "all": work.company_count})  # type: ignore[attr-defined]
    if objected:
        said.append(ngettext("%(n)d objected", "%(n)d objected", objected) % {"n": objected})
    return ", ".join(said)


def objection_row(each: Objection, at: datetime) -> ObjectionRow:
    href = f"{reverse('work', args=[each.work.display_number])}#compania-{each.company.pk}"
    who = ", ".join(part for part in (str(each.contact) if each.contact else "", hour(each.at, at)) if part)
    return ObjectionRow(href, each.work.display_number, each.company.name, each.words, who)
