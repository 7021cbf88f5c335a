"""W1: a clock stops only for a named cause, says so to the customer, and goes on later by as long as it stood still."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import Missing, NothingToStop
from guardia.cases.waiting import WaitReason
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import WaitCause

ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
CARRIER = WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte del proveedor", party="Proveedor", party_ticket="8841")


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
        WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", party="Proveedor"),
    ],
)
def test_w1_who_asked_why_and_the_third_partys_ticket_are_asked_for(story, why):
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
