"""``/estado`` and its feed: off by default; made once in a few seconds, whoever asks, in each of the languages."""

from collections.abc import Callable

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.web.status.kept import SECONDS, Answer, Kept
from guardia.web.status.reading import public_at
from guardia.web.status.shown import Status, status_of

PAGE, FEED = "text/html; charset=utf-8", "application/atom+xml; charset=utf-8"
MOST_IN_FEED = 50

kept = Kept()


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What is the matter now, what is coming, and the last 90 days. 404 where the operator wants no such page."""
    return answered(request, "page", PAGE, page_made)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The same as Atom, for a reader that asks by itself."""
    return answered(request, "feed", FEED, feed_made)


def answered(request: HttpRequest, what: str, kind: str, make: Callable[[], bytes]) -> HttpResponse:
    if not settings.STATUS_PAGE:
        raise Http404
    language = language_of(request)
    with translation.override(language):
        try:
            answer = kept.get(f"{what} {language}", make)
        except DatabaseError:
            return unknown(kind)
    return stamped(request, answer, kind, language)


def language_of(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE


def stamped(request: HttpRequest, answer: Answer, kind: str, language: str) -> HttpResponse:
    """304 for who has it already; anybody on the way may keep it for as long as this process does."""
    has_it = answer.tag in {
        tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")
    }
    response = HttpResponse(status=304) if has_it else HttpResponse(answer.content, content_type=kind)
    response.headers["ETag"] = answer.tag
    response.headers["Cache-Control"] = f"public, max-age={SECONDS:.0f}"
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def unknown(kind: str) -> HttpResponse:
    words = _("What is the matter cannot be read just now. Please try again in a minute, or call us.")
    plain = HttpResponse(words, content_type="text/plain; charset=utf-8", status=503)
    plain.headers["Retry-After"] = "60"
    return plain


def read() -> Status:
    with behind(Wall.PORTAL):
        at = now()
        return status_of(public_at(at), at)


def page_made() -> bytes:
    languages = [(code, name, code == translation.get_language()) for code, name in settings.LANGUAGES]
    return render_to_string("status/page.html", {"status": read(), "languages": languages}).encode()


def feed_made() -> bytes:
    found = read()
    address = f"{settings.PUBLIC_URL.rstrip('/')}/estado"
    title = _("%(operator)s: state of the service") % {"operator": found.operator}
    made = Atom1Feed(title, address, "", language=translation.get_language(), feed_url=f"{address}.atom")
    for entry in found.entries[:MOST_IN_FEED]:
        said = [part for part in (entry.where, entry.what) if part]
        made.add_item(
            title=f"{entry.title}: {entry.kind_words}",
            link=f"{address}#{entry.id}",
            description=" ".join((", ".join(said) + "." if said else "", *entry.hours)).strip(),
            unique_id=f"{address}#{entry.id}",
            unique_id_is_permalink=False,
            updateddate=entry.changed,
            pubdate=entry.changed,
        )
    return made.writeString("utf-8").encode()
