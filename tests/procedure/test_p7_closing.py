"""P7: closing with fault, solution and affected time, within thirty minutes of stability."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import BadSinceStable, CaseIsClosed, EvidenceIsThere, Missing, NotWithoutEvidence
from guardia.evidence.test_result import Verdict
from guardia.notices.notice import Notice
from guardia.people.staff import Actor


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


def test_p7_what_was_bad_since_the_follow_up_closes_nothing(story):
    stable(story)
    story.minutes_pass(1)
    story.test_shows("pérdida 40 %", Verdict.BAD)
    with pytest.raises(BadSinceStable, match="P7"):
        close(story)
    story.nobody_is_told()
    story.minutes_pass(1)
    story.test_shows("pérdida 0 %", Verdict.GOOD)
    close(story)
    assert story.case.closed_at == story.now


def test_p7_a_supervisor_closes_without_green_evidence_with_a_reason_that_is_told(story):
    stable(story)
    supervisor = Actor.of_staff(story.supervisor)
    with pytest.raises(EvidenceIsThere):
        story.case.close_without_evidence("fibra", "empalme", "prisa", by=supervisor, at=story.now)
    story.minutes_pass(1)
    story.test_shows("pérdida 40 %", Verdict.BAD)
    with pytest.raises(NotWithoutEvidence):
        story.case.close_without_evidence("fibra", "empalme", "prisa", by=story.by, at=story.now)
    reason = "la prueba pasa por otro enlace"
    event = story.case.close_without_evidence("fibra", "empalme", reason, by=supervisor, at=story.now)
    assert event.data["without_evidence"] == "bad"
    facts = story.is_told("closed", story.head, story.desk, story.manager)[0].facts
    assert (facts["texts"]["reason"], facts["texts"]["who"]) == (reason, story.supervisor.name)


def test_p7_what_a_supervisor_let_pass_at_p6_is_told_again_at_the_closing(story):
    story.open_case()
    story.diagnosis()
    story.service_is_restored()
    story.customer_confirms()
    story.minutes_pass(31)
    reason = "sin acceso al equipo"
    story.case.stabilise_without_evidence(reason, by=Actor.of_staff(story.supervisor), at=story.now)
    event = close(story)
    assert event.data["without_evidence"] == "none"
    assert dict((name, text) for name, _salt, text in event.texts)["reason"] == reason


def test_p7_what_is_done_so_that_it_does_not_return_is_kept_and_told(story):
    stable(story)
    prevention = "segunda acometida en diciembre"
    story.case.close("fibra cortada", "empalme", prevention=f" {prevention} ", by=story.by, at=story.now)
    facts = story.is_told("closed", story.head, story.desk, story.manager)[0].facts
    assert (facts["texts"]["prevention"], story.case.prevention) == (prevention, prevention)
