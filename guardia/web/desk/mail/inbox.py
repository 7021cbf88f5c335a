"""The tray: what came in and waits for a decision, first what breaks first. The address is the filter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guardia.calls.call import WrittenRequest
from guardia.cases import mail_tray
from guardia.cases.labels import sender_mark
from guardia.cases.mail_tray import (
    CASES,
    MOST_ROWS,
    PAPERS,
    QUARANTINE,
    REPORTS,
    STRANGERS,
    TABS,
    clocks_of_requests,
    counts_by_tab,
    first_papers,
    newest_of,
    waiting_in,
)
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.intake import triage
from guardia.mail.message import Mailbox, Message, MessageKind, MessageState
from guardia.notices.reasons import in_words
from guardia.people.policy import Right, may, may_handle
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk.clock import face_of, hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for, up_to_99


# --- inbox ------------------------------------------------------------------------------------------------------------
# The mail that came in, as its screens query and write it: the tray by its tabs, one message with its bytes.
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
    "names_a_case": _("names a case, but was written by somebody we do not know"),
    "stranger": _("written by somebody we do not know"),
    "from_staff": _("one of our own people wrote it"),
    "several_companies": _("the address is that of contacts of several companies"),
    "other_recipient": _("a report on an email of ours, about an address it was not sent to"),
    "names_no_mail": _("a report that names no email"),
    "sender_failed": _("held back: its sender did not pass the check of the mail server"),
    "sender_spam": _("held back: the mail server marked it as spam"),
}
UNREADABLE = {
    "empty": _("it is empty"),
    "too_big": _("it is too large"),
    "too_large": _("it is too large: only its headers were taken; open it in the mailbox"),
    "no_from": _("it names no sender"),
    "header_bomb": _("its headers are malicious"),
    "too_deep": _("it is nested too deeply"),
    "too_many_parts": _("it has too many parts"),
}
HELD = "correo-"
"""Before the number of a mail, where a list sends what is under its cursor."""

REFUSED_FILES = {
    "executable": _("withheld: it is a program"),
    "too_big": _("withheld: it is too large"),
    "too_many": _("withheld: the email has too many files"),
    "too_big_together": _("withheld: the files are too large together"),
}
DISMISSED = {
    "spam": _("Spam or phishing"),
    "no_report": _("No fault is reported"),
    "answered": _("Answered elsewhere"),
    "twice": _("Notified twice"),
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
        "company": paper.customer.name if paper.customer else gettext("nobody we know of"),
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
    return gettext("came through the portal: it needs its number")


def desk_words(desk: str, at: datetime) -> str:
    """The desk it came to, where that is not the technical one."""
    return areas.desks(at).get(desk, desk) if desk and desk != TECHNICAL else ""


def who_wrote(message: Message) -> str:
    if message.contact:
        return str(message.contact)
    return message.from_name or message.from_address or gettext("Sender unknown")


def company_words(message: Message) -> str:
    return message.customer.name if message.customer else gettext("nobody we know of")


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
        return gettext("an email of ours that bounced")
    return by_whom(str(DISMISSED.get(message.reason, gettext("nothing more is owed"))), message, at)


def by_whom(words: str, message: Message, at: datetime) -> str:
    if not (message.settled_by and message.settled_at):
        return words
    said = gettext("%(what)s · %(who)s, %(hour)s")
    return said % {"what": words, "who": message.settled_by.name, "hour": hour(message.settled_at, at)}


def why_it_waits(message: Message) -> str:
    if message.kind == MessageKind.UNREADABLE:
        why = UNREADABLE.get(message.reason, gettext("it cannot be read"))
        return gettext("quarantined: %(why)s") % {"why": why}
    return str(WHY.get(message.reason, gettext("somebody must decide")))


# --- listing ----------------------------------------------------------------------------------------------------------
# The tray: what came in and waits for a decision, first what breaks first. The address is the filter.
ALL, RECEIVED = "todo", "recibidos"


@desk_page
@require_GET
def tray(request: DeskRequest) -> HttpResponse:
    at, tab, start = now(), request.GET.get("ver", ALL), start_of(request)
    area = area_of(request, at)
    tab = tab if tab in {RECEIVED, PAPERS, *TABS} else ALL
    found, papers = held_in(tab, start, areas.desk_of(area))
    shown = found[:MOST_ROWS]
    clocks = clocks_of_requests([message.request_id for message in shown] + [paper.pk for paper in papers])
    rows = [row_of(message, clocks, at) for message in shown]
    if papers:
        rows = sorted([*rows, *(paper_row(paper, clocks, at) for paper in papers)], key=by_due)
    shell = shell_for(request, at, view="mail_tray")
    tabs, desks = tabs_of(tab, area), desks_of(tab, area, at)
    trouble = [trouble_words(mailbox, at) for mailbox in mail_tray.mailboxes_in_trouble()]
    tag = tag_of(
        [tab, start, *tabs, *desks, *map(signature, rows), *trouble, shell.tag, shell.calls_words, *shell.rooms]
    )
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {
        "rows": rows,
        "holds": any(row.get("take") for row in rows),
        "tabs": tabs,
        "desks": desks,
        "tab": tab,
        "trouble": trouble,
        "poll": address(tab, area, start),
        "more_href": address(tab, area, start + MOST_ROWS) if len(found) > MOST_ROWS else "",
        "shell": shell,
        "tag": tag,
    }
    return stamped(
        page(request, "desk/mail/_tray.html" if is_fragment(request) else "desk/mail/tray.html", context), tag
    )


def area_of(request: DeskRequest, at: datetime) -> str:
    """The desk whose tray it is: that of the address; else one's own, and for the technical desk that of all."""
    own = areas.own(request.user)
    usual = areas.ALL if own == TECHNICAL else own
    given = request.GET.get(areas.NAME, "")
    return given if given == areas.ALL or given in areas.desks(at) else usual


