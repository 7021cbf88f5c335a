"""By the company's own sign-in: out to its provider and back. The address of the door is a key, so that whoever writes
addresses at random learns of no company; a browser that has been here once knows its door.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from guardia.config.now import now
from guardia.config.walls import Wall, behind, keeps
from guardia.customers import own_door, own_entry, provider, sessions, trip
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.provider_calls import ProviderFailed, Trouble
from guardia.people.audit_entry import AuditKind
from guardia.procedure import version as versions
from guardia.web.answer.shown import room
from guardia.web.portal.company.frame import PATH, keep_cookie, led_to, page
from guardia.web.portal.company.journal import BY_OWN, note, whence
from guardia.web.portal.over import none_of_ours, over
from guardia.web.portal.visitor import NOT_FOUND, in_language, private, text_in
from guardia.web.shared import provider_words

TRIP, KNOWN = "viaje", "puerta"
KNOWN_FOR = 400 * 24 * 3600
"""Seconds; a browser keeps no cookie longer."""
REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """GET says where one goes; POST goes there."""
    with behind(Wall.STAFF):
        own = own_door.behind_it(token)
    if own is None:
        return none_of_ours(request, lambda: over(request, "unknown", NOT_FOUND))
    with in_language(request):
        if request.method == "POST":
            return gone_out(request, own, led_to(request, text_in(request, "a", 300)))
        context = {"company": own.customer.name, "host": urlsplit(own.issuer).hostname, "to": request.GET.get("a", "")}
        return page(request, "own", context)


def gone_out(request: HttpRequest, own: OwnSignIn, to: str) -> HttpResponse:
    """A page of ours that leads on by itself: a form may not be answered by another site (form-action)."""
    going = trip.begin(own.customer_id, to)
    try:
        address = provider.way_out(own, going, way_back())
    except ProviderFailed as failed:
        return refused(request, own, failed)
    response = page(request, "own_leaving", {"address": address, "host": urlsplit(own.issuer).hostname})
    put(response, TRIP, trip.sealed(going), trip.GOOD_FOR)
    return response


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: whoever it vouches for is let in, if a contact of that company has the mailbox."""
    with in_language(request):
        try:
            went = trip.unsealed(request.COOKIES.get(TRIP, ""))
        except trip.NoTrip:
            return refused(request, None, ProviderFailed(Trouble.STATE))
        with behind(Wall.STAFF):
            own = own_door.of(went.customer_id)
        if own is None:
            return refused(request, None, ProviderFailed(Trouble.STATE))
        try:
            claims = provider.came_back(own, went, request.GET.dict(), way_back())
            return let_in(request, own, went, claims)
        except ProviderFailed as failed:
            return refused(request, own, failed)


def let_in(request: HttpRequest, own: OwnSignIn, went: trip.Trip, claims: provider.Answer) -> HttpResponse:
    """Raises ProviderFailed."""
    with behind(Wall.STAFF):
        contact, mailbox = own_entry.who_came(own, claims)
        _session, token = sessions.begin(contact, mailbox, now(), whence(request), by_own=True)
        note(request, AuditKind.CONTACT_SIGNED_IN, contact=contact, by=BY_OWN)
    response = HttpResponseRedirect(led_to(request, went.to), status=303)
    keep_cookie(response, token)
    put(response, KNOWN, own_door.token(own.customer_id), KNOWN_FOR)
    response.delete_cookie(TRIP, path=PATH, samesite="Lax")
    return private(response)


def refused(request: HttpRequest, own: OwnSignIn | None, failed: ProviderFailed) -> HttpResponse:
    """Why, and the roads that are left. On record with its reason, for the administrator; an own one stays written."""
    with behind(Wall.STAFF):
        about: dict[str, Any] = {"about": "company", "key": own.customer_id} if own else {}
        note(request, AuditKind.CONTACT_FAILED, by=BY_OWN, why=failed.trouble.value, detail=failed.detail, **about)
    version = versions.version_at(now())
    context = {
        "words": provider_words.for_visitor(failed.trouble),
        "again": reverse("company_own", args=[own_door.token(own.customer_id)]) if own else reverse("company_enter"),
        "room": room(version.procedure) if version else (),
    }
    response = keeps(page(request, "own_refused", context, status=REFUSED))
    response.delete_cookie(TRIP, path=PATH, samesite="Lax")
    return response


def known(request: HttpRequest) -> OwnSignIn | None:
    """The sign-in of the company by which somebody came in with this browser before."""
    token = request.COOKIES.get(KNOWN, "")
    with behind(Wall.STAFF):
        return own_door.behind_it(token) if token else None


def way_back() -> str:
    """Our address, as the provider must know it."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("company_own_back")


def put(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    """Lax: it comes along when the provider sends the browser back."""
    response.set_cookie(
        name, value, max_age=seconds, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
