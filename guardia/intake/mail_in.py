"""What one mail that came in is, and what follows from it. Whatever it is, it is kept, and the mailbox goes on.

A worker rules on one message at a time, in one transaction; another one takes the next. All hours are UTC.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from guardia.calls.call import WrittenRequest
from guardia.carriers import carrier_replies
from guardia.cases import mail_filing, written
from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.links import leads_to
from guardia.config.sql_rows import raw_condition
from guardia.customers.contact import Contact
from guardia.customers.contacts import by_circuit, contacts_at, only_one
from guardia.intake import automatic_answers, mail_reports, mail_threads
from guardia.intake.mail_threads import Thread, thread_of
from guardia.mail.message import Message, MessageKind, MessageState, fill
from guardia.mail.raw_mail import Automatic, Read, Unreadable, read
from guardia.mail.taking import limit
from guardia.notices.notice import Delivery
from guardia.people.connections import setting
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind

log = logging.getLogger(__name__)

PASSES = (OperationalError, InterfaceError)
"""Trouble of the database, not of the mail: it is tried again as it is."""


class NotNow(OperationalError):
    """The database's own trouble while this message was ruled on, or because of it."""

    def __init__(self, message_id: int, why: Exception) -> None:
        super().__init__(f"message {message_id}: {why}")
        self.message_id = message_id


def route_next(now: datetime, left_out: Sequence[int] = ()) -> Message | None:
    """Rule on the oldest new message that no other worker holds; None if there is none. Call it until it gives none.

    One that cannot be ruled on is put aside whole, for a person to look at. ``left_out``: ids whose turn comes later.
    Raises NotNow, for the database's own trouble with one message.
    """
    held = Message.objects.select_for_update(of=("self",), skip_locked=True)
    new = held.filter(raw_condition("message.state = 'new'"))
    message = new.exclude(pk__in=left_out).order_by("pk").first()
    if message is None:
        return None
    try:
        with transaction.atomic():
            # Whoever took it may have a clock that is a little ahead: nothing that is here comes from the future.
            route_mail(message, max(now, message.received_at))
    except PASSES as trouble:
        raise NotNow(message.pk, trouble) from trouble
    except Exception:
        log.exception("message %s cannot be ruled on: it waits for a person, the others go on", message.pk)
        message.refresh_from_db()
        quarantine(message, "not_ruled")
    return message


def give_up(message_id: int) -> None:
    """The database had trouble with this message too often: it waits for a person."""
    new = Message.objects.select_for_update(of=("self",), skip_locked=True).filter(state=MessageState.NEW)
    if message := new.filter(pk=message_id).first():
        log.error("message %s cannot be ruled on: it waits for a person", message_id)
        quarantine(message, "not_ruled")


def route_mail(message: Message, now: datetime) -> None:
    """What this locked, new message is: ours, about a delivery, a carrier's, a machine's, of a case, new, unknown."""
    try:
        found = read(bytes(message.original.content), limit(), mail_threads.ours(), mail_filing.receiver())
    except Unreadable as unreadable:
        quarantine(message, unreadable.reason)
        return
    fill(message, found)
    mail_threads.belongs_to(message, mail_threads.desk_for(found, now))
    if why := is_ours(message):
        settle_mail(message, MessageKind.OWN, MessageState.DONE, why, now)
    elif found.report or found.automatic is Automatic.REPORT:
        mail_reports.route_report(message, found, now)
    else:
        senders = contacts_at(message.from_address)
        thread = thread_of(found, senders)
        message.sender_proof = mail_filing.proof_of(found, senders)
        Message.objects.filter(pk=message.pk).update(sender_proof=message.sender_proof)
        ticket = carrier_replies.ticket_answered(found, message.from_address)
        if ticket and message.sender_proof not in mail_filing.HELD_BACK:
            carrier_replies.file_reply(message, found, ticket, now)
        elif found.automatic and found.automatic is not Automatic.OWN:
            put_aside(message, found, thread, now)
        elif message.sender_proof in mail_filing.HELD_BACK:
            held_back(message, thread, senders, now)
        elif thread.found:
            belongs_there(message, found, thread, senders, now)
        else:
            is_new(message, found, thread, senders, now)


