"""Promised against real: what the address asks for, and the report as it is written on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.labels import BAND_NAMES, CAUSE_NAMES, CLOCK_NAMES, LATE_REASON_NAMES
from guardia.cases.number import grouped
from guardia.customers.lookup import company_name
from guardia.customers.phones import spoken
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import Band, ClockKind, LateReason
from guardia.reports import promises as reports
from guardia.reports.former_judgements import FormerJudged, former_judgements
from guardia.reports.month import Month
from guardia.reports.promises import Late, Line, ReportFilters, WaitOfClock, Why
from guardia.reports.recurring import EndedOtherwise, ended_otherwise
from guardia.web.desk.clock import promised, written


# --- what the address asks for ----------------------------------------------------------------------------------------
# What the address asks for: the month, perhaps one company, perhaps one kind of promise.
class NotUnderstood(ValueError):
    """The address asks for what cannot be; its words say what to write."""


def filters_of(query: Mapping[str, str], at: datetime) -> ReportFilters:
    """``mes``, ``compania``, ``plazo``; without a month, the one that ``at`` falls in. Raises NotUnderstood."""
    try:
        month = Month.parse(query["mes"].strip()) if query.get("mes", "").strip() else Month.of(at)
    except ValueError:
        raise NotUnderstood(_("That is not a month. Write the year and the month, such as 2026-11.")) from None
    return ReportFilters(month, customer_in(query.get("compania", "")), kind_in(query.get("plazo", "")))


def customer_in(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 20 and int(written) <= LARGEST_ID):
        raise NotUnderstood(_("That company is not known. Choose one from the list."))
    return int(written)


def kind_in(written: str) -> ClockKind | None:
    if written and written not in set(ClockKind):
        raise NotUnderstood(_("That promise is not known. Choose one from the list."))
    return ClockKind(written) if written else None


def href(asked: ReportFilters, *, page: str = "reports", **changes: object) -> str:
    """The address of this report with some filters changed."""
    wanted = replace(asked, **changes)  # type: ignore[arg-type]
    month = str(wanted.month) if page == "reports" else ""
    filters = {"mes": month, "compania": wanted.customer_id, "plazo": wanted.kind}
    query = urlencode({name: value for name, value in filters.items() if value})
    address = reverse(page) if page == "reports" else reverse(page, args=[str(wanted.month)])
    return f"{address}?{query}" if query else address


# --- rows -------------------------------------------------------------------------------------------------------------
LATE_SHOWN = 100
COMPANIES_SHOWN = 50
MONTHS_SHOWN = 6
CHOICES = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """Kept and late as percents of the judged, written with a point for the drawing."""

    kept: str
    late: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. ``word`` says in a word what the bar shows."""

    name: str
    detail: str
    href: str
    line: Line
    percent: str
    bar: Bar
    target: str = ""
    median: str = ""
    p90: str = ""
    worst: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class LateRow:
    number: str
    case_number: int | None
    subject: str
    company: str
    city: str
    promise: str
    holder: str
    due: str
    target: str
    taken: str
    overrun: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    month: str
    month_words: str
    before: str
    after: str
    workbook: str
    total: Line
    percent: str
    requests: Line | None
    requests_percent: str
    otherwise: EndedOtherwise
    former: list[FormerJudged]
    months: list[Row]
    kinds: list[Row]
    companies: list[Row]
    company_choices: list[tuple[int, str]]
    late: list[LateRow]
    why_late: list[tuple[str, Why]]
    more_companies: bool
    more_late: bool


def report_of(asked: ReportFilters, at: datetime) -> Report:
    months = reports.by_month(asked, MONTHS_SHOWN, at)
    late = reports.late(asked, at, LATE_SHOWN + 1)
    companies = reports.by_customer(replace(asked, customer_id=None), at)
    requests = reports.of_requests(asked, at)
    return Report(
        month=str(asked.month),
        month_words=month_words(asked.month),
        before=href(asked, month=asked.month.moved(-1)),
        after=href(asked, month=asked.month.moved(1)) if asked.month < Month.of(at) else "",
        workbook=href(asked, page="report_workbook"),
        total=months[-1],
        percent=percent(months[-1]),
        requests=requests if asked.kind is None and (requests.judged or requests.dropped) else None,
        requests_percent=percent(requests),
        otherwise=ended_otherwise(asked.month, asked.customer_id),
        former=former_judgements(asked.month, asked.customer_id) if asked.kind is None else [],
        months=[month_row(asked, line, place - MONTHS_SHOWN + 1) for place, line in enumerate(months)],
        kinds=[kind_row(asked, line) for line in reports.by_kind(asked, at)],
        companies=[company_row(asked, line) for line in first_companies(asked, companies)],
        company_choices=company_choices(asked, companies),
        late=[late_row(one) for one in late[:LATE_SHOWN]],
        why_late=[(reason_name(one.reason), one) for one in reports.why_late(asked, at)],
        more_companies=len(companies) > COMPANIES_SHOWN,
        more_late=len(late) > LATE_SHOWN,
    )


def month_row(asked: ReportFilters, line: Line, later: int) -> Row:
    month = asked.month.moved(later)
    name = date_format(datetime(month.year, month.number, 1), _("M Y"))  # noqa: DTZ001
    return Row(name, "", href(asked, month=month), line, percent(line), bar(line), is_current=month == asked.month)


