"""The mail that came in, as its screens query and write it: the tray by its tabs, one message with its bytes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.calls.written import WrittenRequest
from guardia.cases import mail_tray, written
from guardia.cases.labels import sender_mark
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.intake import triage
from guardia.mailroom.message import Attachment, Message, MessageKind, MessageState, Original
from guardia.people.policy import Right, may, may_handle
from guardia.people.shifts import TECHNICAL
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk.clock import face_of, hour

MOST_ROWS = 50

REPORTS, CASES, STRANGERS, ASIDE = "reportes", "casos", "desconocidos", "apartados"
PAPERS = "oficinas"
"""What came without a mail, by the portal or at an office."""
TABS: dict[str, Q] = {
    REPORTS: Q(request__isnull=False),
    CASES: Q(request=None, case__isnull=False) & ~Q(kind=MessageKind.UNREADABLE),
    STRANGERS: Q(request=None, case=None) & ~Q(kind=MessageKind.UNREADABLE),
    ASIDE: Q(request=None, kind=MessageKind.UNREADABLE),
}
"""What waits, by what is to be decided; each message is in one of them."""


def waiting_in(tab: str, start: int, desk: str = "") -> list[Message]:
    """What waits under this tab (all of it where it is none): first what breaks first, then by arrival. One more than
    is shown, so that the page knows whether there is more."""
    found = mail_tray.waiting(desk).filter(TABS.get(tab, Q()))
    found = found.order_by("request__next_due_at", "received_at", "pk").defer("text", "quoted")
    return list(found[start : start + MOST_ROWS + 1])


def newest(start: int, desk: str = "") -> list[Message]:
    found = mail_tray.newest().filter(desk=desk) if desk else mail_tray.newest()
    return list(found.defer("text", "quoted")[start : start + MOST_ROWS + 1])


def papers(desk: str = "") -> list[WrittenRequest]:
    """What came by the portal or at an office and waits for its number, first what breaks first (A4)."""
    return list(mail_tray.handed_in(desk).defer("text")[:MOST_ROWS])


def counts(desk: str = "") -> dict[str, int]:
    """How many wait under each tab, counting no further than a hundred."""
    waiting: QuerySet[Message] = mail_tray.waiting(desk).order_by()
    found = {tab: waiting.filter(held)[: mail_tray.MOST_COUNTED].values("pk").count() for tab, held in TABS.items()}
    return {**found, PAPERS: mail_tray.handed_in(desk).order_by()[: mail_tray.MOST_COUNTED].values("pk").count()}


def clocks_of_requests(requests: Iterable[int | None]) -> dict[int, Clock]:
    """The running clock of each report (P2)."""
    ids = {one for one in requests if one}
    running = Clock.objects.filter(request__in=ids, ended_at=None, due_at__isnull=False).order_by("-due_at")
    return {clock.request_id: clock for clock in running if clock.request_id}


def message(message_id: int) -> Message | None:
    if message_id > LARGEST_ID:
        return None
    return mail_tray.with_names(Message.objects.filter(pk=message_id)).first()


def files_of(found: Message) -> list[Attachment]:
    return list(Attachment.objects.filter(message=found).order_by("part"))


def file_of(message_id: int, part: int) -> Attachment | None:
    if message_id > LARGEST_ID or part > 32_000:
        return None
    return Attachment.objects.filter(message=message_id, part=part, refused="").first()


def bytes_of(message_id: int) -> bytes | None:
    """The mail as it came."""
    if message_id > LARGEST_ID:
        return None
    kept = Original.objects.filter(message=message_id).first()
    return bytes(kept.content) if kept else None


def open_request(request_id: str) -> WrittenRequest | None:
    """A report in writing by its number in an address; None where there is none."""
    if not (request_id.isascii() and request_id.isdigit() and len(request_id) < 16):
        return None
    return WrittenRequest.objects.filter(pk=int(request_id)).select_related("customer", "contact").first()


def more_of(request: WrittenRequest, than: Message) -> list[Message]:
    """The other mails of the same report."""
    return [one for one in mail_tray.messages_of(request) if one.pk != than.pk]


def contacts_of(customer_id: int) -> QuerySet[Contact]:
    return Contact.objects.filter(customer=customer_id, active=True).order_by("name", "pk")


def contact(contact_id: str) -> Contact | None:
    """An active contact of an active company by its number."""
    if not (contact_id.isascii() and contact_id.isdigit() and len(contact_id) < 16):
        return None
    found = Contact.objects.filter(pk=int(contact_id), active=True, customer__active=True)
    return found.select_related("customer").first()


def locked_request(request_id: int) -> WrittenRequest:
    """The report with its mails, all locked: the mails first, as everybody does who settles one of them."""
    list(Message.objects.select_for_update(of=("self",)).filter(request=request_id).order_by("pk").values("pk"))
    return written.locked(request_id)


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
