"""Which mails are answered by themselves, and that no two machines ever go on answering each other (RFC 3834).

A sender can be made up: whom the answer would go to need never have written (backscatter). So a stranger is answered
only where the sender is proven, nobody who failed is, and an unproven contact is told no number.

An answer is a delivery like any other, in the same outbox: owed in the transaction that ruled on the mail.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address

from django.conf import settings

from guardia.calls.call import WrittenRequest
from guardia.cases import writes, written
from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.mail_filing import HELD_BACK, is_proven
from guardia.cases.notify import rule_for_moment
from guardia.clocks.quarantine import Quarantine
from guardia.config.sql_rows import raw_condition
from guardia.customers.contact import Contact
from guardia.mail.message import AutomaticAnswer, Message
from guardia.mail.raw_mail import Read, read
from guardia.mail.taking import limit
from guardia.notices import answers_by_itself as words
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Delivery
from guardia.notices.recipients import is_recipient
from guardia.notices.wire import BadAddress, one_line, wire_address
from guardia.people.connections import setting
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import CaseKind, Moment

COUNTED_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)
AT_ONCE = 200
QUARANTINE = Quarantine("answer")
MOST_TOLD = 50
URGENCY = 3  # it holds a promise, but no news of a service
OF_MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "bounce")

Write = Callable[[words.AnsweredMail, str], bytes]


def promise_the_number(
    message: Message, found: Read, request: WrittenRequest, now: datetime, reader: Contact | None = None
) -> Delivery | None:
    """To who reported: it is here, and by when the number of the case is given (P2). None where nothing is answered.

    ``reader``: whose mailbox it is, while nobody has said yet for which company.
    """
    due_at, procedure = written.number_due_at(request), request.procedure_version.procedure
    contact = request.contact or reader
    if contact is None or not may_answer(message, found, now):
        return None
    proven = is_proven(message)

    def write(asked: words.AnsweredMail, id_: str) -> bytes:
        return words.received(asked, contact, due_at, procedure, id_, now, proven=proven)

    return owe(message, found, write, now)


def say_whom_to_call(
    message: Message, found: Read, procedure: Procedure, now: datetime, language: str = ""
) -> Delivery | None:
    """To a stranger, in the operator's language where no other is known. None where nothing is answered."""
    if not (is_proven(message) and may_answer(message, found, now, stranger=True)):
        return None
    spoken = language or settings.LANGUAGE_CODE
    return owe(message, found, lambda asked, id_: words.whom_to_call(asked, spoken, procedure, id_, now), now)


def tell_the_number(message: Message, found: Read, contact: Contact, case: Case, now: datetime) -> Delivery | None:
    """To who reported what is open already: the number of that case. A person joined it: no limit holds it back.

    Where nothing proves who sent it, the number goes to the contacts whom the company has configured for it instead,
    each at their own mailbox; the last of these deliveries is given back.
    """
    procedure, number = case.procedure_version.procedure, case.display_number
    if not is_proven(message):
        return tell_the_configured(message, case, now)
    if not is_a_person(message, found):
        return None
    return owe(message, found, lambda asked, id_: words.joined(asked, contact, number, procedure, id_, now), now)


def tell_the_configured(message: Message, case: Case, now: datetime) -> Delivery | None:
    procedure, number = case.procedure_version.procedure, case.display_number
    kind = kind_of(case.desk)
    rule = rule_for_moment(case, Moment.REGISTERED if kind == CaseKind.INCIDENT else Moment.ADMIN_TAKEN, "")
    people = Contact.objects.filter(customer=case.customer_id, active=True).exclude(email="").order_by("pk")
    recipients = [one for one in people if rule and is_recipient(one, rule, kind) and is_an_address(one.email)]
    last = None
    for contact in recipients[:MOST_TOLD]:
        asked = words.AnsweredMail(contact.email, str(contact), "", "", (), message.received_at)

        def write(asked: words.AnsweredMail, id_: str, contact: Contact = contact) -> bytes:
            return words.joined(asked, contact, number, procedure, id_, now, proven=False)

        last = owe_to(message, asked, write, now)
    return last


