"""Signing in by a code: the mailbox is written, six digits go to it, and who has them is let in.

A mailbox that is nobody's is answered exactly as one that is: nobody learns here who is a customer.
"""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.config.walls import Wall, behind
from guardia.customers import codes, sessions
from guardia.customers import own_door as doors
from guardia.customers.contact import Contact
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.roads import Roads, roads_of
from guardia.customers.sign_in import SignInCode
from guardia.people import signed
from guardia.people.audit_entry import AuditKind
from guardia.web.portal.company import own as own_road
from guardia.web.portal.company.frame import (
    SignedIn,
    company_page,
    drop_cookie,
    keep_cookie,
    led_to,
    page,
    signed_in,
)
from guardia.web.portal.company.journal import BY_CODE, note, whence
from guardia.web.portal.visitor import asked_language, in_language, private, text_in
from guardia.web.shared.secret_mail import post

SALT = "guardia.web.portal.code"
FORM_GOOD_FOR = timedelta(minutes=15)
TOO_OFTEN, UNFIT = 429, 422


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The mailbox is asked for; sent, it leads to where the code is typed. In a browser that came in by a company's own
    sign-in before, a mailbox of that company leads there again.
    """
    with in_language(request):
        own = own_road.known(request)
        if request.method != "POST":
            if signed_in(request):
                return private(HttpResponseRedirect(reverse("company_home")))
            return page(request, "enter", {"to": request.GET.get("a", ""), **by_own(own), **of_the_demo()})
        mailbox, to = text_in(request, "correo", 254).strip(), text_in(request, "a", 300)
        if own and mailbox.rpartition("@")[2].lower() in own.domains:
            return own_road.gone_out(request, own, led_to(request, to))
        if "@" not in mailbox:
            words = _("Write your mailbox, such as area@example.com.")
            return page(request, "enter", {"refused": words, "mailbox": mailbox, "to": to}, status=UNFIT)
        try:
            code = asked(request, mailbox)
        except codes.TooOften:
            words = _("Too many codes have been asked for. Wait an hour, or call us.")
            return page(request, "enter", {"refused": words, "mailbox": mailbox, "to": to}, status=TOO_OFTEN)
        if code is None:
            words = _("A code was asked for less than a minute ago. Look for that mail, or wait a moment.")
            return page(request, "enter", {"refused": words, "mailbox": mailbox, "to": to}, status=TOO_OFTEN)
        address = reverse("company_code", args=[signed.token(SALT, code.pk)])
        more = urlencode({"a": led_to(request, to), **({"lang": lang} if (lang := asked_language(request)) else {})})
        return private(HttpResponseRedirect(f"{address}?{more}", status=303))


def by_own(own: OwnSignIn | None) -> dict[str, str]:
    """The company whose door this browser knows."""
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


def asked(request: HttpRequest, mailbox: str) -> SignInCode | None:
    """The code, and its mail in the house's outbox where the mailbox is a contact's."""
    with behind(Wall.STAFF):
        at = now()
        code = codes.ask(mailbox, address_of(request), translation.get_language() or "es", at)
        if code:
            post(mailbox, at, code=code, is_somebodys=bool(code.mailbox))
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
                "These are not the digits of the newest mail, or they are too old. Try again, or ask for a new code."
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
    with behind(Wall.STAFF):
        at = now()
        used = codes.try_out(code_id, text_in(request, "codigo", 40), at)
        open_to = roads_of(codes.contacts_of(used.mailbox)) if used else Roads()
        if not used or not open_to.by_code:
            note(request, AuditKind.CONTACT_FAILED, by=BY_CODE)
            return None
        first = open_to.by_code[0]
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
    with behind(Wall.STAFF):
        open_to = roads_of(codes.contacts_of(who.session.mailbox))
        if request.method == "POST":
            chosen = next((one for one in open_to.by_code if str(one.pk) == request.POST.get("contacto")), None)
            return changed_to(request, who, chosen)
    ways = [(one.name, reverse("company_own", args=[doors.token(one.pk)])) for one in open_to.by_own_alone]
    return page(request, "choose", {"contacts": open_to.by_code, "ways": ways}, who=who)


def changed_to(request: HttpRequest, who: SignedIn, chosen: Contact | None) -> HttpResponse:
    response = HttpResponseRedirect(reverse("company_home"), status=303)
    if chosen:
        at = now()
        sessions.end(who.session, at)
        keep_cookie(response, sessions.begin(chosen, who.session.mailbox, at, whence(request))[1])
        note(request, AuditKind.CONTACT_SIGNED_IN, contact=chosen, by=BY_CODE)
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The session is over, here and for whoever has copied the cookie."""
    if who := signed_in(request):
        with behind(Wall.STAFF):
            sessions.end(who.session, now())
            note(request, AuditKind.CONTACT_SIGNED_OUT, contact=who.contact)
    response = HttpResponseRedirect(reverse("company_enter"), status=303)
    drop_cookie(response)
    return private(response)
