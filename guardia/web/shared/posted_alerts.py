"""What a source of monitoring posts: whose token it is, whether it is signed, read and stored; or why it is refused."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network import alerts_sources
from guardia.network.alert import AlertSource
from guardia.network.alert_message import Message, Unfit, Unreadable
from guardia.network.alert_store import StoredCounts, is_troubled, keep
from guardia.people import secret_address
from guardia.web.shared.posted import SIGNATURE, TooLarge, body_of

log = logging.getLogger(__name__)

LONGEST = 2 * 1024 * 1024
TRIES = 3
LONGEST_WAIT_MS = 500
RETRY_SECONDS = "10"
BEARER = "bearer "


class MessageRefused(Exception):
    """A message is not stored. ``field`` names what was given wrongly; 503 may be sent again after a few seconds."""

    def __init__(self, status: int, title: str, remedy: str, field: str = "") -> None:
        super().__init__(title)
        self.status, self.title, self.remedy, self.field = status, title, remedy, field


def bearer_in(request: HttpRequest) -> str:
    """The token of the header Authorization; empty where there is none."""
    given = request.headers.get("Authorization", "")
    return given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else ""


def source_called(token: str, kind: str = "") -> AlertSource:
    """The source in use with this token, of this kind where one is named. Raises MessageRefused (401)."""
    with reached(), behind(DatabaseRole.WORKER):
        source = alerts_sources.source_of(token)
    if source is None or (kind and source.kind != kind):
        title, remedy = _("This token is unknown."), _("Copy the address again, or ask for a new one in the settings.")
        raise MessageRefused(401, title, remedy, "token")
    return source


def stored(source: AlertSource, request: HttpRequest, read: Callable[[bytes], Message]) -> tuple[Message, StoredCounts]:
    """The message of a request and what became of it, committed when it returns.

    Raises MessageRefused, which the page of the source in the settings then shows too.
    """
    with reached():
        try:
            message = read(body_for(source, request))
            return message, keep_in_turn(source, message)
        except Unreadable as wrong:
            raise refusal(source, 400, str(wrong), _("Compare it with docs/operations/alerts.md."), "body") from wrong
        except Unfit as wrong:
            raise refusal(source, 422, str(wrong), _("Correct this field and send it again."), wrong.field) from wrong
        except DataError as wrong:
            log.warning("a message of source %s does not fit: %s", source.pk, type(wrong).__name__)
            title, remedy = _("The message contains a value that cannot be stored."), _("Send it without that value.")
            raise refusal(source, 422, title, remedy, "body") from wrong


@contextmanager
def reached() -> Iterator[None]:
    """Inside, a database that does not answer is a MessageRefused (503)."""
    try:
        yield
    except (OperationalError, InterfaceError) as trouble:
        log.warning("a message of monitoring is not kept: %s", " ".join(str(trouble).split()))
        raise MessageRefused(503, _("The message was not stored."), _("Send it again in a few seconds.")) from trouble


def body_for(source: AlertSource, request: HttpRequest) -> bytes:
    """The body of a message that is no larger than one may be, and whose signature is right. Raises MessageRefused."""
    try:
        body = body_of(request, LONGEST)
    except TooLarge as wrong:
        title, remedy = _("The message is larger than 2 MB."), _("Send it in parts; in Alertmanager, set max_alerts.")
        raise refusal(source, 413, title, remedy, "body") from wrong
    except UnreadablePostError as wrong:
        raise MessageRefused(400, _("The message was cut off."), _("Send it again."), "body") from wrong
    if trouble := signature_trouble(source, body, request.headers.get(SIGNATURE)):
        remedy = _("Send sha256= and the HMAC of the body with the secret of this source.")
        raise refusal(source, 401, trouble, remedy, SIGNATURE)
    return body


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


def refusal(source: AlertSource, status: int, title: str, remedy: str, field: str) -> MessageRefused:
    """The refusal for the sender, which whoever looks at the source in the settings reads too."""
    with behind(DatabaseRole.WORKER):
        is_troubled(source, title)
    return MessageRefused(status, title, remedy, field)
