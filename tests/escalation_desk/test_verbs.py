"""The verbs of people (E1 to E5): what they refuse, what they write once, what they leave alone."""

import pytest

from guardia.cases import answering_together
from guardia.cases.refusals import CallIsSettled, EndsWithThePromise, Missing, NoEscalation, NotAnEscalationLevel
from guardia.escalation.escalation import CallTask
from guardia.escalation.reachability import Proof
from guardia.procedure.vocabulary import Moment
from tests.escalation_desk.storm import case_of_the_hospital


def test_e1_escalating_needs_a_reason_and_the_customers_person(on_time):
    on_time.open_case()
    how = {"by": on_time.by, "at": on_time.now}
    with pytest.raises(Missing):
        on_time.case.escalate("  ", **how)
    with pytest.raises(Missing):
        on_time.case.escalate("Pide un supervisor", source="customer", **how)
    with pytest.raises(NotAnEscalationLevel):
        on_time.case.escalate("x", level=7, **how)
    assert Moment.ESCALATED not in on_time.moments()


def test_e1_asked_for_again_at_a_level_that_was_reached_nothing_happens(on_time):
    on_time.open_case()
    for _ in range(2):
        on_time.case.escalate("Pide un supervisor", by=on_time.by, at=on_time.now)
    assert on_time.moments().count(Moment.ESCALATED) == 1
    on_time.case.escalate("Pide un gerente", level=2, by=on_time.by, at=on_time.now)
    assert on_time.running.level == 2


def test_e_without_an_escalation_there_is_nothing_to_answer_pass_on_or_end(on_time):
    on_time.open_case()
    how = {"by": on_time.by, "at": on_time.now}
    with pytest.raises(NoEscalation):
        on_time.case.acknowledge(on_time.supervisor, **how)
    with pytest.raises(NoEscalation):
        on_time.case.pass_on("no puedo", staff=on_time.supervisor, **how)
    with pytest.raises(NoEscalation):
        on_time.case.end_escalation("ya", **how)


def test_e_while_a_promise_is_broken_even_one_a_person_began_is_not_ended(story):
    story.open_case_and_breach()
    story.case.escalate("Pide un gerente", level=2, by=story.by, at=story.now)
    assert story.running.source == "engineer"
    with pytest.raises(EndsWithThePromise):
        story.case.end_escalation("ya", by=story.by, at=story.now)


def test_e_what_a_person_began_ends_with_its_reason_and_those_paged_are_told(on_time):
    on_time.open_case()
    on_time.case.escalate("Pide un supervisor", by=on_time.by, at=on_time.now)
    with pytest.raises(Missing):
        on_time.case.end_escalation(" ", by=on_time.by, at=on_time.now)
    event = on_time.case.end_escalation("El cliente lo retira", by=on_time.by, at=on_time.now)
    assert sorted(event.data["staff"]) == sorted([on_time.supervisor.pk, on_time.second.pk])
    assert on_time.page_to(on_time.supervisor, Moment.ESCALATION_ENDED).owed_at == on_time.now


def test_e5_a_call_that_is_no_longer_owed_is_refused(story, is_night):
    is_night(True)
    story.open_case_and_breach()
    task = CallTask.objects.get(settled_at=None)
    story.case.acknowledge(story.supervisor, by=story.by, at=story.now)
    task.refresh_from_db()
    assert task.outcome == "not_needed"
    with pytest.raises(CallIsSettled):
        story.case.call_made(task, answered_by="Alguien", by=story.by, at=story.now)
    assert not Proof.objects.exists()


def test_e_one_person_answers_for_many_cases_in_one_record(story):
    story.open_case_and_breach()
    second = case_of_the_hospital(story)
    third = story.case
    second.escalate("Urgencias", by=story.by, at=story.now)
    cases = answering_together.locked([second.pk, third.pk])
    how = {"by": story.by, "at": story.now}
    changed = answering_together.acknowledge_all(cases, story.supervisor, reached_at=["a@example.com"] * 2, **how)
    assert {case.pk for case in changed} == {second.pk, third.pk}
    assert answering_together.acknowledge_all(cases, story.supervisor, reached_at=["a@example.com"], **how) == []
    assert Proof.objects.count() == 1


def test_e_many_are_passed_on_only_where_this_person_is_asked(story):
    story.open_case_and_breach()
    second = case_of_the_hospital(story)
    second.escalate("Urgencias", by=story.by, at=story.now)
    second.acknowledge(story.second, by=story.by, at=story.now)
    cases = answering_together.locked([second.pk, story.case.pk])
    how = {"staff": story.supervisor, "by": story.by, "at": story.now}
    assert [case.pk for case in answering_together.pass_on_all(cases, "no puedo", **how)] == [story.case.pk]
    assert answering_together.pass_on_all(cases, "no puedo", **how) == []
    with pytest.raises(Missing):
        answering_together.pass_on_all(cases, " ", **how)
