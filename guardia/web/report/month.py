"""The month of a company on paper (A4, PDF/A-3a and PDF/UA-1), from the frozen report alone."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES
from guardia.notices.month_facts import CourseFacts, MonthFacts, PromiseFacts, WaitFacts
from guardia.notices.wording.monthly import (
    figures,
    headline,
    hour,
    lasting,
    log_words,
    month_words,
    percent,
    promised_and_real,
    ruling,
)
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.reports.month_courses import thawed
from guardia.web.report.document import ONE_AT_A_TIME, TYPE, compiled, printable
from guardia.web.report.shape import CoursePicture, Figure, Hours, Pair, Section, Table
from guardia.web.report.views import UNAVAILABLE, link_over
from guardia.web.shared.case_course import small_picture

# --- tables -----------------------------------------------------------------------------------------------------------
# The tables of a month's report on paper, each from the frozen rows; what is empty says so, or is left out.
DASH = "–"
EMPTY = {
    "promises": gettext_lazy("No promise was decided in this month."),
    "late": gettext_lazy("Nothing was late."),
    "services": gettext_lazy("No service was affected."),
    "cases": gettext_lazy("Without incidents."),
    "requests": gettext_lazy("No requests or formal complaints."),
    "waits": gettext_lazy("No clock was stopped."),
    "sites": gettext_lazy("No site failed three times in thirty days."),
}


def sections_of(month: MonthFacts) -> list[Section]:
    """In the order of what a company asks first."""
    worst = courses(month)
    first = [promises(month), late(month), *([worst] if worst.courses else [])]
    return [*first, services(month), cases(month), requests(month), waits(month), sites(month)]


def promises(month: MonthFacts) -> Section:
    head = (_("Promise"), _("Promised"), _("Kept"), _("Late"), _("Median"), _("Worst"))
    rows = [promise_cells(each) for each in month.promises if each.kept + each.breached]
    return section("promises", _("Promised and actual (SLA)"), head, rows, (6, 3, 2, 2, 3, 3))


def promise_cells(each: PromiseFacts) -> Sequence[str]:
    ends = [lasting(end) for end in (each.target_from, each.target_to) if end is not None]
    target = _("%(from)s to %(to)s") % {"from": ends[0], "to": ends[1]} if len(set(ends)) == 2 else "".join(ends[:1])
    took = (lasting(seconds) if seconds is not None else DASH for seconds in (each.median, each.worst))
    return (name_of(each.kind), target or DASH, str(each.kept), str(each.breached), *took)


def late(month: MonthFacts) -> Section:
    head = (_("Case"), _("Promise"), _("Fell due"), _("Promised"), _("Actual"))
    rows = [
        (
            each.number or _("call"),
            name_of(each.kind),
            hour(month, each.due_at),
            lasting(each.target),
            lasting(each.taken) if each.taken is not None else _("still running"),
        )
        for each in month.late
    ]
    return section("late", _("Late promises"), head, rows, (3, 6, 3, 3, 3))


def courses(month: MonthFacts) -> Section:
    """The incidents that went worst, each on a time axis of its own, with its numbers below."""
    drawn = [course_picture(month, number, each) for number, each in enumerate(month.courses)]
    notes = (_("Each has its own axis. Filled: time taken. Taller, striped: past the promise. Striped: a wait."),)
    return Section("courses", _("Timelines of the worst incidents"), courses=drawn, notes=notes)


def course_picture(month: MonthFacts, number: int, each: CourseFacts) -> CoursePicture:
    course = thawed(each.course)
    title = " · ".join(part for part in (each.number, each.subject) if part)
    picture = small_picture(course, f"course-{number}", ZoneInfo(month.zone), title)
    return CoursePicture(picture.svg, title, picture.described, picture.words)


def services(month: MonthFacts) -> Section:
    head = (_("Service"), _("Site"), _("Availability"), _("Affected time"), _("Excluded, as agreed"), _("Cases"))
    rows = [
        (
            each.circuit or _("service not known"),
            ", ".join(part for part in (each.site, each.city) if part),
            *(percent(each.percent), lasting(each.down), length(each.excluded), str(each.cases)),
        )
        for each in month.affected
    ]
    return section("services", _("Services affected"), head, rows, (4, 5, 3, 3, 3, 2))


def cases(month: MonthFacts) -> Section:
    head = (_("Case"), _("Subject"), _("Opened"), _("Closed"), _("Affected time"), _("Escalations"))
    rows = [
        (
            each.number,
            "\n".join(part for part in (each.subject, each.circuit) if part),
            hour(month, each.opened_at),
            hour(month, each.closed_at) if each.closed_at else _("still open"),
            length(each.down),
            str(each.escalations or DASH),
        )
        for each in month.cases
    ]
    return section("cases", _("Incidents"), head, rows, (3, 6, 3, 3, 3, 3))


def requests(month: MonthFacts) -> Section:
    head = (_("Case"), _("What was asked"), _("Opened"), _("First answer"), _("Solution"))
    rows = [
        (
            each.number,
            f"{_('Formal complaint')}: {each.subject}" if each.is_complaint else each.subject,
            hour(month, each.opened_at),
            promised_and_real(each.answer_target, each.answer_taken, each.answer_state),
            promised_and_real(each.solution_target, each.solution_taken, each.solution_state),
        )
        for each in month.requests
    ]
    found = section("requests", _("Requests and formal complaints"), head, rows, (3, 5, 3, 4, 4))
    told = promise_words(month)
    return Section(found.key, found.title, said=(*found.said, *told), tables=found.tables, notes=notes_of(month))


def promise_words(month: MonthFacts) -> list[str]:
    words = _("%(promise)s: %(kept)d of %(judged)d kept.")
    judged = [each for each in month.request_promises if each.kept + each.breached]
    return [
        words % {"promise": name_of(each.kind), "kept": each.kept, "judged": each.kept + each.breached}
        for each in judged
    ]


def notes_of(month: MonthFacts) -> Sequence[str]:
    if not month.requests:
        return ()
    return (_("The hours of a request are those in which its desk is open; a formal complaint has its legal time."),)


def waits(month: MonthFacts) -> Section:
    head = (_("Case"), _("For whom and why"), _("From and to"), _("Excluded, as agreed"), _("Ruling"))
    rows = [
        (
            each.number,
            f"{each.party or CAUSE_NAMES[WaitCause(each.cause)]}: {each.reason}",
            span(month, each),
            length(each.excluded),
            ruling(each) or DASH,
        )
        for each in month.waits
    ]
    return section("waits", _("Waits and exclusions"), head, rows, (3, 6, 4, 3, 5))


def span(month: MonthFacts, each: WaitFacts) -> str:
    return f"{hour(month, each.started_at)} – {hour(month, each.ended_at) if each.ended_at else '…'}"


def sites(month: MonthFacts) -> Section:
    head = (_("Site"), _("City"), _("Incidents in thirty days"), _("Cases"))
    rows = [(each.site, each.city, str(each.times), ", ".join(each.numbers)) for each in month.sites]
    return section("sites", _("Recurring sites"), head, rows, (4, 3, 3, 8))


def section(key: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Section:
    """A table without rows is no table: a sentence says that there was nothing."""
    if not rows:
        return Section(key, title, said=(str(EMPTY[key]),))
    return Section(key, title, tables=(Table(head, rows, widths),))


def name_of(kind: str) -> str:
    short, owed = map(str, CLOCK_NAMES[ClockKind(kind)])
    return f"{short}: {owed}"


def length(seconds: int) -> str:
    return lasting(seconds) if seconds else DASH


# --- paper ------------------------------------------------------------------------------------------------------------
LAYOUT = Path(__file__).with_name("month.typ")


@dataclass(frozen=True)
class MonthPaper:
    """``banner`` says what the report is not, or lacks; ``about`` is the month in numbers, a label each."""

    language: str
    title: str
    operator: str
    number: str
    subject: str
    banner: str
    zone: str
    about: Sequence[Pair]
    figures: Sequence[Figure]
    sections: Sequence[Section]
    notes: Sequence[str]
    log: str
    written: str


def month_pdf(month: MonthFacts, at: datetime) -> bytes:
    """The bytes of the PDF; ``at`` (UTC) is its date. Raises typst.TypstError."""
    report = json.dumps(printable(asdict(paper_of(month, at))), ensure_ascii=False)
    with ONE_AT_A_TIME:
        return compiled({"report": report}, round(at.timestamp()), LAYOUT)


def paper_of(month: MonthFacts, at: datetime) -> MonthPaper:
    return MonthPaper(
        language=get_language() or "es",
        title=_("Monthly report"),
        operator=month.operator,
        number=month_words(month),
        subject=month.company,
        banner="\n".join(banner(month)),
        zone=_("All times: %s.") % month.zone,
        about=[Pair(*each) for each in figures(month)],
        figures=largest(month),
        sections=sections_of(month),
        notes=notes(month),
        log=log_words(month),
        written=_("Written %(hour)s.") % {"hour": Hours(ZoneInfo(month.zone), month.zone).day(at)},
    )


def banner(month: MonthFacts) -> list[str]:
    lines = [headline(month)] if month.is_quiet else []
    if month.lasts:
        lines.append(_("The month is not over: the figures run up to %s.") % hour(month, month.until))
    if month.left_off:
        more = ngettext("%(n)d more row is not in any table.", "%(n)d more rows are not in any table.", month.left_off)
        lines.append(more % {"n": month.left_off})
    return lines


def largest(month: MonthFacts) -> list[Figure]:
    kept = _("%(kept)d of %(all)d") % {"kept": month.kept, "all": month.judged} if month.judged else "–"
    return [
        Figure(_("Availability"), percent(month.percent)),
        Figure(_("Affected time"), lasting(month.down)),
        Figure(_("Promises kept"), kept),
    ]


def notes(month: MonthFacts) -> list[str]:
    """How it was counted, and what was not."""
    lines = [
        _(
            "A promise counts in the month in which it ended or, if broken, fell due. Affected time counts within the "
            "month, less what was left out as agreed."
        )
    ]
    restored = [case.down for case in month.cases if case.closed_at and case.down]
    if restored and not month.left_off:
        mean = {"mean": lasting(round(sum(restored) / len(restored)))}
        lines.append(_("MTTR, the mean affected time of the incidents closed in the month: %(mean)s.") % mean)
    if month.duplicates:
        lines.append(
            ngettext(
                "%(n)d case ended as a duplicate: its promises count only with the other case.",
                "%(n)d cases ended as duplicates: their promises count only with the other cases.",
                month.duplicates,
            )
            % {"n": month.duplicates}
        )
    if month.withdrawn:
        lines.append(
            ngettext(
                "%(n)d case was withdrawn: it has no affected time; what had been decided until then counts.",
                "%(n)d cases were withdrawn: they have no affected time; what had been decided until then counts.",
                month.withdrawn,
            )
            % {"n": month.withdrawn}
        )
    return lines


# --- answer -----------------------------------------------------------------------------------------------------------
# The month's report as an answer: for the desk, and for the company where it has signed in.
log = logging.getLogger(__name__)


def on_paper(request: HttpRequest, month: MonthFacts, at: datetime, name: str) -> HttpResponse:
    """In the active language. A machine that cannot set the PDF says so: the page tells the same."""
    try:
        response = HttpResponse(month_pdf(month, at), content_type=TYPE)
    except Exception:
        log.exception("the report of %s cannot be set", month.month)
        return link_over(request, "no_pdf", UNAVAILABLE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
