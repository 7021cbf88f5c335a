"""How the lines were answered, on the screen: percents, waits, the field of lines and hours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.calls.exchange import ExchangeGap
from guardia.config.now import now
from guardia.config.replica import file_from_replica, from_replica
from guardia.people.policy import Right
from guardia.reports import reception_report
from guardia.reports.reception_report import (
    MOST_GAPS,
    Length,
    Lines,
    Place,
    ReceptionFilters,
    ReceptionReport,
    Span,
    gaps_in,
    target_at,
)
from guardia.web.desk.clock import promised, stood
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.phone.calls import LineNames, line_names
from guardia.web.desk.reports.promised import NotUnderstood, hour
from guardia.web.desk.reports.reception_spreadsheet import (
    lost_parts,
    measured,
    parts_of,
    percent,
    span_words,
    waited,
    workbook_of,
)
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import exported
from guardia.web.shared.hour_fields import day_of_filter

# --- what the address asks for ----------------------------------------------------------------------------------------
# What the address of the reception report asks for: a day, week or month, perhaps one desk, perhaps one line.
LENGTHS = {"dia": Length.DAY, "semana": Length.WEEK, "mes": Length.MONTH}
WORDS = {length: word for word, length in LENGTHS.items()}
LONGEST_LINE = 40
NO_LINE = "-"
"""How the address asks for the calls whose line nobody knows."""


def filters_of(query: Mapping[str, str], at: datetime, desks: Mapping[str, str]) -> ReceptionFilters:
    """``periodo`` (dia, semana, mes), ``dia``, ``area``, ``linea``; without a day the one of ``at``. Raises
    NotUnderstood, which says what to write."""
    desk = query.get("area", "")
    if desk and desk not in desks:
        raise NotUnderstood(_("That desk is not known. Choose one from the list."))
    return ReceptionFilters(span_in(query, at), desk, line_in(query.get("linea", "")))


def span_in(query: Mapping[str, str], at: datetime) -> Span:
    length = LENGTHS.get(query.get("periodo", "") or "semana")
    if length is None:
        raise NotUnderstood(_("Choose a day, a week or a month."))
    written = query.get("dia", "").strip()
    if not written:
        return Span.around(length, at)
    day = day_of_filter(written)
    if day is None:
        raise NotUnderstood(_("That is not a day. Write one such as 25/11, today or mon."))
    return Span.of(length, day)


def line_in(written: str) -> str | None:
    if len(written) > LONGEST_LINE or "\0" in written:
        raise NotUnderstood(_("That line is not known. Choose one from the list."))
    return "" if written == NO_LINE else written or None


def href(asked: ReceptionFilters, *, page: str = "reception_report", **changes: object) -> str:
    """The address of this report with some filters changed."""
    wanted = replace(asked, **changes)  # type: ignore[arg-type]
    line = NO_LINE if wanted.line == "" else wanted.line
    day = wanted.span.first.isoformat()
    filters = {"periodo": WORDS[wanted.span.length], "dia": day, "area": wanted.desk, "linea": line}
    return f"{reverse(page)}?{urlencode({name: value for name, value in filters.items() if value})}"


# --- rows of the report -----------------------------------------------------------------------------------------------
SHADES = (0.1, 0.25, 0.5)
"""Up to which share of missed calls a cell of the field has the first, second and third shade; above: the fourth."""


@dataclass(frozen=True, slots=True)
class LinesRow:
    """One line of a table: a telephone line, or a day."""

    name: str
    detail: str
    href: str
    lines: Lines
    percent: str
    of_offered: str
    median: str
    longest: str
    lost: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class HourCell:
    """One line in one hour. ``shade`` 0 to 4 draws what ``missed`` says; ``words`` says all of it."""

    hour: str
    lines: Lines
    shade: int
    words: str


@dataclass(frozen=True, slots=True)
class HourRow:
    name: str
    href: str
    cells: list[HourCell]


@dataclass(frozen=True, slots=True)
class GapRow:
    exchange: str
    start: str
    end: str
    lasted: str
    is_filled: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class ReceptionPage:
    title: str
    before: str
    after: str
    lengths: list[tuple[str, str, bool]]
    workbook: str
    target: str
    total: LinesRow
    parts: list[tuple[str, int, str]]
    lost: list[tuple[str, int, str]]
    measured: list[tuple[str, int, str]]
    rows: list[LinesRow]
    hours: list[HourRow]
    days: list[LinesRow]
    gaps: list[GapRow]
    more_gaps: bool


def page_of(asked: ReceptionFilters, at: datetime, names: LineNames) -> ReceptionPage:
    report, gaps = reception_report.reception_report(asked, at), gaps_in(asked.span)
    target = target_at(at)
    return ReceptionPage(
        title=span_words(asked.span),
        before=href(asked, span=asked.span.moved(-1)),
        after=href(asked, span=asked.span.moved(1)) if asked.span.end <= at else "",
        lengths=[length_choice(asked, length) for length in Length],
        workbook=href(asked, page="reception_workbook"),
        target=promised(target) if target else "",
        total=row(_("All lines"), report.total),
        parts=parts_of(report.total),
        lost=lost_parts(report.total),
        measured=measured(report.total),
        rows=[line_row(asked, place, report, names) for place in places(asked, report, names)],
        hours=hour_rows(asked, report, names),
        days=[day_row(asked, day, report) for day in days_so_far(asked.span, at)],
        gaps=[gap_row(gap, at) for gap in gaps[:MOST_GAPS]],
        more_gaps=len(gaps) > MOST_GAPS,
    )


def days_so_far(span: Span, at: datetime) -> list[date]:
    """The days of a week or a month, without those still to come."""
    return [] if span.length is Length.DAY else [day for day in span.days if Span(Length.DAY, day).start <= at]


def places(asked: ReceptionFilters, report: ReceptionReport, names: LineNames) -> list[Place]:
    """The lines of the procedure in its order, called or not; then those it does not know, the most called first."""
    wanted = [
        (key, line.desk)
        for key, line in names.lines.items()
        if asked.desk in {"", line.desk} and asked.line in {None, key}
    ]
    others = [place for place in report.by_line if place not in set(wanted)]
    return [*wanted, *sorted(others, key=lambda place: (-report.by_line[place].calls, place))]


def line_row(asked: ReceptionFilters, place: Place, report: ReceptionReport, names: LineNames) -> LinesRow:
    key, desk = place
    detail = " · ".join(dict.fromkeys(filter(None, [names.number(key), names.desk(desk)])))
    is_current = asked.line == key
    link = href(asked, line=None if is_current else key)
    return row(names.name(key), report.by_line.get(place, Lines()), detail, link, is_current=is_current)


def day_row(asked: ReceptionFilters, day: date, report: ReceptionReport) -> LinesRow:
    link = href(asked, span=Span(Length.DAY, day))
    return row(capfirst(date_format(day, "D j/m")), report.by_day.get(day, Lines()), "", link)


def row(name: str, lines: Lines, detail: str = "", link: str = "", *, is_current: bool = False) -> LinesRow:
    lost = ", ".join(f"{words}:\u00a0{count}" for words, count, _why in lost_parts(lines) if count)
    ratios = percent(lines.ratio), percent(lines.ratio_of_offered)
    waits = waited(lines.median), waited(lines.longest)
    return LinesRow(name, detail, link, lines, *ratios, *waits, lost, is_current)


def hour_rows(asked: ReceptionFilters, report: ReceptionReport, names: LineNames) -> list[HourRow]:
    """The field: a row per line that was called, and above them all lines together."""
    called = [place for place in places(asked, report, names) if place in report.by_line]
    whole = HourRow(_("All lines"), "", [cell(each, report.by_hour.get(each, Lines())) for each in range(24)])
    rows = [
        HourRow(
            names.name(place[0]),
            href(asked, line=None if asked.line == place[0] else place[0]),
            [cell(each, report.by_line_and_hour.get((place, each), Lines())) for each in range(24)],
        )
        for place in called
    ]
    return [whole, *rows] if len(rows) > 1 else rows


def cell(hour_of_day: int, lines: Lines) -> HourCell:
    named = f"{hour_of_day:02}"
    words = _("%(hour)s h: %(calls)d calls, %(missed)d missed, %(unmeasured)d not measured") % {
        "hour": named,
        "calls": lines.calls,
        "missed": lines.missed,
        "unmeasured": lines.not_measured,
    }
    return HourCell(named, lines, shade(lines), words)


def shade(lines: Lines) -> int:
    if not lines.missed:
        return 0
    share = lines.missed / lines.calls
    return 1 + sum(share > limit for limit in SHADES)


def gap_row(gap: ExchangeGap, at: datetime) -> GapRow:
    return GapRow(
        exchange=gap.exchange.name,
        start=hour(gap.lost_at),
        end=hour(gap.back_at) if gap.back_at else "",
        lasted=stood((gap.back_at or at) - gap.lost_at),
        is_filled=gap.read_again_at is not None,
        is_open=gap.back_at is None,
    )


def length_choice(asked: ReceptionFilters, length: Length) -> tuple[str, str, bool]:
    words = {Length.DAY: _("Day"), Length.WEEK: _("Week"), Length.MONTH: _("Month")}
    return WORDS[length], words[length], length is asked.span.length


# --- reception --------------------------------------------------------------------------------------------------------
TEMPLATE = "desk/reports/reception.html"


@needs(Right.SEE_REPORTS)
@from_replica
def reception_page(request: HttpRequest) -> HttpResponse:
    at = now()
    names = line_names(at)
    context: dict[str, Any] = {"shell": shell_for(request, at, view="reports"), "desks": names.desks.items()}
    try:
        asked = filters_of(request.GET, at, names.desks)
    except NotUnderstood as sentence:
        return page(request, TEMPLATE, {**context, "mistake": str(sentence)}, status=422)
    context |= {
        "asked": asked,
        "length": WORDS[asked.span.length],
        "lines": [(key, names.name(key), names.number(key)) for key in names.lines],
        "report": page_of(asked, at, names),
    }
    return page(request, TEMPLATE, context)


@needs(Right.SEE_REPORTS)
@file_from_replica
def reception_workbook(request: HttpRequest) -> HttpResponse:
    at = now()
    names = line_names(at)
    try:
        asked = filters_of(request.GET, at, names.desks)
    except NotUnderstood as sentence:
        return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
    exported(request, "reception_report", asked.span)
    response = HttpResponse(workbook_of(asked, names, at), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="guardia-lines-{asked.span}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("recepcion", reception_page, name="reception_report"),
    path("recepcion.xlsx", reception_workbook, name="reception_workbook"),
]
