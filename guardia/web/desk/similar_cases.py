"""Closed cases like the one in front: what was wrong, what was planned, what solved it. For the desk, never aloud."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guardia.cases.case import Case
from guardia.cases.similar_cases import Question, SimilarCase, similar_cases
from guardia.config.now import now
from guardia.customers.lookup import active_service
from guardia.people.policy import may_handle
from guardia.web.desk.acts import ACTS
from guardia.web.desk.acts.offered import next_act
from guardia.web.desk.case import found
from guardia.web.desk.case_page.act_form import act_href
from guardia.web.desk.case_page.links import LIKE
from guardia.web.desk.clock import desk_zone, stood
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import case_href, is_fragment, page
from guardia.web.desk.shell import shell_for
from guardia.web.shared import about
from guardia.web.shared.hour_in_words import short_date

MOST_TYPED = 4_000
MOST_WORDS = 4


@desk_page
@require_GET
def similar_to_case(request: DeskRequest, number: str) -> HttpResponse:
    """The list for the panel of a case's page, which asks for it once it stands; or a page of its own."""
    case, at = found(request, number), now()
    use_href = diagnosis_href(case, request)
    rows = [row_of(one, at, use_href) for one in similar_cases(question_of(case))]
    context: dict[str, Any] = {"rows": rows, "case": case, "back_href": case_href(case)}
    if is_fragment(request):
        return page(request, "desk/similar_cases/live.html", context)
    shell = shell_for(request, at, with_views=False, area=case.desk)
    return page(request, "desk/similar_cases/page.html", {**context, "shell": shell})


@desk_page
@require_GET
def similar_to_report(request: DeskRequest) -> HttpResponse:
    """The list beside the form of a new case: of the service that is chosen and the symptoms as far as they go."""
    at, service = now(), active_service(request.GET.get("service", ""))
    symptoms = request.GET.get("symptoms", "").replace("\0", "")[:MOST_TYPED]
    question = Question(at, service.pk if service else None, service.site_id if service else None, symptoms)
    rows = [row_of(one, at) for one in similar_cases(question)] if service or symptoms.strip() else []
    return page(request, "desk/similar_cases/live.html", {"rows": rows})


def question_of(case: Case) -> Question:
    """What the case says of itself so far."""
    return Question(
        at=case.opened_at,
        service_id=case.service_id,
        site_id=case.site_id,
        report=f"{case.subject}\n{case.symptoms}",
        cause=case.cause,
        case_id=case.pk,
        outage_id=case.part_of_id,
    )


def diagnosis_href(case: Case, request: DeskRequest) -> str:
    """Where the diagnosis is put on record, while that is what the stage asks for; empty at any other time."""
    act = ACTS["diagnostico"]
    return act_href(case, act) if next_act(case) is act and may_handle(request.user, case.desk) else ""


def row_of(one: SimilarCase, at: datetime, use_href: str = "") -> dict[str, Any]:
    case = one.case
    closed = case.closed_at or case.opened_at
    return {
        "number": case.display_number,
        "href": case_href(case),
        "company": about.joined(case.customer.name, case.service.circuit if case.service else ""),
        "closed": short_date(closed.astimezone(desk_zone()), "j M Y"),
        "took": stood(one.took),
        "why": why_similar(one),
        "returned": returned_words(one.returned_after),
        "subject": case.subject,
        "texts": [
            (name, text)
            for name, text in ((_("Cause"), case.cause), (_("Plan"), case.plan), (_("Solution"), case.solution))
            if text
        ],
        "use_href": f"{use_href}?{LIKE}={case.number}" if use_href and (case.cause or case.plan) else "",
    }


def why_similar(one: SimilarCase) -> list[str]:
    """What the two have in common, the nearest first; a service brings its elements and its site with it."""
    found = [_("same service")] if one.same_service else []
    if one.elements and not one.same_service:
        found.append(_("same element: %(codes)s") % {"codes": ", ".join(one.elements[:MOST_WORDS])})
    if one.same_site and not one.same_service:
        found.append(_("same site"))
    if one.cause_words:
        found.append(_("same cause: %(words)s") % {"words": listed(one.cause_words)})
    if one.words:
        found.append(_("same words: %(words)s") % {"words": listed(one.words)})
    return found


def listed(words: Sequence[str]) -> str:
    return ", ".join(words[:MOST_WORDS])


def returned_words(after: timedelta | None) -> str:
    """Whether the service failed again soon after this case was closed."""
    if after is None:
        return ""
    if after < timedelta(days=1):
        return _("failed again within a day")
    return ngettext("failed again after %(n)d day", "failed again after %(n)d days", after.days) % {"n": after.days}


urlpatterns = [
    path("casos/nuevo/parecidos", similar_to_report, name="similar_to_report"),
    path("casos/<slug:number>/parecidos", similar_to_case, name="similar_to_case"),
]
