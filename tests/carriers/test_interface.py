"""A ticket at the interface of a carrier (MEF 124), whose Seller behaves, and misbehaves."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from guardia.carriers import carrier_connection, carrier_message, carrier_rounds, interface_verbs
from guardia.carriers.carrier import Carrier
from guardia.carriers.carrier_connection import CarrierConnection, save_connection
from guardia.carriers.carrier_exchange import trial
from guardia.carriers.carrier_message import CarrierMessage, CarrierMirror
from guardia.carriers.carrier_mirroring import hour_in, text_in
from guardia.carriers.seller import MOST_BYTES
from guardia.carriers.ticket import CarrierTicket, TicketState
from guardia.carriers.ticket_verbs import CircuitNeeded
from guardia.cases import chain, derived
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Missing
from guardia.customers.values import Unfit
from guardia.notices import leases
from guardia.notices.notice import Delivery, Notice
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from tests.carriers.conftest import Desk, a_carrier
from tests.carriers.stand_in import KEY, Reply, StandIn
from tests.notices.sender import worker_step
from tests.procedure.story import staff

HALF_AN_HOUR = timedelta(minutes=30)
HTML = b"<html><body>Please sign in</body></html>"


@pytest.fixture(autouse=True)
def here_may_be_reached() -> Iterator[None]:
    with override_settings(EGRESS_LOOPBACK=True, PUBLIC_URL="https://guardia.example.com/"):
        yield


@pytest.fixture
def seller() -> Iterator[StandIn]:
    one = StandIn()
    yield one
    one.close()


class House:
    """The desk, and a worker that sends and asks at the story's hour."""

    def __init__(self, story, seller: StandIn, **fields: str) -> None:
        self.story, self.seller = story, seller
        self.carrier = a_carrier(story.now)
        given = {"url": seller.url, "key": KEY, **fields}
        self.interface = save_connection(self.carrier, given, at=story.now)
        self.desk = Desk(story, self.carrier)
        self.number = leases.seen(story.now, None)

    def turn(self, timeout: float = 5.0) -> carrier_rounds.Turn:
        leases.seen(self.story.now, self.number)
        return carrier_rounds.Turn(worker_step, lambda: self.story.now, self.number, timeout=timeout)

    def sends(self, timeout: float = 5.0) -> int:
        return carrier_rounds.send_due(self.turn(timeout))

    def asks(self) -> int:
        return carrier_rounds.ask_due(self.turn())

    def opened(self, **more) -> CarrierTicket:
        """A ticket that is known there, asked about once."""
        ticket = self.desk.opens(**more)
        self.sends()
        self.asks()
        return self.there(ticket)

    def opened_and_waits(self) -> CarrierTicket:
        ticket = self.desk.opens_and_waits()
        self.sends()
        self.asks()
        return self.there(ticket)

    def later(self, minutes: int = 2) -> None:
        self.story.minutes_pass(minutes)

    def there(self, ticket: CarrierTicket) -> CarrierTicket:
        return self.desk.there(ticket)

    def message(self, ticket: CarrierTicket) -> CarrierMessage:
        return CarrierMessage.objects.filter(ticket=ticket).order_by("pk").last()

    def trouble(self) -> str:
        return CarrierConnection.objects.get(carrier=self.carrier).trouble


@pytest.fixture
def house(story, seller) -> House:
    return House(story, seller)


def findings() -> list[str]:
    return [place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())]


def said(story) -> list[tuple[str, str]]:
    events = story.case.events.filter(moment__startswith="carrier_").order_by("seq")
    return [(event.moment, event.variant) for event in events]


# --- said to it -------------------------------------------------------------------------------------------------------
def test_nothing_waits_for_the_network_and_the_ticket_is_opened_once(house, seller, story):
    ticket = house.desk.opens(wanted_at=story.now + timedelta(hours=4))
    assert seller.hits == []
    assert (house.message(ticket).state, Delivery.objects.filter(domain="carrier.example.com").count()) == (
        "waiting",
        0,
    )
    house.sends()
    (opened,) = seller.asked("POST")
    assert opened.body["externalId"] == ticket.reference
    assert opened.body["relatedEntity"][0]["id"] == "TN-4471"
    assert story.bank.name not in json.dumps(opened.body, ensure_ascii=False)
    assert house.there(ticket).number == "S-1"
    assert house.message(ticket).state == "done"
    assert house.sends() == 0
    assert findings() == [] == list(rebuild())


