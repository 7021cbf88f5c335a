"""The tray: what came in and waits for a decision, first what breaks first. The address is the filter."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guardia.cases import mail_tray
from guardia.doors.desk.desk_request import DeskRequest
from guardia.doors.desk.entry import desk_page
from guardia.doors.desk.mail import reading
from guardia.doors.desk.mail.shown import MailRow, row_of
from guardia.doors.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.doors.desk.shell import shell_for, up_to_99
from guardia.doors.desk.shown.clock import hour
from guardia.doors.now import now
from guardia.mailroom.message import Mailbox

ALL, RECEIVED = "todo", "recibidos"


@dataclass(frozen=True, slots=True)
class MailTab:
    href: str
    words: str
    count: str = ""
    is_current: bool = False


@desk_page
@require_GET
def tray(request: DeskRequest) -> HttpResponse:
    at, tab, start = now(), request.GET.get("ver", ALL), start_of(request)
    tab = tab if tab in {RECEIVED, *reading.TABS} else ALL
    found = reading.newest(start) if tab == RECEIVED else reading.waiting_in(tab, start)
    shown = found[: reading.MOST_ROWS]
    clocks = reading.clocks_of_requests(message.request_id for message in shown)
    rows = [row_of(message, clocks, at) for message in shown]
    shell = shell_for(request, at, view="mail_tray")
    tabs = tabs_of(tab)
    trouble = [trouble_words(mailbox, at) for mailbox in mail_tray.mailboxes_in_trouble()]
    tag = tag_of([tab, start, *tabs, *map(signature, rows), *trouble, shell.tag, shell.calls_words, *shell.rooms])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {
        "rows": rows,
        "tabs": tabs,
        "tab": tab,
        "trouble": trouble,
        "poll": address(tab, start),
        "more_href": address(tab, start + reading.MOST_ROWS) if len(found) > reading.MOST_ROWS else "",
        "shell": shell,
        "tag": tag,
    }
    return stamped(
        page(request, "desk/mail/_tray.html" if is_fragment(request) else "desk/mail/tray.html", context), tag
    )


def signature(row: MailRow) -> str:
    return f"{row.id}{row.why}{row.company}{row.clock.state if row.clock else ''}"


def start_of(request: DeskRequest) -> int:
    given = request.GET.get("desde", "")
    return min(int(given), 100_000) if given.isascii() and given.isdigit() and len(given) < 7 else 0


def address(tab: str, start: int = 0) -> str:
    asked = {"ver": tab if tab != ALL else "", "desde": str(start or "")}
    asked = {name: value for name, value in asked.items() if value}
    return f"{reverse('mail_tray')}?{urlencode(asked)}" if asked else reverse("mail_tray")


def tabs_of(current: str) -> list[MailTab]:
    counts = reading.counts()
    names = {
        ALL: _("All that waits"),
        reading.REPORTS: _("Reports in writing"),
        reading.CASES: _("About a case"),
        reading.STRANGERS: _("Nobody we know"),
        reading.ASIDE: _("Set aside"),
        RECEIVED: _("Everything received"),
    }
    held = {ALL: sum(counts.values()), **counts}
    return [
        MailTab(address(key), words, up_to_99(held[key]) if key in held else "", key == current)
        for key, words in names.items()
    ]


def trouble_words(mailbox: Mailbox, at: datetime) -> str:
    """Which mailbox cannot be read, since when, why, and what to do."""
    since = _("read last at %(hour)s") % {"hour": hour(mailbox.seen_at, at)} if mailbox.seen_at else _("never read yet")
    words = _(
        "The mailbox %(name)s cannot be read (%(since)s): %(trouble)s. Reports may wait there unseen: open it with a "
        "mail program, and ask whoever runs Guardia to check IMAP_HOST and its password."
    )
    return words % {"name": mailbox.name, "since": since, "trouble": mailbox.trouble.rstrip(".")}
