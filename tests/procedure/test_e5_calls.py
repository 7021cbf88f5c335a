"""E5: a telephone step is a call that somebody on shift makes in time; its outcome is on record, undone it moves on."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import CallIsSettled, Refused
from guardia.escalation.escalation import CallTask
from guardia.escalation.reachability import Proof
from tests.procedure.nights import E5, Night


@pytest.fixture
def night(story) -> Night:
    """Saturday 02:23 in Ecuador: the diagnosis has just become late."""
    night = Night(story)
    story.open_case()
    night.until_the_diagnosis_is_late()
    return night


def test_E5_saturday_02_00_who_was_dialled_who_answered_and_when(night, story):
    story.minutes_pass(2)
    night.dials("operadora de turno")
    dialled = CallTask.objects.get()
    assert (dialled.clause, dialled.number, dialled.outcome) == ("E5", E5, "answered")
    assert (dialled.dialled_by, dialled.answered_by, dialled.settled_at) == (
        story.engineer,
        "operadora de turno",
        story.now,
    )
    made = story.case.events.get(moment="call_made")
    assert (made.variant, made.occurred_at, made.data["call"]) == ("answered", story.now, dialled.event_id)
    assert made.texts.get(name="answered_by").text == "operadora de turno"
    assert story.clock("call_task").outcome == "kept"


def test_E5_that_the_number_rang_somebody_is_proof_of_it(night, story):
    night.dials("operadora de turno")
    proof = Proof.objects.get(address=E5)
    assert (proof.how, proof.reached, proof.at, proof.answered_by) == ("call", True, story.now, "operadora de turno")


def test_E5_answered_it_is_not_dialled_again_in_this_escalation(night):
    night.dials("operadora de turno")
    night.sweep_after(10.1)
    assert night.level == 2
    assert night.call() is None


def test_E5_not_answered_the_next_level_is_called_at_once(night, story):
    night.paged()
    story.minutes_pass(1)
    night.dials("")
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert night.steps()[-1] == (2, "not_answered")
    first, second = CallTask.objects.order_by("pk")
    assert (first.outcome, first.answered_by, first.settled_at) == ("not_answered", "", story.now)
    assert (second.number, second.level, second.settled_at) == (E5, 2, None)


def test_E5_undone_it_moves_on_and_says_so(night, story):
    night.paged()
    night.sweep_after(5)
    assert night.level == 1  # at most five minutes: the fifth is still in time
    night.sweep_after(1 / 60)
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert night.steps()[-1] == (2, "call_undone")
    assert CallTask.objects.order_by("pk")[0].outcome == "undone"


def test_E5_whoever_takes_it_on_the_telephone_answers_for_it(night, story):
    night.dials("supervisora-b", answers=night.other)
    assert story.case.answering == night.other
    assert story.clock("movement").due_at == story.now + timedelta(minutes=30)
    night.sweep_after(19)
    assert night.level == 1


def test_E5_an_answer_by_page_makes_the_call_needless(night, story):
    task = night.call()
    night.acknowledges(night.one)
    task.refresh_from_db()
    assert task.outcome == "not_needed"
    with pytest.raises(CallIsSettled):
        story.case.call_made(task, answered_by="operadora", by=story.by, at=story.now)


def test_E5_entered_twice_it_is_one_call(night, story):
    task = night.call()
    first = story.case.call_made(task, answered_by="operadora", by=story.by, at=story.now)
    task.refresh_from_db()
    assert story.case.call_made(task, answered_by="operadora", by=story.by, at=story.now).pk == first.pk
    assert story.moments().count("call_made") == 1


def test_E5_called_in_time_but_entered_a_little_later_it_was_in_time(night, story):
    """The call counts from its own hour."""
    task, called_at = night.call(), story.now + timedelta(minutes=3)
    story.minutes_pass(4.5)
    story.case.call_made(task, answered_by="operadora", by=story.by, at=called_at, now=story.now)
    assert story.clock("call_task").outcome == "kept"
    assert CallTask.objects.get().settled_at == called_at


def test_E5_entered_after_the_escalation_had_moved_on_the_call_is_still_on_record(night, story):
    """Dialled at 02:26, entered at 02:30: level 2 was paged meanwhile, and who answered is known all the same."""
    task, called_at = night.call(), story.now + timedelta(minutes=3)
    night.sweep_after(6)
    assert night.level == 2
    task.refresh_from_db()
    assert task.outcome == "undone"
    story.case.call_made(task, answered_by="operadora", by=story.by, at=called_at, now=story.now)
    task.refresh_from_db()
    assert (task.outcome, task.answered_by, task.settled_at) == ("answered", "operadora", called_at)
    assert night.level == 2


def test_E5_a_long_answer_is_kept_or_refused_in_words_but_no_fault(night, story):
    said = "la operadora del turno " * 20
    try:
        night.dials(said)
    except Refused:
        assert CallTask.objects.get().settled_at is None
    else:
        assert CallTask.objects.get().answered_by == said.strip()[:160]
        assert story.case.events.get(moment="call_made").texts.get(name="answered_by").text.startswith("la operadora")