def test_that_it_was_received_is_no_answer_of_a_person(house, story):
    ticket = house.opened()
    assert (ticket.number, ticket.state, ticket.answered_at, ticket.unread_since) == ("S-1", "acknowledged", None, None)


def test_what_is_said_goes_in_the_order_of_the_ticket(house, seller):
    ticket = house.desk.opens()
    house.desk.asks(ticket, "¿Llegó la cuadrilla?")
    house.sends()
    assert [hit.method for hit in seller.hits if hit.method != "GET"] == ["POST", "PATCH"]
    (note,) = seller.tickets["S-1"]["note"]
    assert "¿Llegó la cuadrilla?" in note["text"]
    assert note["source"] == "buyer"


def test_without_a_circuit_its_interface_takes_no_ticket(house):
    with pytest.raises(CircuitNeeded):
        house.desk.opens(circuit="")
    assert not CarrierTicket.objects.exists()


def test_a_ticket_that_has_its_number_already_is_not_opened_there(house, seller):
    ticket = house.desk.opens(number="INC-7")
    assert not CarrierMessage.objects.filter(ticket=ticket).exists()
    assert house.sends() == 0


@pytest.mark.parametrize("lost", [Reply(0, does=True), Reply(500, b"", does=True), Reply(201, HTML, does=True)])
def test_an_answer_that_is_lost_opens_nothing_twice(house, seller, lost):
    seller.replies["POST"] = [lost]
    ticket = house.desk.opens()
    house.sends()
    if house.message(ticket).state == "waiting":
        house.later()
        house.sends()
    assert len(seller.tickets) == 1
    assert len(seller.asked("POST")) == 1
    assert house.there(ticket).number == "S-1"


@pytest.mark.parametrize("status", [409, 422])
def test_one_that_is_known_there_is_taken_over(house, seller, status):
    ticket = house.desk.opens()
    seller.opens({"externalId": ticket.reference, "description": "sin luz en el puerto"})
    refused = json.dumps([{"code": "otherIssue", "reason": "This externalId is known."}]).encode()
    seller.replies["POST"] = [Reply(status, refused)]
    house.sends()
    assert (house.message(ticket).state, house.there(ticket).number, len(seller.tickets)) == ("done", "S-1", 1)


def test_one_of_our_number_that_says_something_else_is_not_ours(house, seller):
    ticket = house.desk.opens()
    seller.opens({"externalId": ticket.reference, "description": "another fault of another year"})
    house.sends()
    assert (house.message(ticket).state, house.there(ticket).number) == ("dead", "")
    assert ticket.reference in house.message(ticket).answer


def test_a_crash_after_the_call_says_nothing_twice(house, seller, story, monkeypatch):
    class Crash(BaseException):
        pass

    def dies(*_given: object) -> None:
        raise Crash

    ticket = house.desk.opens()
    with monkeypatch.context() as killed:
        killed.setattr(carrier_rounds, "_settle", dies)
        with pytest.raises(Crash):
            house.sends()
    assert (house.message(ticket).state, len(seller.tickets)) == ("sending", 1)
    story.minutes_pass(3)
    house.number = leases.seen(story.now, None)
    house.sends()
    assert (house.message(ticket).state, len(seller.tickets), house.there(ticket).number) == ("done", 1, "S-1")


def test_a_lease_that_another_has_is_not_settled(house, story):
    ticket = house.desk.opens()
    message = carrier_message.claim(story.now, house.number)
    CarrierMessage.objects.filter(pk=message.pk).update(leased_until=story.now + timedelta(hours=1))
    done = carrier_message.Outcome(carrier_message.MessageState.DONE)
    assert carrier_message.settle(message, done, story.now) is False
    assert house.message(ticket).state == "sending"


UNABLE = {
    "broken": Reply(500, b"oops"),
    "asks us to wait": Reply(429, b"", headers={"Retry-After": "60"}),
    "closes": Reply(0),
    "HTML": Reply(200, HTML),
}


