"""A company's month as it is written on the screen: the figures of the letter, and every row with its case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.words import CAUSE_NAMES
from guardia.notices.month_told import CaseTold, LateTold, MonthTold, PromiseTold, ServiceTold, SiteTold, WaitTold
from guardia.notices.requests_told import RequestTold
from guardia.notices.wording.month_said import hour, lasting, percent
from guardia.notices.wording.monthly import ruling
from guardia.notices.wording.monthly_requests import promised_and_real
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.web.desk.reports.shown import names_of, took

DASH = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """``small`` stands under the words; ``is_number``: it stands right; ``word`` is its column."""

    words: str
    small: str = ""
    href: str = ""
    is_number: bool = False
    is_late: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    words: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    anchor: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""


def tables_of(month: MonthTold) -> list[Table]:
    """The tables of the page; one without rows says in words that there was nothing."""
    parts = (promises, services, cases, late, requests, waits, sites)
    return [part(month) for part in parts]


def promises(month: MonthTold) -> Table:
    names = [_("Promise"), _("Kept"), _("Late"), _("Promised"), _("Median"), _("Worst")]
    rows = (promise_cells(each) for each in month.promises)
    return table("promises", _("Promised and real"), names, rows, _("No promise was decided in this month."), numbers=5)


def promise_cells(each: PromiseTold) -> list[Cell]:
    name, owed = names_of(ClockKind(each.kind))
    ends = [took(end) for end in (each.target_from, each.target_to) if end is not None]
    target = _("%(from)s to %(to)s") % {"from": ends[0], "to": ends[1]} if len(set(ends)) == 2 else "".join(ends[:1])
    late_ = Cell(str(each.breached), is_number=True, is_late=bool(each.breached))
    figures = [Cell(words, is_number=True) for words in (target, took(each.median), took(each.worst))]
    return [Cell(name, owed), Cell(str(each.kept), is_number=True), late_, *figures]


def services(month: MonthTold) -> Table:
    names = [_("Service"), _("Availability"), _("Affected time"), _("Left out, as agreed"), _("Cases")]
    rows = (service_cells(each) for each in month.affected)
    return table("services", _("Services affected"), names, rows, _("No service was affected."), numbers=4)


def service_cells(each: ServiceTold) -> list[Cell]:
    where = ", ".join(part for part in (each.site, each.city) if part)
    figures = (percent(each.percent), lasting(each.down), lasting(each.excluded) if each.excluded else DASH)
    numbers = [Cell(words, is_number=True) for words in (*figures, str(each.cases))]
    return [Cell(each.circuit or _("service not known"), where), *numbers]


def cases(month: MonthTold) -> Table:
    names = [_("Case"), _("Opened"), _("Closed"), _("Escalations"), _("Affected time"), _("Left out, as agreed")]
    rows = (case_cells(month, each) for each in month.cases)
    return table("cases", _("Incidents"), names, rows, _("Without incidents."), numbers=3)


def case_cells(month: MonthTold, each: CaseTold) -> list[Cell]:
    about = " · ".join(part for part in (each.circuit, each.subject) if part)
    closed = hour(month, each.closed_at) if each.closed_at else _("still open")
    figures = (str(each.escalations or DASH), *(lasting(s) if s else DASH for s in (each.down, each.excluded)))
    numbers = [Cell(words, is_number=True) for words in figures]
    return [case_cell(each.number, about), Cell(hour(month, each.opened_at)), Cell(closed), *numbers]


def late(month: MonthTold) -> Table:
    names = [_("Case"), _("Promise"), _("Fell due"), _("Promised"), _("Real")]
    rows = (late_cells(month, each) for each in month.late)
    return table("late", _("Late promises"), names, rows, _("Nothing was late."), numbers=2)


def late_cells(month: MonthTold, each: LateTold) -> list[Cell]:
    name, owed = names_of(ClockKind(each.kind))
    real = took(each.taken) if each.taken is not None else _("still running")
    numbers = [Cell(took(each.target), is_number=True), Cell(real, is_number=True, is_late=True)]
    return [case_cell(each.number), Cell(name, owed), Cell(hour(month, each.due_at)), *numbers]


def requests(month: MonthTold) -> Table:
    names = [_("Case"), _("Opened"), _("Closed"), _("First answer"), _("Solution")]
    rows = (request_cells(month, each) for each in month.requests)
    empty = _("No request and no formal complaint.")
    return table("requests", _("Requests and formal complaints"), names, rows, empty, numbers=2)


def request_cells(month: MonthTold, each: RequestTold) -> list[Cell]:
    about = f"{_('Formal complaint')}: {each.subject}" if each.is_complaint else each.subject
    closed = hour(month, each.closed_at) if each.closed_at else _("still open")
    owed = (
        (each.answer_target, each.answer_taken, each.answer_state),
        (each.solution_target, each.solution_taken, each.solution_state),
    )
    cells = [Cell(promised_and_real(*one), is_number=True, is_late=one[2] == "breached") for one in owed]
    return [case_cell(each.number, about), Cell(hour(month, each.opened_at)), Cell(closed), *cells]


def waits(month: MonthTold) -> Table:
    names = [_("Case"), _("For whom"), _("From and to"), _("Ruling"), _("Left out, as agreed")]
    rows = (wait_cells(month, each) for each in month.waits)
    return table("waits", _("Waits and what was left out"), names, rows, _("No clock stood still."), numbers=1)


def wait_cells(month: MonthTold, each: WaitTold) -> list[Cell]:
    cause = str(CAUSE_NAMES[WaitCause(each.cause)])
    whom = f"{cause} ({each.party})" if each.party else cause
    until = hour(month, each.ended_at) if each.ended_at else "…"
    left_out = Cell(lasting(each.excluded) if each.excluded else DASH, is_number=True)
    span = f"{hour(month, each.started_at)} – {until}"
    return [case_cell(each.number), Cell(whom, each.reason), Cell(span), Cell(ruling(each) or DASH), left_out]


def sites(month: MonthTold) -> Table:
    names = [_("Site"), _("Cases"), _("Incidents in thirty days")]
    empty = _("No site failed three times in thirty days.")
    return table("sites", _("Recurring sites"), names, (site_cells(each) for each in month.sites), empty, numbers=1)


def site_cells(each: SiteTold) -> list[Cell]:
    return [Cell(each.site, each.city), Cell(", ".join(each.numbers)), Cell(str(each.times), is_number=True)]


def case_cell(number: str, small: str = "") -> Cell:
    if not number:
        return Cell(_("call"), small)
    return Cell(number, small, reverse("case", args=["".join(filter(str.isdigit, number))]))


def table(
    anchor: str, title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str, *, numbers: int
) -> Table:
    """The last ``numbers`` columns hold figures."""
    columns = [Column(name, place >= len(names) - numbers) for place, name in enumerate(names)]
    named = [[_named(cell, name) for cell, name in zip(row, names, strict=True)] for row in rows]
    return Table(anchor, title, columns, named, empty)


def _named(cell: Cell, name: str) -> Cell:
    return Cell(cell.words, cell.small, cell.href, cell.is_number, cell.is_late, name)
