"""A formal complaint (reclamo) is a request with the time that the law gives it; the rest is as of any request (A3)."""

from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.cases.stages.administrative import Ask
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import ClockKind
from tests.procedure.office import MONDAY, Office, is_whole
from tests.procedure.story import Story


@pytest.fixture
def complaint(story: Story) -> Case:
    story.now = MONDAY
    ask = Ask(story.bank, "billing", "Reclamo por un cobro indebido", reporter=story.head, is_complaint=True)
    return Case.take(ask, by=story.by, at=MONDAY, received_at=MONDAY)


def kinds(case: Case) -> set[str]:
    return {clock.kind for clock in case.clocks.all()}


def test_its_reply_is_due_fifteen_days_later_and_the_first_answer_as_always(complaint):
    due = {clock.kind: clock.due_at for clock in complaint.clocks.all()}
    assert due[ClockKind.COMPLAINT] == MONDAY + timedelta(days=15)
    assert kinds(complaint) == {ClockKind.FIRST_ANSWER, ClockKind.COMPLAINT}, (
        "its own time stands in place of the other"
    )


def test_an_ordinary_request_has_none(story):
    story.now = MONDAY
    case = Case.take(Ask(story.bank, "billing", "Copia de factura", reporter=story.head), by=story.by, at=MONDAY)
    assert not case.is_complaint
    assert kinds(case) == {ClockKind.FIRST_ANSWER, ClockKind.SOLUTION}


def test_who_complains_is_told_so_with_its_hour(complaint, story):
    notice = Notice.objects.get(case=complaint, contact=story.head)
    assert notice.variant == "complaint"
    assert complaint.events.get(moment="admin_taken").variant == "complaint"


def test_solved_in_time_it_is_kept_and_its_clocks_follow_from_the_log(complaint, story):
    complaint.solve_request("Se anuló el cobro", by=story.by, at=MONDAY + timedelta(days=14))
    clock = complaint.clocks.get(kind=ClockKind.COMPLAINT)
    assert clock.outcome == "kept"
    assert is_whole()


def test_a_day_late_it_is_broken_at_the_hour_it_fell_due(complaint, story):
    complaint.solve_request("Se anuló el cobro", by=story.by, at=MONDAY + timedelta(days=16))
    clock = complaint.clocks.get(kind=ClockKind.COMPLAINT)
    assert clock.outcome == "breached"
    assert clock.breached_at == MONDAY + timedelta(days=15)


def test_A4_a_complaint_counts_from_when_it_was_received(story):
    """By its stamp of Friday, though it is taken down on Monday; also after it was a fault for an hour."""
    story.now = MONDAY
    received = MONDAY - timedelta(days=3)
    office = Office(story)
    ask = Ask(story.bank, "billing", "Reclamo por un cobro indebido", reporter=story.head, is_complaint=True)
    case = Case.take(ask, by=story.by, at=MONDAY, received_at=received, source="office")
    story.number = case.number
    assert story.clock("complaint").started_at == received
    office.to_technical()
    story.minutes_pass(60)
    office.passes("billing")
    assert [clock.started_at for clock in story.case.clocks.filter(kind="complaint")] == [received, received]
    assert is_whole()
