"""``/mi-empresa/pedir``: a fault is reported, or something is asked of another desk, without a telephone (L4 D, A3)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guardia.cases import portal_requests
from guardia.cases.refusals import Refused
from guardia.cases.words import SAID_IMPACT_NAMES
from guardia.config.walls import Wall, behind
from guardia.customers.lookup import services_of
from guardia.doors.now import now
from guardia.doors.portal.case.acts import number_in
from guardia.doors.portal.company.frame import SignedIn, company_page, page
from guardia.doors.portal.visitor import text_in
from guardia.doors.portal.work.shown import near_of
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions

UNFIT = 422
MOST_SERVICES = 500


@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def ask(request: HttpRequest, who: SignedIn) -> HttpResponse:
    if request.method != "POST":
        return form(request, who, request.GET.get("area", TECHNICAL))
    desk = text_in(request, "area", 40)
    given = {name.removeprefix("campo_"): text_in(request, name, 400) for name in request.POST if "campo_" in name}
    impact = request.POST.get("afecta", "")
    try:
        with behind(Wall.STAFF):
            portal_requests.send(
                who.contact,
                desk,
                text_in(request, "texto"),
                service_id=number_in(request, "servicio") or None,
                impact=str(dict(SAID_IMPACT_NAMES).get(impact, "")) if desk == TECHNICAL else "",
                fields=given,
                at=now(),
            )
    except Refused as refusal:
        with behind(Wall.PORTAL, who.customer_id):
            return form(request, who, desk, str(refusal), getattr(refusal, "field", ""), status=UNFIT)
    return HttpResponseRedirect(f"{reverse('company_home')}?hecho=pedido", status=303)


def form(
    request: HttpRequest, who: SignedIn, desk: str, refused: str = "", field: str = "", status: int = 200
) -> HttpResponse:
    version = versions.version_at(now())
    desks = version.procedure.desks if version else ()
    chosen = next((one for one in desks if one.key == desk), desks[0] if desks else None)
    sent = request.POST
    services = services_of(who.contact.customer)[:MOST_SERVICES]
    context = {
        "desks": [(one.key, str(one.name), one == chosen) for one in desks],
        "desk": chosen.key if chosen else "",
        "is_fault": chosen is not None and chosen.key == TECHNICAL,
        "fields": [
            (f"campo_{one.key}", str(one.name), one.required, sent.get(f"campo_{one.key}", "")) for one in chosen.fields
        ]
        if chosen
        else [],
        "works": near_of(who.contact, now()),
        "services": [
            (one.pk, f"{one.circuit} · {one.site.name}, {one.site.city.name}", str(one.pk) == chosen_service(request))
            for one in services
        ],
        "impacts": [(value, name, value == sent.get("afecta", "")) for value, name in SAID_IMPACT_NAMES],
        "text": sent.get("texto", ""),
        "refused": refused,
        "field": field,
        "title": _("Report a fault") if chosen and chosen.key == TECHNICAL else _("Ask for something"),
    }
    return page(request, "ask", context, who=who, status=status)


def chosen_service(request: HttpRequest) -> str:
    return request.POST.get("servicio", "") or request.GET.get("servicio", "")
