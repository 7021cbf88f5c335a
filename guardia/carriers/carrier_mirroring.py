"""What the Seller's interface answers about a ticket becomes what our case says of it (W1), by the desk's own verb.

Only what is other than in its answer before is believed, and what our case says already is not written again: a person
may note meanwhile what was said on the telephone. Hours of the Seller lie between the last step of the ticket and now,
however its clock goes. All hours are UTC.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.carriers.carrier_connection import LONGEST_TROUBLE
from guardia.carriers.carrier_message import CarrierMirror, hurry, next_question
from guardia.carriers.ticket import OPEN, CarrierTicket, TicketState
from guardia.carriers.ticket_verbs import Said, take_down, ticket_in
from guardia.cases.case import Case
from guardia.cases.mail_filing import MOST_TEXT
from guardia.cases.queries import locked_cases
from guardia.cases.refusals import Refused
from guardia.config.asking import atomic
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import Moment

STATES: dict[str, TicketState] = {
    "acknowledged": TicketState.ACKNOWLEDGED,
    "inProgress": TicketState.IN_PROGRESS,
    "reopened": TicketState.IN_PROGRESS,
    "pending": TicketState.PENDING,
    "held": TicketState.HELD,
    "resolved": TicketState.RESOLVED,
    "closed": TicketState.CLOSED,
    "cancelled": TicketState.CANCELLED,
}
ASSESSING = "assessingCancellation"
"""The Seller looks at our wish to cancel: until it has decided the ticket stays as it was."""
LONGEST_NUMBER, LONGEST_AUTHOR = 80, 160
MOST_NOTES, MOST_LOOKED_AT, MOST_SEEN = 50, 1000, 4000
"""Of the notes in one answer so many become events, so many are looked at, and so many marks are kept, two for each."""
OF_THE_TICKET = (Moment.CARRIER_TICKET_OPENED, Moment.CARRIER_TICKET_CHANGED, Moment.CARRIER_WROTE)


@dataclass(frozen=True)
class SellerNote:
    """A note of the Seller; ``marks`` are two signs by which it is known again, of which one is enough."""

    author: str
    text: str
    at: datetime | None
    marks: tuple[str, str]


@dataclass(frozen=True)
class RemoteTicket:
    """An answer about a ticket, read; ``changed_at`` is when it got its status, where the Seller says so."""

    id: str
    status: str
    changed_at: datetime | None
    reason: str
    promise_at: datetime | None
    notes: Sequence[SellerNote]

    @property
    def standing(self) -> str:
        """Equal standings say the same of the state."""
        return f"{self.status} {self.changed_at.isoformat() if self.changed_at else ''}".strip()


# --- reading ----------------------------------------------------------------------------------------------------------


def remote_ticket(body: Mapping[str, Any]) -> RemoteTicket:
    """What the Seller's ticket says. What is no text, no hour or no list counts as left out."""
    status = text_in(body.get("status"), 40)
    of_seller = [one for one in list_in(body, "note") if one.get("source") == "seller" and one.get("text")]
    steps = [one for one in list_in(body, "statusChange") if one.get("status") == status]
    last = steps[-1] if steps else {}
    changed_at = hour_in(last.get("changeDate"))
    if changed_at is None and status in ("resolved", "closed"):
        changed_at = hour_in(body.get("resolutionDate"))
    return RemoteTicket(
        id=text_in(body.get("id"), 100),
        status=status,
        changed_at=changed_at,
        reason=text_in(last.get("changeReason"), MOST_TEXT),
        promise_at=hour_in(body.get("expectedResolutionDate")) or hour_in(body.get("expectedClosedDate")),
        notes=[note_in(one) for one in of_seller[-MOST_LOOKED_AT:]],
    )


