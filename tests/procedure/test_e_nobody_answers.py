"""E1 to E5 D: while nobody answers each level is called in its turn; an acknowledgement holds while the case moves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from guardia.cases.refusals import NoEscalation
from guardia.clocks.calendars import CalendarChange
from guardia.notices.notice import Notice
from tests.procedure.nights import E5, TUESDAY_MORNING, Night

CHRISTMAS_NIGHT = datetime(2026, 12, 25, 6, 0, tzinfo=UTC)  # Friday 01:00 in Ecuador
CHRISTMAS_MORNING = datetime(2026, 12, 25, 15, 0, tzinfo=UTC)  # Friday 10:00
ACKNOWLEDGEMENT = {1: 10, 2: 15, 3: 15}  # minutes, as the procedure file has them


def begun(story, at=CHRISTMAS_NIGHT, levels=(1, 2, 3)) -> Night:
    """An incident whose diagnosis (P3) has just become late at that hour."""
    story.now = at
    night = Night(story, levels)
    story.open_case()
    night.until_the_diagnosis_is_late()
    return night


@pytest.fixture
def night(story) -> Night:
    return begun(story)


def test_E2_E3_E4_on_a_holiday_night_nobody_acknowledges_and_no_level_is_left_out(night, story):
    assert (night.level, night.paged()) == (1, ["supervisor-a", "supervisora-b"])
    night.dials("Centro de Gestión")  # E5 was answered, but nobody takes the case
    for level, next_one in ((1, ["gerente"]), (2, ["gerente-senior"]), (3, ["gerente-senior"])):
        night.sweep_after(ACKNOWLEDGEMENT[level] - 1)
        assert (night.level, night.paged()) == (level, [])
        night.sweep_after(1.1)
        assert night.paged() == next_one
    assert night.steps() == [(1, "breach"), *[(level, "not_acknowledged") for level in (2, 3, 3)]]
    assert not night.is_silent()


def test_E4_at_the_last_level_it_is_paged_again_and_again_but_never_more_often_than_every_ten_minutes(night, story):
    night.passes(120)
    hours = [at for (level, _), (_, _, at) in zip(night.steps(), night.events("paged"), strict=True) if level == 3]
    assert len(hours) > 5
    assert min(later - earlier for earlier, later in pairwise(hours)) >= timedelta(minutes=10)
    assert story.now - hours[-1] <= timedelta(minutes=16)


def test_E_design_4_10_no_minute_of_the_night_is_silent(night):
    for _ in range(240):
        night.sweep_after(1)
        assert not night.is_silent()


def test_E5_on_a_holiday_night_a_call_to_its_number_is_owed_within_five_minutes(night, story):
    call = night.call()
    assert (call.clause, call.number, call.level) == ("E5", E5, 1)
    assert call.due_at == story.now + timedelta(minutes=5)
    assert story.clock("call_task").due_at == call.due_at


def test_E5_the_morning_of_a_rest_day_is_a_night_too(story):
    assert begun(story, CHRISTMAS_MORNING).call().number == E5


def test_E5_on_a_working_morning_only_the_level_is_paged(story):
    night = begun(story, TUESDAY_MORNING)
    assert night.call() is None
    assert night.paged() == ["supervisor-a", "supervisora-b"]


def test_E5_a_decree_day_is_a_night(story):
    CalendarChange.objects.create(kind="rest", day="2026-11-24", at=TUESDAY_MORNING - timedelta(days=7))
    assert begun(story, TUESDAY_MORNING).call().number == E5


@pytest.fixture
def slow(story) -> Night:
    """The remote solution (P4) has just become late: its steps call level 2 only an hour later."""
    story.now = CHRISTMAS_NIGHT
    night = Night(story)
    story.open_case()
    story.diagnosis()
    for _ in range(9):
        night.sweep_after(26.67)
        story.case.tell("seguimos probando el enlace", by=story.by, at=story.now)
    night.sweep_after(1)
    assert [data["clock"] for data in story.case.events.filter(moment="breached").values_list("data", flat=True)] == [
        "remote_solution"
    ]
    return night


def test_E_acknowledged_it_waits_and_forgotten_it_moves_on(slow, story):
    night = slow
    night.paged()
    night.sweep_after(4)
    night.acknowledges(night.one)
    assert story.case.answering == night.one
    assert night.call() is None  # answered: nobody need dial any more
    night.sweep_after(29)
    assert (night.level, night.paged()) == (1, [])
    night.sweep_after(1.1)
    assert (night.level, night.paged()) == (2, ["gerente"])
    assert night.steps()[-1] == (2, "nothing_moved")
    assert story.case.answering is None


def test_E_each_movement_gives_as_long_again(slow, story):
    slow.acknowledges(slow.one)
    for number in (2, 3):
        slow.sweep_after(28)
        story.case.tell("seguimos probando el enlace", by=story.by, at=story.now)
        assert story.clock("movement", number).due_at == story.now + timedelta(minutes=30)
        assert story.clock("movement", number - 1).outcome == "kept"
    assert (slow.level, story.case.answering) == (1, slow.one)


def test_E_a_note_to_ourselves_is_no_movement(night, story):
    night.acknowledges(night.one)
    due = story.clock("movement").due_at
    night.sweep_after(5)
    story.case.note("sigo mirando", by=story.by, at=story.now)
    assert story.clock("movement").due_at == due


def test_E_a_stages_hour_tells_the_next_level_while_somebody_answers_and_takes_nothing_from_who_does(night, story):
    """P3's steps: level 2 twenty minutes after the promise was broken, level 3 after an hour."""
    night.acknowledges(night.one, commands=True)
    night.paged()
    night.sweep_after(19)
    assert night.told("level_informed") == []
    night.sweep_after(1)
    assert night.told("level_informed") == ["gerente"]
    assert (night.level, story.case.answering, night.running.commands) == (1, night.one, True)
    night.sweep_after(11)  # nothing has moved for half an hour: now level 2 is asked, not only told
    assert night.steps()[-1] == (2, "nothing_moved")
    assert night.paged() == ["gerente"]


