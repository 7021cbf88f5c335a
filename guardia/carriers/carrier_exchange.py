"""One message is said to a carrier's interface, or one ticket is asked about: the calls, and what their answers mean.

Nothing here writes: what an answer means is an ``Outcome``, and beside it the ticket as the Seller has it, to be
believed by ``carrier_mirroring.py``. A message that was sent and whose answer was lost is recognised there by our own
number, by the id of its note, or by the status that it led to, and is not done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from guardia.carriers.carrier_connection import CarrierConnection, access_of
from guardia.carriers.carrier_letter import Occasion, first_words, hour_there
from guardia.carriers.carrier_message import CarrierMessage, MessageKind, MessageState, Outcome
from guardia.carriers.carrier_mirroring import list_in
from guardia.carriers.seller import TIMEOUT_SECONDS, Answer, Seller
from guardia.carriers.ticket import CarrierTicket
from guardia.cases.buyer_ticket import OBSERVED, RANKS, UNKNOWN_RANK
from guardia.notices.secret_mail import language_of, operator_at
from guardia.people.connections import setting
from guardia.people.sealing import CannotBeUnsealed
from guardia.procedure.version import version_at

TECHNICAL = "technical"
MOST_NOTES = 49
LONGEST_TEXT = 4000
WANTED = {
    MessageKind.REOPEN: frozenset({"reopened", "inProgress", "pending"}),
    MessageKind.CLOSE: frozenset({"closed"}),
    MessageKind.CANCEL: frozenset({"assessingCancellation", "cancelled"}),
}
"""The statuses in which what is asked has been done already."""
EARLY = "acknowledged"
"""While a Seller has only received a ticket, some take neither notes nor a cancellation: these are sent again."""


@dataclass(frozen=True)
class Exchanged:
    """What became of a message, and the ticket as the Seller has it now, where its answer says so."""

    outcome: Outcome
    ticket: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Letter:
    """A message as it is sent, written before the calls: no rows are read while the network is waited for."""

    kind: MessageKind
    attempts: int
    remote_id: str
    reference: str
    description: str
    body: Mapping[str, Any]
    note: Mapping[str, Any]
    words: str


# --- written ----------------------------------------------------------------------------------------------------------


def letter_of(message: CarrierMessage, now: datetime) -> Letter:
    """The message with its words, in the language of the carrier where they are ours. ``now`` is UTC."""
    ticket, kind = message.ticket, MessageKind(message.kind)
    operator, written = operator_at(now), message.words()[:LONGEST_TEXT]
    with translation.override(language_of(ticket.carrier.language)):
        body = opening_of(ticket, operator, now) if kind == MessageKind.OPEN else {}
        asks = first_words(ticket, Occasion.ASKED, operator) if kind == MessageKind.NOTE else ""
        text = "\n".join(part for part in (asks, written) if part)[:LONGEST_TEXT]
        reason = written or _("It does not work.")
    note = {
        "id": f"{ticket.reference}-{message.pk}",
        "author": operator,
        "date": message.created_at.astimezone(UTC).isoformat(),
        "source": "buyer",
        "text": text,
    }
    words = reason if kind == MessageKind.REOPEN else text
    remote_id = ticket.mirror.remote_id
    return Letter(kind, message.attempts, remote_id, ticket.reference, ticket.symptoms, body, note, words)


def opening_of(ticket: CarrierTicket, operator: str, now: datetime) -> dict[str, Any]:
    """The ticket as a Buyer opens it. It names no customer."""
    case = ticket.case
    severity, priority = RANKS.get(case.impact, UNKNOWN_RANK)
    body: dict[str, Any] = {
        "description": ticket.symptoms[:LONGEST_TEXT],
        "externalId": ticket.reference,
        "issueStartDate": case.opened_at.astimezone(UTC).isoformat(),
        "observedImpact": OBSERVED.get(case.impact, "degraded"),
        "priority": priority,
        "severity": severity,
        "ticketType": "maintenance",
        "relatedEntity": [{"id": ticket.circuit, "role": "Issue Source", "@referredType": "Product"}],
        "relatedContactInformation": [reporter(operator, now)],
    }
    if ticket.wanted_at:
        wanted = f"{_('Restoration requested by')}: {hour_there(ticket.wanted_at)}"
        body["note"] = [
            {
                "id": f"{ticket.reference}-0",
                "author": operator,
                "date": ticket.opened_at.astimezone(UTC).isoformat(),
                "source": "buyer",
                "text": wanted,
            }
        ]
    return body


def reporter(operator: str, now: datetime) -> dict[str, str]:
    """How our operations room is reached (L3): no person of ours is named."""
    version = version_at(now)
    lines = [line for line in version.procedure.lines if line.desk == TECHNICAL] if version else []
    return {
        "role": "reporterContact",
        "name": str(lines[0].name) if lines else operator,
        "organization": operator,
        "number": lines[0].number if lines else "",
        "emailAddress": setting("MAIL_FROM"),
    }


# --- said -------------------------------------------------------------------------------------------------------------


def exchange(seller: Seller, letter: Letter) -> Exchanged:
    """Say it to the interface, and read the ticket afterwards where that is needed to know what became of it."""
    match letter.kind:
        case MessageKind.OPEN:
            return _opened(seller, letter)
        case MessageKind.NOTE:
            return _noted(seller, letter)
    return _acted(seller, letter)


def _opened(seller: Seller, letter: Letter) -> Exchanged:
    """A second attempt looks first whether the one before has arrived; so does whoever is told that it is known."""
    if letter.attempts > 1:
        answer, there = seller.with_external_id(letter.reference)
        if not answer.is_well:
            return failed(answer)
        if there is not None:
            return _taken_over(seller, letter, there)
    answer = seller.open(letter.body)
    if answer.is_well and answer.ticket:
        return Exchanged(Outcome(MessageState.DONE, answer.status), answer.ticket)
    if answer.is_well or answer.status in (409, 422):
        looked, there = seller.with_external_id(letter.reference)
        if there is not None:
            return _taken_over(seller, letter, there)
        if answer.is_well or not looked.is_well:  # it may have been opened: the next attempt looks first
            return waits(answer.words or "the answer has no id")
    return failed(answer)


def _taken_over(seller: Seller, letter: Letter, there: Mapping[str, Any]) -> Exchanged:
    """The ticket that bears our number already is ours, unless it says something else."""
    if there.get("description") not in (None, letter.description, letter.description[:LONGEST_TEXT]):
        words = f"ticket {there['id']} there has the number {letter.reference} already, and says something else"
        return Exchanged(Outcome(MessageState.DEAD, 409, words))
    answer = seller.ticket(there["id"])
    return Exchanged(Outcome(MessageState.DONE, answer.status), answer.ticket or there)


def located(seller: Seller, remote_id: str, reference: str) -> Answer:
    """The ticket by its id; where the Seller knows that no more, by our number, whatever its id is now."""
    answer = seller.ticket(remote_id)
    if answer.status != 404:
        return answer
    _answer, there = seller.with_external_id(reference)
    return seller.ticket(there["id"]) if there is not None else answer


def _noted(seller: Seller, letter: Letter) -> Exchanged:
    """A note is added to those of ours that are there, unless it is there itself."""
    there = located(seller, letter.remote_id, letter.reference)
    ticket = there.ticket
    if not there.is_well or ticket is None:
        return failed(there)
    ours = [one for one in list_in(ticket, "note") if one.get("source") == "buyer"]
    if any(one.get("id") == letter.note["id"] for one in ours):
        return Exchanged(Outcome(MessageState.DONE, there.status), ticket)
    answer = seller.change(ticket["id"], {"note": [*ours[-MOST_NOTES:], letter.note]})
    if answer.is_well:
        return Exchanged(Outcome(MessageState.DONE, answer.status), answer.ticket)
    if ticket.get("status") == EARLY and answer.is_refusal and not answer.is_of_the_key:
        return _early(answer, ticket)
    return failed(answer)


def _acted(seller: Seller, letter: Letter) -> Exchanged:
    """Close, reopen or cancel. Refused, it counts as done where the ticket is already as we want it."""
    if letter.kind == MessageKind.CANCEL:
        noted = _noted(seller, letter)  # a cancellation has no field for its reason
        if noted.outcome.state == MessageState.WAITING:
            return noted
    body = {"reason": letter.words} if letter.kind == MessageKind.REOPEN else None
    answer = seller.act(letter.remote_id, letter.kind.value, body)
    if not (answer.is_well or answer.is_refusal) or answer.is_of_the_key:
        return failed(answer)
    there = located(seller, letter.remote_id, letter.reference)
    ticket = there.ticket if there.is_well else None
    if answer.is_well:
        return Exchanged(Outcome(MessageState.DONE, answer.status), ticket)
    status = ticket.get("status") if ticket else None
    if ticket and status in WANTED[letter.kind]:
        return Exchanged(Outcome(MessageState.DONE, answer.status), ticket)
    if ticket and answer.status == 404 and ticket["id"] != letter.remote_id:
        return Exchanged(Outcome(MessageState.WAITING, answer.status, answer.words), ticket)  # its id is another now
    if letter.kind == MessageKind.CANCEL and status == EARLY:
        return _early(answer, ticket)
    return Exchanged(Outcome(MessageState.DEAD, answer.status, answer.words), ticket)


# --- what an answer means ---------------------------------------------------------------------------------------------


def failed(answer: Answer) -> Exchanged:
    """Refused for good, or tried again: an interface that is not there, or asks us to wait, rests meanwhile."""
    if answer.is_refusal:
        return Exchanged(Outcome(MessageState.DEAD, answer.status, answer.words))
    words = answer.words or (f"HTTP {answer.status}" if answer.status else "no answer")
    return Exchanged(
        Outcome(MessageState.WAITING, answer.status, words, is_unreachable=True, retry_after=answer.retry_after)
    )


def waits(words: str) -> Exchanged:
    return Exchanged(Outcome(MessageState.WAITING, None, words))


def _early(answer: Answer, ticket: Mapping[str, Any] | None) -> Exchanged:
    """Not yet: it is sent again, at the latest when the ticket has another status there."""
    return Exchanged(Outcome(MessageState.WAITING, answer.status, answer.words, retry_after=answer.retry_after), ticket)


def trouble_of(answer: Answer) -> str:
    """What is wrong with the interface itself; empty where it answers as it should. Of refusals only that of the key
    counts: what was wrong with a message stands beside it.
    """
    if answer.is_of_the_key:
        return f"HTTP {answer.status}: {answer.words}".rstrip(": ")
    if answer.is_well or answer.is_refusal:
        return ""
    return answer.words or f"HTTP {answer.status}"


@dataclass(frozen=True)
class Trial:
    """What a trial found: whether the interface lists our tickets, and in words what is wrong, with what to do."""

    is_well: bool
    words: str


def trial(known: CarrierConnection, timeout: float = TIMEOUT_SECONDS) -> Trial:
    """List one ticket, and say in words what came of it."""
    try:
        access = access_of(known)
    except CannotBeUnsealed:
        return Trial(False, _("Its key cannot be read, since SECRET_KEY is another one: enter the key again."))
    with Seller(access, timeout) as seller:
        answer = seller.tickets(limit="1")
    if answer.is_well and isinstance(answer.body, list):
        return Trial(True, _("The interface answers, and takes our key: it lists our tickets."))
    return Trial(False, words_of_trial(answer))


def words_of_trial(answer: Answer) -> str:
    facts = {"status": answer.status, "why": answer.words}
    if answer.status == 401:
        return _("It does not know our key (401). Enter the key that it made for us. %(why)s") % facts
    if answer.status == 403:
        return (
            _("It knows our key and allows us nothing (403): ask for the rights, and compare the ids. %(why)s") % facts
        )
    if answer.status in (404, 405):
        return _("Nothing answers at this address (%(status)d). It ends with the version, such as /v4.") % facts
    if answer.status in (400, 422):
        return _("It refuses our ids (%(status)d): compare buyer and seller. %(why)s") % facts
    if answer.status is not None and 300 <= answer.status < 400:
        return _("It sends us on (%(status)d). No redirect is followed: write the last address.") % facts
    if answer.status is None and "CERTIFICATE" in answer.words.upper():
        return _("Its certificate is not one that we trust (TLS): %(why)s") % facts
    if answer.status is None or not answer.is_well:
        return _("No sensible answer: %(why)s") % {"why": _(answer.words) if answer.words else answer.status}
    return _("It answers, but with no list of tickets: this is another interface.")
