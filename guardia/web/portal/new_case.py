"""`/mi-empresa/pedir`: a fault is reported, or something is asked of another desk, without a telephone (L4 D, A3)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.cases.refusals import Refused
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import service_of, services_matching
from guardia.intake import portal_requests
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.web.portal.articles import near_of as articles_near
from guardia.web.portal.case_page import number_in
from guardia.web.portal.history import MOST_PAGES
from guardia.web.portal.visitor import SignedIn, company_page, page, text_in
from guardia.web.portal.works import near_of

UNFIT = 422
LOOKS = ("buscar", "pagina", "ayuda")
"""The buttons by which something is looked at and nothing is sent."""
SHOWN = 50
"""So many services are chosen from; of more, what is searched for."""


@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def ask(request: HttpRequest, who: SignedIn) -> HttpResponse:
    if request.method != "POST":
        return form(request, who, request.GET.get("area", TECHNICAL))
    desk = text_in(request, "area", 40)
    if not request.POST.keys().isdisjoint(LOOKS):
        return form(request, who, desk)  # what was searched for; what was written stays
    given = {name.removeprefix("campo_"): text_in(request, name, 400) for name in request.POST if "campo_" in name}
    impact = request.POST.get("afecta", "")
    try:
        with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
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
        return form(request, who, desk, str(refusal), getattr(refusal, "field", ""), status=UNFIT)
    return HttpResponseRedirect(f"{reverse('company_home')}?hecho=pedido", status=303)


def form(
    request: HttpRequest, who: SignedIn, desk: str, refused: str = "", field: str = "", status: int = 200
) -> HttpResponse:
    version = versions.version_at(now())
    desks = version.procedure.desks if version else ()
    chosen = next((one for one in desks if one.key == desk), desks[0] if desks else None)
    sent = request.POST
    found = found_services(request, who.contact.customer)
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
        "articles": articles_near(sent.get("texto", "").replace("\0", "")[:4_000]),
        "looked_for_help": "ayuda" in sent,
        "services": found,
        "impacts": [(value, name, value == sent.get("afecta", "")) for value, name in SAID_IMPACT_NAMES],
        "text": sent.get("texto", ""),
        "refused": refused,
        "field": field,
        "title": _("Report a fault") if chosen and chosen.key == TECHNICAL else _("Ask for something"),
    }
    return page(request, "ask", context, who=who, status=status)


@dataclass(frozen=True)
class Found:
    """What may be chosen: ids, words, and which is. ``is_searched``: there are more than fit; ``before`` and ``after``
    are pages, 0 where there is none; ``says`` what the search found.
    """

    rows: list[tuple[int, str, bool]]
    words: str
    is_searched: bool
    before: int
    after: int
    says: str


def found_services(request: HttpRequest, customer: Customer) -> Found:
    """The company's services that the words find, a page of them. One that was chosen stays among them; one that alone
    is found is chosen.
    """
    words = text_in(request, "q", 200).strip()
    page = number_in(request, "pagina") if "buscar" not in request.POST else 0
    first = min(max(page - 1, 0), MOST_PAGES) * SHOWN
    found = list(services_matching(customer, words)[first : first + SHOWN + 1])
    is_searched = bool(words) or first > 0 or len(found) > SHOWN
    shown = found[:SHOWN]
    chosen = one_of_them(customer, request.POST.get("servicio", "") or request.GET.get("servicio", ""))
    only = shown[0] if words and len(found) == 1 and first == 0 else None
    chosen = only or chosen
    if chosen and chosen not in shown:
        shown = [chosen, *shown]
    rows = [(one.pk, f"{one.circuit} · {one.site.name}, {one.site.city.name}", one == chosen) for one in shown]
    if words and not found:
        says = _("No service of your company has these words in its circuit, site or city.")
    elif len(found) > SHOWN or first:
        says = _("There are more services than fit in the list: search by circuit, site or city.")
    else:
        says = ngettext("%(n)d service found.", "%(n)d services found.", len(found)) % {"n": len(found)}
    return Found(rows, words, is_searched, first // SHOWN, first // SHOWN + 2 if len(found) > SHOWN else 0, says)


def one_of_them(customer: Customer, written: str) -> Service | None:
    is_id = written.isascii() and written.isdigit() and len(written) < 19
    return service_of(customer, int(written)) if is_id else None


urlpatterns = [path("pedir", ask, name="company_ask")]
