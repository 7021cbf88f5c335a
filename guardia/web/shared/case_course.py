"""The course of a case as one picture with its words: the SVG, the hours of its axis, and the same numbers as a table.

The desk, the portal and the reports draw the same; what may be seen is decided by whoever makes the course.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES
from guardia.events.kinds import name_of_kind
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause
from guardia.reports.case_course import REOPENED, Course, PromiseSpan, VisitSpan, WaitSpan
from guardia.web.shared.course_drawing import (
    DAY_APART,
    HOUR_APART,
    ON_PAPER,
    WIDTHS,
    Bar,
    Drawing,
    Lane,
    Mark,
    svg_of,
)
from guardia.web.shared.time_axis import DAY, TimeAxis, axis_of, round_hours

SPACE = "\u00a0"
DASH = "–"
MOST_ROWS = 80
WITH_SECONDS = timedelta(minutes=15)
SECONDS_APART = 64


@dataclass(frozen=True, slots=True)
class CourseView:
    """``svg`` is the picture; by ``axis`` and ``zone`` a script finds the hour of a place; ``rows`` are its numbers
    under ``head``; ``left_off`` says how many rows are in no table.
    """

    key: str
    title: str
    svg: SafeString
    described: str
    zone: str
    axis: str
    about: str
    legend: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_off: str

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each cell with the name of its column, for a narrow screen."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


def view_of(course: Course, key: str, zone: ZoneInfo, zone_words: str) -> CourseView:
    """In the active language, with hours in ``zone``; ``key`` is unique on its page."""
    axis = axis_of(course.start, course.end, turning_points(course))
    title, described = _("The case on one time axis"), described_by(course, zone)
    rows = list(rows_of(course, zone))
    more = len(rows) - MOST_ROWS
    return CourseView(
        key=key,
        title=title,
        svg=mark_safe(svg_of(drawing_of(course, key, axis, zone, title, described))),
        described=described,
        zone=zone.key,
        axis=json.dumps(axis.corners, separators=(",", ":")),
        about=" ".join(about(axis, zone_words)),
        legend=legend(course),
        head=(_("What"), _("Promised"), _("From"), _("To"), _("Counted"), _("Outcome")),
        rows=rows[:MOST_ROWS],
        left_off=ngettext("%(n)d more row is not shown.", "%(n)d more rows are not shown.", more) % {"n": more}
        if more > 0
        else "",
    )


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """``words`` are the numbers of each kind of promise, to stand below."""

    svg: SafeString
    described: str
    words: Sequence[str]


def small_picture(course: Course, key: str, zone: ZoneInfo, title: str) -> SmallPicture:
    """The picture without its words, for many of them beside each other."""
    axis, described = axis_of(course.start, course.end, turning_points(course)), described_by(course, zone)
    drawing = drawing_of(course, key, axis, zone, title, described, is_small=True)
    numbers = [
        f"{lane.name} {lane.numbers}{lane.more}{f' ({lane.word})' if lane.word else ''}" for lane in drawing.lanes
    ]
    return SmallPicture(mark_safe(svg_of(drawing)), described, ["; ".join(numbers) + "."])


def turning_points(course: Course) -> Iterator[datetime]:
    """When something began, ended or fell due; news and pages fall between."""
    spans: list[PromiseSpan | WaitSpan | VisitSpan] = [*course.promises, *course.waits, *course.visits]
    for each in spans:
        yield each.start
        yield each.end or course.until
    yield from (promise.due for promise in course.promises if promise.due)
    yield from (at for visit in course.visits for _moment, at in visit.steps)
    yield from (at for _kind, at in course.returns)


def drawing_of(
    course: Course, key: str, axis: TimeAxis, zone: ZoneInfo, title: str, described: str, *, is_small: bool = False
) -> Drawing:
    now = _("now %(hour)s") % {"hour": hour(course.until, zone, seconds=False)}
    return Drawing(
        key=key,
        title=title,
        described=described,
        axis=axis,
        zone=zone,
        lanes=[*promise_lanes(course, zone), *other_lanes(course, zone)],
        until=course.until,
        now_words=now if course.is_open and not is_small else "",
        hours=() if is_small else [(width, hour_labels(axis, zone, width)) for width in WIDTHS],
        days=ends_alone(axis, zone) if is_small else [(width, day_labels(axis, zone, width)) for width in WIDTHS],
        gaps=[brief((gap.end - gap.start).total_seconds()) for gap in axis.gaps],
        is_small=is_small,
    )


# --- hours and lengths ------------------------------------------------------------------------------------------------
def brief(seconds: float) -> str:
    """A length in few signs: ``22:14`` minutes, ``1 h 52``, ``3 d 04 h``."""
    whole = round(seconds)
    days, hours, minutes = whole // 86400, whole // 3600, whole // 60
    if days >= 3:
        return f"{days}{SPACE}d{SPACE}{hours % 24:02}{SPACE}h"
    if hours:
        return f"{hours}{SPACE}h{SPACE}{minutes % 60:02}" if minutes % 60 else f"{hours}{SPACE}h"
    return f"{minutes}:{whole % 60:02}"


def hour(at: datetime, zone: ZoneInfo, *, seconds: bool = True) -> str:
    return date_format(at.astimezone(zone), "H:i:s" if seconds else "H:i")


def dated(at: datetime, zone: ZoneInfo) -> str:
    """``21 nov 02:03:20``."""
    return day(at, zone) + SPACE + hour(at, zone)


def day(at: datetime, zone: ZoneInfo, form: str = "j M") -> str:
    words = date_format(at.astimezone(zone), form).replace(" ", SPACE)
    return words if get_language() == "en" else words.lower()  # months are written small


def hour_labels(axis: TimeAxis, zone: ZoneInfo, width: int) -> list[tuple[float, str]]:
    is_short = axis.end - axis.start <= WITH_SECONDS
    found = axis.ticks(zone, width, SECONDS_APART if is_short else HOUR_APART)
    if are_days(found, zone):
        return [(place, day(at, zone)) for place, at in found]
    return [(place, hour(at, zone, seconds=is_short)) for place, at in found]


def are_days(ticks: Sequence[tuple[float, datetime]], zone: ZoneInfo) -> bool:
    local = [at.astimezone(zone) for _place, at in ticks]
    return len(local) > 1 and not any(at.hour or at.minute for at in local)


def day_labels(axis: TimeAxis, zone: ZoneInfo, width: int) -> list[tuple[float, str]]:
    """The first day at the left edge, with its year; each other where it begins, or where a gap ends."""
    found, last = [(0.0, day(axis.start, zone, "j M Y"))], axis.start.astimezone(zone).date()
    if are_days(axis.ticks(zone, width, HOUR_APART), zone):
        return found
    clear = DAY_APART / width * 100
    midnights = [
        at for each in axis.stretches if not each.is_gap for at in round_hours(each.start, each.end, DAY, zone)
    ]
    for at in sorted({*midnights, *(gap.end for gap in axis.gaps)}):
        place, local = axis.place(at), at.astimezone(zone).date()
        if local != last and found[-1][0] + clear <= place <= 100 - clear:
            found.append((place, day(at, zone)))
            last = local
    return found


def ends_alone(axis: TimeAxis, zone: ZoneInfo) -> list[tuple[int, list[tuple[float, str]]]]:
    words = f"{dated(axis.start, zone)} {DASH} {dated(axis.end, zone)}"
    return [(ON_PAPER, [(0.0, words)])]


# --- lanes ------------------------------------------------------------------------------------------------------------
def promise_lanes(course: Course, zone: ZoneInfo) -> Iterator[Lane]:
    """One for each kind of promise, with all that were given of it."""
    by_kind: dict[str, list[PromiseSpan]] = {}
    for each in course.promises:
        by_kind.setdefault(each.kind, []).append(each)
    shorts = [str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in by_kind]
    for kind, spans in by_kind.items():
        short, owed = map(str, CLOCK_NAMES[ClockKind(kind)])
        late = [each for each in spans if not each.is_kept]
        chosen = (late or spans)[-1]
        times = f"×{len(spans)}{SPACE}" if len(spans) > 1 else ""
        yield Lane(
            name=f"{short}: {owed}" if shorts.count(short) > 1 else short,
            numbers=times + brief(chosen.taken),
            more=SPACE + _("of %(target)s") % {"target": brief(chosen.target)} if chosen.target is not None else "",
            word=outcome(chosen),
            is_late=bool(late),
            bars=[promise_bar(each, short, zone) for each in spans],
        )


def promise_bar(each: PromiseSpan, name: str, zone: ZoneInfo) -> Bar:
    title = f"{named(name, each.ordinal)}, {span(each.start, each.end, zone)}: {counted(each)}, {outcome(each)}"
    return Bar("promise", each.key, title, each.start, each.end, each.due, not each.is_kept, each.stood)


def other_lanes(course: Course, zone: ZoneInfo) -> Iterator[Lane]:
    """Waits, visits, news, what came back, and pages: each where there is any."""
    if course.waits:
        lasted = sum(((each.end or course.until) - each.start).total_seconds() for each in course.waits)
        bars = [wait_bar(each, number, zone) for number, each in enumerate(course.waits, 1)]
        yield Lane(_("Waits"), f"{len(bars)}{SPACE}· {brief(lasted)}", bars=bars)
    if course.visits:
        bars = [visit_bar(each, number, zone) for number, each in enumerate(course.visits, 1)]
        steps = [mark("step", name_of_kind(moment), at, zone) for each in course.visits for moment, at in each.steps]
        yield Lane(_("Visits"), str(len(bars)), bars=bars, marks=steps)
    if course.returns:
        back = [mark("return", return_name(kind), at, zone) for kind, at in course.returns]
        yield Lane(_("What failed again"), str(len(back)), is_late=True, marks=back)
    if course.news:
        told = [mark("news", _("News"), at, zone) for at in course.news]
        yield Lane(_("News sent"), str(len(told)), marks=told)
    if course.pages:
        paged = [mark("page", _("Page to a colleague"), at, zone) for at in course.pages]
        yield Lane(_("Pages to colleagues"), str(len(paged)), marks=paged)


def mark(shape: str, name: str, at: datetime, zone: ZoneInfo) -> Mark:
    return Mark(shape, f"{name}, {dated(at, zone)}", at)


def wait_bar(each: WaitSpan, number: int, zone: ZoneInfo) -> Bar:
    title = f"{wait_name(each)}, {span(each.start, each.end, zone)}"
    return Bar("wait", f"wait-{number}", title, each.start, each.end)


def visit_bar(each: VisitSpan, number: int, zone: ZoneInfo) -> Bar:
    title = f"{named(_('Visit'), number)}, {span(each.start, each.end, zone)}"
    return Bar("visit", f"visit-{number}", title, each.start, each.end)


# --- words ------------------------------------------------------------------------------------------------------------
def named(name: str, number: int) -> str:
    return f"{name} {number}" if number > 1 else name


def wait_name(each: WaitSpan) -> str:
    return _("Wait for %(whom)s") % {"whom": CAUSE_NAMES[WaitCause(each.cause)]}


def return_name(kind: str) -> str:
    return _("Reopened") if kind == REOPENED else name_of_kind(Moment(kind))


def outcome(each: PromiseSpan) -> str:
    if not each.is_kept:
        return pgettext("clock", "overdue")
    return pgettext("clock", "kept") if each.end else _("running")


def counted(each: PromiseSpan) -> str:
    taken = brief(each.taken)
    return taken if each.target is None else _("%(took)s of %(target)s") % {"took": taken, "target": brief(each.target)}


def span(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    return f"{dated(start, zone)} {DASH} {dated(end, zone) if end else '…'}"


def described_by(course: Course, zone: ZoneInfo) -> str:
    """The whole picture in a few sentences; the numbers stand in the table."""
    late = sum(not each.is_kept for each in course.promises)
    facts = {"span": span(course.start, None if course.is_open else course.until, zone)}
    facts |= {"all": str(len(course.promises)), "late": str(late), "waits": str(len(course.waits))}
    facts |= {"visits": str(len(course.visits)), "news": str(len(course.news))}
    words = _(
        "%(span)s. Promises: %(all)s, overdue: %(late)s. Waits: %(waits)s. Visits: %(visits)s. News sent: %(news)s."
    )
    return words % facts


def about(axis: TimeAxis, zone_words: str) -> Iterator[str]:
    yield _("All times: %(zone)s.") % {"zone": zone_words}
    if axis.gaps:
        yield ngettext(
            "%(n)d long period in which nothing started, ended or fell due is drawn narrow and grey, between breaks.",
            "%(n)d long periods in which nothing started, ended or fell due are drawn narrow and grey, between breaks.",
            len(axis.gaps),
        ) % {"n": len(axis.gaps)}


def legend(course: Course) -> str:
    """What each shape says, of those that are drawn."""
    said = [_("Frame: promised. Filled: time taken. Taller, striped: past the promise.")]
    if any(each.due and each.due > course.end for each in course.promises):
        said.append(_("An arrow at the edge: the promise extended further."))
    if course.waits or any(each.stood for each in course.promises):
        said.append(_("Striped inside: waiting."))
    if course.visits:
        said.append(_("Diamonds: steps of a visit."))
    if course.news:
        said.append(_("Dots: news sent."))
    if course.returns:
        said.append(_("Triangles pointing down: what returned."))
    if course.pages:
        said.append(_("Triangles pointing up: pages to colleagues, which the customer does not see."))
    return " ".join(said)


# --- table ------------------------------------------------------------------------------------------------------------
def rows_of(course: Course, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """The same numbers, promise by promise; of waits, visits, news and pages their hours."""
    for each in course.promises:
        name = ": ".join(map(str, CLOCK_NAMES[ClockKind(each.kind)]))
        target = lasting_exactly(each.target) if each.target is not None else _("no fixed time")
        ends = dated(each.start, zone), dated(each.end, zone) if each.end else DASH
        yield (named(name, each.ordinal), target, *ends, lasting_exactly(each.taken), outcome(each))
    for wait in course.waits:
        yield (wait_name(wait), DASH, *lasted(wait.start, wait.end, course, zone), DASH)
    for number, visit in enumerate(course.visits, 1):
        steps = "; ".join(f"{name_of_kind(moment)} {dated(at, zone)}" for moment, at in visit.steps)
        yield (named(_("Visit"), number), DASH, *lasted(visit.start, visit.end, course, zone), steps)
    for kind, at in course.returns:
        yield moment_row(return_name(kind), [at], zone)
    if course.news:
        yield moment_row(_("News sent"), course.news, zone)
    if course.pages:
        yield moment_row(_("Pages to colleagues"), course.pages, zone)


def lasted(start: datetime, end: datetime | None, course: Course, zone: ZoneInfo) -> tuple[str, str, str]:
    seconds = round(((end or max(course.until, start)) - start).total_seconds())
    return dated(start, zone), dated(end, zone) if end else DASH, lasting_exactly(seconds)


def moment_row(name: str, hours: Iterable[datetime], zone: ZoneInfo) -> tuple[str, ...]:
    """All of one kind in a row: how many, the first and the last hour, and each hour up to a point."""
    every = list(hours)
    listed = ", ".join(dated(at, zone) for at in every[:MOST_ROWS])
    more = f" … (+{len(every) - MOST_ROWS})" if len(every) > MOST_ROWS else ""
    last = dated(every[-1], zone) if len(every) > 1 else DASH
    return f"{name} ×{len(every)}" if len(every) > 1 else name, DASH, dated(every[0], zone), last, DASH, listed + more
