"""The bench: first what breaks first. The address is the filter; a poll is answered 304 while nothing has changed."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.doors.desk import reading
from guardia.doors.desk.assigning import hand_to
from guardia.doors.desk.desk_request import DeskRequest
from guardia.doors.desk.entry import desk_page
from guardia.doors.desk.page import is_fragment, page, say, stamped, tag_of, unchanged
from guardia.doors.desk.shell import shell_for, up_to_99, view_names
from guardia.doors.desk.shown.bench import Bench, BenchRow, Count
from guardia.doors.desk.shown.bench_rows import by_due, call_row, case_row, opened
from guardia.doors.desk.shown.call_owed import owed_on_the_bench
from guardia.doors.desk.shown.clock import stood
from guardia.doors.desk.shown.storm import storm_words
from guardia.doors.now import now

ROWS = 50
WAITING_ROWS = 30


@desk_page
def bench(request: DeskRequest) -> HttpResponse:
    at = now()
    view = request.GET.get("vista", "proximo")
    view = view if view in queries.VIEWS else "proximo"
    calls = reading.calls_with_clocks()
    shown = bench_of(request, view, calls, at)
    shell = shell_for(request, at, view=view, calls=calls)
    owed, storm = owed_on_the_bench(at), storm_words(at)
    tag = tag_of(
        [
            shown.tag,
            *(call.tag for call in owed),
            storm,
            *shell.views,
            *shell.rooms,
            shell.calls_words,
            shell.on_the_line_href,
            shell.kept_today,
        ]
    )
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    template = "desk/bench_live.html" if is_fragment(request) else "desk/bench.html"
    context = {"bench": shown, "owed": owed, "storm": storm, "shell": shell, "tag": tag}
    return stamped(page(request, template, context), tag)


@desk_page
@require_POST
def take(request: DeskRequest) -> HttpResponse:
    """The case under the cursor becomes mine."""
    case = reading.case_for_desk(request.POST.get("case", ""), locked=True)
    if case is not None:
        try:
            with transaction.atomic():
                hand_to(request, case, request.user, now())
        except Refused as refusal:
            say(request, str(refusal))
    if not is_fragment(request):
        return redirect("bench")
    response = page(request, "desk/toasts_live.html", {})
    response.headers["HX-Trigger"] = "bench:changed"
    return response


def bench_of(request: DeskRequest, view: str, calls: Sequence[Call], at: datetime) -> Bench:
    """The rows of one view: what is promised, in order, then what waits."""
    order, start = request.GET.get("orden", "plazo"), start_of(request)
    cases, more = promised_cases(request, view, order, start, at)
    rows = [case_row(case, at) for case in cases]
    if view == "proximo" and not start:
        rings = [row for call in calls if (row := call_row(call, at))]
        rows = sorted([*rows, *rings], key=by_due) if order == "plazo" else [*rings, *rows]
    waiting = [case_row(case, at, waiting=True) for case in waiting_cases(request, view, at)] if not start else []
    first, others = (rows[0], rows[1:]) if rows else (None, rows)
    by_number = {case.display_number: case for case in cases}
    counts = queries.counts(at)
    return Bench(
        title=_("Due next") if view == "proximo" else view_names()[view],
        open_words=open_words(counts["open"]),
        order=order,
        by_promise_href=address(view, "plazo"),
        by_impact_href=address(view, "impacto"),
        first=opened(first, by_number.get(first.number)) if first else None,
        rows=tuple(others),
        waiting=tuple(waiting),
        counts=count_words(counts),
        last_closed="" if rows or waiting else closed_words(at),
        tag=tag_of([view, order, start, *counts.values(), *(signature(row) for row in [*rows, *waiting])]),
        poll=address(view, order, start),
        next_page=address(view, order, start + ROWS) if more else "",
    )


def promised_cases(request: DeskRequest, view: str, order: str, start: int, at: datetime) -> tuple[list[Case], bool]:
    cases = queries.in_view(queries.promised(at), view, request.user)
    ordered = queries.by_impact_first(cases) if order == "impacto" else queries.next_first(cases)
    found = list(reading.with_field_and_waits(ordered)[start : start + ROWS + 1])
    return found[:ROWS], len(found) > ROWS


def waiting_cases(request: DeskRequest, view: str, at: datetime) -> list[Case]:
    cases = queries.in_view(queries.waiting(at), view, request.user)
    return list(reading.with_field_and_waits(cases)[:WAITING_ROWS])


def signature(row: BenchRow) -> str:
    return f"{row.id}:{row.version}:{row.clock.state}:{row.holder}:{row.fact}"


def start_of(request: DeskRequest) -> int:
    given = request.GET.get("desde", "")
    return min(int(given), 10_000) if given.isascii() and given.isdigit() and len(given) < 7 else 0


def address(view: str, order: str, start: int = 0) -> str:
    asked = {"vista": view, "orden": order, "desde": start}
    usual = {"vista": "proximo", "orden": "plazo", "desde": 0}
    query = urlencode({name: value for name, value in asked.items() if value != usual[name]})
    return f"{reverse('bench')}?{query}" if query else reverse("bench")


def open_words(count: int) -> str:
    return ngettext("%(count)s open", "%(count)s open", count) % {"count": up_to_99(count)}


def count_words(counts: dict[str, int]) -> tuple[Count, ...]:
    """The counts in the order of danger; a state that nobody is in is not named."""
    words = {
        "late": (counts["overdue"], ngettext("%(n)s overdue", "%(n)s overdue", counts["overdue"])),
        "urgent": (counts["urgent"], ngettext("%(n)s urgent", "%(n)s urgent", counts["urgent"])),
        "soon": (counts["soon"], ngettext("%(n)s due soon", "%(n)s due soon", counts["soon"])),
        "waiting": (counts["waiting"], ngettext("%(n)s waiting", "%(n)s waiting", counts["waiting"])),
    }
    return tuple(Count(state, words % {"n": up_to_99(n)}) for state, (n, words) in words.items() if n)


def closed_words(at: datetime) -> str:
    closed = queries.last_closed_at()
    return pgettext("bench", "The last case was closed %(time)s ago.") % {"time": stood(at - closed)} if closed else ""
