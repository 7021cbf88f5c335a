"""The list: what is proposed, what is under way, what is over; a poll is answered 304 while nothing has changed."""

from datetime import datetime

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.outages import reading
from guardia.web.desk.outages.reading import Counted
from guardia.web.desk.outages.shown import OutageRow, row_of
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for


@desk_page
@require_GET
def outages(request: DeskRequest) -> HttpResponse:
    at = now()
    rows, over = rows_at(at)
    shell = shell_for(request, at, view="outages")
    tag = tag_of([*(row.tag for row in rows), len(over), shell.tag, shell.calls_words, *shell.views, *shell.rooms])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    template = "desk/outages/board_live.html" if is_fragment(request) else "desk/outages/board.html"
    return stamped(page(request, template, {"rows": rows, "over": over, "shell": shell, "tag": tag}), tag)


def rows_at(at: datetime) -> tuple[list[OutageRow], list[OutageRow]]:
    opened, over = reading.open_outages(), reading.last_outages()
    counts = reading.counted([*opened, *over])
    signs = reading.signs_of([outage for outage in opened if outage.state == "proposed"])
    rows = [row_of(one, counts.get(one.pk, Counted()), at, signs.get(one.pk, ())) for one in opened]
    return rows, [row_of(one, counts.get(one.pk, Counted()), at) for one in over]
