"""P7: closing with fault, solution and affected time, within thirty minutes of stability."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import CaseIsClosed, Missing
from guardia.notices.notice import Notice


def stable(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    return settle(story)


def settle(story):
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def close(story):
    return story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)


@pytest.mark.parametrize(("minutes", "outcome"), [(30, "kept"), (31, "breached")])
def test_p7_closed_within_thirty_minutes_of_stability(story, minutes, outcome):
    stable(story)
    story.minutes_pass(minutes)
    close(story)
    assert story.clock("closure").outcome == outcome
    assert not story.case.clocks.filter(ended_at=None).exists()


def test_p7_the_notice_tells_fault_solution_and_affected_time(story):
    stable(story)
    close(story)
    facts = story.is_told("closed", story.head, story.desk, story.manager)[0].facts
    # From the ring, 20 s and 3 min before registration, to the restoring half an hour after it.
    assert (facts["fault"], facts["solution"], facts["affected_seconds"]) == ("fibra cortada", "empalme", 33 * 60 + 20)


def test_p7_d_affected_time_is_the_union_of_the_outages(story):
    stable(story)
    story.minutes_pass(10)
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    story.diagnosis()
    story.minutes_pass(15)
    story.service_is_restored()
    story.customer_confirms()
    story.minutes_pass(2)
    dropped_at = story.now - timedelta(seconds=90)
    story.case.flap("parpadeo", timedelta(seconds=90), by=story.by, at=dropped_at, now=story.now)
    settle(story)
    close(story)
    assert story.case.affected_seconds == (33 * 60 + 20) + 15 * 60 + 90


@pytest.mark.parametrize(("fault", "solution"), [("", "empalme"), ("fibra", "")])
def test_p7_fault_and_solution_are_asked_for(story, fault, solution):
    stable(story)
    with pytest.raises(Missing, match="P7"):
        story.case.close(fault, solution, by=story.by, at=story.now)
    assert story.case.is_open
    story.nobody_is_told()


def test_p7_a_closed_case_is_closed(story):
    stable(story)
    first = close(story)
    story.is_told("closed", story.head, story.desk, story.manager)
    assert close(story).pk == first.pk
    with pytest.raises(CaseIsClosed):
        story.case.tell("algo más", by=story.by, at=story.now)
    with pytest.raises(CaseIsClosed):
        story.case.relapse("otra vez", by=story.by, at=story.now)
    story.minutes_pass(10_000)
    assert story.the_sweep_runs() == 0
    story.nobody_is_told()


def test_a_case_is_withdrawn_with_its_reason_and_the_customer_is_told(story):
    story.open_case()
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    with pytest.raises(Missing):
        story.case.cancel("", by=story.by, at=story.now)
    story.case.cancel("el cliente apagó su equipo", by=story.by, at=story.now)
    told = {notice.contact for notice in Notice.objects.filter(pk__gt=story.last_notice, state="owed")}
    assert story.head in told
    assert story.stranger not in told
    assert (story.case.status, story.case.is_open) == ("cancelled", False)
    assert not story.case.clocks.filter(ended_at=None).exists()
