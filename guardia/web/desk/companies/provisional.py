"""What was put on file while a caller waited: which one of those on file it is, or that it is new (L4, P2)."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from guardia.cases import identifying
from guardia.cases.refusals import HasCases, Refused
from guardia.config.now import now
from guardia.customers import provisional
from guardia.customers.lookup import active_service, companies_named, services_called, services_of
from guardia.customers.service import Service
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import customers_page, member, needs
from guardia.web.desk.page import say

MOST, MOST_FOUND = 200, 20


@needs(Right.SEE_DESK)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    return customers_page(request, "provisionals", {"rows": provisional.waiting()[:MOST]}, tab="provisionals")


@needs(Right.SEE_DESK)
@require_safe
def one(request: HttpRequest, service_id: int) -> HttpResponse:
    """A search for the one it is; once that is chosen, all that would happen."""
    return page_of(request, service_id)


def page_of(request: HttpRequest, service_id: int, refused: str = "", status: int = 200) -> HttpResponse:
    service = get_object_or_404(provisional.waiting(), pk=service_id)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:200]
    real = active_service(request.GET.get("es", "") or request.POST.get("es", ""))
    context: dict[str, Any] = {"service": service, "asked": asked, "real": real, "refused": refused}
    context["may_edit"] = may(member(request), Right.EDIT_CUSTOMERS)
    if real and not refused:
        try:
            context["foreseen"] = identifying.foresee(service, real)
        except Refused as refusal:
            context |= {"refused": str(refusal), "real": None}
    elif not refused:
        words = asked or (service.circuit if not service.circuit.startswith(provisional.UNNAMED) else "")
        context["found"] = found_for(service, words or service.customer.name)
    return customers_page(request, "provisional", context, tab="provisionals", status=status)


def found_for(service: Service, words: str) -> list[Service]:
    """Those on file with that circuit first, then those of the companies that are called so."""
    own = [] if service.customer.provisional else list(services_of(service.customer)[:MOST_FOUND])
    found = [*services_called(words, MOST_FOUND), *own]
    for company in companies_named(words, 5):
        found += services_of(company)[:MOST_FOUND]
    fits = [one for one in dict.fromkeys(found) if not one.provisional]
    if not service.customer.provisional:
        fits = [one for one in fits if one.customer_id == service.customer_id]
    return fits[:MOST_FOUND]


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def step(request: HttpRequest, service_id: int, word: str) -> HttpResponse:
    """``es``: it is that one; ``nuevo``: it is a new one and stays; ``descartar``: no case came of it."""
    service = get_object_or_404(provisional.waiting(), pk=service_id)
    try:
        with transaction.atomic():
            if word == "es":
                real = get_object_or_404(Service, pk=_number(request.POST.get("es", "")))
                cases = identifying.identify(service, real, by=member(request), at=now())
                count = len(cases)
                words = ngettext(
                    "It is %(circuit)s of %(company)s; %(n)d case went along.",
                    "It is %(circuit)s of %(company)s; %(n)d cases went along.",
                    count,
                )
                say(request, words % {"circuit": real.circuit, "company": real.customer.name, "n": count})
            elif word == "nuevo":
                provisional.keep(service)
                say(request, _("It is on file, and no longer provisional."))
                return redirect("company", service.customer_id)
            elif not provisional.discard(service):
                raise HasCases()
    except Refused as refusal:
        return page_of(request, service_id, str(refusal), status=409)
    return redirect("provisionals")


def _number(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 16 else 0
