"""The crews, and the page of one: what it can do, what it drives, who enters with it, where it is now."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.field.crew import Crew, CrewMember
from guardia.field.crews import crews_with_people
from guardia.field.visit import Visit
from guardia.people.policy import Right, may
from guardia.web.desk.bench_rows import case_href
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.visit_state import place_of, specialty_words
from guardia.web.shared.reach import tel

LAST_VISITS = 12


@needs(Right.SEE_DESK)
def crews(request: HttpRequest) -> HttpResponse:
    context = {"rows": [row_of(each, each.people) for each in crews_with_people()], "may_edit": may_edit(request)}
    return customers_page(request, "crews", context, tab="crews")


@needs(Right.SEE_DESK)
def crew(request: HttpRequest, crew_id: int) -> HttpResponse:
    found = get_object_or_404(Crew, pk=crew_id)
    people, at = list(found.members.select_related("staff").order_by("-active", "name")), now()
    context = {
        "row": row_of(found, sum(one.active for one in people)),
        "people": [(one, spoken(one.phone), missing(one)) for one in people],
        "visits": [visit_row(visit, at) for visit in visits_of(found)],
        "may_edit": may_edit(request),
    }
    return customers_page(request, "crew", context, tab="crews")


def may_edit(request: HttpRequest) -> bool:
    return may(member(request), Right.HANDLE_CASES)


def row_of(crew: Crew, people: int) -> dict[str, Any]:
    return {
        "crew": crew,
        "phone": spoken(crew.phone),
        "dials": tel(crew.phone) if crew.phone else "",
        "specialties": specialty_words(crew.specialties),
        "people": people,
    }


def missing(person: CrewMember) -> bool:
    """Whether the guard at the gate would send this person away: the letter has no document to name."""
    return person.active and not person.document


def visits_of(crew: Crew) -> list[Visit]:
    """Its last visits, those under way first; no more than a page shows."""
    visits = crew.visits.select_related("case__customer", "case__site__city")
    return list(visits.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:LAST_VISITS])


def visit_row(visit: Visit, at: datetime) -> dict[str, Any]:
    case = visit.case
    return {
        "href": case_href(case),
        "number": case.display_number,
        "where": " · ".join(part for part in (case.customer.name, case.site.city.name if case.site else "") if part),
        "state": place_of(visit).words if visit.ended_at is None else visit.get_outcome_display(),
        "at": visit.ended_at or visit.last_step_at,
    }
