"""The bench: first what breaks first. The address is the filter; a poll is answered 304 while nothing has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases import case_rows, finding, queries, saved_views
from guardia.cases.case import Case
from guardia.cases.case_rows import case_for_desk
from guardia.cases.counting import OfBench
from guardia.config.now import now
from guardia.notices.notice_rows import Progress
from guardia.notices.notice_rows import watched as progress
from guardia.people.policy import Right, may, may_handle
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.web.desk import areas
from guardia.web.desk.acts.any_stage import assign_to
from guardia.web.desk.bench_filters import (
    FIRST_VIEW,
    MANY,
    Looking,
    bar_of,
    chosen_of,
    hiding_of,
    looking_at,
    saved_looking,
    saved_view_of,
    saving_of,
)
from guardia.web.desk.bench_rows import (
    Bench,
    BenchRow,
    Count,
    by_due,
    call_row,
    case_row,
    closed_row,
    columns_of,
    opened,
    written_rows,
)
from guardia.web.desk.bulk_forms import deeds_for, undoable_on_the_bench
from guardia.web.desk.case_page.voice import owed_on_the_bench
from guardia.web.desk.clock import stood
from guardia.web.desk.entry import DeskRequest, desk_page, request_page
from guardia.web.desk.mail.inbox import HELD
from guardia.web.desk.mail.report import held
from guardia.web.desk.page import EVERY_DESK, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.phone.ringing import open_calls
from guardia.web.desk.shell import shell_for, up_to_99, view_names
from guardia.web.first_run import key
from guardia.web.shared.act import Refusal, attempt

# --- bench reading ----------------------------------------------------------------------------------------------------
# What the bench reads: its lists, narrowed by what is asked for.
WAITING_ROWS = 30


def promised_cases(looking: Looking, staff: Staff, at: datetime) -> tuple[list[Case], bool]:
    """The rows of one page in their order, without visits and waits, and whether more follow; ``at`` in UTC."""
    cases = queries.ORDERS[looking.order](looking.of(queries.promised(at, looking.desk), staff, at))
    found = list(case_rows.with_row_columns(cases)[looking.start : looking.start + looking.rows + 1])
    return found[: looking.rows], len(found) > looking.rows


def waiting_cases(looking: Looking, staff: Staff, at: datetime) -> list[Case]:
    """What stands still, at the foot of the first page; ``at`` in UTC."""
    cases = looking.of(queries.waiting(at, looking.desk), staff, at)
    return list(case_rows.with_row_columns(cases)[:WAITING_ROWS])


def closed_cases(looking: Looking, staff: Staff, at: datetime) -> list[Case]:
    """The requests that wait for their desk to open (A3 D)."""
    if looking.desk == TECHNICAL:
        return []
    cases = looking.of(queries.not_open_yet(looking.desk), staff, at)
    return list(case_rows.with_row_columns(cases)[:WAITING_ROWS])


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of one page of a list, the promised ``cases`` behind them in the same order, and whether more follow."""

    cases: list[Case]
    rows: list[BenchRow]
    waiting: list[BenchRow]
    closed: list[BenchRow]
    more: bool


def listed(looking: Looking, staff: Staff, at: datetime) -> Listed:
    """What is looked at; ``at`` in UTC. The page on which most desks stand is read and worded once for all of them."""
    if looking != Looking(looking.area, FIRST_VIEW):
        return read_list(looking, staff, at)
    return EVERY_DESK.of(("listed", looking.desk, get_language()), lambda: read_list(looking, staff, at))


def read_list(looking: Looking, staff: Staff, at: datetime) -> Listed:
    """The same from the database."""
    cases, more = promised_cases(looking, staff, at)
    first_page = not looking.start
    waits = waiting_cases(looking, staff, at) if first_page else []
    closes = closed_cases(looking, staff, at) if first_page else []
    case_rows.add_visits_and_waits([*cases, *waits, *closes])
    return Listed(
        cases=cases,
        rows=[case_row(case, at) for case in cases],
        waiting=[case_row(case, at, waiting=True) for case in waits],
        closed=[closed_row(case, at) for case in closes],
        more=more,
    )


# --- storm ------------------------------------------------------------------------------------------------------------
# How far a storm of messages to customers has come, in one line; nothing while few are owed.
def storm_words(at: datetime) -> str:
    """What is still to leave, what has left, and how long the rest takes at the present pace."""
    found = EVERY_DESK.of("storm", lambda: progress(at))
    return words_of(found) if found.is_storm else ""


def words_of(found: Progress) -> str:
    words = _("Messages to customers: %(owed)s still to send, %(sent)s sent, %(pace)s a minute") % {
        "owed": number_format(found.owed + found.waiting),
        "sent": number_format(found.sent),
        "pace": number_format(round(found.a_minute)),
    }
    if found.left is None:
        return f"{words} · {_('nothing leaves now: look at the mail server')}"
    # Rounded up to whole minutes: who waits for the end must not look too early.
    left = timedelta(minutes=ceil(found.left / timedelta(minutes=1)))
    return f"{words} · {_('about %(time)s more') % {'time': stood(left)}}"


