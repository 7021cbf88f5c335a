"""The signature: every open case passes through the ledger, the shifts change, and what was signed stays as it was."""

from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.cases.handing_over import Line, NobodyAnswers, NoNextStep, TakesOverFromOneself, hand_over
from guardia.people import shifts
from guardia.people.shifts import Handover
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from tests.procedure.story import staff
from tests.shifts.conftest import SIX

DESK = shifts.TECHNICAL
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at_six(night):
    """A case of the night's engineer, diagnosed; the clock shows 05:58."""
    shifts.enter(night.engineer, DESK, night.now)
    night.now = SIX - 40 * MINUTE
    night.open_case()
    night.minutes_pass(2)
    night.diagnosis()
    night.now = SIX - 2 * MINUTE
    return night


def line(story, step: str = "Llamar al proveedor", to=None) -> Line:
    return Line(story.case.pk, step, to or story.colleague)


def signed(story, *lines: Line, outgoing=None, incoming=None, note: str = ""):
    return hand_over(lines, incoming or story.colleague, outgoing or story.engineer, note, story.now)


def test_the_case_passes_through_the_ledger_and_its_log_names_the_hand_over(at_six):
    handover = signed(at_six, line(at_six)).handover
    assert at_six.case.assigned == at_six.colleague
    event = at_six.case.events.get(moment=Moment.ASSIGNED)
    assert event.data == {"to": at_six.colleague.pk, "from": at_six.engineer.pk, "handover": handover.pk}
    assert (event.actor_id, event.occurred_at) == (at_six.colleague.pk, at_six.now)


def test_the_shifts_change_with_the_signature(at_six):
    signed(at_six, line(at_six))
    assert [shift.staff for shift in shifts.on_shift(DESK, at_six.now)] == [at_six.colleague]
    assert shifts.open_shift(at_six.engineer) is None


def test_the_line_keeps_what_was_true_when_it_was_signed(at_six):
    case = at_six.case
    handover = signed(at_six, line(at_six, " Llamar al proveedor \n"), note=" Todo tranquilo ").handover
    kept = handover.lines.get()
    assert (kept.next_step, kept.was, kept.responsible) == ("Llamar al proveedor", at_six.engineer, at_six.colleague)
    assert (kept.promise, kept.due_at) == (case.next_kind, case.next_due_at)
    assert (handover.note, handover.due_at, handover.signed_at) == ("Todo tranquilo", SIX, at_six.now)


def test_a_case_whose_responsible_stays_gets_no_event(at_six):
    signed(at_six, line(at_six, to=at_six.engineer))
    assert Moment.ASSIGNED not in at_six.moments()


def test_signing_twice_is_one_hand_over(at_six):
    first = signed(at_six, line(at_six))
    at_six.minutes_pass(3)
    again = signed(at_six, line(at_six, "otro paso"), incoming=at_six.supervisor)
    assert (again.handover, again.is_new) == (first.handover, False)
    assert Handover.objects.count() == 1
    assert at_six.case.assigned == at_six.colleague


def test_where_nobody_goes_signing_twice_is_one_hand_over_too(night):
    first = hand_over([], night.engineer, None, "", night.now)
    again = hand_over([], night.engineer, None, "", night.now + MINUTE)
    assert (again.handover, again.is_new) == (first.handover, False)


def test_the_same_person_hands_over_again_after_the_next_shift(at_six):
    first = signed(at_six, line(at_six)).handover
    at_six.now = SIX + timedelta(hours=8)
    shifts.enter(at_six.engineer, DESK, at_six.now)
    at_six.now = SIX + timedelta(hours=16)
    second = signed(at_six, line(at_six))
    assert second.is_new
    assert second.handover != first


def test_a_case_that_was_closed_meanwhile_is_left_out_and_named(at_six):
    kept = line(at_six)
    at_six.service_is_restored()
    at_six.customer_confirms()
    at_six.window_is_green()
    at_six.case.stabilise(by=at_six.by, at=at_six.now)
    case = at_six.case
    case.close("fibra cortada", "empalme", by=at_six.by, at=at_six.now)
    done = signed(at_six, kept)
    assert [left.pk for left in done.left_out] == [case.pk]
    assert not done.handover.lines.exists()


def test_a_case_close_to_breaking_is_not_handed_over_without_a_next_step(at_six):
    at_six.now = at_six.case.next_warn_at
    with pytest.raises(NoNextStep, match=f"Write the next step of {at_six.case.display_number}"):
        signed(at_six, line(at_six, " \n"))


def test_a_case_with_time_left_may_go_without_a_step(at_six):
    at_six.now = at_six.case.next_warn_at - timedelta(seconds=1)
    assert signed(at_six, line(at_six, "")).is_new


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.TECHNICIAN])
def test_who_handles_no_cases_answers_for_none(at_six, role):
    with pytest.raises(NobodyAnswers, match=at_six.case.display_number):
        signed(at_six, line(at_six, to=staff("otra", role)))


def test_who_has_left_the_house_answers_for_none(at_six):
    at_six.engineer.is_active = False
    at_six.engineer.save(update_fields=["is_active"])
    with pytest.raises(NobodyAnswers):
        signed(at_six, line(at_six, to=at_six.engineer))


def test_nobody_takes_over_from_themselves(at_six):
    with pytest.raises(TakesOverFromOneself):
        signed(at_six, line(at_six), incoming=at_six.engineer)


def test_a_case_of_another_desk_or_none_at_all_is_not_handed_over(at_six):
    Case.objects.filter(pk=at_six.case.pk).update(desk="sales")
    done = signed(at_six, line(at_six), Line(999_999, "", at_six.colleague))
    assert not done.handover.lines.exists()


def test_many_cases_pass_in_one_record(at_six):
    first = line(at_six)
    at_six.call = None
    at_six.case_is_registered("Otra sede caída")
    signed(at_six, first, line(at_six))
    events = [case.events.get(moment=Moment.ASSIGNED) for case in Case.objects.all()]
    assert len({event.data["handover"] for event in events}) == 1
    assert len(events) == 2
