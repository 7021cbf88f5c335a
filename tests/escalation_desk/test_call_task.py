"""E5: the call that whoever is on shift makes: at the top of the case and of the bench, with its outcome."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from guardia.cases import call_tasks
from guardia.escalation.escalation import CallTask
from guardia.escalation.reachability import Proof
from guardia.procedure.vocabulary import Moment
from tests.escalation_desk.conftest import words
from tests.escalation_desk.storm import case_of_the_hospital


@pytest.fixture
def owed(story, is_night) -> CallTask:
    is_night(True)
    story.open_case_and_breach()
    return CallTask.objects.get(settled_at=None)


def address(story, act: str = "") -> str:
    return f"/casos/{story.number}/{act}"


def test_e5_the_number_stands_on_the_case_and_on_the_bench_with_its_countdown(story, engineer, owed):
    pages = {"Call this number now": engineer.get(address(story)), "Call now": engineer.get("/")}
    for sentence, answer in pages.items():
        page = words(answer)
        assert 'class="dial number" href="tel:+59324005124"' in page
        assert sentence in page
        assert "Nobody answered" in page


def test_e5_answered_by_whom_and_who_takes_it(story, engineer, owed):
    fields = {"call": owed.pk, "outcome": "answered", "answered_by": "Supervisor de noche", "takes": story.second.pk}
    assert engineer.post(address(story, "llamada"), fields).status_code == 302
    owed.refresh_from_db()
    assert (owed.outcome, owed.answered_by) == ("answered", "Supervisor de noche")
    assert story.running.acknowledged_by == story.second.pk
    assert Proof.objects.get(address=owed.number).reached
    page = words(engineer.get(address(story)))
    assert "answered by Supervisor de noche" in page
    assert 'class="dial number"' not in page


def test_e5_answered_needs_a_name(story, engineer, owed):
    back = engineer.post(address(story, "llamada"), {"call": owed.pk, "outcome": "answered"})
    assert back.status_code == 422
    assert "Write who answered" in words(back)
    owed.refresh_from_db()
    assert owed.settled_at is None


def test_e5_nobody_answered_asks_the_next_level_at_once(story, engineer, owed):
    engineer.post(address(story, "llamada"), {"call": owed.pk, "outcome": "not_answered"})
    assert story.running.level == 2
    assert not Proof.objects.get(address=owed.number).reached
    assert "nobody answered: the next level is paged" in words(engineer.get(address(story)))


def test_e5_the_hour_of_the_call_is_the_one_that_is_written(story, engineer, owed):
    said = localtime(owed.owed_at).strftime("%H:%M")
    fields = {"call": owed.pk, "outcome": "answered", "answered_by": "Alguien", "at": said}
    assert engineer.post(address(story, "llamada"), fields).status_code == 302
    event = story.case.latest(Moment.CALL_MADE)
    assert localtime(event.occurred_at).strftime("%H:%M:%S") == f"{said}:00"


def test_e5_pressed_twice_it_is_one_call(story, engineer, owed):
    fields = {"call": owed.pk, "outcome": "answered", "answered_by": "Alguien"}
    for _ in range(2):
        assert engineer.post(address(story, "llamada"), fields).status_code == 302
    assert story.moments().count(Moment.CALL_MADE) == 1


def test_e5_undone_it_moves_on_and_is_an_alarm_above_every_page(story, engineer, owed):
    story.now = owed.due_at + timedelta(seconds=1)
    story.the_sweep_runs()
    assert story.running.level == 2
    owed.refresh_from_db()
    assert owed.outcome == "undone"
    found = call_tasks.undone(story.now)
    assert [task.case_id for task in found] == [story.case.pk]
    story.case.acknowledge(story.manager, by=story.by, at=story.now)
    assert call_tasks.undone(story.now) == []


def test_e5_one_conversation_speaks_for_the_other_cases_only_where_it_is_said(story, engineer, owed):
    other = case_of_the_hospital(story)
    other.escalate("Urgencias", by=story.by, at=story.now)
    third = CallTask.objects.get(case=other, settled_at=None)
    page = words(engineer.get(address(story)))
    assert "and for 1 more case: Hospital Los Arrayanes" in page
    assert words(engineer.get("/")).count('class="dial number"') == 1
    fields = {"call": owed.pk, "outcome": "answered", "answered_by": "Supervisor de noche", "takes": story.second.pk}
    for _ in range(2):
        engineer.post(address(story, "llamada"), fields | {"others": "on"})
    third.refresh_from_db()
    assert (third.outcome, third.answered_by) == ("answered", "Supervisor de noche")
    other.refresh_from_db()
    assert other.answering_id == story.second.pk
    assert other.events.filter(moment=Moment.CALL_MADE).count() == 1


def test_e5_without_a_word_about_the_others_their_calls_stay_owed(story, engineer, owed):
    other = case_of_the_hospital(story)
    other.escalate("Urgencias", by=story.by, at=story.now)
    engineer.post(address(story, "llamada"), {"call": owed.pk, "outcome": "answered", "answered_by": "Alguien"})
    assert CallTask.objects.get(case=other).settled_at is None


def test_e5_a_call_of_another_case_is_not_this_cases(story, engineer, owed):
    for call, status in (("999999", 409), ("x", 422), ("9" * 30, 422)):
        back = engineer.post(address(story, "llamada"), {"call": call, "outcome": "answered", "answered_by": "x"})
        assert back.status_code == status
    owed.refresh_from_db()
    assert owed.settled_at is None
