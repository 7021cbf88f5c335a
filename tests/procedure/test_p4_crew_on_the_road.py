"""P4: another crew takes over on the road, or the visit is called off: who leaves, who is told. A long case adds up."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import NoOpenVisit
from guardia.field.crew import Crew
from guardia.notices.notice import Notice
from tests.procedure.story import Story
from tests.procedure.test_p4_crew_told import crew, pages, text_of, told
from tests.procedure.test_p4_edges import agreed, arrives, is_held_up, leaves_for_it, plan_is

__all__ = ["agreed"]


def hands_over(story: Story, to: Crew):
    return story.case.hand_over_visit(to, "se dañó el vehículo", by=story.by, at=story.now)


# --- another crew, on the road ---


@pytest.mark.parametrize("how", ["hand_over", "change"])
def test_p4_the_crew_that_takes_over_on_the_road_leaves_in_its_turn(agreed, how):
    leaves_for_it(agreed)
    agreed.minutes_pass(10)
    south = crew("sur", "tecnico2")
    if how == "hand_over":
        hands_over(agreed, south)
    else:
        agreed.case.change_dispatch(agreed.agreement(crew=south), by=agreed.by, at=agreed.now)
    agreed.minutes_pass(10)
    agreed.last_notice = Notice.objects.order_by("-pk").first().pk
    event = leaves_for_it(agreed)
    assert event.occurred_at == agreed.now == agreed.case.open_visit().departed_at
    agreed.is_told("departed", agreed.head, agreed.desk)
    agreed.minutes_pass(1)
    assert leaves_for_it(agreed).pk == event.pk


def test_p4_a_crew_that_is_changed_with_the_agreement_is_told_that_it_is_over(agreed):
    south = crew("sur", "tecnico2")
    agreed.case.change_dispatch(agreed.agreement(crew=south), by=agreed.by, at=agreed.now)
    assert told("dispatch_changed") == ["tecnica1", "tecnico2"]
    texts = {notice.staff.username: text_of(notice, agreed.now) for notice in pages("dispatch_changed")}
    assert "The visit now belongs to another crew" in texts["tecnica1"]
    assert "You have a visit" in texts["tecnico2"]


def test_p4_where_no_crew_takes_its_place_it_is_not_said(agreed):
    agreed.case.change_dispatch(replace(agreed.agreement(), crew=None), by=agreed.by, at=agreed.now)
    (notice,) = pages("dispatch_changed")
    assert "The visit is no longer yours" in text_of(notice, agreed.now)


# --- called off ---


@pytest.mark.parametrize(
    ("moment", "calls_off"),
    [
        ("plan_changed", lambda story: plan_is(story, "remote")),
        ("cancelled", lambda story: story.case.cancel("duplicado", by=story.by, at=story.now)),
        ("transferred", lambda story: story.case.transfer("sales", by=story.by, at=story.now, reason="no es falla")),
    ],
)
def test_p4_a_crew_on_the_road_is_told_that_its_visit_is_called_off(agreed, moment, calls_off):
    leaves_for_it(agreed)
    agreed.minutes_pass(10)
    calls_off(agreed)
    (notice,) = pages(moment)
    assert notice.staff.username == "tecnica1"
    text = text_of(notice, agreed.now)
    assert "The visit is cancelled" in text
    assert "Nothing more is asked of you" in text


def test_p3_a_service_that_came_back_by_itself_calls_its_crew_back(story):
    story.open_case()
    story.visit_is_agreed(crew=crew("norte", "tecnica1"))
    story.minutes_pass(10)
    story.case.recover("volvió sola", by=story.by, at=story.now)
    assert told("recovered") == ["tecnica1"]


def test_p4_a_crew_that_restored_it_is_called_off_by_nothing(agreed):
    arrives(agreed)
    agreed.minutes_pass(10)
    agreed.service_is_restored()
    agreed.minutes_pass(1)
    agreed.case.cancel("duplicado", by=agreed.by, at=agreed.now)
    assert told("restored") == told("cancelled") == []


# --- all of it in one case ---


def test_p4_a_long_case_is_told_once_each_and_its_clocks_are_derived(make_story):
    """Two crews, three visits, a night, a hand-over, a relapse: every clock comes out of the events again."""
    story = make_story("remote")
    story.open_case()
    story.diagnosis("visit")
    north, south = crew("norte", "tecnica1"), crew("sur", "tecnico2")
    story.visit_is_agreed(crew=north)
    leaves_for_it(story)
    story.minutes_pass(10)
    is_held_up(story, hours=6)
    story.minutes_pass(400)
    story.the_sweep_runs()
    story.case.decide_again(story.now + timedelta(hours=2), "sigue " + "x" * 20_000, by=story.by, at=story.now)
    hands_over(story, south)
    story.minutes_pass(5)
    soon = (story.now + timedelta(hours=1), story.now + timedelta(hours=3))
    story.case.resume_visit(*soon, by=story.by, at=story.now)
    leaves_for_it(story)
    story.minutes_pass(90)
    arrives(story, at=story.now - timedelta(minutes=20))
    story.minutes_pass(60)
    is_held_up(story, stops_clock=True, asked_by="Cuadrilla sur")
    story.minutes_pass(60)
    story.case.leave_site(False, "llueve", by=story.by, at=story.now)
    story.minutes_pass(60)
    is_back(story, north)
    story.case.relapse("volvió a caer", by=story.by, at=story.now)
    story.minutes_pass(5)
    story.diagnosis("visit")
    with pytest.raises(NoOpenVisit):
        arrives(story)
    is_back(story, south)
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)
    assert list(rebuild()) == []
    assert set(Counter(Notice.objects.values_list("event_id", "contact_id", "staff_id")).values()) == {1}
    assert [visit.outcome for visit in story.case.visits.order_by("pk")] == ["unfinished", "restored", "restored"]


def is_back(story: Story, by_crew: Crew) -> None:
    """A visit from its agreement to what the customer confirms."""
    story.visit_is_agreed(crew=by_crew)
    leaves_for_it(story)
    story.minutes_pass(30)
    arrives(story)
    story.case.clear_permit(by=story.by, at=story.now)
    story.minutes_pass(30)
    story.service_is_restored()
    story.minutes_pass(5)
    story.customer_confirms()
    story.minutes_pass(5)
