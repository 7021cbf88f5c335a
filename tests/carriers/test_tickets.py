"""A ticket at a carrier: opened, promised, missed, chased, restored, opened again, closed; the wait follows (W1)."""

from datetime import timedelta

import pytest
from django.db import connection

from guardia.carriers.carrier import Carrier, end, save_carrier
from guardia.carriers.ticket import CarrierMail, CarrierTicket, TicketState
from guardia.carriers.ticket_verbs import (
    CarrierOutOfUse,
    NothingMorePromised,
    TicketIsCancelled,
    WantedTooEarly,
)
from guardia.cases import chain, derived
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import CaseIsClosed, Missing, NotOfThisCase, PromiseInThePast
from guardia.cases.waiting import WaitReason
from guardia.customers.values import Unfit
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment, WaitCause
from guardia.proof.offline import guardia_verify
from guardia.reports.carrier_quarters import carrier_quarters
from guardia.web.report.document import closing_document
from tests.carriers.conftest import a_carrier

HALF_AN_HOUR = timedelta(minutes=30)


def findings() -> list[str]:
    return [place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())]


def test_it_is_on_record_internally_and_no_clock_moves_where_it_is_not_to_wait(story, desk):
    due, told = story.clock("diagnosis").due_at, Notice.objects.count()
    ticket = desk.opens(wanted_at=story.now + timedelta(hours=4))
    event = story.case.events.get(moment=Moment.CARRIER_TICKET_OPENED)
    assert (event.public, event.data["ticket"], event.data["wait"]) == (False, ticket.pk, None)
    assert (ticket.state, ticket.wait, ticket.answer_due_at) == ("acknowledged", None, story.now + HALF_AN_HOUR)
    assert (story.clock("diagnosis").due_at, Notice.objects.count()) == (due, told)
    assert list(rebuild()) == [] == findings()


def test_opened_twice_it_is_one_and_another_circuit_is_another(story, desk):
    first = desk.opens()
    story.minutes_pass(5)
    assert desk.opens(circuit="tn-4471 ").pk == first.pk
    assert desk.opens(circuit="TN-9").pk != first.pk
    assert CarrierMail.objects.count() == 2


def test_the_wait_subtracts_what_the_rule_says_and_no_more(story, desk):
    """W1: the clock stands still from the opening to the hour at which the carrier has restored."""
    due = story.clock("diagnosis").due_at
    story.minutes_pass(3)
    ticket = desk.opens_and_waits()
    assert story.clock("diagnosis").due_at is None
    assert story.case.status == "held"
    story.minutes_pass(41)
    desk.takes_down(ticket, TicketState.RESOLVED, words="empalme hecho")
    assert story.clock("diagnosis").due_at == due + timedelta(minutes=41)
    assert (story.case.status, ticket.wait.reason) == ("inProgress", "corte en la red del tercero")
    assert list(rebuild()) == [] == findings()


def test_the_customer_reads_of_the_wait_alone(story, desk):
    story.last_notice = Notice.objects.order_by("-pk")[0].pk
    ticket = desk.opens_and_waits()
    facts = story.is_told("wait_started", story.head, story.desk)[0].facts
    assert facts["texts"]["party"] == "Transporte Norte"
    assert facts["texts"]["party_ticket"] == ticket.reference
    public = set(story.case.events.filter(public=True).values_list("moment", flat=True))
    assert not {moment for moment in public if moment.startswith("carrier_")}


def test_a_promise_moves_the_clock_that_chases_and_a_missed_one_is_broken(story, desk):
    ticket = desk.opens_and_waits()
    assert story.clock("third_party").due_at == story.now + HALF_AN_HOUR
    story.minutes_pass(10)
    promise = story.now + timedelta(minutes=45)
    desk.takes_down(ticket, number="INC-88213", promise_at=promise)
    assert story.case.clocks.get(kind="third_party", ended_at=None).due_at == promise
    wait = story.case.waits.get()
    assert (wait.party_promise_at, wait.party_ticket) == (promise, "INC-88213")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.number, ticket.promise_at) == ("inProgress", "INC-88213", promise)
    story.minutes_pass(46)
    story.the_sweep_runs()
    assert story.case.clocks.get(kind="third_party", ended_at=None).breached_at == promise
    assert ticket.is_late(story.now)
    assert list(rebuild()) == [] == findings()


def test_what_a_carrier_said_in_words_stays_within(story, desk):
    ticket = desk.opens_and_waits()
    story.minutes_pass(1)
    desk.takes_down(ticket, promise_at=story.now + HALF_AN_HOUR, words="culpa del contratista")
    promised = story.case.events.filter(moment=Moment.THIRD_PARTY_PROMISED).order_by("-seq").first()
    assert promised.public
    assert "culpa del contratista" not in {text.text for text in promised.texts.all()}