def may_answer(message: Message, found: Read, now: datetime, *, stranger: bool = False) -> bool:
    """At most so many an hour to one sender and to all together, of which strangers may use half; none to a machine,
    a list, a failed sender or spam, none to what answers an answer. Workers take turns.
    """
    if message.sender_proof in HELD_BACK or not is_a_person(message, found):
        return False
    writes.take_turn("automatic answers")
    in_all = AutomaticAnswer.objects.filter(at__gt=now - COUNTED_FOR)
    most = settings.MAIL_ANSWERS_PER_HOUR_IN_ALL
    if in_all[:most].count() >= (most // 2 if stranger else most):
        return False
    recent = in_all.filter(address=message.from_address)
    if recent.count() >= settings.MAIL_ANSWERS_PER_HOUR:
        return False
    earlier = Delivery.objects.filter(answers__in=recent.values("message"))
    subjects = [subject for one in earlier if (subject := words.subject_of(bytes(one.body or b"")))]
    return not any(subject in message.subject for subject in subjects)


def is_a_person(message: Message, found: Read) -> bool:
    """RFC 3834, section 2: neither a machine's mailbox nor one of ours, and an address that can be written to."""
    address = message.from_address
    if found.automatic or found.report or not address or address == setting("MAIL_FROM").lower():
        return False
    if address.partition("@")[0].startswith(OF_MACHINES) or Staff.objects.filter(email__iexact=address).exists():
        return False
    return is_an_address(address)


def is_an_address(address: str) -> bool:
    """Whether a mail can be written to it."""
    try:
        Address(addr_spec=wire_address(address))  # ``a.@`` reads as an address, and can be written in no header
    except (BadAddress, ValueError, IndexError, HeaderParseError):
        return False
    return True


def owe(message: Message, found: Read, write: Write, now: datetime) -> Delivery:
    """The answer to the sender in the outbox."""
    return owe_to(message, answered_mail(message, found), write, now)


def owe_to(message: Message, asked: words.AnsweredMail, write: Write, now: datetime) -> Delivery:
    """The answer in the outbox, and that this address got one. What is written is kept as it leaves."""
    message_id = f"<{uuid.uuid4().hex}@{domain()}>"
    address = wire_address(asked.address)
    answer = Delivery.objects.create(
        customer_id=message.customer_id,
        channel=Channel.MAIL,
        address=address,
        domain=address.rpartition("@")[2].lower(),
        urgency=URGENCY,
        answers=message,
        message_id=message_id,
        body=write(asked, message_id),
        available_at=now,
        created_at=now,
    )
    AutomaticAnswer.objects.create(address=asked.address.lower(), at=now, message=message)
    return answer


def answered_mail(message: Message, found: Read) -> words.AnsweredMail:
    return words.AnsweredMail(
        address=message.from_address,
        name=message.from_name,
        subject=message.subject,
        message_id=one_line(message.message_id),
        references=[one for one in found.references if one == one_line(one)],
        received_at=message.received_at,
    )


def keep_honest(now: datetime) -> int:
    """An answer that has not left, and promises an hour that has passed, is written anew without it; how many were."""
    held = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    # As the index of what is to be sent says it, too: by the one state alone PostgreSQL does not take it.
    is_waiting = raw_condition("delivery.state IN ('waiting', 'sending') AND delivery.state = 'waiting'")
    waiting = held.filter(is_waiting, answers__request__isnull=False, created_at__lt=now)
    found = waiting.exclude(pk__in=QUARANTINE.left_out(now)).order_by("pk")[:AT_ONCE]
    late = list(QUARANTINE.only(found, lambda one: promises_the_past(one, now), now))
    return QUARANTINE.each(late, lambda one: write_anew(one, now), now)


def forget(now: datetime) -> int:
    """What no limit counts any more is deleted, so many at a time; how many rows that were."""
    old = AutomaticAnswer.objects.filter(at__lt=now - KEPT_FOR).order_by("pk").values("pk")[:AT_ONCE]
    return AutomaticAnswer.objects.filter(pk__in=old).delete()[0]


def promises_the_past(answer: Delivery, now: datetime) -> bool:
    promised = words.promised_by(bytes(answer.body or b""))
    return promised is not None and promised <= now


def write_anew(answer: Delivery, now: datetime) -> None:
    message = answer.answers
    assert message is not None
    request = message.request
    assert request is not None
    assert request.contact is not None
    mail = answered_mail(message, read(bytes(message.original.content), limit()))
    procedure = request.procedure_version.procedure
    proven = is_proven(message)
    body = words.received(mail, request.contact, None, procedure, answer.message_id, now, proven=proven)
    Delivery.objects.filter(pk=answer.pk).update(body=body)
