"""Who has signed in to the portal, and behind which policy each of its pages is read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.config.database_roles import Wall, behind
from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.customers.lookup import contact_of_id
from guardia.customers.sessions import Whence
from guardia.customers.sign_in import CompanySession
from guardia.people.audit_entry import AuditKind, write_down
from guardia.procedure import version as versions
from guardia.web.portal.visitor import asked_language, in_language, languages, private

# --- frame ------------------------------------------------------------------------------------------------------------
COOKIE = settings.COMPANY_COOKIE_NAME
PATH = "/mi-empresa"
"""The cookie goes to these pages alone: the desk's never see it, nor these the desk's session."""


@dataclass(frozen=True)
class SignedIn:
    session: CompanySession
    contact: Contact

    @property
    def customer_id(self) -> int:
        return self.contact.customer_id


View = Callable[..., HttpResponse]


def company_page(view: View) -> View:
    """For who has signed in, behind the wall of that company; anybody else is asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        who = signed_in(request)
        if who is None:
            return private(HttpResponseRedirect(f"{reverse('company_enter')}?{urlencode({'a': request.path})}"))
        with behind(Wall.PORTAL, who.customer_id), in_language(request, who.contact):
            try:
                return private(view(request, who, *args, **kwargs))
            except Http404:
                return page(request, "missing", {}, who=who, status=404)

    return guarded


def administrator_page(view: View) -> View:
    """For the company's own administrator; to others it does not exist."""

    @company_page
    @wraps(view)
    def guarded(request: HttpRequest, who: SignedIn, *args: object, **kwargs: object) -> HttpResponse:
        if not who.contact.administers:
            raise Http404
        return view(request, who, *args, **kwargs)

    return guarded


def signed_in(request: HttpRequest) -> SignedIn | None:
    token = request.COOKIES.get(COOKIE, "")
    with behind(Wall.STAFF):
        session = sessions.of(token, now()) if token else None
        contact = contact_of_id(session.contact_id) if session else None
    return SignedIn(session, contact) if session and contact else None


def page(
    request: HttpRequest, template: str, context: dict, *, who: SignedIn | None = None, status: int = 200
) -> HttpResponse:
    version = versions.version_at(now())
    frame = {
        "who": who,
        "operator": version.procedure.provider.name if version else "",
        "languages": languages(request),
        "lang": asked_language(request),
        "tabs": tabs(request, who) if who else (),
    }
    return private(render(request, f"portal/company/{template}.html", {**frame, **context}, status=status))


def tabs(request: HttpRequest, who: SignedIn) -> list[dict[str, object]]:
    offered = [
        ("company_home", _("Now"), True),
        ("company_history", _("History"), True),
        ("company_services", _("Services"), True),
        ("company_works", pgettext("room", "Planned work"), True),
        ("company_months", _("Reports"), True),
        ("company_contacts", _("Contacts"), who.contact.administers),
    ]
    return [
        {"href": reverse(name), "words": words, "is_current": reverse(name) == request.path}
        for name, words, is_theirs in offered
        if is_theirs
    ]


def keep_cookie(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sessions.LASTS.total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def led_to(request: HttpRequest, wanted: str) -> str:
    """Where who signed in wanted to go: a page of the portal, else its first."""
    is_ours = wanted.startswith(f"{PATH}/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if is_ours else reverse("company_home")


# --- journal ----------------------------------------------------------------------------------------------------------
# Who of a company came in, and who did not: into the journal, by id.
BY_CODE, BY_OWN = "code_by_mail", "own_sign_in"


def note(request: HttpRequest, kind: AuditKind, *, contact: Contact | None = None, **said: Any) -> None:
    """One line, behind the staff's wall: a ``contact`` by id, or what ``about`` and ``key`` name."""
    if contact:
        said |= {"about": "contact", "key": contact.pk}
    write_down(kind, at=now(), address=address_of(request), agent=request.headers.get("User-Agent", ""), **said)


def whence(request: HttpRequest) -> Whence:
    """From where a session begins."""
    return Whence(address_of(request), request.headers.get("User-Agent", ""))
