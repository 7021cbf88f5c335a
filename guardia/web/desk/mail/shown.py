"""A mail in the tray and on its page: who wrote it, why it waits, what became of it, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.calls.written import WrittenRequest
from guardia.cases import triage
from guardia.cases.words import sender_mark
from guardia.clocks.clock import Clock
from guardia.mailroom.message import Message, MessageKind, MessageState
from guardia.people.shifts import TECHNICAL
from guardia.web.desk import areas
from guardia.web.desk.shown.clock import ClockFace, hour
from guardia.web.desk.shown.clock_faces import face_of

WHY = {
    "report": gettext_lazy("a report: it needs its number"),
    "assigned": gettext_lazy("a report: it needs its number"),
    "more_of_a_report": gettext_lazy("more about a report that needs its number"),
    "no_procedure": gettext_lazy("a report, and no procedure is published yet"),
    "closed_case": gettext_lazy("answers a case that is closed"),
    "names_a_case": gettext_lazy("names a case, and nobody we know wrote it"),
    "stranger": gettext_lazy("nobody we know wrote it"),
    "from_staff": gettext_lazy("one of our own people wrote it"),
    "several_companies": gettext_lazy("the address is that of contacts of several companies"),
    "other_recipient": gettext_lazy("a report on a mail of ours, about an address it did not go to"),
    "names_no_mail": gettext_lazy("a report that names no mail"),
    "sender_failed": gettext_lazy("held back: its sender did not pass the check of the mail server"),
    "sender_spam": gettext_lazy("held back: the mail server marked it as spam"),
}
UNREADABLE = {
    "empty": gettext_lazy("it is empty"),
    "too_big": gettext_lazy("it is too large"),
    "too_large": gettext_lazy("it is too large: only its headers were taken; open it in the mailbox"),
    "no_from": gettext_lazy("it names no sender"),
    "header_bomb": gettext_lazy("its headers are made to do harm"),
    "too_deep": gettext_lazy("it is nested too deeply"),
    "too_many_parts": gettext_lazy("it has too many parts"),
}
HELD = "correo-"
"""Before the number of a mail, where a list sends what is under its cursor."""

REFUSED_FILES = {
    "executable": gettext_lazy("not given out: it is a program"),
    "too_big": gettext_lazy("not given out: it is too large"),
    "too_many": gettext_lazy("not given out: the mail has too many files"),
    "too_big_together": gettext_lazy("not given out: the files are too large together"),
}
DISMISSED = {
    "spam": gettext_lazy("Advertising or deceit"),
    "no_report": gettext_lazy("No fault is reported"),
    "answered": gettext_lazy("Answered elsewhere"),
    "twice": gettext_lazy("Told twice"),
    "other": gettext_lazy("Another reason"),
}


@dataclass(frozen=True, slots=True)
class MailRow:
    id: str
    href: str
    who: str
    company: str
    subject: str
    why: str
    at: str
    vip: bool = False
    guess: str = ""
    clock: ClockFace | None = None
    is_waiting: bool = True
    desk: str = ""
    received_at: float = 0
    mark: str = ""
    take: str = ""


def row_of(message: Message, clocks: Mapping[int, Clock], at: datetime) -> MailRow:
    clock = clocks.get(message.request_id or 0) if message.state == MessageState.WAITING else None
    return MailRow(
        id=f"mail-{message.pk}",
        href=reverse("message", args=[message.pk]),
        who=who_wrote(message),
        company=company_words(message),
        subject=message.subject or _("(no subject)"),
        why=state_words(message, at),
        at=hour(message.received_at, at),
        vip=bool(message.customer and message.customer.vip),
        guess=message.case.display_number if message.case else "",
        clock=face_of(clock, at) if clock else None,
        is_waiting=message.state == MessageState.WAITING,
        desk=desk_words(message.desk, at),
        received_at=message.received_at.timestamp(),
        mark=sender_mark({"sender": message.sender_proof}) if message.customer else "",
        take=take_of(message),
    )


def take_of(message: Message) -> str:
    """What the keys of a list send about a mail that is held back for its sender; "" for any other."""
    return f"{HELD}{message.pk}" if triage.is_held_back(message) else ""


def paper_row(paper: WrittenRequest, clocks: Mapping[int, Clock], at: datetime) -> MailRow:
    """What came by the portal or at an office, without a mail (A4)."""
    clock = clocks.get(paper.pk)
    return MailRow(
        id=f"report-{paper.pk}",
        href=reverse("report_page", args=[paper.pk]),
        who=str(paper.contact) if paper.contact else _("somebody who is no contact"),
        company=paper.customer.name if paper.customer else _("nobody we know"),
        subject=paper.subject or _("(no subject)"),
        why=way_words(paper),
        at=hour(paper.received_at, at),
        vip=bool(paper.customer and paper.customer.vip),
        clock=face_of(clock, at) if clock else None,
        is_waiting=paper.settled_at is None,
        desk=desk_words(paper.desk, at),
        received_at=paper.received_at.timestamp(),
    )


def way_words(paper: WrittenRequest) -> str:
    """How it came, and that it needs its number."""
    if paper.way == "office":
        return _("handed in at the office of %(city)s: it needs its number") % {"city": paper.office}
    return _("came by the portal: it needs its number")


def desk_words(desk: str, at: datetime) -> str:
    """The desk it came to, where that is not the technical one."""
    return areas.desks(at).get(desk, desk) if desk and desk != TECHNICAL else ""


def who_wrote(message: Message) -> str:
    if message.contact:
        return str(message.contact)
    return message.from_name or message.from_address or _("Sender unknown")


def company_words(message: Message) -> str:
    return message.customer.name if message.customer else _("nobody we know")


def state_words(message: Message, at: datetime) -> str:
    """Why it waits, or what became of it."""
    if message.state == MessageState.WAITING:
        return why_it_waits(message)
    if message.state == MessageState.NEW:
        return _("just came in: it is being read")
    if message.state == MessageState.FILED and message.case:
        return by_whom(_("belongs to case %(number)s") % {"number": message.case.display_number}, message, at)
    if message.kind == MessageKind.AUTOMATIC:
        return _("written by a machine: nothing to do")
    if message.kind == MessageKind.BOUNCE:
        return _("a delivery report: the notice it is about says so")
    if message.kind == MessageKind.OWN:
        return _("a mail of ours that came back")
    return by_whom(str(DISMISSED.get(message.reason, _("nothing more is owed"))), message, at)


def by_whom(words: str, message: Message, at: datetime) -> str:
    if not (message.settled_by and message.settled_at):
        return words
    said = _("%(what)s · %(who)s, %(hour)s")
    return said % {"what": words, "who": message.settled_by.name, "hour": hour(message.settled_at, at)}


def why_it_waits(message: Message) -> str:
    if message.kind == MessageKind.UNREADABLE:
        why = UNREADABLE.get(message.reason, _("it cannot be read"))
        return _("set aside: %(why)s") % {"why": why}
    return str(WHY.get(message.reason, _("somebody must decide")))
