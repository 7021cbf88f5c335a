"""Who looks at a page of the portal, by which link, in which language; and what a contact may take or is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from guardia.config.database_roles import DatabaseRole, behind, keeps
from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.customers.contact import Contact
from guardia.people import guesses
from guardia.people.attempts import FILES_COUNTED_FOR, one_more_file
from guardia.people.audit_entry import AuditKind
from guardia.procedure import version as versions
from guardia.web.shared.reach import room

# --- visitor ----------------------------------------------------------------------------------------------------------
PRIVATE = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""No address of the portal is told to another site, since some of them are keys. Its own pages are told, for the form
that posts to them.
"""

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
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response


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


def over(request: HttpRequest, why: str, status: int) -> HttpResponse:
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
    with behind(DatabaseRole.STAFF):
        is_looked_at = guesses.one_more(address_of(request), request.headers.get("User-Agent", ""), now())
    if is_looked_at:
        return keeps(answer())
    response = keeps(over(request, "limited", TOO_MANY))
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
    with behind(DatabaseRole.STAFF):
        return one_more_file(kind, contact.pk, address_of(request), request.headers.get("User-Agent", ""), now())


def too_many(request: HttpRequest) -> HttpResponse:
    response = over(request, "files", TOO_MANY)
    response.headers["Retry-After"] = str(int(FILES_COUNTED_FOR.total_seconds()))
    return response
