"""How the desk looks to one person: theme, density, keys. Kept in this browser."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

LOOKS = {"theme": {"light", "dark", "auto"}, "density": {"comfortable", "compact"}, "shortcuts": {"on", "off"}}
ONE_YEAR_SECONDS = 31_536_000


@require_POST
def looks(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(back_to(request))
    for name, values in LOOKS.items():
        if (value := request.POST.get(name)) in values:
            response.set_cookie(name, value, max_age=ONE_YEAR_SECONDS, samesite="Lax")
    return response


def back_to(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    return came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "/"
