"""``/escalar/<token>``: a contact of the company asks for the next level of a case, by the link of a letter (E1 D).

As with the answer to a page, the token is the secret: no cookie, so no CSRF token either. What is shown is read behind
the wall of the contact's own company; only the asking itself is done behind the house's.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guardia.cases import customer_asks
from guardia.cases.case import Case
from guardia.cases.refusals import AskedTooSoon, CaseIsClosed, NoLevelAbove, OnlyAContact, Refused
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.customers.contact import Contact
from guardia.escalation import escalate_link
from guardia.escalation.escalate_link import Asks
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.procedure import version as versions
from guardia.web.answer.escalate_shown import page_shown
from guardia.web.answer.page import GONE, NOT_FOUND, private
from guardia.web.answer.shown import room
from guardia.web.portal.over import none_of_ours
from guardia.web.shared.opened import opened_by

SAID_BY_THE_PAGE = (AskedTooSoon, NoLevelAbove, CaseIsClosed, OnlyAContact)
"""Refusals that the page itself tells, calmly, once it is looked at again."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def escalate_page(request: HttpRequest, token: str) -> HttpResponse:
    """In the contact's language. GET only shows; POST asks. An address that is over says so and whom to call."""
    try:
        asks = escalate_link.read(token)
    except LinkHasExpired:
        return private(over(request, "expired", GONE))
    except LinkIsInvalid:
        return none_of_ours(request, lambda: private(over(request, "unknown", NOT_FOUND)))
    opened_by(request, asks.customer, asks.contact)
    with behind(Wall.PORTAL, asks.customer):
        case, contact = case_of(asks), Contact.objects.select_related("customer").filter(pk=asks.contact).first()
        if case is None:
            return private(over(request, "unknown", NOT_FOUND))
        if contact is None:
            return private(over(request, "left", GONE))
        with translation.override(language_of(contact)):
            return private(theirs(request, case, contact))


def theirs(request: HttpRequest, case: Case, contact: Contact) -> HttpResponse:
    if not contact.active or not contact.customer.active:
        return over(request, "left", GONE)
    if not case.is_open:
        return over(request, "closed", GONE, case)
    return asked(request, case, contact) if request.method == "POST" else shown(request, case, contact)


def case_of(asks: Asks) -> Case | None:
    return Case.objects.select_related("customer", "site__city", "service").filter(pk=asks.case).first()


def language_of(contact: Contact) -> str:
    """The contact's, where it is one of ours; else that of the browser."""
    try:
        return translation.get_supported_language_variant(contact.language)
    except LookupError:
        return translation.get_language() or "es"


def shown(request: HttpRequest, case: Case, contact: Contact, *, refused: str = "", status: int = 200) -> HttpResponse:
    context = {"page": page_shown(case, contact, now()), "refused": refused}
    return render(request, "answer/escalate.html", context, status=status)


def asked(request: HttpRequest, case: Case, contact: Contact) -> HttpResponse:
    """Ask, then look again: what a second press finds is the page that says what the first one did."""
    try:
        with behind(Wall.STAFF):
            locked = customer_asks.locked(case.pk)
            customer_asks.ask(locked, contact, at=now(), level=level_in(request))
    except SAID_BY_THE_PAGE:
        pass
    except Refused as refusal:
        return shown(request, case, contact, refused=str(refusal), status=409)
    return HttpResponseRedirect(request.get_full_path(), status=303)


def level_in(request: HttpRequest) -> int | None:
    """The level whose button was pressed; what is no level asks for nothing (0)."""
    value = request.POST.get("nivel")
    if value is None:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0


def over(request: HttpRequest, why: str, status: int, case: Case | None = None) -> HttpResponse:
    version = versions.version_at(now())
    context = {"why": why, "case": case, "room": room(version.procedure) if version else ()}
    return render(request, "answer/escalate_over.html", context, status=status)
