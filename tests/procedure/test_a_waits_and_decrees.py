"""A3, W1: a request that waits for its desk to open also waits for the customer, and follows what is announced."""

from datetime import UTC, date, datetime, timedelta

import pytest

from guardia.cases import calendar_change, chain, derived
from guardia.cases.case import Case
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import NothingToStop
from guardia.cases.waiting import WaitReason
from guardia.clocks.calendars import ChangeKind
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.office import FRIDAY, MONDAY, TUESDAY, Office, follow, is_whole

WHY = WaitReason(WaitCause.CUSTOMER, "Facturación 1", "falta la orden de compra", "correo")
MONDAY_30, TUESDAY_1 = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture
def story(story):
    story.now = FRIDAY + timedelta(minutes=2)
    return story


@pytest.fixture
def office(story) -> Office:
    return Office(story)


def waits(story, office, why=WHY, **more):
    return story.case.wait(why, by=office.by, at=story.now, **more)


def announces(story, day, kind=ChangeKind.REST, reason="Decreto 77"):
    return calendar_change.announce(kind, day=day, by=story.supervisor, at=story.now, reason=reason)


def test_w1_asked_for_before_the_sweep_has_seen_the_desk_open_it_stops_the_clock(story, office):
    office.takes()
    story.now = MONDAY + timedelta(hours=1)
    waits(story, office)
    opened = story.case.events.get(moment="admin_desk_opened")
    assert (opened.occurred_at, story.case.opens_at, story.case.status) == (MONDAY, None, "pending")
    story.minutes_pass(120)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    assert story.clock("first_answer").due_at == MONDAY + timedelta(hours=6)
    assert is_whole()


def test_w1_asked_for_while_the_desk_is_closed_it_holds_the_clock_from_the_opening_on(story, office):
    office.takes()
    story.is_told("admin_taken", story.head)
    event = waits(story, office)
    assert waits(story, office).pk == event.pk
    assert (story.case.opens_at, story.case.status) == (MONDAY, "pending")
    notice, _other = story.is_told("wait_started", story.head, story.desk)
    assert notice.facts["next"] is None
    assert sorted(notice.facts["data"]["clocks"]) == ["first_answer", "solution"]
    story.now = MONDAY
    story.the_sweep_runs()
    clock = story.clock("first_answer")
    assert (clock.started_at, clock.due_at) == (MONDAY, None)
    assert story.case.waiting_since == MONDAY
    story.minutes_pass(60)
    story.the_sweep_runs()
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    assert story.clock("first_answer").due_at == MONDAY + timedelta(hours=5)
    assert is_whole()


def test_w1_that_ends_before_any_sweep_saw_the_desk_open_has_held_the_clock_all_the_same(story, office):
    """The same facts give the same promise, whether the worker lived or not."""
    office.takes()
    waits(story, office)
    story.now = MONDAY + timedelta(hours=1)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    assert story.moments()[-2:] == ["admin_desk_opened", "wait_ended"]
    assert story.clock("first_answer").due_at == MONDAY + timedelta(hours=5)
    assert is_whole()


def test_w1_that_is_corrected_before_any_sweep_saw_the_desk_open_has_held_the_clock(story, office):
    office.takes()
    waits(story, office)
    wait = story.case.waits.get()
    story.now = MONDAY + timedelta(hours=2)
    hours = (wait.started_at, MONDAY + timedelta(minutes=30))
    story.case.correct_wait(wait, hours=hours, reason="llegó a las nueve", by=office.by, at=story.now)
    assert story.clock("first_answer").due_at == MONDAY + timedelta(hours=4, minutes=30)
    assert is_whole()


def test_a3_a_decree_in_the_afternoon_does_not_lift_what_broke_in_the_morning(story, office):
    """What is announced of a day reaches none of its hours that are past: an operator does not forgive itself."""
    story.now = MONDAY
    office.takes()
    story.now = MONDAY + timedelta(hours=4, minutes=1)
    story.the_sweep_runs()
    story.now = MONDAY + timedelta(hours=6)
    announces(story, MONDAY_30)
    follow(story)
    clock = story.clock("first_answer")
    assert (clock.due_at, clock.breached_at) == (MONDAY + timedelta(hours=4), MONDAY + timedelta(hours=4))
    assert "breach_lifted" not in story.moments()
    solution = story.clock("solution")  # two office days, of which the afternoon of this one is none
    assert solution.due_at > MONDAY + timedelta(days=2)
    assert is_whole()


def test_a3_a_rest_day_announced_by_mistake_for_a_saturday_and_withdrawn_opens_no_desk(story, office):
    office.takes()
    change = announces(story, date(2026, 11, 28))
    story.minutes_pass(1)
    calendar_change.withdraw(change, by=story.supervisor, at=story.now)
    follow(story)
    assert story.case.opens_at == MONDAY
    story.now = FRIDAY + timedelta(hours=16)  # Saturday morning
    story.the_sweep_runs()
    assert "admin_desk_opened" not in story.moments()


