"""Cities with their bands, and the operator's people."""

from dataclasses import dataclass

from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guardia.cases.band_told import still_to_tell
from guardia.cases.words import BAND_NAMES
from guardia.customers.city import City
from guardia.customers.folding import fold
from guardia.customers.tiers import rules_here, standing, tiers
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.web.desk.companies.band_words import by_the_rule, grouped, the_rule
from guardia.web.desk.companies.choices import band_name
from guardia.web.desk.companies.frame import member, needs, shown

DEPARTS = "distinta"


@dataclass(frozen=True, slots=True)
class CityRow:
    """``note``: how its band stands to the rule, where there is something to say."""

    city: City
    band: str
    people: str
    departs: bool
    note: str


@needs(Right.SEE_DESK)
def cities(request: HttpRequest) -> HttpResponse:
    """By province, or by population where the address asks for it; ``distinta``: those that are not by the rule."""
    words, band = request.GET.get("q", "").strip()[:80], request.GET.get("banda", "")
    by_people = request.GET.get("orden") == "poblacion"
    order = (F("population").desc(nulls_last=True), "name") if by_people else ("province", "name")
    found = City.objects.annotate(sites=Count("site")).order_by(*order)
    rows = [city_row(city) for city in found if fold(words) in fold(f"{city.name} {city.province} {city.code}")]
    offered = [("", ""), *((b.value, name) for b, name in BAND_NAMES.items())]
    offered += [(DEPARTS, _("Not by the rule"))] if rules_here() else []
    context = {
        "rows": [row for row in rows if band in ("", row.city.band) or (band == DEPARTS and row.departs)],
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
    return shown(request, "cities", context, tab="cities")


def city_row(city: City) -> CityRow:
    said = standing(city)
    note = by_the_rule(city) if said.departs or said.reason else ""
    return CityRow(city, band_name(city.band), grouped(city.population), said.departs, note)


@needs(Right.MANAGE_STAFF)
def staff(request: HttpRequest) -> HttpResponse:
    rows = Staff.objects.order_by("-is_active", "role", "name")
    return shown(request, "staff", {"rows": rows}, tab="staff")