def is_ours(message: Message) -> str:
    """Why it is a mail of ours that came back; empty if it is not. That a mail says so itself proves nothing."""
    if message.message_id and Delivery.objects.filter(message_id=message.message_id).exists():
        return "own"
    return "from_us" if message.from_address == setting("MAIL_FROM").lower() else ""


def quarantine(message: Message, reason: str) -> None:
    """Nothing, or not enough, is known of it: a person looks at it."""
    settle_mail(message, MessageKind.UNREADABLE, MessageState.WAITING, reason, None)


def settle_mail(message: Message, kind: MessageKind, state: MessageState, reason: str, at: datetime | None) -> None:
    mail_filing.settled(message, state, at, kind=kind, reason=reason[:200])


def put_aside(message: Message, found: Read, thread: Thread, now: datetime) -> None:
    """A machine wrote it: no event, no answer. Where it replies to a case, it is shown there."""
    there = thread.found
    case = there.case_id if there else None
    if there:
        mail_filing.belongs(message, there.customer_id)
    state = MessageState.FILED if case else MessageState.DONE
    mail_filing.settled(message, state, now, kind=MessageKind.AUTOMATIC, reason=found.automatic.value, case_id=case)


def belongs_there(message: Message, found: Read, thread: Thread, senders: Sequence[Contact], now: datetime) -> None:
    """It goes on with a case, or with a report whose case is not open yet; a closed one is for a person to decide."""
    there = thread.found
    assert there is not None
    contact = sender_in(senders, there.customer_id)
    case = case_of(there.case_id)
    request = written.locked(there.request_id) if there.request_id and not case else None
    if case := case or (case_of(request.case_id) if request else None):
        about_a_case(message, case, contact, now)
    elif request and not request.settled_at:
        goes_on(message, request, contact)
    else:
        is_new(message, found, thread, senders, now)


def case_of(case_id: int | None) -> Case | None:
    """The case, or the one under whose number it goes on; locked as the ledger wants it."""
    case_id = leads_to(case_id) if case_id else None
    return Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id) if case_id else None


def about_a_case(message: Message, case: Case, contact: Contact | None, now: datetime) -> None:
    message.contact, message.kind = contact, MessageKind.REPLY
    Message.objects.filter(pk=message.pk).update(contact=contact, kind=MessageKind.REPLY)
    if case.is_open:
        mail_filing.into_case(message, case, now)
        return
    mail_filing.belongs(message, case.customer_id)
    mail_threads.belongs_to(message, case.desk)  # it waits where the case was attended to, whatever mailbox it came to
    mail_filing.settled(message, MessageState.WAITING, None, reason="closed_case", case_id=case.pk)


def goes_on(message: Message, request: WrittenRequest, contact: Contact | None) -> None:
    """More about a report that waits for its number: it waits with it, and the clock runs since the first one."""
    mail_filing.belongs(message, request.customer_id)
    mail_threads.belongs_to(message, request.desk)
    more: dict[str, Any] = {
        "contact": contact,
        "request": request,
        "kind": MessageKind.REPORT,
        "reason": "more_of_a_report",
    }
    mail_filing.settled(message, MessageState.WAITING, None, **more)


def is_new(message: Message, found: Read, thread: Thread, senders: Sequence[Contact], now: datetime) -> None:
    """It belongs to nothing that is open: a report of a known contact, or a mail of somebody who waits in the tray.

    A case that a stranger names is kept as a guess. A known contact who names one of another company has made a report
    of its own all the same: its hour runs.
    """
    if contact := only_one(senders) or by_circuit(senders, f"{message.subject}\n{message.text}"):
        opens_a_request(message, found, contact, now)
        return
    if senders and kind_of(message.desk) == CaseKind.INCIDENT and opens_undecided(message, found, senders, now):
        return
    case = thread.guess.case_id if thread.guess else None
    kind = MessageKind.REPORT if senders else MessageKind.STRANGER
    mail_filing.settled(
        message, MessageState.WAITING, None, kind=kind, reason=why_it_waits(message, senders, case), case_id=case
    )
    version = versions.version_at(now)
    if version and not thread.answers_ours:
        language = senders[0].language if senders else ""
        automatic_answers.say_whom_to_call(message, found, version.procedure, now, language)


