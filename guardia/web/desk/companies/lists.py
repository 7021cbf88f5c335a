"""Cities with their bands, many cities at once from a list, and the operator's people."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guardia.cases.band_notices import still_to_tell
from guardia.cases.labels import BAND_NAMES
from guardia.customers import editing
from guardia.customers.cities import all_cities, cities_with_sites, known_names, load_cities
from guardia.customers.city import City
from guardia.customers.folding import fold
from guardia.customers.phones import home_region
from guardia.customers.tiers import rules_here, standing, tiers
from guardia.people.lookup import staff_by_role
from guardia.people.policy import Right, may
from guardia.web.desk.companies.bands import by_the_rule, the_rule, with_thousands
from guardia.web.desk.companies.forms import band_name
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.page import say
from guardia.web.first_run.cities_form import LISTED, CitiesForm

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
    return customers_page(request, "staff", {"rows": staff_by_role()}, tab="staff")


# --- city list --------------------------------------------------------------------------------------------------------
# Many cities at once: the country's own list, lines that are written, or a file; what is there already stays.
INVALID = 422


@needs(Right.SEE_DESK, Right.SUPERVISE)
def bring(request: HttpRequest) -> HttpResponse:
    """The same form as in the first steps."""
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CitiesForm(*data, country=home_region())
    if data[0] is not None and form.is_valid():
        count = write_cities(form.cleaned_data, settings.TIME_ZONE)
        say(request, _("%d cities are in the list that were not.") % count)
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
        known = known_names()
        for name, province, band in fields["rows"]:
            if (fold(name), fold(province)) not in known:
                editing.save_city(City(), {"name": name, "province": province, "band": band, "zone": zone})
    return all_cities().count() - before
