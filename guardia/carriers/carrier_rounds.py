"""The rounds by which our tickets reach the interfaces of carriers, and by which these are asked what became of them.

Each step is a transaction of the caller's; between two steps the network is waited for, and no row is held.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import InterfaceError, OperationalError

from guardia.carriers import carrier_message as outbox
from guardia.carriers.carrier_connection import LONGEST_TROUBLE, Access, CarrierConnection, access_of
from guardia.carriers.carrier_exchange import Exchanged, Letter, exchange, letter_of, located, trouble_of
from guardia.carriers.carrier_message import CarrierMessage, CarrierMirror, MessageState, Outcome
from guardia.carriers.carrier_mirroring import believe, locked
from guardia.carriers.seller import TIMEOUT_SECONDS, Answer, Seller
from guardia.carriers.ticket import CarrierTicket
from guardia.config.asking import atomic
from guardia.people.sealing import CannotBeUnsealed

log = logging.getLogger(__name__)

ASKED_TOGETHER = 50
SEALED = "its key was sealed with another SECRET_KEY: enter it again"
PASSES = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Turn:
    """How a process sends and asks: ``step`` opens the transaction of one step, ``now`` is its hour (UTC). ``timeout``
    in seconds is for each call.
    """

    step: Callable[[], AbstractContextManager[None]]
    now: Callable[[], datetime]
    sender_id: int
    stopping: Callable[[], bool] = lambda: False
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class Leased:
    """A message that is ours for a while, with what its calls need; ``since``: when it was leased (UTC)."""

    message: CarrierMessage
    letter: Letter | None
    access: Access | None
    since: datetime


def send_due(turn: Turn) -> int:
    """Send until nothing is due; how many messages were tried."""
    tried = 0
    while not turn.stopping():
        with turn.step():
            leased = _leased(turn)
            if leased is None:
                outbox.give_up(turn.now())
                break
        tried += 1
        exchanged = _exchanged(leased, turn.timeout)
        with turn.step():
            _settle(leased, exchanged, turn.now())
    return tried


def _leased(turn: Turn) -> Leased | None:
    at = turn.now()
    message = outbox.claim(at, turn.sender_id)
    if message is None:
        return None
    try:
        access = access_of(CarrierConnection.objects.get(carrier=message.ticket.carrier_id))
    except CannotBeUnsealed:
        return Leased(message, None, None, at)
    return Leased(message, letter_of(message, at), access, at)


def _exchanged(leased: Leased, timeout: float) -> Exchanged:
    if leased.letter is None or leased.access is None:
        return Exchanged(Outcome(MessageState.WAITING, None, SEALED, is_unreachable=True))
    with Seller(leased.access, timeout) as seller:
        return exchange(seller, leased.letter)


def _settle(leased: Leased, exchanged: Exchanged, at: datetime) -> None:
    """What became of it, and what its answer says of the ticket; nothing where another process has it meanwhile."""
    message, outcome = leased.message, exchanged.outcome
    ticket = locked(message.ticket_id)
    if not outbox.settle(message, outcome, at):
        return
    if outcome.state == MessageState.DONE:
        outbox.sent(message, at)
    if exchanged.ticket is not None:
        _believed(ticket, exchanged.ticket, leased.since, at)
    answer = Answer(outcome.status, outcome.words)
    trouble = trouble_of(answer) if outcome.is_unreachable or answer.is_of_the_key else ""
    outbox.answered(ticket.carrier_id, trouble, at, outcome.retry_after)


def ask_due(turn: Turn) -> int:
    """Ask about the tickets that are due, carrier by carrier; how many were asked about. One that does not answer is
    asked about the rest of its tickets after its rest.
    """
    with turn.step():
        due = outbox.due_to_ask(turn.now(), ASKED_TOGETHER)
    asked = 0
    for _carrier, of_carrier in groupby(due, lambda mirror: mirror.ticket.carrier_id):
        mirrors = list(of_carrier)
        try:
            access = access_of(mirrors[0].ticket.carrier.connection)
        except CannotBeUnsealed:
            with turn.step():
                outbox.answered(mirrors[0].ticket.carrier_id, SEALED, turn.now())
            continue
        with Seller(access, turn.timeout) as seller:
            for mirror in mirrors:
                if turn.stopping():
                    return asked
                asked += 1
                if not _ask(seller, mirror, turn):
                    break
    return asked


def _ask(seller: Seller, mirror: CarrierMirror, turn: Turn) -> bool:
    """Ask about one ticket; False where the interface itself is in trouble."""
    since = turn.now()
    answer = located(seller, mirror.remote_id, mirror.ticket.reference)
    trouble = trouble_of(answer)
    with turn.step():
        at = turn.now()
        if answer.is_well and answer.ticket:
            _believed(locked(mirror.ticket_id), answer.ticket, since, at)
        else:
            outbox.ask_later(mirror, answer.words or f"HTTP {answer.status}", at)
        outbox.answered(mirror.ticket.carrier_id, trouble, at, answer.retry_after)
    return not trouble


def _believed(ticket: CarrierTicket, body: Mapping[str, Any], since: datetime, at: datetime) -> None:
    """What it says is taken down; an answer that nobody has foreseen is noted, and holds up nothing else."""
    try:
        with atomic():
            believe(ticket, body, since=since, now=at)
    except PASSES:
        raise
    except Exception as wrong:
        log.exception("what the interface answers about ticket %s cannot be taken down", ticket.pk)
        mirror = CarrierMirror.objects.get(ticket=ticket.pk)
        outbox.ask_later(mirror, f"{type(wrong).__name__}: {wrong}"[:LONGEST_TROUBLE], at)
        remote_id = body.get("id")
        if not mirror.remote_id and isinstance(remote_id, str):
            CarrierMirror.objects.filter(pk=mirror.pk).update(remote_id=remote_id[:100])
