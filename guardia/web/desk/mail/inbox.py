"""The mail that came in, as its screens query and write it: the tray by its tabs, one message with its bytes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.calls.written import WrittenRequest
from guardia.cases import mail_tray
from guardia.cases.labels import sender_mark
from guardia.clocks.clock import Clock
from guardia.intake import triage
from guardia.mailroom.message import Message, MessageKind, MessageState
from guardia.people.policy import Right, may, may_handle
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk.clock import face_of, hour


def more_of(request: WrittenRequest, than: Message) -> list[Message]:
    """The other mails of the same report."""
    return [one for one in mail_tray.messages_of(request) if one.pk != than.pk]


# --- who decides ------------------------------------------------------------------------------------------------------
# Who decides about what came in writing: the technical desk about all of it, every desk about its own (A3).
def may_decide(staff: Staff, desk: str) -> bool:
    return may(staff, Right.HANDLE_CASES) or may_handle(staff, desk)


# --- rows -------------------------------------------------------------------------------------------------------------
# A mail in the tray and on its page: who wrote it, why it waits, what became of it, in words.
WHY = {
    "report": _("a report: it needs its number"),
    "assigned": _("a report: it needs its number"),
    "more_of_a_report": _("more about a report that needs its number"),
    "no_procedure": _("a report, and no procedure is published yet"),
    "closed_case": _("answers a case that is closed"),
    "names_a_case": _("names a case, and nobody we know wrote it"),
    "stranger": _("nobody we know wrote it"),
    "from_staff": _("one of our own people wrote it"),
    "several_companies": _("the address is that of contacts of several companies"),
    "other_recipient": _("a report on a mail of ours, about an address it did not go to"),
    "names_no_mail": _("a report that names no mail"),
    "sender_failed": _("held back: its sender did not pass the check of the mail server"),
    "sender_spam": _("held back: the mail server marked it as spam"),
}
UNREADABLE = {
    "empty": _("it is empty"),
    "too_big": _("it is too large"),
    "too_large": _("it is too large: only its headers were taken; open it in the mailbox"),
    "no_from": _("it names no sender"),
    "header_bomb": _("its headers are made to do harm"),
    "too_deep": _("it is nested too deeply"),
    "too_many_parts": _("it has too many parts"),
}
HELD = "correo-"
"""Before the number of a mail, where a list sends what is under its cursor."""

REFUSED_FILES = {
    "executable": _("not given out: it is a program"),
    "too_big": _("not given out: it is too large"),
    "too_many": _("not given out: the mail has too many files"),
    "too_big_together": _("not given out: the files are too large together"),
}
DISMISSED = {
    "spam": _("Advertising or deceit"),
    "no_report": _("No fault is reported"),
    "answered": _("Answered elsewhere"),
    "twice": _("Told twice"),
    "other": _("Another reason"),
}


def row_of(message: Message, clocks: Mapping[int, Clock], at: datetime) -> dict[str, Any]:
    clock = clocks.get(message.request_id or 0) if message.state == MessageState.WAITING else None
    return {
        "id": f"mail-{message.pk}",
        "href": reverse("message", args=[message.pk]),
        "who": who_wrote(message),
        "company": company_words(message),
        "subject": message.subject or gettext("(no subject)"),
        "why": state_words(message, at),
        "at": hour(message.received_at, at),
        "vip": bool(message.customer and message.customer.vip),
        "guess": message.case.display_number if message.case else "",
        "clock": face_of(clock, at) if clock else None,
        "is_waiting": message.state == MessageState.WAITING,
        "desk": desk_words(message.desk, at),
        "received_at": message.received_at.timestamp(),
        "mark": sender_mark({"sender": message.sender_proof}) if message.customer else "",
        "take": take_of(message),
    }


def take_of(message: Message) -> str:
    """What the keys of a list send about a mail that is held back for its sender; "" for any other."""
    return f"{HELD}{message.pk}" if triage.is_held_back(message) else ""


def paper_row(paper: WrittenRequest, clocks: Mapping[int, Clock], at: datetime) -> dict[str, Any]:
    """What came by the portal or at an office, without a mail (A4)."""
    clock = clocks.get(paper.pk)
    return {
        "id": f"report-{paper.pk}",
        "href": reverse("report_page", args=[paper.pk]),
        "who": str(paper.contact) if paper.contact else gettext("somebody who is no contact"),
        "company": paper.customer.name if paper.customer else gettext("nobody we know"),
        "subject": paper.subject or gettext("(no subject)"),
        "why": way_words(paper),
        "at": hour(paper.received_at, at),
        "vip": bool(paper.customer and paper.customer.vip),
        "clock": face_of(clock, at) if clock else None,
        "is_waiting": paper.settled_at is None,
        "desk": desk_words(paper.desk, at),
        "received_at": paper.received_at.timestamp(),
    }


def way_words(paper: WrittenRequest) -> str:
    """How it came, and that it needs its number."""
    if paper.way == "office":
        return gettext("handed in at the office of %(city)s: it needs its number") % {"city": paper.office}
    return gettext("came by the portal: it needs its number")


def desk_words(desk: str, at: datetime) -> str:
    """The desk it came to, where that is not the technical one."""
    return areas.desks(at).get(desk, desk) if desk and desk != TECHNICAL else ""


def who_wrote(message: Message) -> str:
    if message.contact:
        return str(message.contact)
    return message.from_name or message.from_address or gettext("Sender unknown")


def company_words(message: Message) -> str:
    return message.customer.name if message.customer else gettext("nobody we know")


def state_words(message: Message, at: datetime) -> str:
    """Why it waits, or what became of it."""
    if message.state == MessageState.WAITING:
        return why_it_waits(message)
    if message.state == MessageState.NEW:
        return gettext("just came in: it is being read")
    if message.state == MessageState.FILED and message.case:
        return by_whom(gettext("belongs to case %(number)s") % {"number": message.case.display_number}, message, at)
    if message.kind == MessageKind.AUTOMATIC:
        return gettext("written by a machine: nothing to do")
    if message.kind == MessageKind.BOUNCE:
        return gettext("a delivery report: the notice it is about says so")
    if message.kind == MessageKind.OWN:
        return gettext("a mail of ours that came back")
    return by_whom(str(DISMISSED.get(message.reason, gettext("nothing more is owed"))), message, at)


def by_whom(words: str, message: Message, at: datetime) -> str:
    if not (message.settled_by and message.settled_at):
        return words
    said = gettext("%(what)s · %(who)s, %(hour)s")
    return said % {"what": words, "who": message.settled_by.name, "hour": hour(message.settled_at, at)}


def why_it_waits(message: Message) -> str:
    if message.kind == MessageKind.UNREADABLE:
        why = UNREADABLE.get(message.reason, gettext("it cannot be read"))
        return gettext("set aside: %(why)s") % {"why": why}
    return str(WHY.get(message.reason, gettext("somebody must decide")))
