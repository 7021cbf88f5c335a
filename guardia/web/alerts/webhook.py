"""`POST /api/alertas/<token>`: a source of monitoring says what fires and what has ended.

The token is the secret: no cookie, so no CSRF token either. 200 means that it is committed; anything else means that it
is not, and sending it again does no harm. What is refused is a problem (RFC 9457) that says what to do.
"""

from functools import partial

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from guardia.network.alerts_kinds import read
from guardia.web.shared.posted import post_only
from guardia.web.shared.posted_alerts import RETRY_SECONDS, MessageRefused, bearer_in, source_called, stored
from guardia.web.shared.responses import problem


def not_posted() -> HttpResponse:
    return problem(405, _("This address accepts monitoring messages."), _("Send the message with POST."))


@post_only(not_posted)
def by_address(request: HttpRequest, token: str, event: str = "") -> HttpResponse:
    """``event``: TMF642 has an address for each kind of event below that of a listener; the event says which it is."""
    return taken(request, token, status=201 if event else 200)


@post_only(not_posted)
def by_header(request: HttpRequest) -> HttpResponse:
    """``Authorization: Bearer TOKEN``: so no log of a proxy has it."""
    return taken(request, bearer_in(request))


def taken(request: HttpRequest, token: str, *, status: int = 200) -> HttpResponse:
    """``status`` once it is kept, or was known. 401, 413, 400, 422 and 503 say what is wrong, and what to do."""
    try:
        source = source_called(token)
        _message, counts = stored(source, request, partial(read, source.kind, paths=source.paths))
    except MessageRefused as refused:
        answer = problem(refused.status, refused.title, refused.remedy, field=refused.field)
        if refused.status == 503:
            answer["Retry-After"] = RETRY_SECONDS
        return answer
    return JsonResponse({"new": counts.new, "turned": counts.turned, "again": counts.again}, status=status)


urlpatterns = [  # the token may stand in the address, or in the header Authorization
    path("", by_header, name="alerts_in_by_header"),
    path("<str:token>", by_address, name="alerts_in"),
    path("<str:token>/", by_address, name="alerts_in_with_slash"),
    path("<str:token>/listener/<str:event>", by_address, name="alerts_in_as_listener"),
]
