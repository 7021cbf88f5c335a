"""E1: the customer escalates, or one of us; what a person of the matrix was told by telephone counts from the call."""

from datetime import timedelta

import pytest

from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Missing, NotAnEscalationLevel, TimeBeforeTheCase, TimeInTheFuture
from guardia.notices.notice import Notice
from guardia.people.staff import Actor
from tests.procedure.nights import Night


@pytest.fixture
def night(story) -> Night:
    """An incident whose promises are all kept so far."""
    night = Night(story)
    story.open_case()
    story.minutes_pass(5)
    night.last_page = Notice.objects.order_by("-pk").first().pk
    return night


def customer_escalates(night, level=1, **more):
    story = night.story
    said = {"source": "customer", "asked_by": "Jefe de Sistemas", "level": level} | more
    return story.case.escalate("nadie nos llama", by=story.by, at=story.now, **said)


def received(night, who, level, minutes_ago=0.0, words="sin servicio", caller="Jefe de Sistemas"):
    case, now = night.story.case, night.story.now
    at = now - timedelta(minutes=minutes_ago)
    return case.receive_escalation(caller, staff=who, level=level, by=Actor.of_staff(who), at=at, now=now, words=words)


def test_E1_the_customer_escalates_to_level_2_directly_and_that_level_alone_is_paged(night, story):
    customer_escalates(night, level=2)
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert night.events("escalated") == [("escalated", "customer", story.now)]
    night.sweep_after(15.1)  # level 2 has fifteen minutes; nobody goes back to level 1
    assert (night.level, night.paged()) == (3, ["gerente-senior"])


def test_E1_the_customers_contacts_are_told_that_it_was_escalated(night, story):
    customer_escalates(night)
    told = Notice.objects.filter(moment="escalated", variant="customer", state="owed")
    assert set(told.values_list("contact", flat=True)) == {story.head.pk, story.desk.pk}


def test_E1_one_escalation_however_often_it_is_asked_for(night, story):
    customer_escalates(night)
    night.sweep_after(1)
    customer_escalates(night)
    assert story.case.escalations.count() == 1
    assert night.paged() == ["supervisor-a", "supervisora-b"]


def test_E1_asked_for_a_higher_level_it_is_reached_at_once(night):
    customer_escalates(night)
    night.paged()
    night.sweep_after(1)
    customer_escalates(night, level=3)
    assert (night.level, night.paged()) == (3, ["gerente-senior"])


def test_E1_it_ends_when_the_promise_that_ran_then_is_met(night, story):
    customer_escalates(night)
    night.acknowledges(night.one)
    night.sweep_after(5)
    assert night.running is not None
    story.diagnosis()
    assert night.running is None
    assert night.told("escalation_ended") == ["supervisor-a", "supervisora-b"]


def test_E1_asked_for_while_it_runs_for_late_news_it_stands_on_the_promise_of_the_stage(night, story):
    story.diagnosis()
    night.sweep_after(30.1)
    assert night.running.clock == "next_news"
    story.minutes_pass(1)
    customer_escalates(night)
    story.case.tell("seguimos con pruebas", by=story.by, at=story.now)
    assert (night.running.source, night.running.clock) == ("customer", "remote_solution")
    story.service_is_restored()
    assert night.running is None
    assert list(rebuild()) == []


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [({"level": 4}, NotAnEscalationLevel), ({"level": 0}, NotAnEscalationLevel), ({"asked_by": " "}, Missing)],
)
def test_E1_a_level_that_is_none_or_nobody_who_asked_is_refused_and_nobody_is_paged(night, wrong, refused):
    with pytest.raises(refused):
        customer_escalates(night, **wrong)
    assert night.running is None
    assert night.paged() == []


def test_E1_a_call_that_was_received_counts_from_its_own_hour(night, story):
    night.sweep_after(9)
    received(night, night.manager, level=2, minutes_ago=7)
    called_at = story.now - timedelta(minutes=7)
    assert night.events("escalated") == [("escalated", "received", called_at)]
    assert night.running.began_at == called_at
    assert story.case.escalations.get().began_at == called_at
    assert story.clock("movement").due_at == called_at + timedelta(minutes=30)


def test_E1_who_received_the_call_answers_for_it_and_is_not_paged(night, story):
    received(night, night.manager, level=2)
    assert story.case.answering == night.manager
    assert night.paged() == []
    assert night.level == 2


def test_E1_the_same_call_entered_twice_is_one(night, story):
    first = received(night, night.manager, level=2, minutes_ago=2)
    story.seconds_pass(10)
    again = received(night, night.manager, level=2, minutes_ago=2)
    assert first.pk == again.pk
    assert story.moments().count("escalated") == 1


@pytest.mark.parametrize(("minutes_ago", "refused"), [(-30, TimeInTheFuture), (600, TimeBeforeTheCase)])
def test_E1_the_calls_hour_lies_between_the_registration_and_now(night, minutes_ago, refused):
    with pytest.raises(refused):
        received(night, night.manager, level=2, minutes_ago=minutes_ago)
    assert night.running is None


def test_E1_forgotten_after_the_call_it_moves_on_from_that_level(night):
    received(night, night.manager, level=2)
    night.sweep_after(30.1)
    assert night.level == 3


def test_E_passed_on_the_next_level_is_asked_at_once(night, story):
    customer_escalates(night)
    night.paged()
    story.seconds_pass(30)
    story.case.pass_on("estoy en un vuelo", staff=night.one, by=Actor.of_staff(night.one), at=story.now)
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert night.steps()[-1] == (2, "passed_on")


def test_E_passed_on_without_a_reason_is_refused(night, story):
    customer_escalates(night)
    with pytest.raises(Missing):
        story.case.pass_on(" ", staff=night.one, by=Actor.of_staff(night.one), at=story.now)
    assert night.level == 1


def test_E1_one_of_ours_may_end_what_one_of_ours_began(night, story):
    story.case.escalate("quiero otra opinión", by=story.by, at=story.now)
    story.case.end_escalation("ya la tengo", by=story.by, at=story.now)
    assert night.running is None
    assert night.told("escalation_ended") == ["supervisor-a", "supervisora-b"]
