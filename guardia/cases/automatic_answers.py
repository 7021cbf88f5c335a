"""Which mails are answered by themselves, and that no two machines ever go on answering each other (RFC 3834).

An answer is a delivery like any other, in the same outbox: owed in the transaction that ruled on the mail.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from guardia.calls.written import WrittenRequest
from guardia.cases import writes, written
from guardia.cases.case import Case
from guardia.customers.contact import Contact
from guardia.mailroom.message import AutomaticAnswer, Message
from guardia.mailroom.reading import Read, read
from guardia.mailroom.taking import limit
from guardia.notices import answers_by_itself as words
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Delivery, DeliveryState
from guardia.notices.wire import BadAddress, one_line, wire_address
from guardia.people.connections import setting
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure

COUNTED_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)
AT_ONCE = 200
URGENCY = 3  # it holds a promise, but no news of a service
OF_MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "bounce")

Write = Callable[[words.Asked, str], bytes]


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
    return owe(message, found, lambda asked, id_: words.received(asked, contact, due_at, procedure, id_, now), now)


def say_whom_to_call(
    message: Message, found: Read, procedure: Procedure, now: datetime, language: str = ""
) -> Delivery | None:
    """To a stranger, in the house's language where no other is known. None where nothing is answered."""
    if not may_answer(message, found, now):
        return None
    spoken = language or settings.LANGUAGE_CODE
    return owe(message, found, lambda asked, id_: words.whom_to_call(asked, spoken, procedure, id_, now), now)


def tell_the_number(message: Message, found: Read, contact: Contact, case: Case, now: datetime) -> Delivery | None:
    """To who reported what is open already: the number of that case. A person joined it: no limit holds it back."""
    if not is_a_person(message, found):
        return None
    procedure, number = case.procedure_version.procedure, case.display_number
    return owe(message, found, lambda asked, id_: words.joined(asked, contact, number, procedure, id_, now), now)


def may_answer(message: Message, found: Read, now: datetime) -> bool:
    """At most so many an hour to one sender, none to a machine, none to what answers an answer.

    Two workers that rule on mails of one sender take turns.
    """
    if not is_a_person(message, found):
        return False
    writes.take_turn(f"automatic answers to {message.from_address}")
    recent = AutomaticAnswer.objects.filter(address=message.from_address, at__gt=now - COUNTED_FOR)
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
    try:
        wire_address(address)
    except BadAddress:
        return False
    return True


def owe(message: Message, found: Read, write: Write, now: datetime) -> Delivery:
    """The answer in the outbox, and that this sender got one. What is written is kept as it leaves."""
    message_id = f"<{uuid.uuid4().hex}@{domain()}>"
    address = wire_address(message.from_address)
    answer = Delivery.objects.create(
        customer_id=message.customer_id,
        channel=Channel.MAIL,
        address=address,
        domain=address.rpartition("@")[2].lower(),
        urgency=URGENCY,
        answers=message,
        message_id=message_id,
        body=write(asked(message, found), message_id),
        available_at=now,
        created_at=now,
    )
    AutomaticAnswer.objects.create(address=message.from_address, at=now, message=message)
    return answer


def asked(message: Message, found: Read) -> words.Asked:
    return words.Asked(
        address=message.from_address,
        name=message.from_name,
        subject=message.subject,
        message_id=one_line(message.message_id),
        references=[one for one in found.references if one == one_line(one)],
        received_at=message.received_at,
    )


def keep_honest(now: datetime) -> int:
    """An answer that has not left, and promises an hour that has passed, is written anew without it; how many were."""
    waiting = Delivery.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=DeliveryState.WAITING, answers__request__isnull=False, created_at__lt=now
    )
    late = [one for one in waiting.order_by("pk")[:AT_ONCE] if promises_the_past(one, now)]
    for one in late:
        write_anew(one, now)
    return len(late)


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
    mail = asked(message, read(bytes(message.original.content), limit()))
    procedure = request.procedure_version.procedure
    body = words.received(mail, request.contact, None, procedure, answer.message_id, now)
    Delivery.objects.filter(pk=answer.pk).update(body=body)
