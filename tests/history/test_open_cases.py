"""Open cases of a former tool are registered here: by the hour that was chosen, told as was chosen, once."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from guardia.cases import chain, derived, rebuild, sweep
from guardia.cases.case import Case
from guardia.cases.stages import reopening
from guardia.clocks.clock import Clock
from guardia.escalation.escalation import CallTask
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import load
from guardia.history.open_cases import CountsFrom, TakingOver
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Impact
from guardia.proof.offline import guardia_verify
from guardia.reports.availability import service_month
from guardia.reports.month import Month
from guardia.reports.recurring import recurring
from guardia.reports.report_history import company_history
from guardia.web.report.document import closing_document
from tests.procedure.story import Story

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OPENED = datetime(2026, 11, 30, 9, 10, tzinfo=UTC)
MAPPING = """
system: Old Desk
hours: {order: dmy}
rows:
  - columns: {number: Nr, company: Company, service: Circuit, subject: Subject, opened: Opened, state: State,
      reporter: Who}
  - columns: {number: Nr, time: At, activity: What, note: Note}
states: {open: working, on hold: waiting customer, done: closed}
"""
ROWS = """\
Nr,Company,Circuit,Subject,Opened,State,Who,At,What,Note
7001,{company},{circuit},Sin enlace,30/11/2026 04:10,open,Jefe de Sistemas,30/11/2026 04:20,open,se prueba
7001,{company},{circuit},Sin enlace,30/11/2026 04:10,open,Jefe de Sistemas,30/11/2026 05:00,on hold,sitio cerrado
7002,{company},NADA-1,Sin luz,30/11/2026 04:10,open,,,,
"""


@pytest.fixture
def story(as_staff):
    story = Story()
    story.now = NOW
    return story


def brought(story, tmp_path, counts_from, is_told=False):
    path = Path(tmp_path / "open.csv")
    path.write_text(ROWS.format(company=story.bank.name, circuit=story.service.circuit), encoding="utf-8")
    with HistoryFile([path], load(MAPPING, "mapping.yaml")) as file:
        file.read()
        rule = TakingOver(counts_from, is_told) if counts_from else None
        zone = ZoneInfo("America/Guayaquil")
        return bring_in(file, zone, lambda: NOW, nullcontext, write=True, taking_over=rule), file


def is_whole():
    return not [*chain.breaks(besides=derived.breaks), *rebuild.rebuild()]


def test_without_a_rule_what_is_open_is_left_out_and_named(story, tmp_path):
    result, file = brought(story, tmp_path, None)
    assert result.new == 0
    assert file.troubles.counts["still open", ""] == 2


def test_P3_its_promises_count_from_now_and_nobody_is_told(story, tmp_path):
    result, file = brought(story, tmp_path, CountsFrom.NOW)
    assert (result.new, result.taken_over) == (1, 1)
    assert file.troubles.counts["open without service", ""] == 1
    case = Case.objects.get(former_number="7001")
    assert (case.stage, case.is_open, case.is_history, case.former_system) == ("diagnosis", True, False, "Old Desk")
    assert (case.opened_at, case.outage_started_at) == (NOW, NOW)
    assert service_month(story.service.pk, Month(2026, 11), NOW).figures.down == 0, "nothing of before is counted"
    assert not recurring(story.site.pk, NOW + timedelta(hours=1)).before, "it did not begin now"
    assert case.reporter_name == "Jefe de Sistemas"
    diagnosis = Clock.objects.get(case=case, kind="diagnosis")
    assert (diagnosis.started_at, diagnosis.due_at) == (NOW, NOW + timedelta(minutes=20))
    assert not Notice.objects.filter(case=case).exists()
    assert not CallTask.objects.filter(case=case).exists()
    moments = list(case.events.order_by("seq").values_list("moment", "variant"))
    assert moments == [("registered", ""), ("former_noted", "working"), ("former_noted", "waiting")]
    assert is_whole()


def test_P2_its_company_is_told_once_where_that_was_chosen(story, tmp_path):
    brought(story, tmp_path, CountsFrom.NOW, is_told=True)
    case = Case.objects.get(former_number="7001")
    told = Notice.objects.filter(case=case, contact__isnull=False)
    assert set(told.values_list("moment", flat=True)) == {"registered"}
    again, _file = brought(story, tmp_path, CountsFrom.NOW, is_told=True)
    assert (again.new, again.known) == (0, 1)
    assert Notice.objects.filter(case=case, contact__isnull=False).count() == len(told)


def test_E_counted_from_its_opening_what_fell_due_is_broken_at_its_own_hour(story, tmp_path):
    brought(story, tmp_path, CountsFrom.OPENING)
    case = Case.objects.get(former_number="7001")
    diagnosis = Clock.objects.get(case=case, kind="diagnosis")
    assert (case.opened_at, diagnosis.breached_at) == (OPENED, OPENED + timedelta(minutes=20))
    assert case.outage_started_at == OPENED
    assert service_month(story.service.pk, Month(2026, 11), NOW).figures.down == (NOW - OPENED).total_seconds()
    sweep.sweep(NOW)
    assert is_whole()


def test_it_goes_on_as_any_other_case(story, tmp_path):
    brought(story, tmp_path, CountsFrom.NOW)
    story.number = Case.objects.get(former_number="7001").number
    story.minutes_pass(10)
    story.diagnosis("remote")
    assert story.case.stage == "execution"
    assert Notice.objects.filter(case__number=story.number, moment="diagnosed").exists()
    assert is_whole()
    file = b"".join(company_history(story.bank.pk, story.bank.name, story.now, "es"))
    assert guardia_verify.check(file).findings == []


def test_P6_closed_here_it_is_opened_again_and_closed_anew_as_any_other(story, tmp_path):
    """A case that was open in the former tool is a case of ours: its report has editions, and both verify."""
    brought(story, tmp_path, CountsFrom.NOW, is_told=True)
    story.number = Case.objects.get(former_number="7001").number
    story.case.complete({}, by=story.by, at=story.now, impact=Impact.DOWN)
    story.goes_to_the_closing()
    assert reopening.may_be_reopened(story.case)
    first = closing_document(story.case, story.now).history
    story.minutes_pass(60)
    since = story.now - timedelta(minutes=10)
    event = story.case.reopen("cayó otra vez", since, by=story.by, at=story.now)
    assert (event.variant, event.data["report_edition"]) == ("reopened", 2)
    assert (story.case.stage, story.case.is_open, story.case.closed_at) == ("diagnosis", True, None)
    assert Clock.objects.get(case=story.case, kind="diagnosis", ordinal=2).started_at == story.now
    assert Notice.objects.filter(case=story.case, moment="relapsed", variant="reopened").exists()
    story.goes_to_the_closing()
    second = closing_document(story.case, story.now).history
    assert story.case.former_number == "7001"
    spans = [(NOW, NOW + timedelta(minutes=25)), (since, since + timedelta(minutes=10 + 25))]
    assert story.case.affected_seconds == sum((until - began).total_seconds() for began, until in spans)
    for file in (first, second):
        assert guardia_verify.check(file).findings == []
    assert [json.loads(file)["cases"][0]["report"].get("edition", 1) for file in (first, second)] == [1, 2]
    assert is_whole()


def test_P6_a_closed_one_of_the_former_tool_stays_closed(story, tmp_path):
    """It was not promised here, so there is nothing to open again: the fault is a new case."""
    path = tmp_path / "closed.csv"
    path.write_text(
        "Nr,Company,Circuit,Subject,Opened,State,Who,At,What,Note\n"
        f"1,{story.bank.name},,Sin luz,29/11/2026 04:10,done,,29/11/2026 05:10,done,\n",
        encoding="utf-8",
    )
    with HistoryFile([path], load(MAPPING, "mapping.yaml")) as file:
        file.read()
        zone = ZoneInfo("America/Guayaquil")
        assert bring_in(file, zone, lambda: NOW, nullcontext, write=True).new == 1
    with pytest.raises(reopening.FormerStays):
        Case.objects.get().reopen("cayó otra vez", by=story.by, at=NOW)
