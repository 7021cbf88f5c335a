"""Bytes that somebody else made, given out so that no browser can be harmed by them: never run, never guessed at."""

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from guardia.mailroom.types import OCTETS, PASSIVE

FILE_POLICY: dict[str, Any] = {"sandbox": True, "default-src": ["'none'"], "frame-ancestors": ["'none'"]}


def download(content: bytes, name: str, type_: str) -> HttpResponse:
    """Never shown within our own pages: an attachment, of the type that we found, and of no other."""
    answer = HttpResponse(content, content_type=type_)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def served(content: bytes, name: str, type_: str, *, in_place: bool) -> HttpResponse:
    """A picture in place, where that is asked for; all else as a file, of a type that a browser never runs."""
    answer = download(content, name, type_ if type_ in PASSIVE else OCTETS)
    if in_place and is_picture(type_):
        answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer


def is_picture(type_: str) -> bool:
    """Whether a browser shows it within a page, without a danger."""
    return type_ in PASSIVE and type_.startswith("image/")
