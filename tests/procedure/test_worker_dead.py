"""Design §4.5: what fell due while nobody looked is dated when it fell due; pages leave as soon as somebody looks."""

from datetime import timedelta

import pytest

from guardia.notices.notice import Notice
from tests.procedure.nights import Night


def test_P3_the_worker_was_dead_for_ten_minutes(story):
    night = Night(story)
    story.open_case()
    due = story.clock("diagnosis").due_at
    story.now = due + timedelta(minutes=10)
    night.sweep_after(0)
    assert [at for _, _, at in night.events("breached")] == [due]
    assert story.clock("diagnosis").breached_at == due
    assert night.events("escalated") == [("escalated", "breach", story.now)]
    assert (night.level, night.paged()) == (1, ["supervisor-a", "supervisora-b"])
    assert set(Notice.objects.filter(moment="paged").values_list("owed_at", flat=True)) == {story.now}


def test_E_after_ten_dead_minutes_level_1_has_its_whole_time(story):
    """Nobody was paged while the worker was dead, so nobody has failed to answer: level 2 waits for its own hour."""
    night = Night(story)
    story.open_case()
    story.now = story.clock("diagnosis").due_at + timedelta(minutes=10)
    night.sweep_after(0)
    night.dials("Centro de Gestión")
    assert story.clock("acknowledgement").due_at == story.now + timedelta(minutes=10)
    night.sweep_after(9.9)
    assert night.level == 1


def test_E_dead_while_level_1_was_to_acknowledge_only_the_next_level_is_called(story):
    night = Night(story)
    story.open_case()
    night.until_the_diagnosis_is_late()
    night.paged()
    paged_at = story.now
    night.sweep_after(19)  # the time of level 1 was over after ten minutes, that of the call after five
    assert (night.level, night.paged()) == (2, ["gerente"])
    late = {
        data["clock"]: at for data, at in story.case.events.filter(moment="breached").values_list("data", "occurred_at")
    }
    assert late["acknowledgement"] == paged_at + timedelta(minutes=10)
    assert late["call_task"] == paged_at + timedelta(minutes=5)


@pytest.mark.parametrize(("minutes", "reached"), [(10, [1]), (25, [1, 2]), (61, [1, 2, 3])])
def test_E_levels_whose_hour_has_come_are_called_together_and_no_others(story, minutes, reached):
    """P3's steps: level 2 after twenty minutes, level 3 after an hour."""
    night = Night(story)
    story.open_case()
    story.now = story.clock("diagnosis").due_at + timedelta(minutes=minutes)
    night.sweep_after(0)
    assert [level for level, _ in night.steps()] == reached
    assert {at for _, _, at in night.events("paged")} == {story.now}


def test_E_the_dead_worker_pages_each_person_once(story):
    night = Night(story)
    story.open_case()
    story.now = story.clock("diagnosis").due_at + timedelta(hours=3)
    night.sweep_after(0)
    assert sorted(night.paged()) == ["gerente", "gerente-senior", "supervisor-a", "supervisora-b"]
    assert not night.is_silent()
