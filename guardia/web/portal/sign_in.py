"""Signing in to the portal: by a code to the mailbox or the company's own provider; one's sessions, and their end."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guardia.config.database_roles import DatabaseRole, behind, keeps, of_mailbox
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.customers import codes, mailbox_contacts, own_sign_in, provider, sessions
from guardia.customers import own_sign_in as doors
from guardia.customers import own_sign_in as own_door
from guardia.customers.contact import Contact
from guardia.customers.own_sign_in import OwnSignIn, Roads
from guardia.customers.provider_calls import ProviderFailed, Trouble
from guardia.customers.sign_in import CompanySession, SignInCode
from guardia.notices.secret_mail import post_secret
from guardia.people import rehearsal, signed
from guardia.people.audit import AuditKind
from guardia.people.second_step import device
from guardia.procedure import version as versions
from guardia.web.portal.visitor import (
    BY_CODE,
    BY_OWN,
    NOT_FOUND,
    PATH,
    SignedIn,
    company_page,
    drop_cookie,
    in_language,
    keep_cookie,
    language_in_address,
    led_to,
    link_over,
    none_of_ours,
    note,
    page,
    private,
    signed_in,
    text_in,
    whence,
)
from guardia.web.shared import provider_words
from guardia.web.shared.reach import room

# --- the company's own provider ---------------------------------------------------------------------------------------
# By the company's own sign-in: out to its provider and back. Its address is a key, so that whoever writes
# addresses at random learns of no company; a browser that has been here once knows its address.
TRIP, KNOWN = "viaje", "puerta"
KNOWN_FOR = 400 * 24 * 3600
"""Seconds; a browser keeps no cookie longer."""
REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
def by_provider(request: HttpRequest, token: str) -> HttpResponse:
    """GET says where one goes; POST goes there."""
    own = own_behind(token)
    if own is None:
        return none_of_ours(request, lambda: link_over(request, "unknown", NOT_FOUND))
    with in_language(request):
        if request.method == "POST":
            return gone_out(request, own, led_to(request, text_in(request, "a", 300)))
        context = {"company": own.customer.name, "host": urlsplit(own.issuer).hostname, "to": request.GET.get("a", "")}
        return page(request, "own", context)


def gone_out(request: HttpRequest, own: OwnSignIn, to: str) -> HttpResponse:
    """A page of ours that leads on by itself: a form may not be answered by another site (form-action)."""
    going = provider.begin(own.customer_id, to)
    try:
        address = provider.way_out(own, going, way_back())
    except ProviderFailed as failed:
        return refused(request, own, failed)
    response = page(request, "own_leaving", {"address": address, "host": urlsplit(own.issuer).hostname})
    put(response, TRIP, provider.sealed(going), provider.GOOD_FOR)
    return response


@require_safe
def back_from_provider(request: HttpRequest) -> HttpResponse:
    """Back from the provider: whoever it vouches for is let in, if a contact of that company has the mailbox."""
    with in_language(request):
        try:
            went = provider.unsealed(request.COOKIES.get(TRIP, ""))
        except provider.NoTrip:
            return refused(request, None, ProviderFailed(Trouble.STATE))
        with behind(DatabaseRole.PORTAL_ACTS, went.customer_id):
            own = own_door.of(went.customer_id)
        if own is None:
            return refused(request, None, ProviderFailed(Trouble.STATE))
        try:
            claims = provider.read_answer(own, went, request.GET.dict(), way_back())
            return let_in_by_provider(request, own, went, claims)
        except ProviderFailed as failed:
            return refused(request, own, failed)


def let_in_by_provider(
    request: HttpRequest, own: OwnSignIn, went: provider.Trip, claims: provider.Answer
) -> HttpResponse:
    """Raises ProviderFailed."""
    with behind(DatabaseRole.PORTAL_ACTS, own.customer_id):
        contact, mailbox = own_sign_in.contact_of_claims(own, claims)
        _session, token = sessions.begin(contact, mailbox, now(), whence(request), by_own=True)
        note(request, AuditKind.CONTACT_SIGNED_IN, contact=contact, by=BY_OWN)
    response = HttpResponseRedirect(led_to(request, went.to), status=303)
    keep_cookie(response, token)
    put(response, KNOWN, own_door.token(own.customer_id), KNOWN_FOR)
    response.delete_cookie(TRIP, path=PATH, samesite="Lax")
    return private(response)


def refused(request: HttpRequest, own: OwnSignIn | None, failed: ProviderFailed) -> HttpResponse:
    """Why, and the roads that are left. On record with its reason, for the administrator; an own one stays written."""
    with behind(DatabaseRole.PORTAL_ACTS, own.customer_id if own else None):
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
    return own_behind(request.COOKIES.get(KNOWN, ""))


def own_behind(token: str) -> OwnSignIn | None:
    """The sign-in of the company that this address names, if it is one of ours and in use."""
    company = own_door.company_in(token)
    if company is None:
        return None
    with behind(DatabaseRole.PORTAL_ACTS, company):
        return own_door.of(company)


def way_back() -> str:
    """Our address, as the provider must know it."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("company_own_back")


