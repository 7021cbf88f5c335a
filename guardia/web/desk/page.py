"""How a page of the desk is answered: whole, as a fragment for htmx, or not at all where nothing has changed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from guardia.cases.case import Case
from guardia.config.unchanged import Memory

EVERY_DESK = Memory(seconds=1)
"""What every desk shows alike, whoever looks: each question is asked once a second by a process, and after each write.
"""


# --- page -------------------------------------------------------------------------------------------------------------
# How a page of the desk is answered: whole, as a fragment for htmx, or not at all when nothing has changed.
@dataclass(frozen=True, slots=True)
class View:
    """A list one can look at; its address is the filter. ``key`` opens it from any page that shows it."""

    href: str
    words: str
    count: str = ""
    is_current: bool = False
    key: str = ""
    note: str = ""


LIVE = "vivo"
"""What the address of a page's part says, so that a browser's cache never answers one with the other (ADR 0037)."""


def part_of(address: str) -> str:
    """The address of the part that htmx asks for, of the page that stands at ``address``."""
    return f"{address}{'&' if '?' in address else '?'}{LIVE}=1"


def is_by_script(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part is asked for: the address says so; for what is sent, which no cache keeps, the header does."""
    return LIVE in request.GET if request.method in {"GET", "HEAD"} else is_by_script(request)


def page_of(request: HttpRequest) -> str:
    """The address of the page whose part this request asks for."""
    asked = request.GET.copy()
    if LIVE not in asked:
        return request.get_full_path()
    del asked[LIVE]
    path = request.get_full_path().partition("?")[0]
    return f"{path}?{asked.urlencode()}" if asked else path


def tag_of(parts: Iterable[object]) -> str:
    """The tag of what is on the screen: equal parts, equal screen."""
    return sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:20]


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """304 if the screen already shows this, which the poll says by ``HX-PTag``."""
    if tag == request.headers.get("HX-PTag"):
        return stamped(HttpResponse(status=304, headers={"Cache-Control": "no-store"}), tag)
    return None


def stamped(response: HttpResponse, tag: str) -> HttpResponse:
    """The answer with its tag, which the page that polls keeps; an ``ETag`` would let a cache answer the poll."""
    response.headers["HX-PTag"] = tag
    return response


def page(request: HttpRequest, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    """A page or a fragment. What the desk shows is never kept by a cache between: it is somebody's, and it moves.

    A script that asked for a part and would get the whole page loads it anew instead: a tab from before an upgrade.
    """
    response = render(request, template, {**context, "toasts": toasts(request)}, status=status)
    if asks_for_a_part(request) and is_whole(response):
        say_again_on_the_next_page(request)
        response = HttpResponse(headers={"HX-Refresh": "true"})
    kept = status < 400 and not is_by_script(request)
    response.headers["Cache-Control"] = "no-cache, private" if kept else "no-store"
    response.headers["Vary"] = "Cookie, HX-Request"
    return response


def say_again_on_the_next_page(request: HttpRequest) -> None:
    """The messages that were read for an answer which is not sent."""
    held = messages.get_messages(request)
    if isinstance(held, BaseStorage):
        held.used = False


def asks_for_a_part(request: HttpRequest) -> bool:
    """Whether htmx reads this to put it into the page as it comes, and not to choose from it (``hx-select``)."""
    is_read = request.method in {"GET", "HEAD"} and is_by_script(request)
    return is_read and request.headers.get("HX-Request-Type") == "partial"


def is_whole(response: HttpResponse) -> bool:
    return response.content[:200].lstrip()[:9].lower() == b"<!doctype"


@dataclass(frozen=True, slots=True)
class Undo:
    """How an act is taken back: a form that posts one value."""

    href: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Toast:
    words: str
    undo: Undo | None = None
    done_draft: str = ""


def say(request: HttpRequest, words: str, *, undo: Undo | None = None, done_draft: str = "") -> None:
    """Tell the person what was done, on the next thing this person sees."""
    told = {"undo": [undo.href, undo.name, undo.value] if undo else None, "draft": done_draft}
    messages.success(request, words, extra_tags=json.dumps(told))


def toasts(request: HttpRequest) -> list[Toast]:
    return [_toast(message) for message in messages.get_messages(request)]


def _toast(message) -> Toast:
    told = json.loads(message.extra_tags or "{}")
    undo = Undo(*told["undo"]) if told.get("undo") else None
    return Toast(str(message), undo, told.get("draft", ""))


# --- looks ------------------------------------------------------------------------------------------------------------
# How the desk looks to one person: theme, density, keys. Kept in this browser.
LOOKS = {"theme": {"light", "dark", "auto"}, "density": {"comfortable", "compact"}, "shortcuts": {"on", "off"}}
ONE_YEAR_SECONDS = 31_536_000


@require_POST
def looks(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(back_to(request))
    for name, values in LOOKS.items():
        if (value := request.POST.get(name)) in values:
            response.set_cookie(name, value, max_age=ONE_YEAR_SECONDS, samesite="Lax")
    return response


def back_to(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    return came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "/"


def case_href(case: Case) -> str:
    return reverse("case", args=[case.number])


urlpatterns = [
    path("aspecto", looks, name="looks"),
]