def test_w1_over_before_the_desk_opens_it_has_held_nothing(story, office):
    office.takes()
    waits(story, office)
    story.minutes_pass(30)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    assert story.case.status == "inProgress"
    story.now = MONDAY
    story.the_sweep_runs()
    assert story.clock("first_answer").due_at == MONDAY + timedelta(hours=4)
    assert is_whole()


def test_w1_what_a_request_may_not_wait_for_is_refused_at_night_as_by_day(story, office):
    office.takes()
    with pytest.raises(NothingToStop):
        waits(story, office, WaitReason(WaitCause.FORCE_MAJEURE, "NOC", "lluvia", "INAMHI"))


def test_w1_corrected_before_the_desk_opens(story, office):
    office.takes()
    waits(story, office)
    story.minutes_pass(20)
    hours = (story.now - timedelta(minutes=10), None)
    wait = story.case.waits.get()
    story.case.correct_wait(wait, hours=hours, reason="fue después", by=office.by, at=story.now)
    story.now = MONDAY
    story.the_sweep_runs()
    assert story.clock("first_answer").due_at is None
    assert is_whole()


def test_w1_a_wait_ends_with_a_request_that_is_solved_before_its_desk_opens(story, office):
    office.takes()
    waits(story, office)
    story.minutes_pass(20)
    office.solves()
    assert not story.case.waits.filter(ended_at=None).exists()
    assert story.case.status == "closed"
    assert is_whole()


def test_w1_a_wait_passes_to_the_next_desk_and_ends_where_it_becomes_a_fault(story, office):
    office.takes()
    waits(story, office)
    story.minutes_pass(5)
    office.passes("sales")
    assert story.case.waits.filter(ended_at=None).exists()
    assert story.case.status == "pending"
    story.minutes_pass(5)
    office.to_technical()
    assert not story.case.waits.filter(ended_at=None).exists()
    assert is_whole()


def test_a3_of_two_decrees_the_one_that_moves_it_is_named(story, office):
    office.takes()
    story.is_told("admin_taken", story.head)
    announces(story, MONDAY_30, reason="luto nacional")
    announces(story, date(2026, 12, 24), reason="víspera")
    follow(story)
    notice, _other = story.is_told("calendar_changed", story.head, story.desk)
    assert (notice.facts["data"]["day"], notice.facts["texts"]["reason"]) == ("2026-11-30", "luto nacional")
    (moved,) = notice.facts["data"]["moved"]
    assert moved["was"] == (MONDAY + timedelta(hours=4)).isoformat()
    assert moved["due_at"] == (TUESDAY + timedelta(hours=4)).isoformat()
    assert is_whole()


def test_a3_two_decrees_that_both_move_it_say_from_where_it_was(story, office):
    office.takes()
    story.is_told("admin_taken", story.head)
    announces(story, MONDAY_30, reason="luto nacional")
    announces(story, TUESDAY_1, reason="segundo día")
    follow(story)
    notice, _other = story.is_told("calendar_changed", story.head, story.desk)
    wednesday = TUESDAY + timedelta(days=1)
    assert story.case.opens_at == wednesday
    assert notice.facts["data"]["day"] == "2026-12-01"
    (moved,) = notice.facts["data"]["moved"]
    assert moved["was"] == (MONDAY + timedelta(hours=4)).isoformat()
    assert moved["due_at"] == (wednesday + timedelta(hours=4)).isoformat()


def test_a3_a_decree_while_the_desk_is_open_names_the_day_that_moves_a_running_clock(story, office):
    story.now = MONDAY + timedelta(hours=7)  # 15:30: the first answer is due on Tuesday
    office.takes()
    story.is_told("admin_taken", story.head)
    announces(story, TUESDAY_1, reason="luto nacional")
    announces(story, date(2026, 12, 24), reason="víspera")
    follow(story)
    notice, *_ = story.is_told("calendar_changed", story.head, story.desk)
    assert (notice.facts["data"]["day"], notice.facts["texts"]["reason"]) == ("2026-12-01", "luto nacional")
    assert story.clock("first_answer").due_at == datetime(2026, 12, 2, 15, 30, tzinfo=UTC)
    assert is_whole()


def test_a3_what_has_still_to_follow_counts_the_requests_that_wait(story, office):
    office.takes()
    announces(story, MONDAY_30)
    assert calendar_change.left_to_follow(story.now) == 1
    follow(story)
    assert calendar_change.left_to_follow(story.now) == 0


