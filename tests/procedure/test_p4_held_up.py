"""P4.3, W1: what holds a visit up, in each band: the clock that stops with it, what ends it, what is refused."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import DecisionInThePast, Missing, NoOpenVisit, NotHeldUp, NothingToStop
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Condition
from tests.procedure.story import Story


@pytest.fixture
def agreed(story) -> Story:
    return agreed_in(story)


def agreed_in(story: Story) -> Story:
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(30)
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def is_held_up(story, condition=Condition.ROADS, why="derrumbe en la vía", **more):
    decided = more.pop("decided", story.now + timedelta(hours=1))
    return story.case.block(condition, why, decided, by=story.by, at=story.now, **more)


def goes_on(story, **more):
    hours = (story.now + timedelta(hours=1), story.now + timedelta(hours=2))
    return story.case.resume_visit(*hours, by=story.by, at=story.now, **more)


def test_p4_3_the_visit_says_since_when_by_what_and_until_which_decision(agreed):
    since = agreed.now
    is_held_up(agreed)
    agreed.minutes_pass(20)
    is_held_up(agreed, Condition.PUBLIC_ORDER, "paro en la vía alterna")
    visit = agreed.case.open_visit()
    assert (visit.blocked_at, visit.condition) == (since, "public_order")
    assert visit.next_decision_at == agreed.now + timedelta(hours=1)
    goes_on(agreed)
    visit = agreed.case.open_visit()
    assert (visit.blocked_at, visit.condition, visit.next_decision_at) == (None, "", None)
    assert visit.forecast_to == agreed.now + timedelta(hours=2)


def test_w1_force_majeure_stops_the_travel_clock_in_the_same_act_and_the_customer_sees_it(agreed):
    due = agreed.clock("travel").due_at
    is_held_up(agreed, stops_clock=True, asked_by="Cuadrilla 3", proof="boletín del ECU 911")
    told = set(Notice.objects.filter(pk__gt=agreed.last_notice).values_list("moment", flat=True))
    assert told == {"wait_started", "blocked", "decision_set"}
    assert agreed.clock("travel").due_at is None
    agreed.minutes_pass(45)
    goes_on(agreed)
    assert agreed.clock("travel").due_at == due + timedelta(minutes=45)
    (wait,) = agreed.case.waits.all()
    assert (wait.cause, wait.reason, wait.ended_at) == ("force_majeure", "derrumbe en la vía", agreed.now)
    assert wait.clocks == ["travel"]


def test_w1_who_asked_is_named_before_a_clock_stops(agreed):
    with pytest.raises(Missing, match="W1"):
        is_held_up(agreed, stops_clock=True)


def test_p4_3_where_no_clock_runs_none_is_stopped(make_story):
    story = agreed_in(make_story("remote"))
    with pytest.raises(NothingToStop):
        is_held_up(story, stops_clock=True, asked_by="Cuadrilla 3")
    assert story.case.open_visit().blocked_at is None
    assert "blocked" not in story.moments()


def test_p4_3_a_crew_that_arrives_all_the_same_ends_it(agreed):
    is_held_up(agreed, stops_clock=True, asked_by="Cuadrilla 3")
    agreed.minutes_pass(45)
    agreed.case.arrive(by=agreed.by, at=agreed.now)
    assert agreed.case.open_visit().blocked_at is None
    assert agreed.case.waits.get().ended_at == agreed.now
    assert agreed.clock("next_decision").outcome == "kept"


def test_p4_3_a_crew_that_turned_back_sets_out_again(agreed):
    agreed.case.depart(by=agreed.by, at=agreed.now)
    agreed.minutes_pass(10)
    is_held_up(agreed)
    agreed.minutes_pass(60)
    goes_on(agreed)
    agreed.minutes_pass(10)
    agreed.case.depart(by=agreed.by, at=agreed.now)
    assert agreed.case.open_visit().departed_at == agreed.now
    assert agreed.moments().count("departed") == 2
    agreed.case.depart(by=agreed.by, at=agreed.now)
    assert agreed.moments().count("departed") == 2


def test_p4_4_at_the_site_the_four_hours_wait_with_it_and_no_forecast_is_asked_for(agreed):
    agreed.case.arrive(by=agreed.by, at=agreed.now)
    agreed.minutes_pass(10)
    agreed.case.clear_permit(by=agreed.by, at=agreed.now)
    is_held_up(agreed, Condition.WEATHER, "rayos, nadie sube a la torre", stops_clock=True, asked_by="Cuadrilla 3")
    assert agreed.clock("field_solution").due_at is None
    agreed.minutes_pass(50)
    agreed.case.resume_visit(None, None, by=agreed.by, at=agreed.now)
    clock = agreed.clock("field_solution")
    assert clock.due_at == clock.started_at + timedelta(hours=5)


def test_p4_3_the_river_is_a_condition(make_story):
    story = agreed_in(make_story("remote"))
    is_held_up(story, Condition.RIVER, "el Napo creció")
    assert story.case.latest("blocked").variant == "river"


def test_p4_3_what_is_refused(story):
    story.open_case()
    with pytest.raises(NoOpenVisit):
        is_held_up(story)
    story.visit_is_agreed()
    with pytest.raises(NotHeldUp, match=r"P4\.3"):
        goes_on(story)
    with pytest.raises(DecisionInThePast):
        is_held_up(story, decided=story.now)
    with pytest.raises(Missing):
        is_held_up(story, why=" ")
    is_held_up(story)
    with pytest.raises(Missing) as refused:
        story.case.resume_visit(None, None, by=story.by, at=story.now)
    assert refused.value.field == "forecast_from"
    with pytest.raises(Missing):
        story.case.decide_again(story.now + timedelta(hours=3), "", by=story.by, at=story.now)


def test_p3_a_visit_under_way_to_a_remote_site_is_not_asked_for_again(make_story):
    """A crew was sent before the diagnosis: no clock of it runs while it drives, and yet it is agreed."""
    story = make_story("remote")
    story.open_case()
    story.visit_is_agreed()
    story.case.depart(by=story.by, at=story.now)
    story.minutes_pass(5)
    story.diagnosis("visit")
    assert not story.case.clocks.filter(kind="dispatch_agreed", ended_at=None).exists()
