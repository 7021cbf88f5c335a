"""P7 D: a contested stop goes to the quality manager, within 5 office days is ruled on with reasons, and is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guardia.cases.contesting import Ruling
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import (
    CaseWasWithdrawn,
    Missing,
    NothingContested,
    NothingToContest,
    OnlyTheQualityManager,
    WaitIsRuledOn,
)
from tests.contests.conftest import ACCESS, closes, objects, waits_and_diagnoses


def rules(story, upheld, reasons="La bitácora de Portería no lo confirma", by=None):
    found = story.case.contested()
    return story.case.rule({wait.pk: Ruling(upheld, reasons) for wait in found}, by=by or story.rules, at=story.now)


def test_p7d_an_objection_starts_the_ruling_clock_of_five_office_days_and_is_told(story):
    waits_and_diagnoses(story)
    objects(story)
    # Saturday 02:33 in Ecuador: five office days from Monday 23, due when Friday 27 ends.
    assert story.clock("ruling").due_at == datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    facts = story.is_told("contested", story.head, story.desk)[0].facts
    assert facts["texts"] == {"who": "Jefe de Sistemas", "reason": "Nadie pidió entrar a esa hora"}
    assert facts["data"]["clocks"] == ["diagnosis"]
    assert facts["ruling"] == "2026-11-27T22:30:00+00:00"


def test_p7d_upheld_the_stop_is_void_the_clocks_count_again_and_the_breach_bears_its_own_hour(story):
    waits_and_diagnoses(story)
    assert story.clock("diagnosis").outcome == "kept"
    objects(story)
    rules(story, upheld=True)
    clock = story.clock("diagnosis")
    assert clock.outcome == "breached"
    assert clock.breached_at == story.began + timedelta(minutes=20)
    assert clock.taken_seconds == 24 * 60
    assert story.clock("ruling").outcome == "kept"
    assert story.moments()[-2:] == ["ruled", "breached"]
    assert [*rebuild()] == []


def test_p7d_rejected_the_stop_stands(story):
    waits_and_diagnoses(story)
    objects(story)
    rules(story, upheld=False)
    assert story.clock("diagnosis").outcome == "kept"
    assert story.clock("diagnosis").taken_seconds == 14 * 60
    wait = story.case.waits.get()
    assert (wait.ruling, wait.ruled_by, wait.ruling_reasons) == (
        "rejected",
        story.quality,
        "La bitácora de Portería no lo confirma",
    )


def test_p7d_the_customer_is_told_the_ruling_with_its_reasons(story):
    waits_and_diagnoses(story)
    objects(story)
    story.is_told("contested", story.head, story.desk)
    rules(story, upheld=True)
    facts = story.is_told("ruled", story.head, story.desk)[0].facts
    assert facts["variant"] == "upheld"
    assert facts["texts"]["reason"] == "La bitácora de Portería no lo confirma"


def test_p7d_an_objection_outlives_the_closing_and_the_clock_of_a_closed_case_is_judged(story):
    waits_and_diagnoses(story)
    closes(story)
    objects(story)
    story.now = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
    story.the_sweep_runs()
    assert story.clock("ruling").breached_at == datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    rules(story, upheld=True)
    assert story.clock("ruling").outcome == "breached"
    assert story.clock("diagnosis").outcome == "breached"
    assert not story.case.is_open
    assert story.case.status == "closed"
    assert [*rebuild()] == []


def test_p7d_an_objection_made_before_the_closing_lives_on(story):
    waits_and_diagnoses(story)
    objects(story)
    closes(story)
    assert story.clock("ruling").outcome == "running"
    rules(story, upheld=False)
    assert story.clock("ruling").outcome == "kept"


def test_p7d_the_affected_time_leaves_out_what_was_agreed_and_takes_back_what_was_ruled_void(story):
    waits_and_diagnoses(story, replace(ACCESS, excluded=True))
    closes(story)
    whole = (story.case.restored_at - story.case.outage_started_at).total_seconds()
    assert story.case.affected_seconds == whole - 600
    objects(story)
    rules(story, upheld=True)
    assert story.case.affected_seconds == whole
    event = story.case.events.get(moment="ruled")
    assert (event.data["affected_seconds"], event.data["affected_seconds_was"]) == (whole, whole - 600)


def test_p7d_a_wait_that_is_no_exclusion_does_not_shorten_the_affected_time(story):
    waits_and_diagnoses(story)
    closes(story)
    assert story.case.affected_seconds == (story.case.restored_at - story.case.outage_started_at).total_seconds()


def two_waits(story):
    story.began = story.clock("diagnosis").started_at
    story.minutes_pass(1)
    for minutes, reason in ((4, "sin llave"), (6, "sin permiso")):
        story.case.wait(replace(ACCESS, reason=reason), by=story.by, at=story.now)
        story.minutes_pass(minutes)
        story.case.go_on(story.case.waits.get(ended_at=None), by=story.by, at=story.now)
        story.minutes_pass(1)
    story.minutes_pass(15)
    story.diagnosis()
    return list(story.case.waits.order_by("pk"))


def test_p7d_a_second_objection_joins_and_one_ruling_ends_both_in_part(story):
    first, second = two_waits(story)
    objects(story, [first])
    due = story.clock("ruling").due_at
    story.now += timedelta(hours=60)
    objects(story, [second], words="Tampoco esto")
    assert story.clock("ruling").due_at == due
    assert story.case.clocks.filter(kind="ruling").count() == 1
    decided = {first.pk: Ruling(True, "no hay prueba"), second.pk: Ruling(False, "la guardia lo confirma")}
    event = story.case.rule(decided, by=story.rules, at=story.now)
    assert (event.variant, event.data["upheld"], event.data["rejected"]) == ("in_part", [first.pk], [second.pk])
    assert story.clock("diagnosis").taken_seconds == (4 + 1 + 1 + 15 + 1) * 60
    assert [*rebuild()] == []


def test_p7d_every_contested_stop_is_ruled_on_with_reasons_or_none_is(story):
    first, second = two_waits(story)
    objects(story)
    with pytest.raises(Missing) as lacking:
        story.case.rule({first.pk: Ruling(True, "sí")}, by=story.rules, at=story.now)
    assert lacking.value.field == f"ruling_{second.pk}"
    with pytest.raises(Missing) as silent:
        rules(story, upheld=True, reasons=" ")
    assert silent.value.field == f"reasons_{first.pk}"
    assert story.case.contested().count() == 2
    assert "ruled" not in story.moments()


def test_p7d_only_the_quality_manager_rules(story):
    waits_and_diagnoses(story)
    objects(story)
    for person in (story.engineer, story.supervisor):
        with pytest.raises(OnlyTheQualityManager):
            rules(story, upheld=False, by=type(story.by).of_staff(person))


def test_p7d_pressed_twice_it_is_one_objection_and_one_ruling(story):
    waits_and_diagnoses(story)
    assert objects(story).pk == objects(story).pk
    decided = {story.case.waits.get().pk: Ruling(False, "consta en la llamada")}
    first = story.case.rule(decided, by=story.rules, at=story.now)
    assert story.case.rule(decided, by=story.rules, at=story.now).pk == first.pk
    with pytest.raises(NothingContested):
        story.case.rule({}, by=story.rules, at=story.now)


def test_p7d_what_was_ruled_on_is_not_contested_again(story):
    waits_and_diagnoses(story)
    objects(story)
    rules(story, upheld=False)
    with pytest.raises(WaitIsRuledOn):
        objects(story, words="Insistimos")
    with pytest.raises(WaitIsRuledOn):
        story.case.correct_wait(story.case.waits.get(), hours=None, reason="no", by=story.by, at=story.now)


def test_p7d_a_standing_wait_that_is_ruled_void_ends_with_the_ruling(story):
    story.case.wait(ACCESS, by=story.by, at=story.now)
    story.minutes_pass(3)
    objects(story)
    story.minutes_pass(2)
    rules(story, upheld=True)
    assert story.case.waits.get().ended_at == story.now
    assert story.clock("diagnosis").due_at == story.clock("diagnosis").started_at + timedelta(minutes=20)
    assert story.case.status == "inProgress"
    assert [*rebuild()] == []


def test_p7d_nothing_chosen_nobody_named_or_a_withdrawn_case_is_refused(story):
    waits_and_diagnoses(story)
    with pytest.raises(NothingToContest):
        objects(story, [])
    with pytest.raises(Missing, match="P7"):
        objects(story, who=" ")
    with pytest.raises(Missing, match="P7"):
        objects(story, words="")
    story.case.cancel("el cliente desiste", by=story.by, at=story.now)
    with pytest.raises(CaseWasWithdrawn):
        objects(story)