@pytest.mark.parametrize("how", UNABLE)
def test_one_that_is_unable_is_tried_again_and_its_page_says_since_when(house, seller, story, how):
    since = story.now
    ticket = house.opened()
    house.desk.asks(ticket)
    seller.replies["GET"] = [UNABLE[how]]
    house.sends()
    assert (house.message(ticket).state, bool(house.trouble())) == ("waiting", True)
    interface = CarrierConnection.objects.get(carrier=house.carrier)
    assert interface.failing_since == since
    house.later(5)
    house.sends()
    assert (house.message(ticket).state, house.trouble()) == ("done", "")


def test_a_slow_one_is_left(house, seller):
    ticket = house.desk.opens()
    seller.free.clear()
    house.sends(timeout=0.1)
    seller.free.set()
    assert house.message(ticket).state == "waiting"
    assert "no answer within" in house.message(ticket).answer


def test_an_answer_without_end_is_not_read(house, seller):
    ticket = house.desk.opens()
    seller.replies["POST"] = [Reply(201, b"[" + b"1," * MOST_BYTES)]
    house.sends()
    assert house.message(ticket).state == "waiting"
    assert house.there(ticket).number == ""


def test_after_48_hours_it_is_given_up_and_the_desk_reads_so(house, seller, story):
    ticket = house.desk.opens()
    seller.replies["POST"] = [Reply(503)] * 50
    seller.replies["GET"] = [Reply(503)] * 50
    house.sends()
    story.minutes_pass(48 * 60 + 1)
    house.sends()
    assert house.message(ticket).state == "dead"


def test_a_refusal_is_not_sent_again_by_itself(house, seller):
    seller.replies["POST"] = [Reply(422, json.dumps([{"code": "x", "reason": "No such circuit."}]).encode())]
    ticket = house.desk.opens()
    house.sends()
    house.later(60)
    house.sends()
    assert (house.message(ticket).state, house.message(ticket).answer) == ("dead", "No such circuit.")
    assert len(seller.asked("POST")) == 1


def test_a_key_that_is_not_taken_is_said_and_mended(house, seller, story):
    save_connection(house.carrier, {"url": seller.url, "key": "another"}, at=story.now)
    ticket = house.desk.opens()
    house.sends()
    assert (house.message(ticket).state, house.message(ticket).status) == ("dead", 401)
    assert "401" in house.trouble()
    save_connection(house.carrier, {"url": seller.url, "key": KEY}, at=story.now)
    assert interface_verbs.send_again(house.there(ticket), story.now) == 1
    house.sends()
    assert (house.there(ticket).number, house.trouble()) == ("S-1", "")


def test_what_was_refused_leaves_by_mail_and_the_ticket_goes_on_by_mail(house, seller, story):
    seller.replies["POST"] = [Reply(422, b"[]")]
    ticket = house.desk.opens()
    house.sends()
    interface_verbs.send_by_mail(house.there(ticket), story.now)
    assert house.message(ticket).state == "instead"
    house.desk.asks(ticket)
    assert ticket.mails.count() == 2
    assert house.sends() == 0


def test_in_a_rehearsal_nothing_leaves(house, seller, story, monkeypatch):
    ticket = house.desk.opens()
    monkeypatch.setattr(carrier_message, "is_held", lambda message: True)
    assert house.sends() == 0
    assert (house.message(ticket).state, seller.hits) == ("held", [])


def test_a_note_that_comes_too_early_waits_until_it_is_taken(house, seller):
    ticket = house.opened()
    early = json.dumps([{"code": "otherIssue", "reason": "It gets its number first."}]).encode()
    seller.replies["PATCH"] = [Reply(422, early)]
    house.desk.asks(ticket)
    house.sends()
    assert house.message(ticket).state == "waiting"
    house.later()
    house.sends()
    assert (house.message(ticket).state, len(seller.tickets["S-1"]["note"])) == ("done", 1)


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
    return reverse("carrier_listener", args=[token, "troubleTicketStatusChangeEvent"])


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


