"""Who looks at a page of the portal, by which door, in which language; and what every page of the portal bears."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from guardia.customers.contact import Contact

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


def asked_language(request: HttpRequest) -> str:
    """The one that the address asks for, where it is one of ours."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in dict(settings.LANGUAGES) else ""


@contextmanager
def in_language(request: HttpRequest, contact: Contact | None = None) -> Iterator[None]:
    """That of the address; else the contact's; else what the browser asks for."""
    known = dict(settings.LANGUAGES)
    wanted = asked_language(request) or (contact.language if contact and contact.language in known else "")
    with translation.override(wanted or translation.get_language() or settings.LANGUAGE_CODE):
        yield


def languages(request: HttpRequest) -> list[dict[str, object]]:
    """The switch: the same page in each language."""
    now = translation.get_language()
    return [{"code": code, "name": name, "is_current": code == now} for code, name in settings.LANGUAGES]


def text_in(request: HttpRequest, name: str, most: int = 8000) -> str:
    """A field as it was sent, without what no column holds."""
    return request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n")[:most]
