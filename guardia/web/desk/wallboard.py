"""The screen on the wall of the room: read at five metres, nothing to click (design: hand-over and the wall)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import queries
from guardia.cases.labels import STAGE_NAMES, STAGE_OF_CLOCK
from guardia.config.now import now
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import ClockKind, Stage
from guardia.reports.promises import decided_today
from guardia.web.desk.bench import listed, signature
from guardia.web.desk.bench_filters import FIRST_VIEW, Looking
from guardia.web.desk.bench_rows import by_due, call_row
from guardia.web.desk.clock import ClockFace, State
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.phone.calls import clock_of_call
from guardia.web.desk.phone.ringing import open_calls
from guardia.web.desk.shell import shell_for, up_to_99

ROWS = 10


@dataclass(frozen=True, slots=True)
class BoardCount:
    """One large number; ``state`` gives it its colour and shape, ``clock`` stands beside it."""

    number: str
    words: str
    state: str = ""
    clock: ClockFace | None = None


@dataclass(frozen=True, slots=True)
class StageShare:
    """How much of today's promises of a stage was kept; nothing where none was decided yet."""

    name: str
    percent: str
    is_whole: bool


@desk_page
def wall(request: DeskRequest) -> HttpResponse:
    """The technical desk's next promises; a poll is answered 304 while nothing on the screen has changed."""
    at = now()
    calls = [call for call in open_calls() if call.at_desk == TECHNICAL]
    cases = listed(Looking(TECHNICAL, FIRST_VIEW), request.user, at).rows
    rings = [row for call in calls if (row := call_row(call, at))]
    rows = sorted([*cases[: ROWS + 1], *rings], key=by_due)[: ROWS + 1]
    shell = shell_for(request, at, view="wall", calls=calls, with_views=False, area=TECHNICAL)
    counts, kept = board_counts(at, [clock for call in calls if (clock := clock_of_call(call, at))]), stage_shares(at)
    numbers = [(count.number, count.words, count.clock and (count.clock.state, count.clock.due_at)) for count in counts]
    tag = tag_of(
        [*(signature(row) for row in rows), *numbers, *kept, shell.shift.words if shell.shift else "", shell.desk]
    )
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {
        "shell": shell,
        "first": rows[0] if rows else None,
        "rows": rows[1:],
        "counts": counts,
        "kept": kept,
        "tag": tag,
        "at": at,
    }
    return stamped(page(request, "desk/_wall.html" if is_fragment(request) else "desk/wall.html", context), tag)


def board_counts(at: datetime, waiting: list[ClockFace]) -> list[BoardCount]:
    """Overdue and urgent, cases and calls together; in the field; calls that wait or are being registered, with the
    one that breaks first. Counted to 99+.
    """
    states = Counter(clock.state for clock in waiting)
    found = queries.counts(at, TECHNICAL)
    overdue, urgent = found["overdue"] + states[State.LATE], found["urgent"] + states[State.URGENT]
    field = queries.count_in_the_field()
    first = min(waiting, key=lambda clock: clock.due_at or at + timedelta(days=365), default=None)
    calls = ngettext("call without a case", "calls without a case", len(waiting))
    return [
        BoardCount(up_to_99(overdue), ngettext("overdue", "overdue", overdue), "late"),
        BoardCount(up_to_99(field), _("in the field")),
        BoardCount(up_to_99(urgent), ngettext("urgent", "urgent", urgent), "urgent"),
        BoardCount(up_to_99(len(waiting)), calls, clock=first),
    ]


def stage_shares(at: datetime) -> list[StageShare]:
    """Of the promises decided today, by stage, how many were kept. Rounded down."""
    totals = {stage: [0, 0] for stage in Stage}
    for kind, numbers in decided_today(at).items():
        if stage := STAGE_OF_CLOCK.get(ClockKind(kind)):
            for place, number in enumerate(numbers):
                totals[stage][place] += number
    return [stage_share(stage, *totals[stage]) for stage in Stage]


def stage_share(stage: Stage, kept: int, broken: int) -> StageShare:
    ended = kept + broken
    words = _("%(percent)s %%") % {"percent": number_format(100 * kept // ended)} if ended else "–"
    return StageShare(str(STAGE_NAMES[stage]), words, bool(ended) and not broken)


urlpatterns = [
    path("pantalla", wall, name="wall"),
]
