"""P4: execution, remotely or by a visit. P4.1 to P4.3 the bands, P4.4 less than four hours, the permit apart."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import Missing, NoOpenVisit, TimeBeforeTheCase, VisitOutOfOrder
from guardia.cases.stages.field_work import Agreement
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Condition


def diagnosed(story, plan_kind="visit"):
    story.open_case()
    story.diagnosis(plan_kind)
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


@pytest.mark.parametrize(("band", "hours"), [("main", 3), ("intermediate", 6)])
def test_p4_1_p4_2_travel_counts_from_the_agreement_by_band(make_story, band, hours):
    story = diagnosed(make_story(band))
    story.minutes_pass(10)
    story.visit_is_agreed()
    assert story.clock("dispatch_agreed").outcome == "kept"
    assert story.clock("travel").due_at == story.now + timedelta(hours=hours)
    notice = story.is_told("dispatch_agreed", story.head, story.desk)[0]
    assert notice.facts["next"]["kind"] == "travel"
    story.minutes_pass(hours * 60 + 1)
    story.case.arrive(by=story.by, at=story.now)
    assert story.clock("travel").outcome == "breached"


def test_p4_1_a_main_citys_notice_tells_the_range(story):
    diagnosed(story)
    story.visit_is_agreed()
    promise = story.is_told("dispatch_agreed", story.head, story.desk)[0].facts["next"]
    assert promise["from_at"] == (story.now + timedelta(hours=1.5)).isoformat()


def test_p4_3_a_remote_site_has_no_false_hour(make_story):
    story = diagnosed(make_story("remote"))
    story.visit_is_agreed()
    assert not story.case.clocks.filter(kind="travel").exists()


def test_p4_3_d_a_blocked_visit_names_its_condition_and_the_next_decision(make_story):
    story = diagnosed(make_story("remote"))
    story.visit_is_agreed()
    story.is_told("dispatch_agreed", story.head, story.desk)
    decision = story.now + timedelta(hours=2)
    story.case.block(Condition.WEATHER, "tormenta en la zona", decision, by=story.by, at=story.now)
    assert story.clock("next_decision").due_at == decision
    story.minutes_pass(121)
    story.the_sweep_runs()
    breach = story.case.events.get(moment="breached", data__clock="next_decision")
    assert breach.occurred_at == decision


@pytest.mark.parametrize(("minutes", "outcome"), [(239, "kept"), (240, "breached")])
def test_p4_4_the_solution_takes_less_than_four_hours_and_the_permit_is_not_counted(story, minutes, outcome):
    diagnosed(story)
    story.visit_is_agreed()
    story.minutes_pass(100)
    story.case.depart(by=story.by, at=story.now)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(25)
    story.case.clear_permit(by=story.by, at=story.now)
    assert story.clock("work_permit").outcome == "kept"
    story.minutes_pass(minutes)
    story.service_is_restored()
    clock = story.clock("field_solution")
    assert (clock.taken_seconds, clock.outcome) == (minutes * 60, outcome)


def test_p4_a_remote_plan_has_four_hours_and_no_visit(story):
    diagnosed(story, "remote")
    assert story.clock("remote_solution").target_seconds == 4 * 3600
    assert not story.case.clocks.filter(kind="dispatch_agreed").exists()
    story.minutes_pass(60)
    story.service_is_restored()
    assert story.case.stage == "verification"
    story.is_told("restored", story.head, story.desk)


def test_p4_a_remote_plan_may_become_a_visit(story):
    diagnosed(story, "remote")
    story.case.change_plan("enviar cuadrilla", "visit", by=story.by, at=story.now)
    assert story.clock("dispatch_agreed").started_at == story.now
    story.is_told("plan_changed", story.head, story.desk)


def test_p4_the_steps_of_a_visit_follow_each_other(story):
    diagnosed(story)
    with pytest.raises(NoOpenVisit):
        story.case.arrive(by=story.by, at=story.now)
    story.case.decide_dispatch(by=story.by, at=story.now)
    with pytest.raises(VisitOutOfOrder, match="P4"):
        story.case.depart(by=story.by, at=story.now)
    story.visit_is_agreed()
    with pytest.raises(VisitOutOfOrder):
        story.service_is_restored()
    with pytest.raises(TimeBeforeTheCase):
        story.case.arrive(by=story.by, at=story.now - timedelta(hours=1), now=story.now)


def test_p4_an_agreement_that_lacks_a_person_leaves_no_visit(story):
    diagnosed(story)
    nobody = Agreement("Despacho", "", "Portería", "24 horas", story.now, story.now + timedelta(hours=1))
    with pytest.raises(Missing, match="P4"):
        story.case.agree(nobody, by=story.by, at=story.now)
    assert story.case.visits.count() == 0
    story.nobody_is_told()


def test_p4_a_repeated_step_is_harmless(story):
    diagnosed(story)
    story.visit_is_agreed()
    first = story.case.depart(by=story.by, at=story.now)
    story.minutes_pass(5)
    assert story.case.depart(by=story.by, at=story.now).pk == first.pk
    assert story.moments().count("departed") == 1


def test_p4_an_arrival_reported_late_lifts_the_breach(story):
    """Design §4.5: the crew arrived in time, its radio did not."""
    diagnosed(story)
    story.visit_is_agreed()
    agreed_at = story.now
    story.minutes_pass(185)
    story.the_sweep_runs()
    assert story.clock("travel").breached_at == agreed_at + timedelta(hours=3)
    story.case.arrive(by=story.by, at=agreed_at + timedelta(hours=2), now=story.now)
    clock = story.clock("travel")
    assert (clock.outcome, clock.breached_at) == ("kept", None)
    # The arrival is news of now, so no news is late either, and nothing is left to answer for.
    assert story.moments()[-2:] == ["breach_lifted", "escalation_ended"]


def test_p4_a_plan_that_becomes_remote_drops_what_the_crew_owed(story):
    diagnosed(story)
    story.visit_is_agreed()
    story.minutes_pass(60)
    story.case.arrive(by=story.by, at=story.now)
    story.case.change_plan("reiniciar desde la consola", "remote", by=story.by, at=story.now)
    assert {story.clock("work_permit").outcome, story.clock("field_solution").outcome} == {"dropped"}
    assert story.clock("remote_solution").started_at == story.now
    assert story.case.open_visit() is None
