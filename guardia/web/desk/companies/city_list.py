"""Many cities at once: the country's own list, lines that are written, or a file; what is there already stays."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guardia.customers import editing
from guardia.customers.cities import load_cities
from guardia.customers.city import City
from guardia.customers.folding import fold
from guardia.customers.phones import home_region
from guardia.people.policy import Right
from guardia.web.desk.companies.frame import needs, shown
from guardia.web.desk.page import say
from guardia.web.first_run.forms import LISTED, CitiesForm

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
    return shown(request, "city_list", {"form": form}, tab="cities", status=INVALID if form.is_bound else 200)


def write_cities(fields: dict[str, Any], zone: str) -> int:
    """How many are new. ``fields``: of a CitiesForm that fits; ``zone``: of the cities that are written by hand.

    A city that is in the list keeps what stands there.
    """
    before = City.objects.count()
    if fields.get("which") == LISTED:
        load_cities()
    else:
        known = {(fold(name), fold(province)) for name, province in City.objects.values_list("name", "province")}
        for name, province, band in fields["rows"]:
            if (fold(name), fold(province)) not in known:
                editing.save_city(City(), {"name": name, "province": province, "band": band, "zone": zone})
    return City.objects.count() - before
