"""P1, P3, P7: whoever counts the same facts says the same, and a promise past its hour is late at once."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from guardia.cases.explaining import explain_call, explain_case
from guardia.cases.rebuild import rebuild
from guardia.cases.stages import reception
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.intake import late_calls
from guardia.procedure.vocabulary import ClockKind
from guardia.reports import promises as reports
from guardia.reports.closing_rows import report_of
from guardia.reports.interruptions import interruptions
from guardia.reports.month import Month
from guardia.reports.month_report import month_report
from guardia.reports.promises import ReportFilters, decided_today
from guardia.reports.reception_report import Length, Lines, ReceptionFilters, Span, reception_report
from guardia.web.api.metrics import figures
from guardia.web.desk.call_history import rows_of
from guardia.web.desk.phone.calls import line_names
from guardia.web.desk.reports import reception_spreadsheet, workbook
from guardia.web.desk.reports.promised import report_of as screen_of
from guardia.web.desk.reports.reception import page_of
from tests.reports.test_screen import Book

KIND = ClockKind.RECEPTION


def asked_for(kind: ClockKind, told) -> ReportFilters:
    return ReportFilters(Month.of(told.now), kind=kind)


def promises_counted(kind: ClockKind, told) -> dict[str, object]:
    """Late ones of one kind, by everybody who counts promises."""
    asked = asked_for(kind, told)
    cache.clear()
    screen, book = screen_of(asked, told.now), Book(workbook.workbook_of(asked, told.now))
    return {
        "by promise": sum(one.breached for one in reports.by_kind(asked, told.now)),
        "by company": sum(one.breached for one in reports.by_customer(asked, told.now)),
        "by company and promise": sum(one.breached for one in reports.by_customer_and_kind(asked, told.now)),
        "by month": reports.by_month(asked, 1, told.now)[0].breached,
        "the late ones": len(reports.late(asked, told.now)),
        "as the company is also": len(reports.late_of_own(asked, told.now)),
        "screen": screen.total.breached,
        "screen, one by one": len(screen.late),
        "spreadsheet, one by one": len(book.rows(3)),
        "today, on the desk": decided_today(told.now).get(kind, (0, 0))[1],
    }


def lines_of(told) -> Lines:
    return reception_report(ReceptionFilters(Span.around(Length.DAY, told.now)), told.now).total


def calls_counted(told) -> dict[str, object]:
    """Calls past their minute, by everybody who counts calls."""
    names, asked = line_names(told.now), ReceptionFilters(Span.around(Length.DAY, told.now))
    report, screen = reception_report(asked, told.now), page_of(asked, told.now, names)
    book = Book(reception_spreadsheet.workbook_of(asked, names, told.now))
    return {
        "the lines": report.total.broken,
        "by line": sum(one.broken for one in report.by_line.values()),
        "by hour": sum(one.broken for one in report.by_hour.values()),
        "screen": screen.total.lines.broken,
        "spreadsheet": book.rows(1)[-1]["Past the minute"],
        "history": sum(row.is_bad for row in rows_of([told.call], names, told.now)),
    }


def worst_of(told) -> set[float]:
    """The longest wait, by everybody who says it."""
    (of_kind,) = reports.by_kind(asked_for(KIND, told), told.now)
    (late,) = reports.late(asked_for(KIND, told), told.now)
    return {of_kind.worst, (late.target + late.overrun).total_seconds(), lines_of(told).longest}


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(("seconds", "late"), [(59, 0), (60, 0), (61, 1), (75, 1)])
def test_p1_a_call_that_waits_past_its_minute_is_late_at_once_for_everybody(told, swept, seconds, late):
    """Whether the watch has come by or not; exactly a minute is kept still."""
    told.caller_rings()
    told.seconds_pass(seconds)
    if swept:
        told.the_sweep_runs()
    counted = {**promises_counted(KIND, told), **calls_counted(told)}
    counted["alarm"] = len(late_calls.late_calls(told.now))
    (explained,) = explain_call(told.call, told.now)
    counted["explained"] = int(explained.state == "breached")
    assert counted == dict.fromkeys(counted, late)
    if late:
        assert worst_of(told) == {seconds}, "the worst counts what still runs"


def test_p1_however_the_call_ends_everybody_says_the_same(told):
    """Answered, given up, and closed without an answer: each once in time and once late."""
    ends = (
        lambda call: reception.answer(call, by=told.engineer, at=told.now),
        lambda call: reception.abandon(call, at=told.now),
        lambda call: reception.settle(call, as_="not_a_fault", at=told.now),
    )
    for end in ends:
        for seconds in (30, 75):
            told.caller_rings()
            told.seconds_pass(seconds)
            end(reception.locked(told.call.pk))
            told.seconds_pass(3600)
            told.the_sweep_runs()
    lines, counted = lines_of(told), promises_counted(KIND, told)
    assert counted == dict.fromkeys(counted, 3)
    assert (lines.broken, lines.offered, lines.answered, lines.given_up, lines.unanswered) == (3, 6, 2, 2, 2)
    assert (lines.given_up_within, lines.lost_late, lines.unanswered_late) == (1, 1, 1)
    assert (lines.ratio, lines.ratio_of_offered) == (1 / 4, 1 / 6)
    (of_kind,) = reports.by_kind(asked_for(KIND, told), told.now)
    assert (of_kind.kept, of_kind.judged, of_kind.worst, lines.longest) == (lines.kept, lines.judged, 75, 75)
    assert list(rebuild()) == []


@pytest.mark.parametrize("swept", [False, True])
def test_p3_a_diagnosis_past_its_hour_is_late_at_once_for_everybody(told, swept):
    """And the closing report, the month's letter and the regulator's sheet agree on the time affected."""
    case = told.open_case()
    told.minutes_pass(26)
    if swept:
        told.the_sweep_runs()
    case.refresh_from_db()
    counted = promises_counted(ClockKind.DIAGNOSIS, told)
    closing = report_of(case, told.now)
    counted["closing report"] = sum(not one.kept for one in closing.promises if one.kind == ClockKind.DIAGNOSIS)
    letter = month_report(told.bank, Month.of(told.now), told.now)
    counted["month"] = sum(one.breached for one in letter.promises if one.kind == ClockKind.DIAGNOSIS)
    counted["month, one by one"] = sum(one.kind == ClockKind.DIAGNOSIS for one in letter.late)
    explained = {one.clock.kind: one.state for one in explain_case(case, told.now)}
    counted["explained"] = int(explained[ClockKind.DIAGNOSIS] == "breached")
    assert counted == dict.fromkeys(counted, 1)
    (diagnosis,) = [one for one in letter.promises if one.kind == ClockKind.DIAGNOSIS]
    assert diagnosis.worst == 26 * 60 == next(p.taken for p in closing.promises if p.kind == ClockKind.DIAGNOSIS)
    regulator = sum(one.affected for one in interruptions(Month.of(told.now), told.now))
    assert regulator == sum(one.counted for one in closing.outages) == letter.down


def test_p1_the_figures_of_the_monitoring_know_of_it_too(told):
    """They go by the database's own clock."""
    told.now = now() - timedelta(seconds=75)
    told.caller_rings()
    found = {figure.name: figure.value for figure in figures() if not figure.label}
    assert (found["calls_waiting"], found["clocks_broken_last_hour"]) == (1, 1)
    assert not Clock.objects.filter(breached_at__isnull=False).exists()
