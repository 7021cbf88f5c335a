"""P4 D: a visit has other hours, another contact or another crew: the customer is told, and no promise moves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardia.cases.refusals import (
    BadQuantity,
    CrewHasIt,
    ForecastIsOver,
    ForecastReversed,
    Missing,
    NoOpenVisit,
    TooLong,
    VisitOutOfOrder,
)
from guardia.field.crew import Crew, CrewMember
from guardia.notices.notice import Notice
from tests.procedure.story import Story


@pytest.fixture
def north(as_staff) -> Crew:
    crew = Crew.objects.create(name="Cuadrilla norte", plate="AAA-0001", tools="escalera")
    CrewMember.objects.create(crew=crew, name="Técnica Uno", document="0100000017")
    return crew


@pytest.fixture
def south(as_staff) -> Crew:
    return Crew.objects.create(name="Cuadrilla sur", plate="AAA-0002")


@pytest.fixture
def agreed(story, north) -> Story:
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed(crew=north)
    story.minutes_pass(10)
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def changes(story, agreement):
    return story.case.change_dispatch(agreement, by=story.by, at=story.now)


def as_agreed(story, crew, **more):
    """The agreement as it stands, with what is other."""
    visit = story.case.open_visit()
    hours = {"forecast_from": visit.forecast_from, "forecast_to": visit.forecast_to}
    return replace(story.agreement(crew=crew, **more), **hours)


# --- agreed ---


def test_p4_d_who_enters_with_what_comes_from_the_crew(agreed):
    visit = agreed.case.open_visit()
    assert visit.people == [{"name": "Técnica Uno", "document": "0100000017"}]
    assert (visit.plate, visit.tools) == ("AAA-0001", "escalera")


def test_p4_d_and_what_is_said_comes_before_it(story, north):
    story.open_case()
    parts = [{"name": "SFP", "quantity": 2, "store": "Bodega Cuenca"}]
    story.visit_is_agreed(crew=north, people=[], plate="BBB-0001", specialty="fibre", parts=parts)
    visit = story.case.open_visit()
    assert (visit.people, visit.plate, visit.specialty, visit.parts) == ([], "BBB-0001", "fibre", parts)


@pytest.mark.parametrize(
    ("more", "refusal", "field"),
    [
        ({"operator": " "}, Missing, "operator"),
        ({"access": "x" * 201}, TooLong, "access"),
        ({"people": [{"name": "", "document": "1"}]}, Missing, "people"),
        ({"parts": [{"name": "SFP", "quantity": 0}]}, BadQuantity, "parts"),
        ({"plate": "x" * 21}, TooLong, "plate"),
    ],
)
def test_p4_d_what_cannot_be_agreed_names_its_field_and_leaves_no_visit(story, more, refusal, field):
    story.open_case()
    with pytest.raises(refusal) as refused:
        story.case.agree(replace(story.agreement(), **more), by=story.by, at=story.now)
    assert refused.value.field == field
    assert not story.case.visits.exists()


def test_p4_d_a_forecast_goes_forward_and_is_still_to_come(story):
    story.open_case()
    agreement = story.agreement()
    reversed_ = replace(agreement, forecast_to=agreement.forecast_from - timedelta(hours=1))
    with pytest.raises(ForecastReversed):
        story.case.agree(reversed_, by=story.by, at=story.now)
    over = replace(agreement, forecast_from=story.now - timedelta(hours=2), forecast_to=story.now - timedelta(hours=1))
    with pytest.raises(ForecastIsOver):
        story.case.agree(over, by=story.by, at=story.now)


@pytest.mark.parametrize("band", ["main", "intermediate", "remote"])
def test_p4_3_d_only_a_remote_sites_agreement_says_when_it_is_decided_again(make_story, band):
    story = make_story(band)
    story.open_case()
    agreement = replace(story.agreement(), next_decision_at=None)
    if band == "remote":
        with pytest.raises(Missing, match=r"P4\.3") as refused:
            story.case.agree(agreement, by=story.by, at=story.now)
        assert refused.value.field == "next_decision_at"
    else:
        story.case.agree(agreement, by=story.by, at=story.now)
    assert not story.case.clocks.filter(kind="next_decision").exists()


# --- changed ---


def test_p4_d_another_forecast_is_told_with_the_one_before_and_moves_no_promise(agreed, north):
    due = agreed.clock("travel").due_at
    before = agreed.case.open_visit().forecast_from
    later = replace(as_agreed(agreed, north), forecast_to=agreed.now + timedelta(hours=5))
    changes(agreed, later)
    notice = agreed.is_told("dispatch_changed", agreed.head, agreed.desk)[0]
    assert notice.facts["data"]["changed"] == ["forecast"]
    assert notice.facts["data"]["was"][0] == before.isoformat()
    assert agreed.clock("travel").due_at == due


def test_p4_d_what_did_not_change_is_no_news(agreed, north):
    before = agreed.case.seq
    changes(agreed, as_agreed(agreed, north))
    assert agreed.case.seq == before
    agreed.nobody_is_told()


def test_p4_d_nothing_is_changed_that_was_not_agreed_or_is_there_already(story, north):
    story.open_case()
    with pytest.raises(NoOpenVisit):
        changes(story, story.agreement())
    story.case.decide_dispatch(by=story.by, at=story.now)
    with pytest.raises(VisitOutOfOrder):
        changes(story, story.agreement())
    story.visit_is_agreed()
    story.case.arrive(by=story.by, at=story.now)
    with pytest.raises(VisitOutOfOrder):
        changes(story, replace(story.agreement(), access="otra hora"))


# --- another crew ---


def test_p4_one_crew_hands_the_visit_over_to_another(agreed, north, south):
    agreed.case.hand_over_visit(south, "la del norte sigue en otra sede", by=agreed.by, at=agreed.now)
    notice = agreed.is_told("crew_changed", agreed.head, agreed.desk)[0]
    assert notice.facts["visit"]["crew"] == "Cuadrilla sur"
    visit = agreed.case.open_visit()
    assert (visit.crew, visit.people, visit.plate, visit.tools) == (south, [], "AAA-0002", "")
    event = agreed.case.latest("crew_changed")
    assert (event.data["crew"], event.data["was"]) == (south.pk, north.pk)


def test_p4_also_at_the_site_where_the_hours_go_on(agreed, south):
    agreed.case.arrive(by=agreed.by, at=agreed.now)
    due = agreed.clock("field_solution").started_at
    agreed.minutes_pass(60)
    agreed.case.hand_over_visit(south, "relevo de turno", by=agreed.by, at=agreed.now)
    assert agreed.clock("field_solution").started_at == due
    assert agreed.case.open_visit().arrived_at


def test_p4_to_itself_no_crew_hands_over_and_twice_is_once(agreed, north, south):
    with pytest.raises(CrewHasIt, match="Cuadrilla norte"):
        agreed.case.hand_over_visit(north, "relevo", by=agreed.by, at=agreed.now)
    with pytest.raises(Missing, match="P4"):
        agreed.case.hand_over_visit(south, " ", by=agreed.by, at=agreed.now)
    first = agreed.case.hand_over_visit(south, "relevo", by=agreed.by, at=agreed.now)
    assert agreed.case.hand_over_visit(south, "relevo", by=agreed.by, at=agreed.now).pk == first.pk
