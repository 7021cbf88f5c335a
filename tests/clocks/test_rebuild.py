"""Design §4.4: clocks, escalations and owed calls computed again from the events are what their rows say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from guardia.cases import chain, failed_notices, on_record
from guardia.cases.event import CaseEvent
from guardia.cases.rebuild import rebuild
from guardia.clocks.clock import Clock
from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.escalation.escalation import CallTask, Escalation
from guardia.notices.notice import Notice, NoticeState
from tests.procedure.conftest import make_story, story
from tests.procedure.nights import Night
from tests.procedure.story import Story

__all__ = ["make_story", "story"]


@pytest.fixture
def night(story) -> Night:
    """What an escalation may meet: called in vain and with success, a failed page, an answer that was forgotten."""
    night = Night(story)
    story.open_case()
    night.until_the_diagnosis_is_late()
    night.sweep_after(1)
    night.dials("")
    Notice.objects.filter(moment="paged", staff=night.manager).update(state=NoticeState.FAILED)
    failed_notices.record_failed_pages(story.now)
    night.sweep_after(2)
    night.dials("operadora", answers=night.senior)
    night.sweep_after(31)
    story.case.tell("seguimos", by=story.by, at=story.now)
    night.acknowledges(night.other, commands=True)
    return night


def test_4_nothing_of_an_escalation_changes(night, story):
    assert list(rebuild()) == []
    story.diagnosis()
    assert night.running is None
    assert list(rebuild()) == []
    night.passes(300)
    assert Escalation.objects.count() == 2
    assert CallTask.objects.count() > 3
    assert list(rebuild()) == []


@pytest.mark.parametrize(
    ("wrong", "columns"),
    [
        ({"level": 1}, ("level",)),
        ({"acknowledged_by": None, "acknowledged_at": None}, ("acknowledged_at", "acknowledged_by_id")),
        ({"ended_at": "2026-11-21T08:00Z"}, ("ended_at",)),
    ],
)
def test_4_an_escalation_that_somebody_changed_is_found_and_mended(night, story, wrong, columns):
    Escalation.objects.update(**wrong)
    found = list(rebuild(repair=True))
    assert [(each.owner, each.what, each.columns) for each in found] == [(str(story.case), "escalation 1", columns)]
    assert list(rebuild()) == []


def test_4_a_call_that_somebody_settled_is_found_and_mended(night, story):
    answered = CallTask.objects.get(outcome="answered")
    CallTask.objects.filter(pk=answered.pk).update(outcome="not_needed", dialled_by=None)
    found = list(rebuild(repair=True))
    assert [(each.what, each.columns) for each in found] == [
        (f"call of event {answered.event_id}", ("outcome", "dialled_by_id"))
    ]
    assert list(rebuild()) == []
    answered.refresh_from_db()
    assert (answered.outcome, answered.answered_by) == ("answered", "operadora")


def test_4_rows_that_are_missing_are_written_again(night, story):
    """Nobody but the database's owner may delete them: here they are hidden under another ordinal and event."""
    before = levels_and_calls()
    registered = story.case.events.get(moment="registered")
    Escalation.objects.update(ordinal=9)
    CallTask.objects.filter(outcome="answered").update(event=registered)
    missing = {each.what for each in rebuild(repair=True) if each.columns == ("missing",)}
    assert len(missing) == 2
    assert before <= levels_and_calls()
    assert {each.columns for each in rebuild()} == {("nothing in the events says so",)}


def levels_and_calls() -> set[tuple]:
    return {*Escalation.objects.values_list("ordinal", "level"), *CallTask.objects.values_list("event", "outcome")}


def test_4_a_row_that_no_event_speaks_of_is_named_and_left(night, story):
    Escalation.objects.create(
        case=story.case, customer=story.bank, ordinal=7, source="breach", began_at=story.now, level=1
    )
    found = list(rebuild(repair=True))
    assert [(each.what, each.columns) for each in found] == [("escalation 7", ("nothing in the events says so",))]


def test_4_levels_called_at_one_instant_leave_one_call_to_be_made(story):
    """The worker was dead: levels 1 and 2 are called together, and one call to E5's number is owed, not two."""
    night = Night(story)
    story.open_case()
    story.now = story.clock("diagnosis").due_at + timedelta(minutes=25)
    night.sweep_after(0)
    assert night.level == 2
    assert CallTask.objects.filter(settled_at=None).count() == 1
    assert list(rebuild()) == []


def test_4_the_arithmetic_of_waits_and_relapses_is_the_same(night, story):
    story.diagnosis()
    story.minutes_pass(3)
    story.service_is_restored()
    story.customer_confirms()
    story.minutes_pass(50)
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    night.sweep_after(25)
    assert Clock.objects.filter(kind="diagnosis").count() == 2
    assert list(rebuild()) == []


# --- beside a desk that works ---


def test_4_what_is_mended_is_looked_at_again_under_lock(story, monkeypatch):
    """A verb that writes between the two questions of a comparison makes a difference that is none."""
    story.open_case()
    read = on_record.happenings_of

    def and_then_a_verb_writes(case_ids):
        past = read(case_ids)
        monkeypatch.setattr(on_record, "happenings_of", read)
        story.diagnosis()
        return past

    monkeypatch.setattr(on_record, "happenings_of", and_then_a_verb_writes)
    assert list(rebuild(repair=True)) == []
    assert story.clock("diagnosis").outcome == "kept"
    assert list(rebuild()) == []


@pytest.mark.django_db(transaction=True)
def test_4_a_look_at_the_whole_sees_one_instant(transactional_db):
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    with as_at_one_instant(DatabaseRole.WORKER):
        before = CaseEvent.objects.count()
        elsewhere(lambda: story.diagnosis())
        assert CaseEvent.objects.count() == before
        assert list(chain.breaks()) == []
        assert list(rebuild()) == []
        with pytest.raises(DatabaseError, match="read-only"):
            CaseEvent.objects.update(variant="")
    with behind(DatabaseRole.WORKER):
        assert CaseEvent.objects.count() > before


def elsewhere(act):
    """In a transaction of another connection, which is over when this returns."""

    def at_the_desk():
        try:
            with behind(DatabaseRole.STAFF):
                act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as desk:
        desk.submit(at_the_desk).result()
