"""P1: what the exchange said of a call gives its course: in any order, any number of times, as far as it was heard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardia.calls.call import LeftAs, Measure, VisitResult
from guardia.calls.course import Course, course_of
from guardia.calls.course_model import Unheard
from guardia.calls.exchange_report import What
from tests.examples import examples
from tests.phone.expected import CALLS, IDS, Expected
from tests.phone.recorded import heard, log_said, said_in

SECOND = timedelta(seconds=1)
BY_LOG = timedelta(seconds=2)  # whole seconds, of a clock that may lag by one
every_call = pytest.mark.parametrize("expected", CALLS, ids=IDS)
OVERLAP = timedelta(seconds=5)


def whole(expected: Expected) -> Course:
    course = course_of(said_in(heard(expected.recording), expected.reference))
    assert course is not None
    return course


def hours_of(course: Course) -> list:
    visits = [(v.joined_at, v.left_at) for v in course.visits]
    return [course.arrived_at, course.waiting_at, course.answered_at, course.abandoned_at, course.ended_at, *visits]


@every_call
def test_p1_every_recording_gives_its_course(expected):
    course = whole(expected)
    assert course.is_ours
    assert course.measure == Measure.EXCHANGE
    assert course.ended_at is not None
    assert (course.answered_by.name if course.answered_by else "") == expected.answered_by
    assert (course.left_as or "") == expected.left_as
    assert [(v.queue, v.result) for v in course.visits] == list(expected.visits)
    assert [(a.member, a.result) for v in course.visits for a in v.attempts] == list(expected.rang)
    assert [(t.kind, t.to) for t in course.transfers] == list(expected.handed)
    if expected.waited is None:
        assert course.waiting_at is None
    else:
        until = course.answered_at or course.abandoned_at
        assert (until - course.waiting_at).total_seconds() == pytest.approx(expected.waited, abs=0.0006)
    if expected.ended_by:
        assert course.visits[-1].ended_by == expected.ended_by


def test_p1_a_transfer_says_who_took_it():
    blind, attended = (whole(each) for each in CALLS if each.handed and each.recording.endswith("_transfer"))
    assert (blind.transfers[0].by, blind.transfers[0].taken_by.extension) == ("Ingeniera 1", "104")
    assert (blind.transfers[0].taken_at - blind.transfers[0].at).total_seconds() == pytest.approx(3.008, abs=0.001)
    assert (attended.transfers[0].taken_by.member, attended.transfers[0].taken_by.extension) == ("Supervisor", "104")


def test_p1_a_call_inside_the_house_is_none_of_ours():
    consultation = course_of(said_in(heard("attended_transfer"), "testpbx-1795560548.27"))
    assert consultation is not None
    assert not consultation.is_ours


@every_call
@settings(max_examples=examples(25), deadline=None, derandomize=True)
@given(data=st.data())
def test_p1_neither_order_nor_repeats_change_a_course(expected, data):
    said = said_in(heard(expected.recording), expected.reference)
    again = data.draw(st.lists(st.sampled_from(said), max_size=10))
    mixed = data.draw(st.permutations([*said, *again]))
    assert course_of(mixed) == whole(expected)


@every_call
def test_p1_cut_anywhere_what_is_known_is_true(expected):
    """Nothing of a beginning is taken back: an hour, once known, moves by no more than the exchange's own two words."""
    events, final = heard(expected.recording), whole(expected)
    for cut in range(1, len(events)):
        part = course_of(said_in(events[:cut], expected.reference))
        if part is None or (not part.visits and not part.ended_at):
            continue
        for name in ("waiting_at", "answered_at", "abandoned_at", "ended_at"):
            known, true = getattr(part, name), getattr(final, name)
            if known is not None:
                assert true is not None
                assert abs(known - true) < timedelta(milliseconds=50)
        assert part.left_as in (None, final.left_as)
        for visit, true_visit in zip(part.visits, final.visits, strict=False):
            assert visit.result in (VisitResult.WAITING, VisitResult.UNKNOWN, true_visit.result)