def held_back(message: Message, thread: Thread, senders: Sequence[Contact], now: datetime) -> None:
    """Its domain says that it was not the sender, or the mail server took it for spam: a person takes it in or files
    it away. Where it bears a contact's address P2 runs meanwhile (L4 D): it may be the contact's all the same. Nobody
    is answered.
    """
    reason, named = f"sender_{message.sender_proof}", thread.found or thread.guess
    case = named.case_id if named else None
    contact = only_one(senders)
    if contact is None:
        kind = MessageKind.REPORT if senders else MessageKind.STRANGER
        mail_filing.settled(message, MessageState.WAITING, None, kind=kind, reason=reason, case_id=case)
        return
    mail_filing.belongs(message, contact.customer_id)
    request = written.of_message(message, contact, now)
    theirs = case if named and named.customer_id == contact.customer_id else None
    more: dict[str, Any] = {"contact": contact, "request": request, "kind": MessageKind.REPORT, "case_id": theirs}
    mail_filing.settled(message, MessageState.WAITING, None, reason=reason, **more)


def why_it_waits(message: Message, senders: Sequence[Contact], case: int | None) -> str:
    if senders:
        return "several_companies"
    if message.from_address and Staff.objects.filter(email__iexact=message.from_address).exists():
        return "from_staff"
    return "names_a_case" if case else "stranger"


def opens_a_request(message: Message, found: Read, contact: Contact, now: datetime) -> None:
    """A report in writing of this contact: P2 runs since it arrived here (L4 D), and the contact is told so.

    In the mailbox of another desk it is a request, which has its case and its number at once (A3).
    """
    mail_filing.belongs(message, contact.customer_id)
    request = written.of_message(message, contact, now)
    more: dict[str, Any] = {"contact": contact, "request": request, "kind": MessageKind.REPORT}
    mail_filing.settled(message, MessageState.WAITING, None, reason="report" if request else "no_procedure", **more)
    if request and kind_of(request.desk) == CaseKind.REQUEST:
        mail_threads.take(request, now)
    elif request:
        automatic_answers.promise_the_number(message, found, request, now)


def opens_undecided(message: Message, found: Read, senders: Sequence[Contact], now: datetime) -> bool:
    """A report of a mailbox that several companies know: P2 runs since it arrived, and the desk says of which it is.
    False where no procedure is published yet.
    """
    request = written.of_message(message, None, now)
    if request is None:
        return False
    more: dict[str, Any] = {"request": request, "kind": MessageKind.REPORT, "reason": "several_companies"}
    mail_filing.settled(message, MessageState.WAITING, None, **more)
    automatic_answers.promise_the_number(message, found, request, now, senders[0])
    return True


def sender_in(senders: Sequence[Contact], customer_id: int | None) -> Contact | None:
    """Who of this company wrote it; None where only somebody else did."""
    return next((sender for sender in senders if sender.customer_id == customer_id), None)


# A mail whose ruling meets trouble of the database is tried again later and later, and holds up no other meanwhile.


FIRST_PAUSE = timedelta(seconds=15)
MOST_TRIES = 7
"""The pause doubles: a quarter of an hour in all. What takes longer than that is looked at by a person."""


@dataclass(frozen=True)
class Tries:
    count: int
    again_at: datetime


class Patience:
    """What one process remembers of its failed tries; hours are UTC. Lost with the process, which then tries anew."""

    def __init__(self) -> None:
        self.of: dict[int, Tries] = {}

    def left_out(self, now: datetime) -> list[int]:
        """The messages whose turn has not come again."""
        return [message_id for message_id, tries in self.of.items() if tries.again_at > now]

    def failed(self, message_id: int, now: datetime) -> bool:
        """Count one more try; True if it was the last."""
        count = self.of[message_id].count + 1 if message_id in self.of else 1
        self.of[message_id] = Tries(count, now + FIRST_PAUSE * 2 ** (count - 1))
        return count >= MOST_TRIES

    def is_done(self, message_id: int) -> None:
        self.of.pop(message_id, None)
