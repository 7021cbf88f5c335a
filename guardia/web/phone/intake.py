"""From a door into the rooms: what an exchange said goes into the journal, and the calls it is about follow."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from guardia.calls import journal
from guardia.calls.exchange import Exchange
from guardia.calls.packets import Packet
from guardia.intake import phone

log = logging.getLogger(__name__)

NOT_NOW = (OperationalError, InterfaceError)
"""The database is away, or two waited for each other: the same may be done again."""


def keep(exchange: Exchange, packets: Sequence[Packet], source: str, received_at: datetime, now: datetime) -> set[str]:
    """Keep them, and let the calls follow; the references of those that learnt something new. Hours are UTC."""
    references = journal.keep(exchange, packets, source, received_at) if packets else set()
    follow(exchange, references, now)
    return references


def follow(exchange: Exchange, references: Iterable[str], now: datetime) -> None:
    """A call that cannot be folded holds up no other: what was said of it stays in the journal, and the log says so."""
    wanted = sorted(references)
    if not wanted:
        return
    try:
        with transaction.atomic():
            phone.follow(exchange, wanted, now)
    except NOT_NOW:
        raise
    except Exception:
        if len(wanted) == 1:
            log.exception("exchange %s: the call %s cannot be followed", exchange.name, wanted[0])
            return
        for reference in wanted:
            follow(exchange, [reference], now)
