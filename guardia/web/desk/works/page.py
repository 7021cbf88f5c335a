"""The page of one planned work; and the page once more where an act on it was refused, with what was typed."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.outages.planned_work import PlannedWork
from guardia.people.policy import Right, may
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.entry import desk_page
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.desk.stale import Refusal
from guardia.web.desk.works import reading
from guardia.web.desk.works.form import WindowForm, hours_written
from guardia.web.desk.works.shown import shown_of


@desk_page
@require_GET
def work(request: DeskRequest, number: str) -> HttpResponse:
    return shown(request, reading.called(number), now())


def shown(
    request: DeskRequest,
    work: PlannedWork,
    at: datetime,
    act: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
    refusal: Refusal | None = None,
    window: WindowForm | None = None,
) -> HttpResponse:
    """``act``: the one that was refused, with what was ``typed`` in it."""
    context = {
        "shell": shell_for(request, at, view="works"),
        "work": shown_of(work, at),
        "window": window or WindowForm(now=at, initial=hours_written(work)),
        "act": act,
        "typed": typed,
        "refusal": refusal,
        "may_plan": may(request.user, Right.HANDLE_CASES),
        "told_href": reverse("work_told", args=[work.display_number]),
    }
    return page(request, "desk/works/work.html", context, status=refusal.status if refusal else 200)
