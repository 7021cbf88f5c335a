"""How a page of the desk is answered: whole, as a fragment for htmx, or not at all when nothing has changed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def is_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def tag_of(parts: Iterable[object]) -> str:
    """The tag of what is on the screen: equal parts, equal screen."""
    return sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:20]


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """304 if the screen already shows this; the poll says so by ``HX-PTag``, any other reader by ``If-None-Match``."""
    if tag in {request.headers.get("HX-PTag"), request.headers.get("If-None-Match", "").strip('W/"')}:
        return stamped(HttpResponse(status=304), tag)
    return None


def stamped(response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["HX-PTag"] = tag
    response.headers["ETag"] = f'"{tag}"'
    return response


def page(request: HttpRequest, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    """A page or a fragment. What the desk shows is never kept by a cache between: it is somebody's, and it moves."""
    response = render(request, template, {**context, "toasts": toasts(request)}, status=status)
    response.headers["Cache-Control"] = "no-store" if status >= 400 else "no-cache, private"
    response.headers["Vary"] = "Cookie, HX-Request"
    return response


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
