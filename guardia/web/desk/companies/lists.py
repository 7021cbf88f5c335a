"""The lists beside the companies: cities, the operator's people, crews, and the elements of the network."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.band_notices import still_to_tell
from guardia.cases.labels import BAND_NAMES
from guardia.config.now import now
from guardia.customers import editing
from guardia.customers.bands import rules_here, standing, tiers
from guardia.customers.cities import City, all_cities, cities_with_sites, load_cities, names_and_provinces
from guardia.customers.lookup import services_of_ids
from guardia.customers.phones import home_region, spoken
from guardia.customers.values import fold
from guardia.field.crew import Crew, CrewMember
from guardia.field.crews import crews_with_people
from guardia.field.visit import Visit
from guardia.network.element import Element
from guardia.network.elements import below, listed, with_city
from guardia.network.reach import services_behind
from guardia.outages.outage import Outage, open_at, open_outage_of, outages_of
from guardia.people.policy import Right, may
from guardia.web.desk.case_page.visit import place_of, specialty_words
from guardia.web.desk.companies.bands import by_the_rule, the_rule, with_thousands
from guardia.web.desk.companies.frame import band_name, customers_page, member, needs
from guardia.web.desk.page import case_href, say
from guardia.web.first_run.cities_form import LISTED, CitiesForm
from guardia.web.shared import about
from guardia.web.shared.act import INVALID
from guardia.web.shared.reach import tel

# --- lists ------------------------------------------------------------------------------------------------------------
# Cities with their bands, many cities at once from a list, and the operator's people.
DEPARTS = "distinta"


@needs(Right.SEE_DESK)
def cities(request: HttpRequest) -> HttpResponse:
    """By province, or by population where the address asks for it; ``distinta``: those that are not by the rule."""
    words, band = request.GET.get("q", "").strip()[:80], request.GET.get("banda", "")
    by_people = request.GET.get("orden") == "poblacion"
    found = cities_with_sites(by_population=by_people)
    rows = [city_row(city) for city in found if fold(words) in fold(f"{city.name} {city.province} {city.code}")]
    offered = [("", ""), *((b.value, name) for b, name in BAND_NAMES.items())]
    offered += [(DEPARTS, _("Not by the rule"))] if rules_here() else []
    context = {
        "rows": [row for row in rows if band in ("", row["city"].band) or (band == DEPARTS and row["departs"])],
        "sought": words,
        "band": band,
        "by_people": by_people,
        "bands": [(value, name, value == band) for value, name in offered],
        "rule": the_rule(),
        "census": tiers().census if rules_here() else "",
        "is_listed": rules_here(),
        "to_tell": still_to_tell().count(),
        "may_edit": may(member(request), Right.SUPERVISE),
    }
    return customers_page(request, "cities", context, tab="cities")


def city_row(city: City) -> dict[str, Any]:
    """``note``: how its band stands to the rule, where there is something to say."""
    said = standing(city)
    note = by_the_rule(city) if said.departs or said.reason else ""
    return {
        "city": city,
        "band": band_name(city.band),
        "people": with_thousands(city.population),
        "departs": said.departs,
        "note": note,
    }


@needs(Right.MANAGE_STAFF)
def staff(request: HttpRequest) -> HttpResponse:
    """People stand in one place, among the settings: this is their former address."""
    return redirect("settings_people", permanent=True)


# --- city list --------------------------------------------------------------------------------------------------------
# Many cities at once: the country's own list, lines that are written, or a file; what is there already stays.


@needs(Right.SEE_DESK, Right.SUPERVISE)
def bring(request: HttpRequest) -> HttpResponse:
    """The same form as in the first steps."""
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CitiesForm(*data, country=home_region())
    if data[0] is not None and form.is_valid():
        count = write_cities(form.cleaned_data, settings.TIME_ZONE)
        say(request, _("%d new cities are in the list.") % count)
        return redirect("cities")
    return customers_page(request, "city_list", {"form": form}, tab="cities", status=INVALID if form.is_bound else 200)


def write_cities(fields: dict[str, Any], zone: str) -> int:
    """How many are new. ``fields``: of a CitiesForm that fits; ``zone``: of the cities that are written by hand.

    A city that is in the list keeps what stands there.
    """
    before = all_cities().count()
    if fields.get("which") == LISTED:
        load_cities()
    else:
        known = names_and_provinces()
        for name, province, band in fields["rows"]:
            if (fold(name), fold(province)) not in known:
                editing.save_city(City(), {"name": name, "province": province, "band": band, "zone": zone})
    return all_cities().count() - before


# --- crews ------------------------------------------------------------------------------------------------------------
# The crews, and the page of one: what it can do, what it drives, who enters with it, where it is now.
LAST_VISITS = 12


@needs(Right.SEE_DESK)
def crews(request: HttpRequest) -> HttpResponse:
    context = {"rows": [crew_row(each, each.people) for each in crews_with_people()], "may_edit": may_edit(request)}
    return customers_page(request, "crews", context, tab="crews")


@needs(Right.SEE_DESK)
def crew(request: HttpRequest, crew_id: int) -> HttpResponse:
    found = get_object_or_404(Crew, pk=crew_id)
    people, at = list(found.members.select_related("staff").order_by("-active", "name")), now()
    context = {
        "row": crew_row(found, sum(one.active for one in people)),
        "people": [(one, spoken(one.phone), missing(one)) for one in people],
        "visits": [visit_row(visit, at) for visit in visits_of(found)],
        "may_edit": may_edit(request),
    }
    return customers_page(request, "crew", context, tab="crews")


def may_edit(request: HttpRequest) -> bool:
    return may(member(request), Right.HANDLE_CASES)


def crew_row(crew: Crew, people: int) -> dict[str, Any]:
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


# --- elements ---------------------------------------------------------------------------------------------------------
# The elements of the network, and the page of one: what it hangs on, what fails with it, what is known of it now.
MOST_ROWS, MOST_SERVICES, MOST_OUTAGES = 200, 100, 10


@needs(Right.SEE_DESK)
def elements(request: HttpRequest) -> HttpResponse:
    """Those whose code or name has the words; two hundred at most."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:80]
    rows = list(listed(words)[: MOST_ROWS + 1])
    opened = open_at(rows)
    context = {
        "rows": [element_row(each, each.ends, opened.get(each.pk)) for each in rows[:MOST_ROWS]],
        "more": len(rows) > MOST_ROWS,
        "sought": words,
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
    }
    return customers_page(request, "elements", context, tab="elements")


