"""`POST /api/alertas/<token>`: a source of monitoring says what fires and what has ended."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import DeadlockDetected

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network import alerts_sources
from guardia.network.alert import AlertSource
from guardia.network.alert_message import Message, Unfit, Unreadable
from guardia.network.alert_store import StoredCounts, is_troubled, keep
from guardia.network.alerts_kinds import read
from guardia.people import secret_address
from guardia.web.shared.posted import SIGNATURE, TooLarge, body_of, private
from guardia.web.shared.responses import problem

# --- webhook ----------------------------------------------------------------------------------------------------------
# ``POST /api/alertas/<token>``: a source of monitoring says what fires and what is over.
# The token is the secret: no cookie, so no CSRF token either. 200 means that it is committed; anything else means
# that it is not, and sending it again does no harm. What is refused is a problem (RFC 9457) that says what to do.
log = logging.getLogger(__name__)

LONGEST = 2 * 1024 * 1024
TRIES = 3
LONGEST_WAIT_MS = 500
RETRY_SECONDS = "10"
BEARER = "bearer "
View = Callable[..., HttpResponse]


def post_only(view: View) -> View:
    """Anything but a POST is refused with 405; nothing of it is kept on the way."""

    @csrf_exempt
    @wraps(view)
    def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return private(view(request, *args, **kwargs))
        refused = problem(405, _("This address accepts monitoring messages."), _("Send the message with POST."))
        refused["Allow"] = "POST"
        return private(refused)

    return posted


@post_only
def by_address(request: HttpRequest, token: str) -> HttpResponse:
    return taken(request, token)


@post_only
def by_header(request: HttpRequest) -> HttpResponse:
    """``Authorization: Bearer TOKEN``: so no log of a proxy has it."""
    given = request.headers.get("Authorization", "")
    return taken(request, given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else "")


def taken(request: HttpRequest, token: str) -> HttpResponse:
    """200 once it is kept, or was known. 401, 413, 400, 422 and 503 say what is wrong, and what to do."""
    try:
        return answer(request, token)
    except (OperationalError, InterfaceError) as trouble:
        log.warning("a message of monitoring is not kept: %s", " ".join(str(trouble).split()))
        refused = problem(503, _("The message was not stored."), _("Send it again in a few seconds."))
        refused["Retry-After"] = RETRY_SECONDS
        return refused


def answer(request: HttpRequest, token: str) -> HttpResponse:
    with behind(DatabaseRole.WORKER):
        source = alerts_sources.source_of(token)
    if source is None:
        title, remedy = _("This token is unknown."), _("Copy the address again, or ask for a new one in the settings.")
        return problem(401, title, remedy, field="token")
    try:
        body = body_of(request, LONGEST)
    except TooLarge:
        title, remedy = _("The message is larger than 2 MB."), _("Send it in parts; in Alertmanager, set max_alerts.")
        return refused(source, 413, title, remedy, "body")
    except UnreadablePostError:
        return problem(400, _("The message was cut off."), _("Send it again."), field="body")
    if trouble := signature_trouble(source, body, request.headers.get(SIGNATURE)):
        remedy = _("Send sha256= and the HMAC of the body with the secret of this source.")
        return refused(source, 401, trouble, remedy, SIGNATURE)
    return test_answer(source, body)


def test_answer(source: AlertSource, body: bytes) -> HttpResponse:
    try:
        kept = keep_in_turn(source, read(source.kind, body))
    except Unreadable as wrong:
        return refused(source, 400, str(wrong), _("Compare it with docs/operations/alerts.md."), "body")
    except Unfit as wrong:
        return refused(source, 422, str(wrong), _("Correct this field and send it again."), wrong.field)
    except DataError as wrong:
        log.warning("a message of source %s does not fit: %s", source.pk, type(wrong).__name__)
        title, remedy = _("The message contains a value that cannot be stored."), _("Send it without that value.")
        return refused(source, 422, title, remedy, "body")
    return JsonResponse({"new": kept.new, "turned": kept.turned, "again": kept.again})


def signature_trouble(source: AlertSource, body: bytes, signature: str | None) -> str:
    """Why the message is not believed; empty where it is. A signature that is sent must be right, asked for or not."""
    if signature is None:
        return _("The message is not signed, and this source signs its messages.") if source.signed else ""
    return "" if secret_address.is_signed(source, body, signature) else _("The signature does not match this message.")


def keep_in_turn(source: AlertSource, message: Message) -> StoredCounts:
    """Committed when it returns; once more where two waited for each other."""
    for attempt in range(1, TRIES + 1):
        try:
            with behind(DatabaseRole.WORKER):
                wait_briefly()
                return keep(source, message, received_at())
        except OperationalError as trouble:
            if attempt == TRIES or not isinstance(trouble.__cause__, DeadlockDetected):
                raise
    raise AssertionError


def wait_briefly() -> None:
    """While thousands are being opened their rows are held: the sender comes again, and no thread of the desk waits."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'")


def received_at() -> datetime:
    return now()


def refused(source: AlertSource, status: int, title: str, remedy: str, field: str) -> HttpResponse:
    """Told to the sender, and to whoever looks at the source in the settings."""
    with behind(DatabaseRole.WORKER):
        is_troubled(source, title)
    return problem(status, title, remedy, field=field)


urlpatterns = [  # the token may stand in the address, or in the header Authorization
    path("", by_header, name="alerts_in_by_header"),
    path("<str:token>", by_address, name="alerts_in"),
    path("<str:token>/", by_address, name="alerts_in_with_slash"),
]