def held_in(tab: str, start: int, desk: str) -> tuple[list[Message], list[WrittenRequest]]:
    """The mails of a tab, and with the first of them what came without a mail."""
    papers = first_papers(desk) if tab in {ALL, REPORTS, PAPERS} and not start else []
    if tab == RECEIVED:
        return newest_of(start, desk), []
    return ([] if tab == PAPERS else waiting_in(tab, start, desk)), papers


def by_due(row: dict[str, Any]) -> tuple[bool, float]:
    """First what breaks first; what has no clock stands behind, by its arrival."""
    due = row["clock"].due_at if row["clock"] else None
    return (due is None, due.timestamp() if due else row["received_at"])


def desks_of(tab: str, area: str, at: datetime) -> list[dict[str, Any]]:
    """The desks whose tray one can look at; none where there is only one desk."""
    named = areas.desks(at)
    every = {areas.ALL: pgettext("desks", "All desks"), **named} if len(named) > 1 else {}
    return [
        {"href": address(tab, key), "words": words, "count": "", "is_current": key == area}
        for key, words in every.items()
    ]


def signature(row: dict[str, Any]) -> str:
    return f"{row['id']}{row['why']}{row['company']}{row['clock'].state if row['clock'] else ''}"


def start_of(request: DeskRequest) -> int:
    given = request.GET.get("desde", "")
    return min(int(given), 100_000) if given.isascii() and given.isdigit() and len(given) < 7 else 0


def address(tab: str, area: str, start: int = 0) -> str:
    asked = {"ver": tab if tab != ALL else "", areas.NAME: area, "desde": str(start or "")}
    asked = {name: value for name, value in asked.items() if value}
    return f"{reverse('mail_tray')}?{urlencode(asked)}" if asked else reverse("mail_tray")


def tabs_of(current: str, area: str) -> list[dict[str, Any]]:
    counts = counts_by_tab(areas.desk_of(area))
    names = {
        ALL: gettext("Everything waiting"),
        REPORTS: gettext("Written reports"),
        PAPERS: gettext("By office or portal"),
        CASES: gettext("About a case"),
        STRANGERS: gettext("Nobody we know"),
        QUARANTINE: gettext("Quarantined"),
        RECEIVED: gettext("Everything received"),
    }
    held = {ALL: sum(counts.values()), **counts}
    held[REPORTS] += counts[PAPERS]
    return [
        {
            "href": address(key, area),
            "words": words,
            "count": up_to_99(held[key]) if key in held else "",
            "is_current": key == current,
        }
        for key, words in names.items()
    ]


def trouble_words(mailbox: Mailbox, at: datetime) -> str:
    """Which mailbox cannot be read, since when, why, and what to do."""
    since = (
        gettext("last read at %(hour)s") % {"hour": hour(mailbox.seen_at, at)}
        if mailbox.seen_at
        else gettext("not read so far")
    )
    words = gettext(
        "The mailbox %(name)s cannot be read (%(since)s): %(trouble)s. Reports may be waiting there unseen: "
        "open it with a mail program, and ask whoever runs Guardia to check IMAP_HOST and its password."
    )
    return words % {"name": mailbox.name, "since": since, "trouble": in_words(mailbox.trouble).rstrip(".")}


urlpatterns = [
    path("correo", tray, name="mail_tray"),
]