def test_two_tickets_hold_one_wait_until_the_last_is_solved(story, desk):
    first, second = desk.opens_and_waits(), desk.opens_and_waits(circuit="TN-9")
    assert first.wait == second.wait
    story.minutes_pass(5)
    desk.takes_down(first, TicketState.RESOLVED, words="listo")
    assert story.case.waits.get().ended_at is None
    story.minutes_pass(5)
    desk.takes_down(second, TicketState.CLOSED, words="listo")
    assert story.case.waits.get().ended_at == story.now


def test_two_cases_at_one_carrier_do_not_touch_each_other(story, desk):
    first, number = desk.opens_and_waits(), story.number
    story.call = None
    story.case_is_registered("otra sede")
    second = desk.opens_and_waits()
    assert first.pk != second.pk
    story.minutes_pass(5)
    desk.takes_down(second, TicketState.RESOLVED, words="listo")
    assert story.case.status != "held"
    with pytest.raises(NotOfThisCase):
        desk.there(first)
    story.number = number
    assert story.case.status == "held"
    assert desk.there(first).is_open


def test_it_fails_again_and_the_clock_may_wait_again(story, desk):
    ticket = desk.opens_and_waits()
    story.minutes_pass(20)
    desk.takes_down(ticket, TicketState.RESOLVED, words="empalme hecho")
    story.minutes_pass(2)
    with pytest.raises(Missing):
        desk.takes_down(ticket, TicketState.IN_PROGRESS)
    again = {"words": "sigue sin luz", "waits": True, "reason": "sigue el corte", "proof": "medición"}
    event = desk.takes_down(ticket, TicketState.IN_PROGRESS, promise_at=story.now + HALF_AN_HOUR, **again)
    ticket.refresh_from_db()
    assert (event.variant, ticket.reopened, ticket.restored_at) == ("reopened", 1, None)
    assert story.case.waits.filter(ended_at=None).get() == ticket.wait
    assert CarrierMail.objects.filter(ticket=ticket).count() == 2
    story.minutes_pass(9)
    desk.takes_down(ticket, TicketState.CLOSED, words="cambio de módulo")
    ticket.refresh_from_db()
    assert ticket.restored_at == ticket.closed_at == story.now
    assert list(rebuild()) == [] == findings()


def test_said_twice_it_is_once(story, desk):
    ticket = desk.opens()
    story.minutes_pass(1)
    promise = story.now + HALF_AN_HOUR
    first = desk.takes_down(ticket, number="INC-1", promise_at=promise)
    story.seconds_pass(5)
    assert desk.takes_down(ticket, number="INC-1", promise_at=promise).pk == first.pk
    asked = desk.asks(ticket)
    assert desk.asks(ticket).pk == asked.pk
    assert CarrierMail.objects.filter(ticket=ticket).count() == 2


