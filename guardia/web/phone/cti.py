"""`/telefonia/<token>`: an exchange that pushes tells of a call; `/api/v1/cti/<token>` is the same, as Zammad's."""

import logging
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import quoteattr

from django.conf import settings
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from guardia.calls import cti_mapping, cti_messages, exchange_seen, exchanges
from guardia.calls.ami import Packet
from guardia.calls.cti_mapping import Fields, translated
from guardia.calls.cti_messages import Unfit, Unreadable, checked, packet_in
from guardia.calls.exchange import Exchange
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.intake import phone
from guardia.people import secret_address
from guardia.web.shared.posted import SIGNATURE, TooLarge, body_of, not_posted, post_only, problem

# --- cti --------------------------------------------------------------------------------------------------------------
# ``/telefonia/<token>``: an exchange that pushes tells of a call. ``/api/v1/cti/<token>`` is the same, as Zammad's.
# The token is the secret: no cookie, so no CSRF token either. A machine sends the same thing twice, late, or in
# another order: none of it is an error, since the course of a call is folded from all that was said of it.
log = logging.getLogger(__name__)

TRIES = 3
SIPGATE = frozenset({"xcid", "userid[]", "fulluserid[]"})
"""Fields that only sipgate.io sends: it wants to be told, in XML, where the rest of the call may be sent."""


@post_only(not_posted)
def call_event(request: HttpRequest, token: str) -> HttpResponse:
    """200 once it is kept, or was known. 401, 413, 400 and 422 say what is wrong, and with which field."""
    exchange = exchanges.exchange_of_token(token)
    if exchange is None:
        return problem(401, _("This token is unknown: copy the address again, or ask for a new one."), "token")
    try:
        body = body_of(request)
    except TooLarge:
        return problem(413, _("The message is larger than 64 KB."), "body")
    except UnreadablePostError:
        return problem(400, _("The message was cut off."), "body")
    if trouble := signature_trouble(exchange, body, request.headers.get(SIGNATURE)):
        return problem(401, trouble, SIGNATURE)
    try:
        return taken(request, exchange, body, now())
    except Unreadable as wrong:
        return problem(400, str(wrong), "body")
    except Unfit as wrong:
        return problem(422, str(wrong), wrong.field)


def taken(request: HttpRequest, exchange: Exchange, body: bytes, at: datetime) -> HttpResponse:
    """Raises Unreadable, Unfit."""
    by = mapping_of(exchange)
    packet = packet_in(body, nested=by is not None)
    messages = [packet] if by is None else translated(packet, by)
    packets = [found for each in messages if (found := checked(each, at)) is not None]
    if packets:
        try:
            keep_in_turn(exchange, packets, at)
        except DataError as wrong:
            log.warning("a message of exchange %s does not fit the journal: %s", exchange.pk, type(wrong).__name__)
            raise Unfit("body", _("The message contains a value that cannot be stored.")) from wrong
    return welcome(request, packets[0] if packets else None)


def mapping_of(exchange: Exchange) -> Fields | None:
    """Raises Unfit, where the file that was kept can be read no more."""
    try:
        return cti_mapping.of_exchange(exchange)
    except cti_mapping.MappingWrong as wrong:
        raise Unfit("mapping", str(wrong)) from wrong


def keep_in_turn(exchange: Exchange, packets: Sequence[Packet], at: datetime) -> None:
    """Once more where two waited for each other: few exchanges send a message again that was not taken."""
    for attempt in range(1, TRIES + 1):
        try:
            with behind(DatabaseRole.WORKER):
                keep(exchange, packets, at)
        except OperationalError as trouble:
            if attempt == TRIES or not isinstance(trouble.__cause__, DeadlockDetected):
                raise
        else:
            return


def keep(exchange: Exchange, packets: Sequence[Packet], at: datetime) -> None:
    """Into the journal, and what follows from it. Known already: nothing follows."""
    phone.keep_events(exchange, packets, cti_messages.SOURCE, at, at)
    exchange_seen.is_heard(exchange, at)


def signature_trouble(exchange: Exchange, body: bytes, signature: str | None) -> str:
    """Why the message is not believed; empty where it is. A signature that is sent must be right, asked for or not."""
    if signature is None:
        return _("The message is not signed, and this exchange signs its messages.") if exchange.signed else ""
    if secret_address.is_signed(exchange, body, signature):
        return ""
    return _("The signature does not match this message: sha256= and the HMAC of the body with the exchange's secret.")


def welcome(request: HttpRequest, packet: Packet | None) -> HttpResponse:
    if (
        packet
        and is_sipgate(packet)
        and cti_messages.EVENTS.get(cti_messages.name_of(packet).lower()) == cti_messages.NEW_CALL
    ):
        here = quoteattr(settings.PUBLIC_URL.rstrip("/") + request.path)
        answer = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response onAnswer={here} onHangup={here}/>\n'
        return HttpResponse(answer, content_type="application/xml")
    return JsonResponse({})


def is_sipgate(packet: Packet) -> bool:
    return any(name.lower() in SIPGATE for name, _value in packet)


urlpatterns = [
    path("telefonia/<str:token>", call_event, name="cti"),
    path("api/v1/cti/<str:token>", call_event, name="cti_as_zammad"),  # that of Zammad's generic CTI
]
