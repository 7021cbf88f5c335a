"""The tray: what came in and waits for a decision, first what breaks first. The address is the filter."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from guardia.calls.written import WrittenRequest
from guardia.cases import mail_tray
from guardia.cases.mail_tray import (
    ASIDE,
    CASES,
    MOST_ROWS,
    PAPERS,
    REPORTS,
    STRANGERS,
    TABS,
    clocks_of_requests,
    counts_by_tab,
    first_papers,
    newest_of,
    waiting_in,
)
from guardia.config.now import now
from guardia.mailroom.message import Mailbox, Message
from guardia.notices.reasons import in_words
from guardia.people.shifts import TECHNICAL
from guardia.web.desk import areas
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.mail.inbox import paper_row, row_of
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for, up_to_99

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
        ALL: _("All that waits"),
        REPORTS: _("Reports in writing"),
        PAPERS: _("By office or portal"),
        CASES: _("About a case"),
        STRANGERS: _("Nobody we know"),
        ASIDE: _("Set aside"),
        RECEIVED: _("Everything received"),
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
    since = _("read last at %(hour)s") % {"hour": hour(mailbox.seen_at, at)} if mailbox.seen_at else _("never read yet")
    words = _(
        "The mailbox %(name)s cannot be read (%(since)s): %(trouble)s. Reports may wait there unseen: open it with a "
        "mail program, and ask whoever runs Guardia to check IMAP_HOST and its password."
    )
    return words % {"name": mailbox.name, "since": since, "trouble": in_words(mailbox.trouble).rstrip(".")}