# --- edited and tried -------------------------------------------------------------------------------------------------
def test_no_secret_is_kept_in_the_open(house):
    row = CarrierConnection.objects.values().get()
    assert KEY not in str(row)
    assert KEY not in str(list(SettingChange.objects.values()))


WRONG = {
    "no address": ({"url": "carrier"}, {"url"}),
    "with a password": ({"url": "https://a:b@carrier.example.com/v4"}, {"url"}),
    "no key": ({"url": "https://carrier.example.com/v4"}, {"key"}),
    "a token without a client": (
        {"url": "https://carrier.example.com/v4", "token_url": "https://carrier.example.com/token"},
        {"client_id"},
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_interface_is_refused_at_its_field(story, what):
    fields, at = WRONG[what]
    carrier = a_carrier(story.now)
    with pytest.raises(Unfit) as unfit:
        save_connection(carrier, fields, at=story.now)
    assert set(unfit.value.problems) == at
    assert Carrier.objects.get(pk=carrier.pk).route == "mail"


TRIALS = {
    "well": (None, "takes our key"),
    "the key": (Reply(401), "401"),
    "the rights": (Reply(403), "403"),
    "the address": (Reply(404), "404"),
    "the ids": (Reply(400, b'{"reason": "buyerId"}'), "400"),
    "elsewhere": (Reply(302), "302"),
    "a page": (Reply(200, HTML), "JSON"),
    "nothing": (Reply(0), ""),
}


@pytest.mark.parametrize("what", TRIALS)
def test_a_trial_says_in_words_what_is_wrong(house, seller, what):
    reply, words = TRIALS[what]
    seller.replies["GET"] = [reply] if reply else []
    found = trial(house.interface)
    assert found.is_well == (what == "well")
    assert words in found.words or what == "well"


def test_a_token_is_asked_for_and_used(story, seller):
    token_url = seller.url.replace("/mefApi/sonata/troubleTicket/v4", "/token")
    seller.replies["POST"] = [Reply(200, json.dumps({"access_token": KEY}).encode())]
    more = {"key": "", "token_url": token_url, "client_id": "us", "client_secret": "made-up"}
    house = House(story, seller, **more)
    assert trial(house.interface).is_well
    assert "grant_type=client_credentials" in seller.hits[0].body


# --- on the screens ---------------------------------------------------------------------------------------------------
def test_the_desk_sees_what_was_refused_and_what_to_do(tonight, seller, sign_in):
    house = House(tonight, seller)
    seller.replies["POST"] = [Reply(422, json.dumps([{"reason": "No such circuit."}]).encode())]
    ticket = house.desk.opens()
    house.sends()
    client = sign_in(tonight.engineer)
    page = client.get(reverse("case", args=[tonight.number])).content.decode()
    assert "No such circuit." in page
    assert reverse("carrier_ticket_step", args=[ticket.pk, "por-correo"]) in page
    client.post(reverse("carrier_ticket_step", args=[ticket.pk, "por-correo"]))
    assert ticket.mails.count() == 1


def test_confirm_is_one_press(tonight, seller, sign_in):
    house = House(tonight, seller)
    ticket = house.opened()
    seller.says("S-1", "resolved", tonight.now, "spliced")
    house.later(3)
    house.asks()
    client, step = sign_in(tonight.engineer), reverse("carrier_ticket_step", args=[ticket.pk, "confirmar"])
    assert step in client.get(reverse("case", args=[tonight.number])).content.decode()
    assert client.post(step).status_code == 302
    assert house.message(ticket).kind == "close"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.TECHNICIAN])
def test_the_interface_is_edited_by_whoever_may_edit_companies(house, sign_in, role):
    answer = sign_in(staff("alguien", role)).get(reverse("carrier_interface", args=[house.carrier.pk]))
    assert answer.status_code == (200 if role == Role.ADMINISTRATOR else 403)
    assert KEY.encode() not in answer.content


# --- what is read of an answer ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [None, 7, "", "soon", "2026-11-28T02:00:00", "9999-12-31T23:59:59-12:00", []])
def test_what_is_no_hour_is_left_out(value):
    assert hour_in(value) is None


def test_a_text_is_one_that_the_database_can_hold():
    assert text_in("a\0b\ud800c", 10) == "ab?c"
