"""What the interface of a carrier answers about a ticket (MEF 124) is believed once, at its hour, and follows W1."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guardia.carriers import carrier_connection, interface_verbs
from guardia.carriers.carrier_message import CarrierMirror
from guardia.carriers.carrier_mirroring import hour_in, text_in
from guardia.carriers.ticket import TicketState
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Missing
from guardia.config.requests import WITH_APIS
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment
from tests.carriers.interface_house import findings, here_may_be_reached, house, seller
from tests.carriers.stand_in import Reply

__all__ = ["here_may_be_reached", "house", "seller"]

HALF_AN_HOUR = timedelta(minutes=30)
HTML = b"<html><body>Please sign in</body></html>"


def said(story) -> list[tuple[str, str]]:
    events = story.case.events.filter(moment__startswith="carrier_").order_by("seq")
    return [(event.moment, event.variant) for event in events]


# --- what it answers --------------------------------------------------------------------------------------------------
def test_its_state_its_promise_and_the_wait_follow(house, seller, story):
    ticket = house.opened_and_waits()
    house.later(10)
    promise = story.now + timedelta(minutes=45)
    seller.says("S-1", "inProgress", story.now - timedelta(minutes=3), expectedResolutionDate=promise.isoformat())
    house.asks()
    ticket = house.there(ticket)
    assert (ticket.state, ticket.promise_at, ticket.first_promise_at) == ("inProgress", promise, promise)
    assert ticket.answered_at == story.now - timedelta(minutes=3)
    assert story.case.clocks.get(kind="third_party", ended_at=None).due_at == promise
    house.later(46)
    story.the_sweep_runs()
    assert house.there(ticket).is_late(story.now)
    restored = story.now - timedelta(minutes=1)
    seller.says("S-1", "resolved", restored, "empalme hecho")
    house.asks()
    ticket = house.there(ticket)
    assert (ticket.state, ticket.restored_at, ticket.unread_since) == ("resolved", restored, restored)
    assert story.case.waits.get().ended_at == restored
    event = story.case.events.filter(moment=Moment.CARRIER_TICKET_CHANGED).order_by("-seq").first()
    assert (event.actor_kind, event.texts.get(name="word").text) == ("system", "empalme hecho")
    assert findings() == [] == list(rebuild())


def test_nothing_is_believed_twice(house, seller, story):
    house.opened_and_waits()
    promise = (story.now + timedelta(hours=2)).isoformat()
    seller.says("S-1", "inProgress", story.now, expectedResolutionDate=promise)
    seller.notes("S-1", "crew on its way", story.now)
    house.later()
    house.asks()
    seq, told = story.case.seq, Notice.objects.count()
    for _round in range(3):
        house.later()
        assert house.asks() == 1
    assert (story.case.seq, Notice.objects.count()) == (seq, told)


def test_notes_that_repeat_are_one_and_stay_unread_until_somebody_looks(house, seller, story):
    ticket = house.opened()
    at = story.now
    house.later()
    seller.notes("S-1", "crew on its way", at, "n-1")
    seller.notes("S-1", "crew on its way", at, "n-2")
    house.asks()
    seller.notes("S-1", "crew on its way", at, "n-3")
    house.later()
    house.asks()
    written = story.case.events.filter(moment=Moment.CARRIER_WROTE)
    assert [event.public for event in written] == [False]
    seller.says("S-1", "inProgress", story.now)
    house.asks()
    house.later()
    house.asks()
    assert house.there(ticket).unread_since == at
    house.desk.takes_down(ticket, TicketState.IN_PROGRESS)
    assert house.there(ticket).unread_since is None
    assert findings() == []


def test_its_clock_may_be_wrong(house, seller, story):
    ticket = house.opened()
    house.later()
    seller.says("S-1", "inProgress", story.now + timedelta(days=3))
    house.asks()
    assert house.there(ticket).answered_at == story.now
    house.later()
    seller.says("S-1", "resolved", story.now - timedelta(days=900), "done")
    house.asks()
    assert house.there(ticket).restored_at == story.now - timedelta(minutes=2)
    assert findings() == []


def test_a_promise_that_has_passed_already_is_no_promise(house, seller, story):
    ticket = house.opened()
    house.later()
    seller.says("S-1", "inProgress", story.now, expectedResolutionDate=(story.now - HALF_AN_HOUR).isoformat())
    house.asks()
    assert (house.there(ticket).state, house.there(ticket).promise_at) == ("inProgress", None)


def test_an_id_that_changes_is_followed(house, seller, story):
    ticket = house.opened()
    seller.tickets["S-99"] = {**seller.tickets.pop("S-1"), "id": "S-99"}
    house.later()
    house.asks()
    assert house.there(ticket).number == "S-99"
    house.desk.asks(ticket)
    house.sends()
    assert len(seller.tickets["S-99"]["note"]) == 1


def test_what_came_too_early_is_said_once_the_ticket_goes_on(house, seller, story):
    ticket = house.opened()
    seller.replies["PATCH"] = [Reply(422, b"[]"), Reply(422, b"[]"), Reply(422, b"[]")]
    house.desk.asks(ticket)
    for minutes in (0, 1, 3):
        house.later(minutes)
        house.sends()
    assert house.message(ticket).state == "waiting"
    seller.says("S-1", "inProgress", story.now)
    house.later()
    house.asks()
    assert house.there(ticket).state == "inProgress"
    house.sends()
    assert house.message(ticket).state == "done"


def test_a_status_that_nobody_knows_changes_nothing_and_is_shown(house, seller, story):
    ticket = house.opened()
    seq = story.case.seq
    seller.says("S-1", "onTheMoon", story.now)
    house.later()
    house.asks()
    assert (house.there(ticket).state, story.case.seq) == ("acknowledged", seq)
    assert "onTheMoon" in CarrierMirror.objects.get(ticket=ticket).trouble


RUBBISH = [b"null", b"[]", b'{"id": 7}', b'{"id": "S-1", "status": ["x"], "note": 1, "statusChange": "y"}', HTML]


@pytest.mark.parametrize("content", RUBBISH)
def test_rubbish_is_not_believed(house, seller, story, content):
    ticket = house.opened()
    seq = story.case.seq
    seller.replies["GET"] = [Reply(200, content)]
    house.later()
    house.asks()
    assert (house.there(ticket).state, story.case.seq) == ("acknowledged", seq)


def test_what_a_person_noted_meanwhile_stays_while_it_says_nothing_new(house, seller, story):
    ticket = house.opened()
    seller.says("S-1", "inProgress", story.now)
    house.later()
    house.asks()
    house.desk.takes_down(ticket, TicketState.HELD)
    house.later()
    house.asks()
    assert house.there(ticket).state == "held"


def test_reopened_confirmed_and_closed(house, seller, story):
    ticket = house.opened_and_waits()
    house.later()
    seller.says("S-1", "resolved", story.now, "spliced")
    house.asks()
    house.later()
    with pytest.raises(Missing):
        interface_verbs.reopen(house.there(ticket), " ", by=story.by, at=story.now)
    interface_verbs.reopen(house.there(ticket), "sigue sin luz", by=story.by, at=story.now)
    assert house.asks() == 0
    house.sends()
    assert seller.tickets["S-1"]["reason"] == {"reason": "sigue sin luz"}
    assert (house.there(ticket).state, house.there(ticket).reopened) == ("inProgress", 1)
    assert ticket.mails.count() == 0
    house.later()
    seller.says("S-1", "resolved", story.now, "spliced again")
    house.asks()
    assert house.there(ticket).state == "resolved"
    interface_verbs.confirm(house.there(ticket), by=story.by, at=story.now)
    assert house.there(ticket).unread_since is None
    house.sends()
    house.later()
    house.asks()
    assert house.there(ticket).state == "closed"
    assert ("carrier_asked", "confirmed") in said(story)
    house.later()
    assert house.asks() == 0
    assert findings() == [] == list(rebuild())


def test_a_cancellation_is_asked_for_with_its_reason(house, seller, story):
    ticket = house.opened()
    interface_verbs.ask_to_cancel(house.there(ticket), "era otro circuito", by=story.by, at=story.now)
    house.sends()
    assert seller.tickets["S-1"]["status"] == "assessingCancellation"
    assert "era otro circuito" in seller.tickets["S-1"]["note"][0]["text"]
    assert house.there(ticket).state == "acknowledged"
    house.later()
    seller.says("S-1", "cancelled", story.now, "as asked")
    house.asks()
    assert house.there(ticket).state == "cancelled"
    assert findings() == []


def test_only_what_is_resolved_is_confirmed(house, story):
    ticket = house.opened()
    with pytest.raises(interface_verbs.NotResolvedThere):
        interface_verbs.confirm(ticket, by=story.by, at=story.now)


# --- its notifications ------------------------------------------------------------------------------------------------
def listener(token: str) -> str:
    return reverse("carrier_listener", WITH_APIS, args=[token, "troubleTicketStatusChangeEvent"])


def test_a_notification_only_wakes_the_question(house, seller, story):
    ticket = house.opened()
    token = carrier_connection.new_token(house.interface, at=story.now)
    assert house.asks() == 0
    before = CarrierMirror.objects.get(ticket=ticket).asks_at
    body = {"eventType": "troubleTicketResolvedEvent", "event": {"id": "S-1", "status": "resolved"}}
    sent = Client().post(listener(token), json.dumps(body), content_type="application/json")
    assert sent.status_code == 204
    assert CarrierMirror.objects.get(ticket=ticket).asks_at != before
    CarrierMirror.objects.filter(ticket=ticket).update(asks_at=story.now)
    assert house.asks() == 1
    assert house.there(ticket).state == "acknowledged"


@pytest.mark.parametrize("content", [b"", b"[]", b"<x/>", b'{"event": {"id": 7}}', b'{"event": "S-1"}'])
def test_what_is_no_notification_is_refused(house, story, content):
    token = carrier_connection.new_token(house.interface, at=story.now)
    assert Client().post(listener(token), content, content_type="application/json").status_code == 400


def test_nobody_elses_token_wakes_anything(house, story):
    body = json.dumps({"event": {"id": "S-1"}})
    assert Client().post(listener("another"), body, content_type="application/json").status_code == 401
    assert Client().get(listener("another")).status_code == 405


# --- what is read of an answer ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [None, 7, "", "soon", "2026-11-28T02:00:00", "9999-12-31T23:59:59-12:00", []])
def test_what_is_no_hour_is_left_out(value):
    assert hour_in(value) is None


def test_a_text_is_one_that_the_database_can_hold():
    assert text_in("a\0b\ud800c", 10) == "ab?c"
