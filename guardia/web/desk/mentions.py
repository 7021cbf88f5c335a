"""What names me and what I watch (``/menciones``): not seen yet, and seen before; and whether I watch a case."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guardia.cases import mentions
from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.event import CaseEvent
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.desk.case_page.log import lines_of
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import Undo, case_href, page, say
from guardia.web.desk.shell import shell_for

SHOWN_OF_BEFORE = 20
looks = needs(Right.SEE_DESK, Right.SEE_DESK)


@looks
@require_safe
def mentions_page(request: HttpRequest) -> HttpResponse:
    staff, at = member(request), now()
    context = {
        "shell": shell_for(request, at, view="mentions"),
        "rows": rows_of([(one.event, bool(one.mention)) for one in mentions.to_see(staff)], at),
        "before": rows_of([(event, True) for event in mentions.seen_before(staff, SHOWN_OF_BEFORE)], at),
    }
    return page(request, "desk/mentions.html", context)


def rows_of(events: list[tuple[CaseEvent, bool]], at: datetime) -> list[dict[str, Any]]:
    """Each with its case and the line that the log has of it; ``names`` says that the note names the reader."""
    lines = lines_of([event for event, _names in events], at)
    return [
        {
            "number": event.case.display_number,
            "href": case_href(event.case),
            "seen_href": reverse("mention_seen", args=[event.case.number]),
            "company": event.case.customer.name,
            "subject": event.case.subject,
            "line": line,
            "names": names,
        }
        for (event, names), line in zip(events, lines, strict=True)
    ]


@looks
@require_POST
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """What there is of this case is seen, and its page opens at the log."""
    case = case_or_404(number)
    mentions.mark_seen(member(request), case, now())
    return redirect(f"{case_href(case)}#log")


@looks
@require_POST
def all_seen(request: HttpRequest) -> HttpResponse:
    mentions.mark_seen(member(request), None, now())
    return redirect("mentions")


@looks
@require_POST
def watch(request: HttpRequest, number: str) -> HttpResponse:
    """``seguir=1``: I watch the case from now on; without it, no longer."""
    case, staff = case_or_404(number), member(request)
    if request.POST.get("seguir") == "1":
        mentions.watch(case, staff, now())
        words = _("You watch %(number)s: you are told when a stage ends, a promise breaks or it is closed.")
        back = ""
    else:
        mentions.stop_watching(case, staff)
        words, back = _("You no longer watch %(number)s."), "1"
    undo = Undo(reverse("case_watch", args=[case.number]), "seguir", back)
    say(request, words % {"number": case.display_number}, undo=undo)
    return redirect("case", case.number)


def case_or_404(number: str) -> Case:
    """Raises Http404."""
    if (case := case_for_desk(number)) is None:
        raise Http404
    return case


urlpatterns = [
    path("menciones", mentions_page, name="mentions"),
    path("menciones/vistas", all_seen, name="mentions_seen"),
    path("menciones/<slug:number>", seen, name="mention_seen"),
    path("casos/<slug:number>/seguir", watch, name="case_watch"),
]
