"""How mail leaves: how many a minute to which domain, what waits of it, and the addresses that take no messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.notices import domain_limits, marks, queued
from guardia.notices.address_mark import AddressMark
from guardia.notices.domain_limit import DomainLimit
from guardia.notices.queued import Queued
from guardia.people.policy import Right, may
from guardia.people.setting_change import SettingChange
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.case_page.notices import mark_row
from guardia.web.desk.clock import stood
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import looks, number_in, shown
from guardia.web.desk.shell import up_to_99

MARKS_SHOWN = 50
MINUTE = timedelta(minutes=1)
handles = needs(Right.HANDLE_CASES)
"""Whoever clears a mark on the page of a case clears it here too."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit; ``waits`` and ``takes``: how many mails wait for this domain, and how long they take at its pace."""

    pk: int
    domain: str
    pace: str
    by: str
    at: datetime | None
    waits: str
    tried: str
    takes: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A domain without a limit for which mail waits; ``href``: where it is given one."""

    domain: str
    waits: str
    tried: str
    href: str


@dataclass(frozen=True, slots=True)
class MarkedRow:
    mark: dict[str, Any]
    company: str
    company_href: str


@looks
def delivery(request: HttpRequest) -> HttpResponse:
    """The limits with what waits for each; the other domains for which mail waits; the marked addresses."""
    at, limits = now(), domain_limits.limits()
    found, is_more = queued.queued([limit.domain for limit in limits])
    held = {each.domain: each for each in found}
    changes = domain_limits.last_changes(limit.domain for limit in limits)
    limited = {limit.domain for limit in limits}
    before = number_in(request.GET.get("antes", ""))
    marked = marks.all_marked(MARKS_SHOWN + 1, before)
    context = {
        "limits": [limit_row(limit, held.get(limit.domain), changes.get(limit.domain)) for limit in limits],
        "others": [queue_row(each) for each in found if each.domain not in limited],
        "is_more": is_more,
        "most_counted": queued.MOST_COUNTED,
        "marked": [marked_row(mark, at) for mark in marked[:MARKS_SHOWN]],
        "older": f"?{urlencode({'antes': marked[MARKS_SHOWN - 1].pk})}#marked" if len(marked) > MARKS_SHOWN else "",
        "is_first": not before,
        "may_clear": may(member(request), Right.HANDLE_CASES),
    }
    return shown(request, "delivery", context, tab="settings_delivery")


def limit_row(limit: DomainLimit, waiting: Queued | None, change: SettingChange | None) -> LimitRow:
    return LimitRow(
        pk=limit.pk,
        domain=limit.domain,
        pace=pace_words(limit.per_minute),
        by=change.by.name if change and change.by else "",
        at=change.at if change else None,
        waits=up_to_99(waiting.waiting) if waiting else "0",
        tried=tried_words(waiting),
        takes=stood(MINUTE * ceil(waiting.waiting / limit.per_minute)) if waiting else "",
    )


def pace_words(per_minute: int) -> str:
    return ngettext("%(n)d a minute", "%(n)d a minute", per_minute) % {"n": per_minute}


def tried_words(waiting: Queued | None) -> str:
    """Those that do not wait for their turn but for the far server."""
    if waiting is None or not waiting.tried:
        return ""
    words = ngettext("%(n)s was tried and goes on", "%(n)s were tried and go on", waiting.tried)
    return words % {"n": up_to_99(waiting.tried)}


def queue_row(waiting: Queued) -> QueueRow:
    href = f"{reverse('settings_limit_new')}?{urlencode({'dominio': waiting.domain})}"
    return QueueRow(waiting.domain, up_to_99(waiting.waiting), tried_words(waiting), href)


def marked_row(mark: AddressMark, at: datetime) -> MarkedRow:
    company = mark.customer
    row = mark_row(mark, reverse("settings_mark_clear", args=[mark.pk]), at)
    if company is None:
        return MarkedRow(row, _("our own people"), "")
    return MarkedRow(row, company.name, reverse("company", args=[company.pk]))


@handles
@require_POST
def clear_mark(request: HttpRequest, mark_id: int) -> HttpResponse:
    """This address takes messages again: it is written to from now on."""
    mark = get_object_or_404(AddressMark, pk=min(mark_id, LARGEST_ID))
    marks.clear(mark, member(request), now())
    say(request, _("%(address)s may be written to again.") % {"address": mark.address})
    return redirect(f"{reverse('settings_delivery')}#marked")


def counts() -> dict[str, str]:
    """How many domains have a limit (empty: none), and how many addresses are marked."""
    limits = len(domain_limits.limits())
    return {"limits": str(limits or ""), "marked": up_to_99(len(marks.all_marked(100)))}
