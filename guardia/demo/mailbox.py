"""The demo's mail server: it receives over real SMTP, keeps every message byte for byte, and delivers nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.calls import cti_messages, journal
from guardia.calls.call import Call
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.cases.stages import reception
from guardia.customers.contact import Contact
from guardia.demo.staffing import Team
from guardia.demo.story import LINE
from guardia.intake import phone
from guardia.people.staff import Staff
from guardia.procedure import version
from guardia.procedure.version import NoProcedure, ProcedureVersion

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Keeper:
    """Writes each message as one .eml file; the names sort in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = sum(1 for _ in folder.glob("*.eml"))

    async def handle_DATA(self, server: "SMTP", session: "Session", envelope: "Envelope") -> str:
        self.keep(envelope.original_content or b"", datetime.now(UTC))
        return "250 OK"

    def keep(self, message: bytes, at: datetime) -> Path:
        """Store the bytes; a reader of the folder sees the whole message or none of it."""
        self.count += 1
        target = self.folder / f"{at:%Y%m%dT%H%M%S.%f}Z-{self.count:06}.eml"
        unfinished = target.with_suffix(".unfinished")
        unfinished.write_bytes(message)
        unfinished.replace(target)
        return target


@contextmanager
def receiving(folder: Path, port: int) -> Iterator[None]:
    """Receive mail on this port of the loopback, into `folder`, for as long as the block runs."""
    from aiosmtpd.controller import Controller

    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the library tells of every command otherwise
    server = Controller(Keeper(folder), hostname=HOST, port=port, enable_SMTPUTF8=True, ready_timeout=10)
    server.start()
    try:
        yield
    finally:
        server.stop(no_assert=True)


# A telephone that rings on demand, for whoever tries the product: told as an exchange that pushes would tell it.


NAME = "Central de la demostración"
REFERENCE = "demo-"
KNOWN, UNKNOWN, HIDDEN = "conocido", "desconocido", "oculto"
HIDDEN_NUMBER = "anonymous"
STRANGERS = tuple(f"+593255501{n}" for n in range(80, 90))
"""Numbers that are nobody's."""


def ring_demo_call(at: datetime, who: str = KNOWN, rings_at: Staff | None = None) -> Call:
    """Somebody calls the technical line at ``at`` (UTC), and the telephone of this person rings, if one is given.

    ``who``: a known person of a company, chosen at random; a number that nobody knows; or a hidden one.
    Raises NoProcedure, Contact.DoesNotExist.
    """
    version.in_force(at)
    reference = f"{REFERENCE}{at.timestamp():.6f}"
    people = [("user[]", rings_at.name)] if rings_at else []
    said = [("event", "newCall"), ("from", number_of(who, at)), ("to", LINE), ("queue", "technical"), *people]
    call = tell(reference, said, at)
    if call is None:
        raise NoProcedure()
    return call


def answer_demo_call(call: Call, by: Staff, at: datetime) -> Call:
    """The exchange says that this person answered."""
    answering = [("answeringNumber", by.extension)] if by.extension else []
    return tell(call.reference, [("event", "answer"), ("user", by.name), *answering], at) or call


def hang_up_demo_call(call: Call, at: datetime) -> Call:
    """The caller gives up, or the talk is over."""
    cause = "normalClearing" if call.answered_at else "cancel"
    return tell(call.reference, [("event", "hangup"), ("cause", cause)], at) or call


def is_demo(call: Call) -> bool:
    return call.exchange_id is not None and call.reference.startswith(REFERENCE)


def tell(reference: str, said: list[tuple[str, str]], at: datetime) -> Call | None:
    """Say it as an exchange would: into the journal, and the call follows."""
    exchange, _ = Exchange.objects.get_or_create(name=NAME, defaults={"kind": ExchangeKind.CTI})
    packet = [("direction", "in"), ("callId", reference), ("timestamp", at.isoformat()), *said]
    references = journal.keep_packets(exchange, [packet], cti_messages.SOURCE, at)
    return next(iter(phone.follow(exchange, references, at)), None)


def number_of(who: str, at: datetime) -> str:
    """The number that calls at ``at`` (UTC): of a person who has not called for a quarter of an hour, for a second call
    of the same number may be the same one. Raises Contact.DoesNotExist.
    """
    if who == HIDDEN:
        return HIDDEN_NUMBER
    if who == UNKNOWN:
        used = Call.objects.filter(from_number__in=STRANGERS).count()
        return next(islice(cycle(STRANGERS), used, None))
    known = Contact.objects.filter(active=True, customer__active=True).exclude(phones=[])
    calling = Call.objects.filter(arrived_at__gte=at - timedelta(minutes=15), contact__isnull=False).values("contact")
    caller = known.exclude(pk__in=calling).order_by("?").first() or known.order_by("?").first()
    if caller is None:
        raise Contact.DoesNotExist()
    return caller.phones[0]


def calls_of_tonight(callers: tuple[Contact, Contact], team: Team, procedure: ProcedureVersion, now: datetime) -> None:
    """One call on the line, to be registered within minutes, and one that rings just now (P1, P2)."""
    talking, ringing = callers
    answered = now - timedelta(seconds=95)
    call = rings(talking, procedure, answered - timedelta(seconds=22))
    reception.answer(call, by=team.engineers[1], at=answered)
    rings(ringing, procedure, now)


def rings(caller: Contact, procedure: ProcedureVersion, at: datetime) -> Call:
    """A technical call of this person waits for the desk (P1), written down by hand."""
    return reception.ring(from_number=caller.phones[0], line=LINE, version=procedure, at=at, contact=caller)
