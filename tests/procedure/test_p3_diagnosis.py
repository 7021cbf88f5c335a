"""P3: many tests, a cause and a plan, in twenty minutes."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import Missing, NotInThisStage, TooFewTests


@pytest.fixture
def story(story):
    story.open_case()
    story.is_told("registered", story.head, story.desk, story.manager)
    return story


@pytest.mark.parametrize(("minutes", "outcome"), [(20, "kept"), (20.1, "breached")])
def test_p3_cause_and_plan_within_twenty_minutes(story, minutes, outcome):
    story.minutes_pass(minutes)
    story.diagnosis()
    assert story.clock("diagnosis").outcome == outcome
    assert ("breached" in story.moments()) == (outcome == "breached")
    story.is_told("diagnosed", story.head, story.desk)


def test_p3_the_notice_tells_cause_and_plan_and_owns_up_to_being_late(story):
    due = story.now + timedelta(minutes=20)
    story.minutes_pass(25)
    story.diagnosis("visit")
    facts = story.is_told("diagnosed", story.head, story.desk)[0].facts
    assert (facts["cause"], facts["plan"]) == ("fibra cortada", "empalmar")
    assert facts["late"] == [{"kind": "diagnosis", "due_at": due.isoformat()}]
    assert facts["next"]["kind"] == "dispatch_agreed"


@pytest.mark.parametrize("tests", [0, 1])
def test_p3_d_at_least_two_tests_are_on_record(story, tests):
    for number in range(tests):
        story.test_shows(f"prueba {number}")
    with pytest.raises(TooFewTests, match="P3"):
        story.case.diagnose("causa", "plan", "remote", by=story.by, at=story.now)
    assert story.case.stage == "diagnosis"
    story.nobody_is_told()


def test_p3_the_same_test_twice_is_one(story):
    assert story.test_shows("100 %").pk == story.test_shows("100 %").pk
    assert story.case.tests.count() == 1


def test_p3_cause_and_plan_are_both_asked_for(story):
    story.test_shows("uno")
    story.test_shows("dos")
    for cause, plan in (("", "plan"), ("causa", " ")):
        with pytest.raises(Missing):
            story.case.diagnose(cause, plan, "remote", by=story.by, at=story.now)
    story.nobody_is_told()


def test_p3_the_same_diagnosis_twice_is_one(story):
    first = story.diagnosis()
    story.is_told("diagnosed", story.head, story.desk)
    again = story.case.diagnose("fibra cortada", "empalmar", "remote", by=story.by, at=story.now)
    assert again.pk == first.pk
    assert story.case.diagnose(" fibra cortada", "empalmar\n", "remote", by=story.by, at=story.now).pk == first.pk
    story.nobody_is_told()


def test_p3_d_a_service_that_came_back_by_itself_goes_to_verification(story):
    story.minutes_pass(5)
    story.case.recover("el cliente lo ve arriba", by=story.by, at=story.now)
    assert story.case.stage == "verification"
    assert story.clock("diagnosis").outcome == "kept"
    assert story.clock("verification").started_at == story.now
    story.is_told("recovered", story.head, story.desk)


def test_p3_d_a_probable_cause_is_corrected_later(story):
    story.diagnosis(probable=True)
    story.is_told("diagnosed", story.head, story.desk)
    assert story.case.cause_is_probable
    story.case.correct_cause("conector quemado", by=story.by, at=story.now)
    assert (story.case.cause, story.case.cause_is_probable) == ("conector quemado", False)
    story.is_told("cause_corrected", story.head, story.desk)
    story.case.correct_cause("conector quemado", by=story.by, at=story.now)
    story.nobody_is_told()


def test_p4_d_a_crew_may_leave_before_the_diagnosis_is_done(story):
    story.case.decide_dispatch(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.visit_is_agreed()
    story.case.depart(by=story.by, at=story.now)
    assert story.case.stage == "diagnosis"
    story.minutes_pass(5)
    story.diagnosis("visit")
    assert story.case.stage == "execution"
    assert story.case.clocks.filter(kind="dispatch_agreed").count() == 1
    assert story.clock("travel").ended_at is None
    assert story.case.visits.count() == 1


def test_a_verb_out_of_order_is_refused_with_the_stage(story):
    with pytest.raises(NotInThisStage):
        story.service_is_restored()
    with pytest.raises(NotInThisStage):
        story.customer_confirms()
    with pytest.raises(NotInThisStage):
        story.case.stabilise(by=story.by, at=story.now)
    with pytest.raises(NotInThisStage):
        story.case.close("falla", "solución", by=story.by, at=story.now)
    assert story.moments()[-1] == "registered"
    story.nobody_is_told()
