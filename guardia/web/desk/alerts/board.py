"""``/alertas``: what fires, by the element it stands behind; a poll is answered 304 while nothing has changed."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.network import alerts_listed as listed
from guardia.network.alert import AlertSource
from guardia.people.policy import Right, may
from guardia.web.desk.alerts.shown import group_of, row_of
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for


@desk_page
@require_GET
def alerts(request: DeskRequest) -> HttpResponse:
    at = now()
    found = listed.firing()
    groups = [group_of(behind, at) for behind in listed.grouped(found[: listed.MOST_SHOWN])]
    over = [row_of(alert, at) for alert in listed.over_last(at)]
    shell = shell_for(request, at, view="alerts")
    rows = [row.tag for group in groups for row in group.rows]
    tag = tag_of([*rows, *(row.tag for row in over), shell.tag, shell.calls_words, *shell.views, *shell.rooms])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context: dict[str, Any] = {
        "groups": groups,
        "over": over,
        "counts": "99+" if len(found) > 99 else str(len(found)),
        "is_cut": len(found) > listed.MOST_SHOWN,
        "most": listed.MOST_SHOWN,
        "has_sources": AlertSource.objects.filter(is_active=True).exists(),
        "may_lead": may(request.user, Right.EDIT_CUSTOMERS),
        "may_set": may(request.user, Right.SUPERVISE),
        "shell": shell,
        "tag": tag,
    }
    template = "desk/alerts/board_live.html" if is_fragment(request) else "desk/alerts/board.html"
    return stamped(page(request, template, context), tag)
