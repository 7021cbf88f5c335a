"""The settings at one glance: who holds the levels, what is missing, the next rest days, the last changes.

At its foot stand the addresses of all settings: each screen has its own at its foot.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.timezone import localdate

from guardia.calls.exchanges import active_exchanges
from guardia.clocks.calendars import journal
from guardia.clocks.rest_days import LAST
from guardia.config.now import now
from guardia.notices import own_words
from guardia.people.setting_change import latest_changes
from guardia.procedure import version as versions
from guardia.web.desk.settings import (
    alerts,
    alerts_source,
    audit,
    calendar,
    change_log,
    channels,
    delivery,
    drafts,
    letterhead_page,
    levels,
    privacy,
    privacy_request,
    procedure,
    procedure_parts,
    rotas,
    telephone,
    telephone_exchange,
    weeks,
    wording_edit,
    wording_list,
)
from guardia.web.desk.settings.calendar import RestLine, year_lines
from guardia.web.desk.settings.change_log import in_words
from guardia.web.desk.settings.delivery import counts as delivery_counts
from guardia.web.desk.settings.frame import looks, settings_page
from guardia.web.desk.settings.levels import levels_context
from guardia.web.desk.settings.telephone_exchange import exchange_row
from guardia.web.desk.settings.weeks import WEEK, gaps
from guardia.web.first_run import key

AHEAD, LATEST, COMING = 4 * WEEK, 5, 3


@looks
def overview(request: HttpRequest) -> HttpResponse:
    at = now()
    version = versions.version_at(at)
    context: dict[str, Any] = {
        "may_begin": key.is_open_to(request.user),
        "version": version,
        "rest_days": next_rest_days(at),
        "own_texts": own_words.count(),
        "delivery": delivery_counts(),
        "exchanges": [exchange_row(each, at) for each in active_exchanges()],
        "lines": in_words(latest_changes()[:LATEST]),
    }
    if version:
        context |= levels_context(version.procedure, at)
        context["gaps"] = gaps(version.procedure, at, at + AHEAD)
    return settings_page(request, "overview", context, tab="settings")


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
    channels,
    delivery,
    change_log,
    audit,
    telephone,
    telephone_exchange,
    alerts,
    alerts_source,
    procedure,
    drafts,
    privacy,
    privacy_request,
)
urlpatterns = [
    path("", overview, name="settings"),
    *(address for screen in SCREENS for address in screen.urlpatterns),
]
