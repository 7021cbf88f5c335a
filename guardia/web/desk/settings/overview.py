"""The settings at one glance: who holds the levels, what is missing, the next rest days, the last changes.

At its foot stand the addresses of all settings: each screen has its own at its foot.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.formats import date_format, number_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import ngettext

from guardia.calls.exchanges import active_exchanges
from guardia.clocks.calendars import journal
from guardia.clocks.rest_days import LAST
from guardia.config.now import now
from guardia.notices import own_words
from guardia.people.api_key_editing import to_look_at
from guardia.people.policy import Right, may
from guardia.people.setting_change import latest_changes
from guardia.procedure import version as versions
from guardia.reports.finding_words import ask_in_words, since_in_words, values_in_words
from guardia.reports.verification import Finding, is_overdue, last_run
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import member
from guardia.web.desk.settings import (
    alerts,
    alerts_source,
    audit,
    calendar,
    change_log,
    channels,
    delivery,
    drafts,
    history_import,
    history_mapping,
    keys,
    letterhead_page,
    levels,
    privacy,
    privacy_request,
    procedure,
    procedure_parts,
    quick_answers,
    rehearsal,
    resolver_groups,
    rotas,
    team_channels,
    telephone,
    telephone_exchange,
    webhooks,
    weeks,
    wording_edit,
    wording_list,
)
from guardia.web.desk.settings.calendar import RestLine, year_lines
from guardia.web.desk.settings.change_log import in_words
from guardia.web.desk.settings.delivery import counts as delivery_counts
from guardia.web.desk.settings.frame import looks, may_change, settings_page
from guardia.web.desk.settings.levels import levels_context
from guardia.web.desk.settings.setting_pages import pages_called, rights_of
from guardia.web.desk.settings.telephone_exchange import exchange_row
from guardia.web.desk.settings.weeks import WEEK, gaps
from guardia.web.first_run import key
from guardia.web.shared.key_rows import KeyRow

AHEAD, LATEST, COMING = 4 * WEEK, 5, 3


@looks
def overview(request: HttpRequest) -> HttpResponse:
    """Every page of the settings by its group, or those that are called as was asked: a single one is opened."""
    at, words = now(), request.GET.get("q", "").replace("\0", "").strip()[:100]
    groups = pages_called(words, rights_of(member(request)))
    if words and len(groups) == 1 and len(groups[0][1]) == 1:
        return redirect(groups[0][1][0].name)
    version = versions.version_at(at)
    context: dict[str, Any] = {
        "groups": groups,
        "words": words,
        "may_begin": key.is_open_to(request.user),
        "version": version,
        "rest_days": next_rest_days(at),
        "own_texts": own_words.count(),
        "delivery": delivery_counts(),
        "exchanges": [exchange_row(each, at) for each in active_exchanges()],
        "lines": in_words(latest_changes()[:LATEST]),
        "verified": verified_last(at) if may_change(request) else None,
        "keys": keys_to_look_at(at) if may(member(request), Right.CONNECT) else None,
    }
    if version:
        context |= levels_context(version.procedure, at)
        context["gaps"] = gaps(version.procedure, at, at + AHEAD)
    return settings_page(request, "overview", context, tab="settings")


def keys_to_look_at(at: datetime) -> list[KeyRow]:
    """The keys of the API that expire soon, or that nobody uses."""
    return [keys.row_of(one, at) for one in to_look_at(at)]


def verified_last(at: datetime) -> dict[str, Any]:
    """What the nightly comparison of all histories found last."""
    last = last_run()
    said: dict[str, Any] = {"is_late": is_overdue(last, at)}
    if last is None:
        return said
    found = last.found
    cases = ngettext("%(n)s case", "%(n)s cases", found.cases) % {"n": number_format(found.cases, force_grouping=True)}
    events = ngettext("%(n)s event", "%(n)s events", found.events)
    events %= {"n": number_format(found.events, force_grouping=True)}
    hour = localtime(last.at, desk_zone())
    more = {"hour": date_format(hour, "SHORT_DATETIME_FORMAT"), "amount": f"{cases}, {events}"}
    return {**said, **more, "breaks": found.breaks, "first": [finding_row(each) for each in found.first]}


def finding_row(found: Finding) -> dict[str, Any]:
    """What was found, what differs, since when it must be so, and whom to ask."""
    return {
        "words": found.in_words(),
        "values": values_in_words(found),
        "since": since_in_words(found, lambda at: date_format(localtime(at, desk_zone()), "SHORT_DATETIME_FORMAT")),
        "ask": ask_in_words(found),
    }


def next_rest_days(at: datetime) -> list[RestLine]:
    changes = list(journal())
    year = localdate(at).year
    lines = [line for each in (year, year + 1) if each <= LAST for line in year_lines(each, changes, at)]
    return [line for line in lines if not line.is_over][:COMING]


SCREENS = (
    levels,
    weeks,
    rotas,
    procedure_parts,
    calendar,
    letterhead_page,
    wording_list,
    wording_edit,
    quick_answers,
    resolver_groups,
    channels,
    team_channels,
    delivery,
    change_log,
    audit,
    telephone,
    telephone_exchange,
    alerts,
    alerts_source,
    keys,
    webhooks,
    procedure,
    drafts,
    privacy,
    privacy_request,
    rehearsal,
    history_mapping,
    history_import,
)
urlpatterns = [
    path("", overview, name="settings"),
    *(address for screen in SCREENS for address in screen.urlpatterns),
]
