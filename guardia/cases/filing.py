"""Messages put where they belong: into a case (with its event), or aside. Shared by the ruling and by the desk's verbs.

The message is locked by its caller. All hours are UTC.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardia.calls.written import WrittenRequest
from guardia.cases.event import CaseEvent
from guardia.cases.mail_sender import sender_facts
from guardia.mailroom.message import Attachment, Message, MessageState, Original
from guardia.people.actor import SYSTEM, Actor, ActorKind
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.verbs import Event

MOST_TEXT = 20_000
"""So much of a mail's words stands in the event; the whole of it stays with the message."""


def into_case(
    message: Message, case: "Case", now: datetime, *, by: Staff | None = None, request: WrittenRequest | None = None
) -> "Event":
    """The locked, open case says that this message came: the stage, the escalation and the next news stay as they are.

    A message that is in this case already gives its event back. Raises CaseIsClosed.
    """
    if message.event_id and message.case_id == case.pk:
        return CaseEvent.objects.get(pk=message.event_id)
    case.must_be_open()
    author = Actor(ActorKind.CONTACT, message.contact_id) if message.contact_id else SYSTEM
    data: dict[str, Any] = {
        "message": message.pk,
        **({"request": request.pk} if request else {}),
        **sender_facts(message),
    }
    texts = {"subject": message.subject, "text": message.text[:MOST_TEXT], "from": sender_of(message)}
    # It is not what was done to the case: an hour before its registration is the true one of its arrival.
    event = case.write(Moment.MESSAGE_RECEIVED, by=author, at=message.received_at, now=now, data=data, texts=texts)
    belongs(message, case.customer_id)
    settled(message, MessageState.FILED, now, by=by, case_id=case.pk, event_id=event.pk)
    return event


def of_request(request: WrittenRequest, case: "Case", event_id: int, *, at: datetime, by: Staff | None) -> None:
    """The messages of a request that became this case: its first event tells of them."""
    for message in Message.objects.filter(request=request).order_by("pk"):
        belongs(message, case.customer_id)
        settled(message, MessageState.FILED, at, by=by, case_id=case.pk, event_id=event_id)


def settled(message: Message, state: str, at: datetime | None, *, by: Staff | None = None, **more: Any) -> None:
    """Write what became of the message; ``at`` is None while it waits."""
    changed = {"state": state, "settled_at": at, "settled_by": by, **more}
    for name, value in changed.items():
        setattr(message, name, value)
    Message.objects.filter(pk=message.pk).update(**changed)


def belongs(message: Message, customer_id: int | None) -> None:
    """The message, its original and its files are this company's: nobody else's wall lets them through."""
    if message.customer_id != customer_id:
        message.customer_id = customer_id
        for rows in (Message.objects.filter(pk=message.pk), *parts_of(message)):
            rows.update(customer=customer_id)


def parts_of(message: Message) -> tuple:
    return Original.objects.filter(message=message.pk), Attachment.objects.filter(message=message.pk)


def sender_of(message: Message) -> str:
    """Who wrote it, in one line."""
    name, address = message.from_name.strip(), message.from_address
    return f"{name} <{address}>" if name and address else name or address