REFUSED = {
    "waits for us, for what": (TicketState.PENDING, {}, Missing),
    "solved, how": (TicketState.RESOLVED, {}, Missing),
    "cancelled, why": (TicketState.CANCELLED, {}, Missing),
    "solved and promised": (TicketState.RESOLVED, {"words": "x", "promise_at": HALF_AN_HOUR}, NothingMorePromised),
    "promised before it was said": (TicketState.HELD, {"promise_at": -HALF_AN_HOUR}, PromiseInThePast),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_taken_down(story, desk, what):
    state, fields, refusal = REFUSED[what]
    ticket, seq = desk.opens(), story.case.seq
    if "promise_at" in fields:
        fields = {**fields, "promise_at": story.now + fields["promise_at"]}
    with pytest.raises(refusal):
        desk.takes_down(ticket, state, **fields)
    assert (story.case.seq, desk.there(ticket).state) == (seq, "acknowledged")


def test_what_is_not_opened(story, desk):
    with pytest.raises(Missing):
        desk.opens(symptoms="  ")
    with pytest.raises(WantedTooEarly):
        desk.opens(wanted_at=story.now)
    end(desk.carrier, at=story.now)
    with pytest.raises(CarrierOutOfUse):
        desk.opens()
    assert not CarrierTicket.objects.exists()


def test_a_cancelled_ticket_says_nothing_more(story, desk):
    ticket = desk.opens()
    desk.takes_down(ticket, TicketState.CANCELLED, words="era otro circuito")
    with pytest.raises(TicketIsCancelled):
        desk.takes_down(ticket, TicketState.IN_PROGRESS, words="sigue")
    with pytest.raises(TicketIsCancelled):
        desk.asks(ticket)


def test_the_carrier_closes_later_than_we_do(story, desk):
    ticket = desk.opens()
    story.case.cancel("por error", by=story.by, at=story.now)
    story.minutes_pass(5)
    desk.takes_down(ticket, TicketState.CLOSED, words="listo")
    assert desk.there(ticket).closed_at == story.now
    with pytest.raises(CaseIsClosed):
        desk.asks(ticket)
    assert list(rebuild()) == [] == findings()


def test_the_offline_program_and_verify_agree_and_nothing_of_it_leaves(story, desk):
    ticket = desk.opens_and_waits()
    story.minutes_pass(4)
    desk.takes_down(ticket, number="INC-1", promise_at=story.now + HALF_AN_HOUR, words="cuadrilla propia")
    story.minutes_pass(4)
    desk.takes_down(ticket, TicketState.RESOLVED, words="empalme hecho")
    story.diagnosis()
    story.service_is_restored()
    file = closing_document(story.case, story.now).history
    assert guardia_verify.check(file).findings == []
    for word in (b"sin luz en el puerto", b"cuadrilla propia", b"empalme hecho", b"carrier_"):
        assert word not in file
    assert findings() == []


FORGED = {
    "state": "state = 'closed'",
    "number": "number = 'X'",
    "promise_at": "promise_at = promise_at + interval '1 hour'",
    "first_promise_at": "first_promise_at = first_promise_at + interval '1 hour'",
    "opened_at": "opened_at = opened_at - interval '1 hour'",
    "answered_at": "answered_at = NULL",
    "reopened": "reopened = 3",
    "symptoms": "symptoms = 'otra cosa'",
    "circuit": "circuit = 'TN-1'",
    "restored_at": "restored_at = opened_at",
    "closed_at": "closed_at = opened_at",
    "unread_since": "unread_since = opened_at",
    "wanted_at": "wanted_at = opened_at",
    "answer_due_at": "answer_due_at = NULL",
    "restore_due_at": "restore_due_at = restore_due_at + interval '1 hour'",
    "wait_id": "wait_id = (SELECT min(id) FROM wait)",
    "carrier_id": "carrier_id = (SELECT max(id) FROM carrier)",
}


@pytest.mark.parametrize("column", FORGED)
def test_a_row_that_somebody_changed_is_found(story, desk, column):
    why = WaitReason(WaitCause.CUSTOMER, "Portería", "sin llave")
    story.case.wait(why, by=story.by, at=story.now)
    a_carrier(story.now, name="Otro")
    ticket = desk.opens()
    desk.takes_down(ticket, number="INC-1", promise_at=story.now + HALF_AN_HOUR)
    assert findings() == []
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE carrier_ticket SET {FORGED[column]} WHERE id = {ticket.pk}")
    assert len(findings()) == 1


def test_the_scorecard_measures_by_the_first_promise(story, desk):
    kept, moved, silent = desk.opens(), desk.opens(circuit="TN-2"), desk.opens(circuit="TN-3")
    cancelled = desk.opens(circuit="TN-4")
    desk.takes_down(cancelled, TicketState.CANCELLED, words="por error")
    story.minutes_pass(10)
    desk.takes_down(kept, promise_at=story.now + timedelta(minutes=50))
    desk.takes_down(moved, promise_at=story.now + timedelta(minutes=20))
    story.minutes_pass(15)
    desk.takes_down(moved, promise_at=story.now + timedelta(hours=3))
    story.minutes_pass(35)
    for ticket in (kept, moved):
        desk.takes_down(ticket, TicketState.RESOLVED, words="listo")
    story.minutes_pass(5)
    desk.takes_down(moved, TicketState.IN_PROGRESS, words="sigue igual")
    (quarter,) = carrier_quarters(desk.carrier, story.now)
    assert (quarter.year, quarter.quarter, quarter.opened) == (2026, 4, 3)
    assert (quarter.answered, quarter.answer_owed, quarter.silent) == (2, 3, 1)
    assert (quarter.kept, quarter.promises, quarter.reopened) == (1, 2, 1)
    assert quarter.promised == timedelta(minutes=45)
    assert quarter.real == timedelta(minutes=60)
    assert silent.answered_at is None


def test_a_carrier_is_read_field_by_field(story, desk):
    with pytest.raises(Unfit) as unfit:
        a_carrier(story.now, name="", mailbox="no es", contacts="solo un nivel", answer_minutes="0")
    assert set(unfit.value.problems) == {"name", "mailbox", "contacts", "answer_minutes"}
    for fields in ({"name": "TRANSPORTE  norte"}, {"name": "Otro", "mailbox": "ñoc@example.com"}):
        with pytest.raises(Unfit):
            a_carrier(story.now, **fields)
    saved = save_carrier(desk.carrier, {"contacts": "1; NOC; 02 555 0190; Turno@carrier.example.com"}, at=story.now)
    assert saved.contacts == [
        {"level": "1", "name": "NOC", "phone": "+59325550190", "email": "Turno@carrier.example.com"}
    ]
    assert "turno@carrier.example.com" in Carrier.objects.get(pk=saved.pk).addresses