# --- bench ------------------------------------------------------------------------------------------------------------
@desk_page
def bench(request: DeskRequest) -> HttpResponse:
    at = now()
    seen = saved_views.seen_by_all_pages(request.user)
    if not request.GET and not is_fragment(request) and (first := saved_views.default_among(seen)):
        return redirect(saved_looking(first, request.user, at).href(request.user))
    if not is_fragment(request) and has_first_steps_to_go(request.user, at):
        return redirect("first_run")
    looking = looking_at(request.GET, request.user, at)
    area, view, calls = looking.area, looking.view, open_calls()
    saved = saved_view_of(looking, request.user)
    of_group = looking.asked.get(finding.GROUP, "") if view == FIRST_VIEW else ""
    seen_as = f"{finding.GROUP}-{of_group}" if of_group else view
    owed = owed_on_the_bench(at) if areas.desk_of(area) in {"", TECHNICAL} else []
    counts = queries.bench_counts(looking.desk, request.user, at)
    shell = shell_for(
        request,
        at,
        view=seen_as,
        calls=calls,
        area=area,
        saved=looking.saved if saved else "",
        owed=owed,
        seen=seen,
        counts=counts,
        to_see=counts.to_see,
    )
    others = [call for call in calls if call.pk not in shell.phone.call_ids]
    shown = bench_of(request, looking, others, counts_of(looking, counts, at), at)
    storm = storm_words(at)
    undoable = undoable_on_the_bench(request.user, at)
    tag = tag_of(
        [
            shown.tag,
            *(call.tag for call in owed),
            storm,
            undoable,
            *shell.views,
            *shell.saved,
            *shell.rooms,
            shell.calls_words,
            shell.on_the_line_href,
            shell.phone.owed_tag,
            shell.kept_today,
            shell.desk,
        ]
    )
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    template = "desk/bench_live.html" if is_fragment(request) else "desk/bench.html"
    context = {"bench": shown, "owed": owed, "storm": storm, "undoable": undoable, "shell": shell, "tag": tag}
    if not is_fragment(request):
        context |= {"bar": bar_of(looking, request.user), "saving": saving_of(looking, saved, request.user, at)}
    return stamped(page(request, template, context), tag)


def has_first_steps_to_go(staff: Staff, at: datetime) -> bool:
    """Whether this is the first administrator of an installation in which nothing is promised yet."""
    return may(staff, Right.MANAGE_STAFF) and versions.version_at(at) is None and key.is_open_to(staff)


@request_page
@require_POST
def take(request: DeskRequest) -> HttpResponse:
    """The case under the cursor becomes mine; a mail that is held back is taken in or filed away."""
    if request.POST.get("case", "").startswith(HELD):
        return held(request)
    case = case_for_desk(request.POST.get("case", ""), locked=True)
    if case is not None and may_handle(request.user, case.desk):
        done = attempt(lambda: assign_to(request, case, request.user, now()))
        if isinstance(done, Refusal):
            say(request, done.sentence)
    if not is_fragment(request):
        return redirect("bench")
    response = page(request, "desk/toasts_live.html", {})
    response.headers["HX-Trigger"] = "bench:changed"
    return response


def bench_of(
    request: DeskRequest, looking: Looking, calls: Sequence[Call], counts: dict[str, int], at: datetime
) -> Bench:
    """The rows of one view: what is promised, in order, then what waits. A call that rings is in no filter's list."""
    view, order, start, staff = looking.view, looking.order, looking.start, request.user
    found = listed(looking, staff, at)
    rows, waiting, closed = found.rows, found.waiting, found.closed
    if view == "proximo" and not start and not looking.asked:
        rings = [row for call in calls if looking.desk in {"", call.at_desk} and (row := call_row(call, at))]
        rings += written_rows(at) if looking.desk in {"", TECHNICAL} else []
        rows = sorted([*rows, *rings], key=by_due) if order == "plazo" else [*rings, *rows]
    first, others = (rows[0], rows[1:]) if rows else (None, rows)
    by_number = {case.display_number: case for case in found.cases}
    nothing = not (rows or waiting or closed)
    return Bench(
        title=_("Due next") if view == "proximo" else view_names()[view],
        open_words=open_words(counts["open"]),
        order=order,
        by_promise_href=looking.href(staff, orden="plazo", desde=0),
        by_impact_href=looking.href(staff, orden="impacto", desde=0),
        desk=looking.desk,
        takes_requests=looking.desk not in {"", TECHNICAL},
        has_incidents=looking.desk in {"", TECHNICAL},
        first=opened(first, by_number.get(first.number)) if first else None,
        rows=tuple(others),
        waiting=tuple(waiting),
        closed=tuple(closed),
        counts=count_words(counts),
        others_open=open_words(counts["open"]) if nothing and view != "proximo" and counts["open"] else "",
        last_closed=closed_words(at, looking.desk) if nothing and not looking.asked else "",
        tag=tag_of([looking.href(staff), *counts.values(), *(signature(row) for row in [*rows, *waiting, *closed])]),
        poll=looking.href(staff),
        chosen=chosen_of(looking, looking.asked, staff),
        hiding=hiding_of(looking, staff, at) if nothing and looking.asked else (),
        clear_href=looking.narrowed_to({}).href(staff),
        next_page=looking.href(staff, desde=start + looking.rows) if found.more else "",
        more_rows=looking.href(staff, filas=MANY, desde=0) if found.more and looking.rows < MANY else "",
        columns=columns_of(looking, staff),
        deeds=deeds_for(staff),
    )


def counts_of(looking: Looking, counts: OfBench, at: datetime) -> dict[str, int]:
    if not looking.asked:
        return dict(zip(queries.STATES, counts.states, strict=True))
    return queries.counts_of(finding.narrowed(queries.open_cases(looking.desk), looking.asked, at), at)


def signature(row: BenchRow) -> str:
    return f"{row.id}:{row.version}:{row.clock.state}:{row.holder}:{row.fact}:{row.opens}"


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


def closed_words(at: datetime, desk: str) -> str:
    closed = queries.last_closed_at(desk)
    return pgettext("bench", "The last case was closed %(time)s ago.") % {"time": stood(at - closed)} if closed else ""


urlpatterns = [
    path("", bench, name="bench"),
    path("tomar", take, name="take"),
]