@needs(Right.SEE_DESK)
def element(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(with_city(), pk=pk)
    behind = services_behind([found.pk])
    named = services_of_ids(behind[:MOST_SERVICES])
    companies = services_of_ids(behind).values("customer").distinct().count()
    outages = outages_of(found)[:MOST_OUTAGES]
    context = {
        "row": element_row(found, found.services.count(), open_outage_of(found)),
        "below": list(below(found)[:MOST_ROWS]),
        "services": list(named.order_by("customer__name", "circuit")),
        "behind": ngettext("%(n)d service fails with it", "%(n)d services fail with it", len(behind))
        % {"n": len(behind)},
        "companies": ngettext("%(n)d company", "%(n)d companies", companies) % {"n": companies},
        "more": len(behind) > MOST_SERVICES,
        "outages": [(reverse("outage", args=[one.number]), one) for one in outages],
        "may_edit": may(member(request), Right.EDIT_CUSTOMERS),
        "handles": may(member(request), Right.HANDLE_CASES),
    }
    return customers_page(request, "element", context, tab="elements")


def element_row(element: Element, services: int, outage: Outage | None) -> dict[str, Any]:
    links = sorted(element.above.all(), key=lambda link: (link.protected, link.upper.code))
    return {
        "element": element,
        "href": reverse("element", args=[element.pk]),
        "kind": str(element.get_kind_display()),
        "city": element.city.name if element.city else "",
        "uppers": ", ".join(about.joined(link.upper.code, "*" if link.protected else "") for link in links),
        "services": services,
        "outage": outage.display_number if outage else "",
        "outage_href": reverse("outage", args=[outage.number]) if outage else "",
    }