def test_4_rebuild_sees_an_opening_that_nothing_says(story, office):
    office.takes()
    assert is_whole()
    Case.objects.filter(number=story.number).update(opens_at=TUESDAY, next_step_at=TUESDAY)
    (difference,) = rebuild()
    assert difference.columns == ("opens_at",)
    list(rebuild(repair=True))
    assert (story.case.opens_at, story.case.next_step_at) == (MONDAY, MONDAY)
    announces(story, MONDAY_30)
    follow(story)
    office.passes("sales")
    assert is_whole()
    assert list(chain.breaks(besides=derived.breaks)) == []
    story.now = TUESDAY
    story.the_sweep_runs()
    assert is_whole()
    Case.objects.filter(number=story.number).update(opens_at=TUESDAY)
    assert [one.columns for one in rebuild()] == [("opens_at",)]


def test_a3_exactly_when_the_desk_closes(story, office):
    """17:29:59 is open, 17:30:00 is not."""
    story.now = datetime(2026, 11, 27, 22, 29, 59, tzinfo=UTC)
    office.takes(text="una")
    assert story.case.opens_at is None
    assert story.clock("first_answer").due_at == datetime(2026, 11, 30, 17, 29, 59, tzinfo=UTC)
    story.now = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    office.takes(text="otra")
    assert story.case.opens_at == MONDAY
    assert is_whole()


def test_w1_an_objection_while_the_desk_is_closed_does_not_keep_a_decree_from_moving_it(story, office):
    office.takes()
    waits(story, office)
    story.case.contest([story.case.waits.get()], who="Jefe", words="ya la envié", by=office.by, at=story.now)
    announces(story, MONDAY_30)
    assert calendar_change.left_to_follow(story.now) > 0
    follow(story)
    assert calendar_change.left_to_follow(story.now) == 0
    assert story.case.opens_at == TUESDAY
    assert is_whole()


def test_a3_a_fault_over_as_such_is_opened_by_its_new_desk_however_often_it_was_passed_on(story, office):
    story.now = FRIDAY - timedelta(hours=2)
    story.open_case()
    story.now = FRIDAY + timedelta(hours=2)
    office.passes("billing")
    office.passes("sales")
    assert story.case.opens_at == MONDAY
    assert is_whole()
    found, _count = calendar_change.would_move(ChangeKind.REST, now=story.now, day=date(2026, 12, 24))
    assert found == []
    ((one,), _count) = calendar_change.would_move(ChangeKind.REST, now=story.now, day=MONDAY_30)
    assert (one.was_due_at, one.due_at) == (MONDAY + timedelta(hours=4), TUESDAY + timedelta(hours=4))
    story.now = MONDAY + timedelta(minutes=1)
    story.the_sweep_runs()
    assert story.clock("first_answer").started_at == MONDAY
    assert is_whole()


def test_w1_a_decree_that_is_announced_while_the_clock_stands_still_counts_once_it_goes_on(story, office):
    story.now = MONDAY
    office.takes()
    story.minutes_pass(60)
    waits(story, office)
    announces(story, TUESDAY_1)
    follow(story)
    story.now = MONDAY + timedelta(hours=8)
    story.case.go_on(story.case.waits.get(), by=office.by, at=story.now)
    assert story.clock("first_answer").due_at == TUESDAY + timedelta(days=1, hours=2)  # three hours, one of them today
    assert is_whole()


def test_a3_a_decree_that_no_worker_followed_counts_for_the_clock_that_ends(story, office):
    story.now = MONDAY
    office.takes()
    announces(story, TUESDAY_1)
    story.now = TUESDAY + timedelta(days=1, hours=1)
    office.solves()
    assert (story.clock("solution").outcome, story.clock("solution").taken_seconds) == ("kept", 10 * 3600)
    assert is_whole()


@pytest.mark.parametrize("how", ["withdrawn", "passed to the technical desk"])
def test_a3_a_desk_that_opened_unseen_did_open_for_a_request_that_ends_there(story, office, how):
    """The same facts give the same promises, whether a worker lived or not: the first answer was late by then."""
    office.takes()
    story.now = MONDAY + timedelta(hours=5)
    if how == "withdrawn":
        story.case.cancel("por error", by=office.by, at=story.now)
    else:
        office.to_technical()
    assert story.clock("first_answer").breached_at == MONDAY + timedelta(hours=4)
    assert is_whole()


def test_a3_a_desk_that_a_withdrawal_opened_attended_from_then_on_whenever_a_worker_sees_it(story, office):
    """Open for half an hour, while no worker looked: for whom waited then, and not for whoever came after."""
    story.now = MONDAY
    by_mistake = announces(story, MONDAY_30)
    story.minutes_pass(10)
    office.takes(text="una")
    first = story.case.pk
    story.minutes_pass(50)
    opened = story.now
    calendar_change.withdraw(by_mistake, by=story.supervisor, at=story.now)
    story.minutes_pass(30)
    announces(story, MONDAY_30)
    story.minutes_pass(10)
    office.takes(text="otra")
    story.minutes_pass(20)
    follow(story)
    story.the_sweep_runs()
    assert Case.objects.get(pk=first).clocks.get(kind="first_answer").started_at == opened
    assert story.case.opens_at == TUESDAY
    assert not story.case.clocks.exists()
    assert is_whole()