def list_in(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = body.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text_in(value: Any, longest: int) -> str:
    """The text, as the database can hold it; empty where it is none."""
    if not isinstance(value, str):
        return ""
    written = value.encode(errors="replace").decode()
    return "".join(sign for sign in written if sign.isprintable() or sign in "\n\t").strip()[:longest]


def hour_in(value: Any) -> datetime | None:
    """The hour in UTC; None where it is none, or names no zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def note_in(note: Mapping[str, Any]) -> SellerNote:
    at, text = hour_in(note.get("date")), text_in(note.get("text"), MOST_TEXT)
    when = at.isoformat() if at else ""
    by_id = mark_of(f"{text_in(note.get('id'), 200)}|{when}") if note.get("id") and when else mark_of(f"|{text}")
    return SellerNote(text_in(note.get("author"), LONGEST_AUTHOR), text, at, (by_id, mark_of(f"{when}|{text}")))


def mark_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


# --- believing --------------------------------------------------------------------------------------------------------


def locked(ticket_id: int) -> CarrierTicket:
    """The ticket with its case, both held until the transaction ends: the case first, as at the desk."""
    case_id = CarrierTicket.objects.values_list("case", flat=True).get(pk=ticket_id)
    case = locked_cases().get(pk=case_id)
    return ticket_in(case, CarrierTicket.objects.select_for_update(of=("self",)).get(pk=ticket_id))


def believe(ticket: CarrierTicket, body: Mapping[str, Any], *, since: datetime, now: datetime) -> None:
    """Take down what the Seller's interface answers about this locked ticket; ``since`` is when it was asked.

    An answer that says nothing new writes no event, and one that was asked for before the last one came is left. What a
    rule does not allow, or a status that nobody knows, is noted beside the ticket and shown there.
    """
    case = ticket.case
    mirror = CarrierMirror.objects.select_for_update().get(ticket=ticket.pk)
    if mirror.asked_at and mirror.asked_at > since:
        return
    said = remote_ticket(body)
    mirror.trouble = ""
    with translation.override(settings.LANGUAGE_CODE):
        fresh = fresh_among(said.notes, mirror.seen)
        words = said.reason or (fresh[-1].text if fresh else "")
        for note in fresh[-MOST_NOTES:]:
            if note.text != words or not _is_told_by_its_state(said, mirror, ticket):
                _file_note(case, ticket, note, now)
        is_believed = said.status in STATES or said.status == ASSESSING
        try:
            with atomic():
                _take_down(case, ticket, mirror, said, words, now)
        except Refused as refused:  # the same answer is taken down as soon as the rule allows it
            mirror.trouble, is_believed = str(refused)[:LONGEST_TROUBLE], False
    mirror.seen = list(dict.fromkeys([*mirror.seen, *(mark for one in fresh for mark in one.marks)]))[-MOST_SEEN:]
    if is_believed and said.standing != mirror.standing:
        hurry(ticket.pk, now)
    if is_believed:
        mirror.standing, mirror.promise_at = said.standing, said.promise_at
    mirror.remote_id = said.id or mirror.remote_id
    mirror.asked_at, mirror.asks_at = now, next_question(mirror, now)
    mirror.save()


def fresh_among(notes: Sequence[SellerNote], seen: Sequence[str]) -> list[SellerNote]:
    """Those that are known by neither of their marks; of two that say the same the first."""
    known, fresh = set(seen), []
    for one in notes:
        if not known & set(one.marks):
            fresh.append(one)
        known |= set(one.marks)
    return fresh


def _is_told_by_its_state(said: RemoteTicket, mirror: CarrierMirror, ticket: CarrierTicket) -> bool:
    """Whether the last note becomes the words of a new state, which need not stand in the case twice."""
    state = STATES.get(said.status)
    return said.standing != mirror.standing and state is not None and state != ticket.state


def _take_down(
    case: Case, ticket: CarrierTicket, mirror: CarrierMirror, said: RemoteTicket, words: str, now: datetime
) -> None:
    """The state, the number and the promise, where they are other than before and than we know. Raises Refused."""
    state = _state_of(said, mirror, ticket)
    if state is None:
        mirror.trouble = (_("It answers a status that nobody knows: “%s”.") % said.status)[:LONGEST_TROUBLE]
        return
    at = _hour_of(case, ticket, said, now) if state != ticket.state else now
    promise_at = said.promise_at if state in OPEN and said.promise_at != mirror.promise_at else None
    if promise_at and (promise_at <= at or promise_at == ticket.promise_at):
        promise_at = None
    number = said.id[:LONGEST_NUMBER] if said.id != mirror.remote_id or not ticket.number else ""
    number = "" if number == ticket.number else number
    if state == ticket.state and not promise_at and not number:
        return
    words = words if state != ticket.state else ""  # a note beside an unchanged state stands in the case by itself
    taken = Said(state, number=number, promise_at=promise_at, words=words or _words_of_state(state))
    take_down(ticket_in(case, ticket), taken, by=SYSTEM, at=at, now=now)


def _state_of(said: RemoteTicket, mirror: CarrierMirror, ticket: CarrierTicket) -> TicketState | None:
    """The state to be believed: the one we know where the answer says nothing new of it. None for an unknown status."""
    known = TicketState(ticket.state)
    if said.status == ASSESSING or said.standing == mirror.standing:
        return known
    return STATES.get(said.status)


def _hour_of(case: Case, ticket: CarrierTicket, said: RemoteTicket, now: datetime) -> datetime:
    """When it was so: the Seller's hour, not before what is on record of the ticket and its wait, and not after now."""
    steps = case.events.filter(moment__in=OF_THE_TICKET, data__ticket=ticket.pk)
    hours = [*steps.values_list("occurred_at", flat=True), ticket.opened_at]
    if ticket.wait:
        hours.append(ticket.wait.started_at)
    return min(max(said.changed_at or now, *hours), now)


def _words_of_state(state: TicketState) -> str:
    """What stands in the case where the Seller gives no words for a state that needs some."""
    return "" if state in OPEN and state != TicketState.PENDING else _("Its interface says so, without words.")


def _file_note(case: Case, ticket: CarrierTicket, note: SellerNote, now: datetime) -> None:
    """The case says that the carrier has written; until somebody has looked, the ticket says so too."""
    at = min(max(note.at or now, ticket.opened_at), now)
    texts = {"party": ticket.carrier.name, "from": note.author, "subject": "", "text": note.text}
    case.write(Moment.CARRIER_WROTE, by=SYSTEM, at=at, now=now, data={"ticket": ticket.pk}, texts=texts)
    ticket.answered_at = ticket.answered_at or at
    ticket.unread_since = ticket.unread_since or at
    ticket.save(update_fields=["answered_at", "unread_since"])
