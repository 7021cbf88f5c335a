"""Who opens a page of the portal: a contact by the link of a letter, or one who is signed in for a company."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.config.database_roles import DatabaseRole, behind, keeps
from guardia.config.now import now
from guardia.config.requests import address_of
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.customers.contacts import contact_of_id
from guardia.customers.sessions import Whence
from guardia.customers.sign_in import CompanySession
from guardia.people import attempts, rehearsal
from guardia.people.attempts import FILES_COUNTED_FOR, one_more_file
from guardia.people.audit import AuditKind, write_down
from guardia.procedure import version as versions
from guardia.web.shared import responses
from guardia.web.shared.reach import room

# --- visitor ----------------------------------------------------------------------------------------------------------
GONE, NOT_FOUND = 410, 404


@dataclass(frozen=True)
class Visitor:
    """``contact`` with its company. ``home`` is the page of the case; ``by_link``: the address is the key, there is no
    cookie. ``asked``: the language that the address asks for, or nothing.
    """

    contact: Contact
    home: str
    by_link: bool
    asked: str = ""

    def page(self, done: str = "") -> str:
        """The page of the case, after something was ``done`` there."""
        more = {**({"lang": self.asked} if self.asked else {}), **({"hecho": done} if done else {})}
        return f"{self.home}?{urlencode(more)}" if more else self.home

    def act(self, name: str) -> str:
        return f"{self.home}/{name}" + (f"?lang={self.asked}" if self.asked else "")


def private(response: HttpResponse) -> HttpResponse:
    """No address of the portal is told to another site, since some of them are keys. Its own pages are told, for the
    form that posts to them.
    """
    return responses.private(response, referrer="same-origin")


def language_in_address(request: HttpRequest) -> str:
    """The one that the address asks for, where it is one of ours."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in dict(settings.LANGUAGES) else ""


@contextmanager
def in_language(request: HttpRequest, contact: Contact | None = None) -> Iterator[None]:
    """That of the address; else the contact's; else what the browser asks for."""
    known = dict(settings.LANGUAGES)
    wanted = language_in_address(request) or (contact.language if contact and contact.language in known else "")
    with translation.override(wanted or translation.get_language() or settings.LANGUAGE_CODE):
        yield


def languages(request: HttpRequest) -> list[dict[str, object]]:
    """The switch: the same page in each language."""
    now = translation.get_language()
    return [{"code": code, "name": name, "is_current": code == now} for code, name in settings.LANGUAGES]


def text_in(request: HttpRequest, name: str, most: int = 8000) -> str:
    """A field as it was sent, without what no column holds."""
    return request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n")[:most]


# --- links that open nothing ------------------------------------------------------------------------------------------
# A link of a customer's that opens nothing: why, and whom to call. Whoever tries many of them is not looked at.
TOO_MANY = 429


def link_over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    version = versions.version_at(now())
    with in_language(request):
        context = {
            "why": why,
            "room": room(version.procedure) if version else (),
            "operator": version.procedure.provider.name if version else "",
            "languages": languages(request),
        }
        return private(render(request, "portal/case/over.html", context, status=status))


def none_of_ours(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """``answer`` where few such links came from this address; else 429. What was counted stays."""
    with behind(DatabaseRole.PORTAL_ACTS):
        is_looked_at = attempts.one_more(address_of(request), request.headers.get("User-Agent", ""), now())
    if is_looked_at:
        return keeps(answer())
    response = keeps(link_over(request, "limited", TOO_MANY))
    response.headers["Retry-After"] = str(60 * settings.ATTEMPT_MINUTES)
    return response


# --- limits -----------------------------------------------------------------------------------------------------------
# What one contact may take and send: whoever hammers is refused for a while, and nobody else of the company.
def takes(request: HttpRequest, contact: Contact) -> bool:
    """Whether a file is made for this contact now: a report, a workbook. Written down."""
    return counted(request, contact, AuditKind.EXPORTED)


def sends(request: HttpRequest, contact: Contact) -> bool:
    """Whether a file of this contact is looked at now."""
    return counted(request, contact, AuditKind.BROUGHT_IN)


def counted(request: HttpRequest, contact: Contact, kind: AuditKind) -> bool:
    with behind(DatabaseRole.PORTAL_ACTS, contact.customer_id):
        return one_more_file(kind, contact.pk, address_of(request), request.headers.get("User-Agent", ""), now())


def too_many(request: HttpRequest) -> HttpResponse:
    response = link_over(request, "files", TOO_MANY)
    response.headers["Retry-After"] = str(int(FILES_COUNTED_FOR.total_seconds()))
    return response


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


def company_page(view: Callable[..., HttpResponse | FileResponse]) -> View:
    """For who has signed in, under the row policies of that company; anybody else is asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        who = signed_in(request)
        if who is None:
            return private(HttpResponseRedirect(f"{reverse('company_enter')}?{urlencode({'a': request.path})}"))
        with behind(DatabaseRole.PORTAL, who.customer_id), in_language(request, who.contact):
            try:
                return private(cast(HttpResponse, view(request, who, *args, **kwargs)))
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
    """Who has signed in, if anybody; during a rehearsal only whom its list names: no other company is served yet."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    with behind(DatabaseRole.PORTAL_ACTS):
        company = sessions.company_of(token)
    if company is None:
        return None
    with behind(DatabaseRole.PORTAL_ACTS, company):
        session = sessions.of(token, now())
        contact = contact_of_id(session.contact_id) if session else None
        if contact and not rehearsal.lets_in(contact.email):
            return None
    return SignedIn(session, contact) if session and contact else None


def page(
    request: HttpRequest, template: str, context: dict, *, who: SignedIn | None = None, status: int = 200
) -> HttpResponse:
    version = versions.version_at(now())
    frame = {
        "who": who,
        "operator": version.procedure.provider.name if version else "",
        "languages": languages(request),
        "lang": language_in_address(request),
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
        ("company_articles", pgettext("portal", "Help"), True),
        ("company_contacts", _("Contacts"), who.contact.administers),
        ("company_keys", pgettext("api", "Keys"), who.contact.administers),
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
    """One line, behind the wall of its company: a ``contact`` by id, or what ``about`` and ``key`` name."""
    if contact:
        said |= {"about": "contact", "key": contact.pk}
    write_down(kind, at=now(), address=address_of(request), agent=request.headers.get("User-Agent", ""), **said)


def whence(request: HttpRequest) -> Whence:
    """From where a session begins."""
    return Whence(address_of(request), request.headers.get("User-Agent", ""))
