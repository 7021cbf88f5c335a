"""The mails of a case on its page: those in its log, and those that may belong to it and wait for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import mail_tray
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.mailroom.message import Message
from guardia.procedure.vocabulary import Moment

BY_MAIL = frozenset({Moment.MESSAGE_RECEIVED, Moment.REQUEST_RECEIVED})
MOST_SAID = 600
MOST_WAITING = 5


@dataclass(frozen=True, slots=True)
class MailWaiting:
    href: str
    subject: str


def mails_waiting(case: Case) -> list[MailWaiting]:
    """The mails that name this case, or came when it was closed, and wait for a person."""
    found = mail_tray.waiting_for(case)[:MOST_WAITING]
    return [MailWaiting(reverse("message", args=[one.pk]), one.subject or _("(no subject)")) for one in found]


def mails_of(events: Sequence[CaseEvent]) -> dict[int, tuple[str, ...]]:
    """Where the mails are read that came with an event."""
    came = [event.pk for event in events if event.moment in BY_MAIL]
    found: dict[int, tuple[str, ...]] = {}
    messages = Message.objects.filter(event__in=came).order_by("pk") if came else Message.objects.none()
    for event_id, pk in messages.values_list("event_id", "pk"):
        found[event_id] = (*found.get(event_id, ()), reverse("message", args=[pk]))
    return found


def message_received(event: CaseEvent, texts: Mapping[str, str], at: datetime) -> str:
    """The beginning of what was written; the whole of a mail is on its own page."""
    text = texts.get("text", "")
    short = text if len(text) <= MOST_SAID else f"{text[:MOST_SAID]}…"
    if event.data.get("colleague"):
        words = (
            _("%(who)s is told of this case too") if event.data["colleague"] == "added" else _("a new person: %(who)s")
        )
        short = words % {"who": short}
    if event.data.get("objects"):
        short = _("objects, and waits for your answer: %(words)s") % {"words": short}
    return "\n".join(part for part in (texts.get("subject", ""), short) if part)