def test_E_who_has_taken_command_is_shown_as_answering(night, story):
    night.acknowledges(night.one)
    night.acknowledges(night.manager, commands=True)
    assert (night.running.acknowledged_by, night.running.commands) == (night.manager.pk, True)
    assert story.case.answering == night.manager


def test_E_an_acknowledgement_said_twice_is_one(night, story):
    first = night.acknowledges(night.one)
    story.seconds_pass(20)
    assert night.acknowledges(night.one).pk == first.pk
    assert story.moments().count("acknowledged") == 1


def test_E_it_ends_when_the_promise_is_met_and_those_paged_are_told_once(night, story):
    night.sweep_after(11)  # level 2 has been paged too
    night.paged()
    story.case.tell("seguimos", by=story.by, at=story.now)  # the next news is not owed yet
    story.diagnosis()
    assert night.running is None
    assert night.told("escalation_ended") == ["supervisor-a", "supervisora-b", "gerente"]
    night.passes(10)
    assert Notice.objects.filter(moment="escalation_ended").count() == 3
    assert (story.case.escalated_level, story.case.answering) == (0, None)
    assert not story.case.clocks.filter(kind__in=["acknowledgement", "movement", "call_task"], ended_at=None).exists()
    with pytest.raises(NoEscalation):
        night.acknowledges(night.one)


def test_E_a_second_broken_promise_begins_it_anew(night, story):
    story.case.tell("seguimos", by=story.by, at=story.now)
    story.diagnosis()
    night.paged()
    night.sweep_after(4 * 60 + 1)  # the remote solution is late too, and long before it the next news
    assert night.running.ordinal == 2
    assert night.paged()


def test_E_closing_the_case_ends_it(night, story):
    story.case.cancel("el cliente desiste", by=story.by, at=story.now)
    assert night.running is None
    assert night.events("escalation_ended")[-1][2] == story.now
    night.passes(30)
    assert night.level == 0
