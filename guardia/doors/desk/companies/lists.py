"""Cities with their bands, crews, and the operator's people."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from guardia.cases.words import BAND_NAMES
from guardia.customers.city import City
from guardia.customers.folding import fold
from guardia.customers.phones import spoken
from guardia.doors.desk.companies.choices import band_name
from guardia.doors.desk.companies.frame import member, needs, shown
from guardia.field.crew import Crew
from guardia.people.policy import Right, may
from guardia.people.staff import Staff


@needs(Right.SEE_DESK)
def cities(request: HttpRequest) -> HttpResponse:
    words, band = request.GET.get("q", "").strip()[:80], request.GET.get("banda", "")
    found = City.objects.annotate(sites=Count("site")).order_by("province", "name")
    rows = [(c, band_name(c.band)) for c in found if fold(words) in fold(f"{c.name} {c.province}")]
    context = {
        "rows": [row for row in rows if band in ("", row[0].band)],
        "sought": words,
        "bands": [("", "", band == ""), *((b.value, name, b.value == band) for b, name in BAND_NAMES.items())],
        "may_edit": may(member(request), Right.SUPERVISE),
    }
    return shown(request, "cities", context, tab="cities")


@needs(Right.SEE_DESK)
def crews(request: HttpRequest) -> HttpResponse:
    rows = [(crew, spoken(crew.phone)) for crew in Crew.objects.order_by("-active", "name")]
    context = {"rows": rows, "may_edit": may(member(request), Right.HANDLE_CASES)}
    return shown(request, "crews", context, tab="crews")


@needs(Right.MANAGE_STAFF)
def staff(request: HttpRequest) -> HttpResponse:
    rows = Staff.objects.order_by("-is_active", "role", "name")
    return shown(request, "staff", {"rows": rows}, tab="staff")
