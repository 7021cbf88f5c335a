"""A link of a customer's that opens nothing: why, and whom to call. Whoever tries many of them is not looked at."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guardia.config.now import now
from guardia.config.proxies import address_of
from guardia.config.walls import Wall, behind, keeps
from guardia.people import guesses
from guardia.procedure import version as versions
from guardia.web.answer.shown import room
from guardia.web.portal.visitor import in_language, languages, private

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
    with behind(Wall.STAFF):
        is_looked_at = guesses.one_more(address_of(request), request.headers.get("User-Agent", ""), now())
    if is_looked_at:
        return keeps(answer())
    response = keeps(over(request, "limited", TOO_MANY))
    response.headers["Retry-After"] = str(60 * settings.ATTEMPT_MINUTES)
    return response