def kind_row(asked: ReportFilters, line: Line) -> Row:
    name, owed = names_of(line.kind)
    is_current = asked.kind == line.kind
    return Row(
        name=name,
        detail=owed,
        href=href(asked, kind=None if is_current else line.kind),
        line=line,
        percent=percent(line),
        bar=bar(line),
        target=targets(line),
        median=took(line.median),
        p90=took(line.p90),
        worst=took(line.worst),
        is_current=is_current,
    )


def names_of(kind: ClockKind | None) -> tuple[str, str]:
    """What is promised and what is owed; nothing for a line of all promises."""
    name, owed = CLOCK_NAMES[kind] if kind else ("", "")
    return str(name), str(owed)


def company_row(asked: ReportFilters, line: Line) -> Row:
    name = line.customer or _("Unknown caller")
    is_current = line.customer_id is not None and asked.customer_id == line.customer_id
    link = href(asked, customer_id=None if is_current else line.customer_id) if line.customer_id else ""
    return Row(name, "", link, line, percent(line), bar(line), is_current=is_current)


def first_companies(asked: ReportFilters, lines: list[Line]) -> list[Line]:
    """Those with most late promises, and the one that was chosen wherever it stands."""
    chosen = [line for line in lines[COMPANIES_SHOWN:] if line.customer_id and line.customer_id == asked.customer_id]
    return [*chosen, *lines[:COMPANIES_SHOWN]]


def company_choices(asked: ReportFilters, lines: list[Line]) -> list[tuple[int, str]]:
    """The companies of the month by name; the one that is asked for stands among them even without promises."""
    found = {line.customer_id: line.customer for line in lines if line.customer_id}
    if asked.customer_id and asked.customer_id not in found:
        name = company_name(asked.customer_id)
        found |= {asked.customer_id: name} if name else {}
    return sorted(found.items(), key=lambda choice: choice[1])[:CHOICES]


def late_row(late: Late) -> LateRow:
    name, owed = names_of(late.kind)
    return LateRow(
        number=grouped(late.case_number) if late.case_number else _("call %s") % spoken(late.from_number),
        case_number=late.case_number,
        subject=late.subject,
        company=late.customer or _("Unknown caller"),
        city=where_words(late),
        promise=f"{name}: {owed}",
        holder=late.holder,
        due=hour(late.due_at),
        target=promised(late.target),
        taken=took(late.taken.total_seconds()) if late.taken is not None else _("still running"),
        overrun=written(late.overrun, loose=True),
        why=tuple(why(late)),
    )


def where_words(late: Late) -> str:
    """The city with how far it is; a request has at most a city."""
    far = str(BAND_NAMES[Band(late.band)]) if late.band else ""
    return " · ".join(part for part in (late.city, far) if part)


def why(late: Late) -> list[str]:
    """What was said of why it was late, and the waits that stopped this clock. The fault is no reason."""
    said = [reason_name(late.reason)] if late.reason else []
    return said + [wait_words(wait) for wait in late.waits]


def reason_name(code: str) -> str:
    """A reason as it is summed."""
    return str(LATE_REASON_NAMES[LateReason(code)]) if code else _("Nobody has said yet")


def wait_words(wait: WaitOfClock) -> str:
    who = f"{CAUSE_NAMES[wait.cause]} ({wait.party})" if wait.party else str(CAUSE_NAMES[wait.cause])
    until = hour(wait.ended_at) if wait.ended_at else pgettext("wait", "still")
    words = {"who": who, "reason": wait.reason, "start": hour(wait.started_at), "end": until}
    return _("waited for %(who)s: %(reason)s (%(start)s to %(end)s)") % words


def percent(line: Line) -> str:
    """``97.9 %``, rounded down: a hundred is said only when every promise was kept."""
    if line.ratio is None:
        return "–"
    return f"{number_format(floor(line.ratio * 1000 + 1e-9) / 10, 1, use_l10n=True)}\u00a0%"


def bar(line: Line) -> Bar:
    kept = 100 * (line.ratio or 0)
    return Bar(f"{kept:.2f}", f"{100 - kept if line.judged else 0:.2f}")


def targets(line: Line) -> str:
    """``20:00``, or ``3 h to 6 h`` where bands differ."""
    ends = [promised(timedelta(seconds=end)) for end in (line.target_from, line.target_to) if end is not None]
    return _("%(from)s to %(to)s") % {"from": ends[0], "to": ends[1]} if len(set(ends)) == 2 else "".join(ends[:1])


def took(seconds: float | None) -> str:
    return "–" if seconds is None else written(timedelta(seconds=round(seconds)), loose=True)


def hour(at: datetime) -> str:
    return date_format(localtime(at), "d/m H:i")


def month_words(month: Month) -> str:
    return date_format(datetime(month.year, month.number, 1), _("F Y"))  # noqa: DTZ001


def kind_names() -> list[tuple[str, str]]:
    """What the filter offers; two solutions are told apart by what is owed."""
    return [(kind.value, f"{CLOCK_NAMES[kind][0]}: {CLOCK_NAMES[kind][1]}") for kind in ClockKind]
