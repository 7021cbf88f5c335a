"""Time within planned work is a figure of its own beside the affected time: in report, month and the regulator's."""

import json
from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.cases.closing_figures import outages_of
from guardia.events.history import stamp
from guardia.notices.month_facts import MonthFacts
from guardia.notices.wording.monthly import figures
from guardia.proof.offline import guardia_verify
from guardia.reports import closing_rows
from guardia.reports.availability import company_month, service_month
from guardia.reports.interruptions import Totals, interruptions
from guardia.reports.month import Month
from guardia.reports.month_report import month_report
from guardia.web.report.document import closing_document, figures_of

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(night, story) -> Case:
    """Out from 20 minutes after the beginning until an hour after the end of a window of four hours."""
    night.announce(services=(story.service.pk,))
    night.begins()
    night.at(night.starts_at + 20 * MINUTE)
    story.open_case()
    night.the_worker_looks()
    out = [[(night.starts_at + 20 * MINUTE).isoformat(), (night.ends_at + HOUR).isoformat()]]
    Case.objects.filter(pk=story.case.pk).update(outages=out, outage_started_at=night.starts_at + 20 * MINUTE)
    night.at(night.ends_at + 2 * HOUR)
    return story.case


INSIDE, AFTER = 220 * 60, 60 * 60


def test_the_report_shows_both_and_they_add_up(case, night):
    report = closing_rows.report_of(case, night.now)
    assert (report.affected, report.in_work, report.excluded) == (AFTER, INSIDE, 0)
    assert [each.lasted for each in report.outages] == [AFTER + INSIDE]
    assert case.affected_time(night.now) == timedelta(seconds=AFTER)
    assert ("Within planned work", "3\u00a0h 40\u00a0min") in [(one.label, one.value) for one in figures_of(report)]


def test_a_work_that_was_over_early_covers_no_more_than_it_took(case, night):
    work = night.work
    type(work).objects.filter(pk=work.pk).update(ended_at=night.starts_at + HOUR, state="ended")
    assert closing_rows.report_of(case, night.now).in_work == 40 * 60


def test_the_availability_of_the_month_leaves_it_out_and_says_so(case, night):
    month = service_month(case.service_id, Month.of(night.now), night.now)
    assert (month.figures.down, month.in_work, month.excluded) == (AFTER, INSIDE, 0)
    assert [
        share.in_work
        for share in company_month(case.customer_id, Month.of(night.now), night.now)[case.service_id].shares
    ] == [INSIDE]


def test_the_month_of_the_company_has_it_beside(case, night, story):
    found = month_report(story.bank, Month.of(night.now), night.now)
    assert (found.down, found.in_work) == (AFTER, INSIDE)
    assert [each.in_work for each in found.affected] == [INSIDE]
    assert [each.in_work for each in found.cases] == [INSIDE]
    assert ("Within planned work", "3\u00a0h 40\u00a0min") in figures(found)
    frozen = found.facts()
    assert MonthFacts.of(frozen).in_work == INSIDE
    del frozen["in_work"]
    assert MonthFacts.of(frozen).in_work == 0, "what was frozen before it was known"


def test_the_regulator_s_sheet_has_it_beside(case, night):
    totals = Totals()
    for one in interruptions(Month.of(night.now), night.now):
        totals.add(one)
    assert (totals.seconds, totals.in_work, totals.affected, totals.excluded) == (AFTER + INSIDE, INSIDE, AFTER, 0)


def test_what_is_excluded_within_the_window_is_counted_once(night):
    start = night.starts_at
    (row,) = outages_of(
        [(start, start + 4 * HOUR)], [(start + HOUR, start + 2 * HOUR)], start, [(start, start + 3 * HOUR)]
    )
    assert (row.excluded, row.in_work, row.counted) == (3600, 2 * 3600, 3600)


def test_a_case_within_no_work_is_as_it_was(story, night):
    story.open_case()
    story.minutes_pass(30)
    report = closing_rows.report_of(story.case, story.now)
    assert report.in_work == 0
    assert "Within planned work" not in [one.label for one in figures_of(report)]


def test_whoever_has_the_file_counts_the_same_and_cannot_be_told_that_it_took_longer(night, story):
    """The window stands in the event; that the work was over before is told besides."""
    night.announce(services=(story.service.pk,))
    night.begins()
    night.at(night.starts_at + 20 * MINUTE)
    story.open_case()
    night.the_worker_looks()
    story.diagnosis("remote")
    night.at(night.starts_at + 2 * HOUR)
    story.service_is_restored()
    night.end(at=night.starts_at + HOUR)
    said = json.loads(closing_document(story.case, night.now).history)
    assert said["works"] == {night.work.display_number: stamp(night.starts_at + HOUR)}
    (outage,) = said["cases"][0]["report"]["outages"]
    assert outage["in_planned_work"] == (night.starts_at + HOUR - story.case.outage_started_at).total_seconds()
    assert guardia_verify.check(json.dumps(said).encode()).findings == []
    said["works"] = {}
    found = {finding.rule for finding in guardia_verify.check(json.dumps(said).encode()).findings}
    assert {"outages", "affected_seconds"} <= found
