"""A3: which desk a mail came to, by the mailbox it was sent to; and a request of a known contact, taken at once."""

from datetime import datetime

from django.conf import settings

from guardia.calls.written import WrittenRequest
from guardia.cases import written
from guardia.cases.case import Case
from guardia.cases.desks import desk_of, kind_of
from guardia.cases.refusals import Refused
from guardia.cases.stages.administrative import Ask
from guardia.cases.tray_requests import said_in
from guardia.mailroom.message import Message
from guardia.mailroom.reading import Read
from guardia.people.actor import SYSTEM
from guardia.people.connections import setting
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind


def ours() -> list[str]:
    """The addresses of our own mailboxes, lower case."""
    return [setting("MAIL_FROM").lower(), *settings.DESK_MAILBOXES]


def desk_for(found: Read, now: datetime) -> str:
    """The desk whose mailbox is named first among the recipients; the technical one where none is, or is known now.

    Who writes to the technical mailbox and to another one, in whatever order, has a report: its promise is the shorter
    one. That a mail passed through the technical mailbox on its way (``Delivered-To``) says nothing.
    """
    known = ours()
    written_to = [settings.DESK_MAILBOXES.get(address, TECHNICAL) for address in found.written_to if address in known]
    named = next((address for address in found.to_addresses if address in known), "")
    desk = TECHNICAL if TECHNICAL in written_to else settings.DESK_MAILBOXES.get(named, TECHNICAL)
    version = versions.version_at(now)
    return desk if version and desk_of(version.pk, desk) else TECHNICAL


def belongs_to(message: Message, desk: str) -> None:
    if message.desk != desk:
        message.desk = desk
        Message.objects.filter(pk=message.pk).update(desk=desk)


def take(request: WrittenRequest, now: datetime) -> Case | None:
    """A request of a known contact for an administrative desk: its case, from its arrival on; who wrote is told.

    None where a person must decide: it is a report, or lacks what the desk asks for.
    """
    if kind_of(request.desk) != CaseKind.REQUEST or request.customer is None:
        return None
    ask = Ask(request.customer, request.desk, said_in(request), subject=request.subject[:160], reporter=request.contact)
    try:
        return Case.take(ask, by=SYSTEM, at=now, request=written.locked(request.pk))
    except Refused:
        return None  # nothing is written before it is refused: it waits in the tray of its desk