@every_call
def test_p1_cut_anywhere_the_log_tells_the_rest(expected):
    """The connection breaks at any event and the log is read for what was missed: the same, to the second."""
    events, final = heard(expected.recording), whole(expected)
    logged = log_said(expected.recording, call=expected.reference if expected.recording == "robots" else "")
    logged = [one for one in logged if one.reference == expected.reference]
    if not logged:
        pytest.skip("never in a queue: its log says nothing")
    for cut in range(len(events) + 1):
        since = events[cut].received_at - OVERLAP if cut < len(events) else None
        read = [one for one in logged if since is None or one.at >= since - OVERLAP]
        course = course_of([*said_in(events[:cut], expected.reference), *read])
        assert (course.answered_by.name if course.answered_by else "") == expected.answered_by
        assert (course.answered_at is None) == (final.answered_at is None)
        queued = [(queue, result) for queue, result in expected.visits if queue]  # the log knows of queues alone
        assert [(v.queue, v.result) for v in course.visits if v.queue] == queued
        assert [(t.kind) for t in course.transfers] == [kind for kind, _to in expected.handed]
        if course.answered_at:
            assert abs(course.answered_at - final.answered_at) < BY_LOG
        if expected.log_tells_all:
            rang = [(a.member, a.result) for v in course.visits if v.queue for a in v.attempts]
            assert rang == list(expected.rang)[: len(rang)]
            assert len(rang) >= len(queued) or len(rang) == len(expected.rang)
        assert abs(course.waiting_at - final.waiting_at) < BY_LOG
        assert course.measure in (Measure.EXCHANGE, Measure.LOG)
        assert course.left_as in (None, final.left_as)


def test_p1_what_the_log_alone_tells():
    expected = next(each for each in CALLS if each.recording == "abandoned")
    course = course_of(log_said("abandoned"))
    assert (course.left_as, course.measure) == (LeftAs.ABANDONED, Measure.LOG)
    assert abs(course.abandoned_at - whole(expected).abandoned_at) <= SECOND


def test_p1_an_answer_that_was_not_heard_is_reckoned_from_the_talk_to_the_second():
    said = [one for one in said_in(heard("answered")) if one.what not in (What.CONNECTED, What.ANSWERED_ELSEWHERE)]
    course = course_of(said)
    true = course_of(said_in(heard("answered")))
    assert course.measure == Measure.LOG
    assert abs(course.answered_at - true.answered_at) <= SECOND
    assert course.answered_by.member == "Ingeniera 1"


def test_p1_a_joining_that_was_not_heard_is_reckoned_from_the_wait():
    said = [one for one in said_in(heard("answered")) if one.what != What.JOINED]
    course = course_of(said)
    true = course_of(said_in(heard("answered")))
    assert course.measure == Measure.LOG
    assert abs(course.waiting_at - true.waiting_at) <= SECOND


GAP_OF_ALL = Unheard(heard("answered")[0].received_at - SECOND, None)


def test_p1_an_end_that_nobody_heard_is_not_measured():
    said = [one for one in said_in(heard("answered")) if one.what in (What.ARRIVED, What.JOINED, What.HUNG_UP)]
    course = course_of(said, [GAP_OF_ALL])
    assert (course.measure, course.answered_at) == (Measure.GAP, None)
    assert (course.left_as, course.abandoned_at) == (LeftAs.UNSEEN, course.ended_at)
    assert course.visits[0].result == VisitResult.UNKNOWN


def test_p1_what_was_not_heard_is_no_call_that_left_the_menu():
    said = [one for one in said_in(heard("answered")) if one.what in (What.ARRIVED, What.HUNG_UP)]
    assert course_of(said, [GAP_OF_ALL]).left_as == LeftAs.UNSEEN
    assert course_of(said, [GAP_OF_ALL]).measure == Measure.GAP


@pytest.mark.parametrize("recording", ["answered", "abandoned", "queue_timeout", "over_a_minute"])
def test_p1_a_restart_ends_what_was_open_and_nothing_else(recording):
    said = said_in(heard(recording))
    final = course_of(said)
    late = replace(said[0], what=What.RESTARTED, at=final.ended_at + timedelta(hours=1))
    assert course_of([*said, late]) == final
    waiting = [one for one in said if one.at <= final.waiting_at]
    restarted = replace(late, at=final.waiting_at + timedelta(seconds=2))
    course = course_of([*waiting, restarted])
    assert (course.left_as, course.abandoned_at) == (LeftAs.RESTARTED, restarted.at)
    assert course.visits[0].result == VisitResult.RESTARTED


def test_p1_the_snapshot_after_a_gap_tells_who_waits_and_who_talks():
    events = heard("snapshot")
    asked = [one for one in events if ("ActionID", "snap-0-QueueStatus") in one.packet]
    after = [one for one in events if one.received_at >= asked[0].received_at]
    waits = course_of(said_in(after, "testpbx-1795560807.9"))
    assert waits.visits[0].result == VisitResult.ABANDONED
    assert abs(waits.waiting_at - whole(CALLS[12]).waiting_at) <= timedelta(seconds=2)
    talks = course_of(said_in(after, "testpbx-1795560806.8"))
    assert abs(talks.answered_at - whole(CALLS[11]).answered_at) <= SECOND
    assert talks.measure == Measure.LOG
