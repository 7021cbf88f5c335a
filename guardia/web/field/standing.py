"""``/campo/estado``: the hour of the house, who is signed in, the token that the next sending needs, and what is new.

A telephone asks before it sends: so it measures how far its clock is from ours, and a page that was kept for days has
no token that still holds.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.desk.entry import asking
from guardia.web.desk.page import tag_of
from guardia.web.field import answers
from guardia.web.field.answers import Refuse
from guardia.web.field.shown import standing_of
from guardia.web.field.who import Phone


@asking(Right.SEE_FIELD, Right.WORK_IN_FIELD)
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Signed out is no trouble here: 401 says that one has to sign in."""
    try:
        return told(request, answers.phone_of(request))
    except Refuse as refusal:
        return answers.refused(refusal)
    except PermissionDenied:
        return answers.told({"error": ""}, answers.NOT_YOURS)


@require_safe
def standing_by_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        return told(request, answers.phone_of(request, token))
    except Refuse as refusal:
        return answers.refused(refusal)


def told(request: HttpRequest, phone: Phone) -> HttpResponse:
    at = now()
    said = {"now": at.timestamp() * 1000, "owner": phone.owner, "tag": tag_of(standing_of(phone, at))}
    return answers.told(said if phone.token else {**said, "csrf": get_token(request)})