def put(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    """Lax: it comes along when the provider sends the browser back."""
    response.set_cookie(
        name, value, max_age=seconds, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


# --- by a code --------------------------------------------------------------------------------------------------------
# Signing in by a code: the mailbox is written, six digits go to it, and who has them is let in.
# A mailbox that is nobody's is answered exactly as one that is: nobody learns here who is a customer.
SALT = "guardia.web.portal.code"
FORM_GOOD_FOR = timedelta(minutes=15)
TOO_OFTEN, UNFIT = 429, 422


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The mailbox is asked for; sent, it leads to where the code is typed. In a browser that came in by a company's own
    sign-in before, a mailbox of that company leads there again.
    """
    with in_language(request):
        own = known(request)
        if request.method != "POST":
            if signed_in(request):
                return private(HttpResponseRedirect(reverse("company_home")))
            return page(
                request,
                "enter",
                {"to": request.GET.get("a", ""), "in_rehearsal": rehearsal.is_on(), **by_own(own), **of_the_demo()},
            )
        mailbox, to = text_in(request, "correo", 254).strip(), text_in(request, "a", 300)
        if own and mailbox.rpartition("@")[2].lower() in own.domains:
            return gone_out(request, own, led_to(request, to))
        if "@" not in mailbox:
            words = _("Write your email address, such as area@example.com.")
            return page(request, "enter", {"refused": words, "mailbox": mailbox, "to": to}, status=UNFIT)
        try:
            code = request_code(request, mailbox)
        except codes.TooOften:
            words = _("Too many codes have been asked for. Wait an hour, or call us.")
            return page(request, "enter", {"refused": words, "mailbox": mailbox, "to": to}, status=TOO_OFTEN)
        if code is None:
            words = _("A code was requested less than a minute ago. Look for that email, or wait a moment.")
            return page(request, "enter", {"refused": words, "mailbox": mailbox, "to": to}, status=TOO_OFTEN)
        address = reverse("company_code", args=[signed.token(SALT, code.pk)])
        more = urlencode(
            {"a": led_to(request, to), **({"lang": lang} if (lang := language_in_address(request)) else {})}
        )
        return private(HttpResponseRedirect(f"{address}?{more}", status=303))


def by_own(own: OwnSignIn | None) -> dict[str, str]:
    """The company whose address this browser knows."""
    return (
        {"company": own.customer.name, "door": reverse("company_own", args=[doors.token(own.customer_id)])}
        if own
        else {}
    )


def of_the_demo() -> dict[str, str]:
    """A mailbox to try it with, where there are only sample people."""
    if not settings.DEMO:
        return {}
    from guardia.demo.staffing import CUSTOMER

    return {"demo_mailbox": CUSTOMER}


def request_code(request: HttpRequest, mailbox: str) -> SignInCode | None:
    """The code, and its mail in the outbox where the mailbox is a contact's."""
    at = now()
    code = codes.ask(mailbox, address_of(request), translation.get_language() or "es", at)
    if code:
        with behind(DatabaseRole.PORTAL_ACTS, entry=of_mailbox(mailbox)):
            post_secret(mailbox, at, code=code, is_somebodys=bool(code.mailbox))
    return code


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponse:
    """The digits are typed in the window that asked for them; whoever has only the digits has nothing."""
    with in_language(request):
        try:
            code_id = signed.read(token, SALT, FORM_GOOD_FOR)[0]
        except signed.LinkIsInvalid:
            return private(HttpResponseRedirect(reverse("company_enter")))
        to = led_to(request, request.GET.get("a", ""))
        context = {"to": to, "minutes": codes.GOOD_FOR.seconds // 60}
        if request.method != "POST":
            return page(request, "code", context)
        entered = let_in(request, code_id)
        if entered is None:
            words = _(
                "These are not the digits in the newest email, or they have expired. Try again, or ask for a new code."
            )
            # Not an answer of 400 or more: those leave nothing written, and each try must count.
            return page(request, "code", {**context, "refused": words})
        session_token, several = entered
        response = HttpResponseRedirect(reverse("company_choose") if several else to, status=303)
        keep_cookie(response, session_token)
        return private(response)


def let_in(request: HttpRequest, code_id: int) -> tuple[str, bool] | None:
    """A session for the first contact of this mailbox whose company takes codes, and whether there are others to choose
    from.
    """
    at = now()
    used = codes.try_out(code_id, text_in(request, "codigo", 40), at)
    open_to = mailbox_contacts.roads_at(used.mailbox) if used else Roads()
    if not used or not open_to.by_code:
        with behind(DatabaseRole.PORTAL_ACTS):
            note(request, AuditKind.CONTACT_FAILED, by=BY_CODE)
        return None
    first = open_to.by_code[0]
    with behind(DatabaseRole.PORTAL_ACTS, first.customer_id):
        _session, token = sessions.begin(first, used.mailbox, at, whence(request))
        note(request, AuditKind.CONTACT_SIGNED_IN, contact=first, by=BY_CODE)
        return token, open_to.has_several


@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def choose(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """Of a mailbox that is known at several companies: which of them is looked at. Another one is another session.

    The word of one company's provider opens no other company; and no code opens one that requires its own.
    """
    if who.session.by_own:
        return HttpResponseRedirect(reverse("company_home"))
    open_to = mailbox_contacts.roads_at(who.session.mailbox)
    if request.method == "POST":
        chosen = next((one for one in open_to.by_code if str(one.pk) == request.POST.get("contacto")), None)
        return changed_to(request, who, chosen)
    ways = [(one.name, reverse("company_own", args=[doors.token(one.pk)])) for one in open_to.by_own_alone]
    return page(request, "choose", {"contacts": open_to.by_code, "ways": ways}, who=who)


def changed_to(request: HttpRequest, who: SignedIn, chosen: Contact | None) -> HttpResponse:
    response = HttpResponseRedirect(reverse("company_home"), status=303)
    if chosen:
        at = now()
        with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
            sessions.end(who.session, at)
        with behind(DatabaseRole.PORTAL_ACTS, chosen.customer_id):
            _session, token = sessions.begin(chosen, who.session.mailbox, at, whence(request))
            note(request, AuditKind.CONTACT_SIGNED_IN, contact=chosen, by=BY_CODE)
        keep_cookie(response, token)
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The session is over, here and for whoever has copied the cookie."""
    if who := signed_in(request):
        with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
            sessions.end(who.session, now())
            note(request, AuditKind.CONTACT_SIGNED_OUT, contact=who.contact)
    response = HttpResponseRedirect(reverse("company_enter"), status=303)
    drop_cookie(response)
    return private(response)


# --- sessions ---------------------------------------------------------------------------------------------------------
# Where a contact is signed in to the portal, and how that ends.
@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def sessions_page(request: HttpRequest, who: SignedIn) -> HttpResponse:
    """``sesion``: one of one's own; sent without it, all but this one."""
    with behind(DatabaseRole.PORTAL_ACTS, who.customer_id):
        found = sessions.standing(now(), contact=who.contact.pk)
        if request.method == "POST":
            return ended(request, who, chosen(request, found, who.session.pk))
    rows = [(one, device(one.agent), one.pk == who.session.pk) for one in found]
    return page(request, "sessions", {"rows": rows}, who=who)


def chosen(request: HttpRequest, found: list[CompanySession], own: int) -> list[CompanySession]:
    written = request.POST.get("sesion", "")
    return [one for one in found if (str(one.pk) == written if written else one.pk != own)]


def ended(request: HttpRequest, who: SignedIn, some: list[CompanySession]) -> HttpResponse:
    if count := sessions.end_some(some, now()):
        note(request, AuditKind.SESSION_ENDED, contact=who.contact, sessions=count)
    return HttpResponseRedirect(reverse("company_sessions"), status=303)


urlpatterns = [
    path("entrar", enter, name="company_enter"),
    path("codigo/<str:token>", code, name="company_code"),
    path("compania", choose, name="company_choose"),
    path("con/<str:token>", by_provider, name="company_own"),
    path("vuelta", back_from_provider, name="company_own_back"),
    path("sesiones", sessions_page, name="company_sessions"),
    path("salir", leave, name="company_leave"),
]
