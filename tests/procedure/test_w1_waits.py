"""W1: a clock stops only for a named cause, says so to the customer, and goes on later by as long as it stood still."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import (
    CaseIsClosed,
    MayNotStop,
    Missing,
    NotAThirdParty,
    NothingToStop,
    NotOfThisCase,
    PromiseInThePast,
    TimeBeforeTheCase,
    TimeInTheFuture,
    WaitEndsBeforeItBegins,
    WaitIsOver,
    WaitStaysOver,
)
from guardia.cases.waiting import WaitReason
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.story import TWO_IN_THE_MORNING

LATER = TWO_IN_THE_MORNING + timedelta(hours=1)
ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
CARRIER = WaitReason(
    WaitCause.THIRD_PARTY,
    "Despacho",
    "corte del proveedor",
    party="Proveedor",
    party_ticket="8841",
    party_promise_at=LATER,
)


@pytest.fixture
def story(story):
    story.open_case()
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def wait(story, why):
    return story.case.wait(why, by=story.by, at=story.now)


def go_on(story, cause):
    return story.case.go_on(story.case.waits.get(cause=cause, ended_at=None), by=story.by, at=story.now)


def test_w1_the_clock_stands_still_and_goes_on(story):
    due = story.clock("diagnosis").due_at
    story.minutes_pass(5)
    wait(story, ACCESS)
    assert story.clock("diagnosis").due_at is None
    assert story.case.status == "pending"
    story.minutes_pass(40)
    go_on(story, "customer")
    assert story.clock("diagnosis").due_at == due + timedelta(minutes=40)
    assert story.case.status == "inProgress"


def test_w1_the_customer_sees_which_clock_who_asked_why_and_with_what_proof(story):
    wait(story, ACCESS)
    facts = story.is_told("wait_started", story.head, story.desk)[0].facts
    assert facts["data"]["clocks"] == ["diagnosis"]
    assert {facts["texts"][name] for name in ("asked_by", "reason", "proof")} == {
        "Portería",
        "no dejan entrar",
        "llamada 03:10",
    }


def test_w1_overlapping_waits_count_once(story):
    due = story.clock("diagnosis").due_at
    story.minutes_pass(5)
    wait(story, ACCESS)
    story.minutes_pass(10)
    wait(story, CARRIER)
    story.minutes_pass(10)
    go_on(story, "customer")
    assert story.clock("diagnosis").due_at is None
    story.minutes_pass(10)
    go_on(story, "third_party")
    assert story.clock("diagnosis").due_at == due + timedelta(minutes=30)


def test_w1_the_next_news_never_waits(story):
    wait(story, ACCESS)
    assert story.clock("next_news", 2).due_at == story.now + timedelta(minutes=30)


def test_w1_a_cause_that_no_running_clock_may_wait_for_is_refused(story):
    with pytest.raises(NothingToStop, match="W1"):
        wait(story, WaitReason(WaitCause.FORCE_MAJEURE, "Despacho", "tormenta"))
    story.nobody_is_told()


@pytest.mark.parametrize(
    "why",
    [
        WaitReason(WaitCause.CUSTOMER, "", "no dejan entrar"),
        WaitReason(WaitCause.CUSTOMER, "Portería", " "),
        WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", party_ticket="8841"),
        WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", party="Proveedor", party_promise_at=LATER),
        WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", party="Proveedor", party_ticket="8841"),
    ],
)
def test_w1_who_asked_why_and_the_third_partys_ticket_and_promise_are_asked_for(story, why):
    with pytest.raises(Missing, match="W1"):
        wait(story, why)
    assert story.clock("diagnosis").due_at is not None
    story.nobody_is_told()


def test_w1_a_repeated_wait_is_one(story):
    first = wait(story, ACCESS)
    story.minutes_pass(1)
    assert wait(story, ACCESS).pk == first.pk
    assert story.case.waits.count() == 1


def test_w1_a_wait_reported_late_lifts_the_breach(story):
    began = story.now + timedelta(minutes=10)
    story.minutes_pass(25)
    story.the_sweep_runs()
    assert story.clock("diagnosis").breached_at is not None
    story.case.wait(ACCESS, by=story.by, at=began, now=story.now)
    assert story.clock("diagnosis").breached_at is None
    assert story.moments()[-2:] == ["breach_lifted", "escalation_ended"]


def test_w1_of_two_waits_the_status_says_the_one_that_still_stands(story):
    wait(story, ACCESS)
    story.minutes_pass(1)
    wait(story, CARRIER)
    assert story.case.status == "held"
    go_on(story, WaitCause.THIRD_PARTY)
    assert story.case.status == "pending"
    go_on(story, WaitCause.CUSTOMER)
    assert story.case.status == "inProgress"


def test_w1_a_wait_ends_with_the_clocks_it_held_and_stops_no_later_one(story):
    wait(story, ACCESS)
    story.minutes_pass(10)
    story.diagnosis()
    assert story.case.waits.get().ended_at == story.now
    assert story.moments()[-2:] == ["diagnosed", "wait_ended"]
    assert story.case.status == "inProgress"
    story.minutes_pass(30)
    story.service_is_restored()
    wait(story, ACCESS)
    assert story.clock("verification").waiting_since == story.now
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    assert story.clock("diagnosis", 2).due_at == story.now + timedelta(minutes=20)


def test_w1_closing_ends_what_still_waits(story):
    wait(story, ACCESS)
    story.case.cancel("el cliente desiste", by=story.by, at=story.now)
    assert story.case.waits.get().ended_at == story.now
    assert story.case.status == "cancelled"


def test_w1_who_asked_has_a_name_and_a_role(story):
    wait(story, replace(ACCESS, asked_by=" Ana ", asked_role="jefa de sede "))
    assert story.case.waits.get().asked_by == "Ana, jefa de sede"


def test_w1_one_says_which_clocks_stop_and_only_those_do(story):
    story.diagnosis("visit")
    story.case.decide_dispatch(by=story.by, at=story.now)
    wait(story, replace(ACCESS, clocks=("dispatch_agreed",)))
    assert story.case.waits.get().clocks == ["dispatch_agreed"]
    assert story.clock("dispatch_agreed").due_at is None
    assert story.clock("next_news", 3).due_at is not None


@pytest.mark.parametrize("kind", ["next_news", "travel", "no such clock"])
def test_w1_a_clock_that_may_not_wait_for_this_cause_is_refused(story, kind):
    with pytest.raises(MayNotStop, match="W1"):
        wait(story, replace(ACCESS, clocks=("diagnosis", kind)))
    assert story.clock("diagnosis").due_at is not None
    story.nobody_is_told()


# --- corrected ---


def correct(story, hours, **more):
    more = {"reason": "se anotó mal", **more}
    return story.case.correct_wait(story.case.waits.get(), hours=hours, by=story.by, at=story.now, **more)


@pytest.fixture
def waited(story):
    """A wait from minute 5 to 15 of the diagnosis; it is minute 18."""
    story.began = story.now
    story.due = story.clock("diagnosis").due_at
    story.minutes_pass(5)
    wait(story, ACCESS)
    story.minutes_pass(10)
    go_on(story, "customer")
    story.minutes_pass(3)
    story.last_notice = Notice.objects.order_by("-pk").first().pk
    return story


def after(story, minutes):
    return story.began + timedelta(minutes=minutes)


def test_w1_a_corrected_wait_moves_the_clocks_and_is_a_new_event_told_to_the_customer(waited):
    correct(waited, (after(waited, 8), after(waited, 12)))
    assert waited.clock("diagnosis").due_at == waited.due + timedelta(minutes=4)
    assert waited.moments()[-1] == "wait_corrected"
    facts = waited.is_told("wait_corrected", waited.head, waited.desk)[0].facts
    assert facts["texts"]["reason"] == "se anotó mal"
    assert [*rebuild()] == []


def test_w1_a_wait_that_did_not_happen_holds_nothing_and_the_breach_is_dated_when_it_fell_due(waited):
    waited.minutes_pass(10)  # minute 28: with the wait it is due at minute 30
    correct(waited, None)
    clock = waited.clock("diagnosis")
    assert clock.due_at == clock.breached_at == waited.due
    assert waited.case.waits.get().clocks == []
    assert [*rebuild()] == []


def test_w1_a_longer_wait_lifts_the_breach_that_was_noticed(waited):
    waited.minutes_pass(13)
    waited.the_sweep_runs()
    assert waited.clock("diagnosis").breached_at is not None
    correct(waited, (after(waited, 5), after(waited, 17)))
    assert waited.clock("diagnosis").breached_at is None
    assert waited.moments()[-3:] == ["wait_corrected", "breach_lifted", "escalation_ended"]
    assert [*rebuild()] == []


def test_w1_a_wait_that_did_not_happen_dates_the_breach_anew(waited):
    """The breach of minute 30 was of minute 20, and is said to have been so in the report of its month as well."""
    waited.minutes_pass(13)
    waited.the_sweep_runs()
    was = waited.clock("diagnosis").breached_at
    assert was == waited.due + timedelta(minutes=10)
    pages = Notice.objects.filter(moment="paged").count()
    correct(waited, None)
    clock = waited.clock("diagnosis")
    assert clock.due_at == clock.breached_at == waited.due
    said = waited.case.events.get(moment="breach_redated").data
    assert [datetime.fromisoformat(said[name]) for name in ("breached_at", "was")] == [waited.due, was]
    assert Notice.objects.filter(moment="paged").count() == pages
    waited.minutes_pass(1)
    waited.case.tell("seguimos", by=waited.by, at=waited.now)
    assert waited.moments().count("breach_redated") == 1
    assert [*rebuild()] == []


def test_w1_a_wait_that_did_not_happen_can_be_said_to_have_happened_after_all(waited):
    correct(waited, None)
    correct(waited, (after(waited, 5), after(waited, 15)))
    assert waited.clock("diagnosis").due_at == waited.due + timedelta(minutes=10)
    assert waited.case.waits.get().clocks == ["diagnosis"]


def test_w1_a_correction_judges_a_clock_that_has_ended_again(waited):
    waited.minutes_pass(6)  # minute 24 of 20, 10 of them waited
    waited.diagnosis()
    assert waited.clock("diagnosis").outcome == "kept"
    correct(waited, None)
    assert waited.clock("diagnosis").outcome == "breached"
    assert waited.clock("diagnosis").breached_at == waited.due
    correct(waited, (after(waited, 10), after(waited, 15)))
    assert waited.clock("diagnosis").outcome == "kept"
    assert waited.clock("diagnosis").breached_at is None
    assert [*rebuild()] == []


def test_w1_a_correction_that_changes_nothing_writes_nothing(waited):
    correct(waited, (after(waited, 8), after(waited, 12)))
    before = waited.moments()
    correct(waited, (after(waited, 8), after(waited, 12)))
    assert waited.moments() == before


def test_w1_a_wait_that_still_stands_is_ended_by_its_correction(story):
    story.began = story.now
    story.minutes_pass(5)
    wait(story, ACCESS)
    story.minutes_pass(10)
    due = story.clock("diagnosis").started_at + timedelta(minutes=20)
    correct(story, (after(story, 2), after(story, 9)))
    assert story.clock("diagnosis").due_at == due + timedelta(minutes=7)
    assert story.moments()[-2:] == ["wait_ended", "wait_corrected"]
    assert story.case.status == "inProgress"
    assert [*rebuild()] == []


def test_w1_a_standing_wait_that_holds_another_clock_outlives_the_one_it_was_written_down_for(story):
    story.case.decide_dispatch(by=story.by, at=story.now)
    wait(story, replace(ACCESS, clocks=("diagnosis",)))
    stop = story.case.waits.get()
    story.minutes_pass(2)
    hours = (stop.started_at, None)
    at = {"by": story.by, "at": story.now}
    story.case.correct_wait(stop, hours=hours, clocks=("dispatch_agreed",), reason="era el envío", **at)
    story.minutes_pass(1)
    story.diagnosis("visit")
    assert story.case.waits.get().ended_at is None
    assert (story.clock("diagnosis").outcome, story.clock("dispatch_agreed").due_at) == ("kept", None)
    assert list(rebuild()) == []


def test_w1_a_standing_wait_may_begin_at_another_hour_and_still_stands(story):
    story.began = story.now
    story.minutes_pass(5)
    wait(story, ACCESS)
    story.minutes_pass(10)
    correct(story, (after(story, 2), None))
    assert story.clock("diagnosis").due_at is None
    story.minutes_pass(5)
    go_on(story, "customer")
    assert story.clock("diagnosis").due_at == story.clock("diagnosis").started_at + timedelta(minutes=38)
    assert [*rebuild()] == []


@pytest.mark.parametrize(
    ("begin", "end", "refusal"),
    [
        (-30, 5, TimeBeforeTheCase),
        (8, 4, WaitEndsBeforeItBegins),
        (8, 60, TimeInTheFuture),
        (60, 70, TimeInTheFuture),
        (5, None, WaitStaysOver),
    ],
)
def test_w1_impossible_hours_are_refused_and_nothing_moves(waited, begin, end, refusal):
    before = waited.clock("diagnosis").due_at
    with pytest.raises(refusal):
        correct(waited, (after(waited, begin), None if end is None else after(waited, end)))
    assert waited.clock("diagnosis").due_at == before
    waited.nobody_is_told()


def test_w1_a_correction_says_why_and_names_clocks_that_may_wait(waited):
    with pytest.raises(Missing, match="W1"):
        correct(waited, None, reason=" ")
    with pytest.raises(MayNotStop, match="W1"):
        correct(waited, (after(waited, 5), after(waited, 15)), clocks=["next_news"])
    waited.nobody_is_told()


def test_w1_a_wait_of_another_case_is_refused(story):
    wait(story, ACCESS)
    stranger = story.case.waits.get()
    story.call = None
    story.case_is_registered("Cortes de dos minutos")
    with pytest.raises(NotOfThisCase):
        story.case.correct_wait(stranger, hours=None, reason="no", by=story.by, at=story.now)
    with pytest.raises(NotOfThisCase):
        story.case.go_on(stranger, by=story.by, at=story.now)


def test_w1_a_closed_case_takes_no_correction(waited):
    waited.case.cancel("el cliente desiste", by=waited.by, at=waited.now)
    with pytest.raises(CaseIsClosed):
        correct(waited, None)


# --- third parties ---


def test_w1_a_third_party_is_chased_by_a_clock_until_its_promise(story):
    wait(story, CARRIER)
    clock = story.clock("third_party")
    assert clock.due_at == LATER
    story.minutes_pass(70)
    story.the_sweep_runs()
    assert story.clock("third_party").breached_at == LATER
    assert story.case.next_due_at <= LATER


def test_w1_its_next_promise_begins_the_clock_again(story):
    wait(story, CARRIER)
    story.minutes_pass(10)
    again = story.now + timedelta(hours=2)
    story.case.third_party_promised(
        story.case.waits.get(), again, word="cuadrilla en camino", contact="NOC 1", by=story.by, at=story.now
    )
    assert story.clock("third_party").outcome == "kept"
    assert story.clock("third_party", 2).due_at == again
    row = story.case.waits.get()
    assert (row.party_promise_at, row.party_contact) == (again, "NOC 1")
    assert story.moments()[-1] == "third_party_promised"
    assert [*rebuild()] == []


def test_w1_a_promise_said_twice_is_one(story):
    wait(story, CARRIER)
    again, case = story.now + timedelta(hours=2), story.case
    first = case.third_party_promised(case.waits.get(), again, by=story.by, at=story.now)
    twice = story.case.third_party_promised(case.waits.get(), again, by=story.by, at=story.now)
    assert twice.pk == first.pk


def test_w1_when_the_third_party_is_done_nobody_chases_it(story):
    wait(story, CARRIER)
    story.minutes_pass(10)
    go_on(story, "third_party")
    assert story.clock("third_party").outcome == "kept"


def test_w1_of_two_third_parties_the_first_promise_is_chased_then_the_other(story):
    wait(story, CARRIER)
    sooner = replace(
        CARRIER, party="Empresa eléctrica", party_ticket="77", party_promise_at=LATER - timedelta(minutes=30)
    )
    wait(story, sooner)
    assert story.case.clocks.get(kind="third_party", ended_at=None).due_at == LATER - timedelta(minutes=30)
    story.minutes_pass(5)
    story.case.go_on(story.case.waits.get(party_ticket="77"), by=story.by, at=story.now)
    assert story.case.clocks.get(kind="third_party", ended_at=None).due_at == LATER
    assert story.clock("diagnosis").due_at is None
    assert [*rebuild()] == []


def test_w1_a_third_party_that_never_was_is_no_longer_chased(story):
    wait(story, CARRIER)
    story.minutes_pass(5)
    correct(story, None)
    assert not story.case.clocks.filter(kind="third_party", ended_at=None).exists()
    assert story.clock("diagnosis").due_at == story.clock("diagnosis").started_at + timedelta(minutes=20)


def test_w1_what_cannot_be_promised_is_refused(story):
    with pytest.raises(PromiseInThePast):
        wait(story, replace(CARRIER, party_promise_at=story.now))
    wait(story, ACCESS)
    access = story.case.waits.get()
    with pytest.raises(NotAThirdParty):
        story.case.third_party_promised(access, LATER, by=story.by, at=story.now)
    wait(story, CARRIER)
    carrier = story.case.waits.get(cause="third_party")
    with pytest.raises(PromiseInThePast):
        story.case.third_party_promised(carrier, story.now, by=story.by, at=story.now)
    story.minutes_pass(1)
    story.case.go_on(carrier, by=story.by, at=story.now)
    with pytest.raises(WaitIsOver):
        story.case.third_party_promised(story.case.waits.get(cause="third_party"), LATER, by=story.by, at=story.now)


# --- over already, written down late ---


def waited_until(story, begin, end, why=ACCESS):
    over = replace(why, until=after(story, end))
    return story.case.wait(over, by=story.by, at=after(story, begin), now=story.now)


def test_w1_a_wait_that_is_over_is_written_down_late_and_the_clock_goes_on(story):
    story.began, due = story.now, story.clock("diagnosis").due_at
    story.minutes_pass(15)
    waited_until(story, 5, 12)
    assert story.clock("diagnosis").due_at == due + timedelta(minutes=7)
    assert story.case.status == "acknowledged"
    assert story.moments()[-2:] == ["wait_started", "wait_ended"]
    assert [*rebuild()] == []


def test_w1_a_wait_told_after_its_clock_has_ended_too_late_lifts_the_breach(story):
    story.began = story.now
    story.minutes_pass(25)
    story.diagnosis()
    assert story.clock("diagnosis").outcome == "breached"
    waited_until(story, 5, 12)
    clock = story.clock("diagnosis")
    assert (clock.outcome, clock.breached_at, clock.taken_seconds) == ("kept", None, 18 * 60)
    assert story.case.waits.get().clocks == ["diagnosis"]
    assert [*rebuild()] == []


def test_w1_it_is_written_down_once_and_chases_nobody(story):
    story.began = story.now
    story.minutes_pass(15)
    first = waited_until(story, 5, 12, replace(CARRIER, party_promise_at=None))
    assert waited_until(story, 5, 12, replace(CARRIER, party_promise_at=None)).pk == first.pk
    assert not story.case.clocks.filter(kind="third_party", ended_at=None).exists()
    assert story.case.waits.count() == 1


@pytest.mark.parametrize(("begin", "end", "refusal"), [(9, 8, WaitEndsBeforeItBegins), (9, 40, TimeInTheFuture)])
def test_w1_its_hours_must_be_possible(story, begin, end, refusal):
    story.began = story.now
    story.minutes_pass(15)
    with pytest.raises(refusal):
        waited_until(story, begin, end)
    assert story.case.waits.count() == 0
