"""What a telephone is told in JSON, and how it is refused."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.people.signed import LinkHasExpired, LinkIsInvalid
from guardia.web.answer.page import private
from guardia.web.field.who import Phone, of_link, of_staff, owner_now

SIGNED_OUT, NOT_YOURS, GONE, NOT_FOUND, TOO_LARGE, BAD, LATER = 401, 403, 410, 404, 413, 400, 503


class Refuse(Exception):
    """The sending as a whole is not taken."""

    def __init__(self, status: int, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


def told(said: dict[str, Any], status: int = 200) -> HttpResponse:
    return private(JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False}))


def refused(refusal: Refuse) -> HttpResponse:
    return told({"error": refusal.words}, refusal.status)


def phone_of(request: HttpRequest, token: str = "") -> Phone:
    """Whose telephone sends, in a step of its own. Raises Refuse, PermissionDenied."""
    with behind(Wall.STAFF):
        if token:
            return _by_link(token)
        staff = owner_now(request)
        if staff is None:
            raise Refuse(SIGNED_OUT, _("Sign in again: what is on this telephone is kept and sent afterwards."))
        phone = of_staff(staff, request.GET.get("cuadrilla", ""))
        return phone


def _by_link(token: str) -> Phone:
    try:
        return of_link(token, now())
    except LinkHasExpired as late:
        raise Refuse(GONE, _("This link is over with its visit. Tell the desk by telephone.")) from late
    except LinkIsInvalid as wrong:
        raise Refuse(NOT_FOUND, _("This is no link of ours.")) from wrong
