"""What is said to the interface of a carrier (MEF 124), whose Seller behaves, and misbehaves; and how it is entered."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from guardia.carriers import carrier_message, carrier_rounds, interface_verbs
from guardia.carriers.carrier import Carrier
from guardia.carriers.carrier_connection import CarrierConnection, save_connection
from guardia.carriers.carrier_exchange import trial
from guardia.carriers.carrier_message import CarrierMessage
from guardia.carriers.seller import MOST_BYTES
from guardia.carriers.ticket import CarrierTicket
from guardia.carriers.ticket_verbs import CircuitNeeded
from guardia.cases.rebuild import rebuild
from guardia.cli.checks import upkeep
from guardia.cli.checks.finding import Health, Installation
from guardia.customers.values import Unfit
from guardia.notices import leases
from guardia.notices.notice import Delivery
from guardia.people import rehearsal
from guardia.people.rehearsal import NamedList
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from tests.carriers.conftest import a_carrier
from tests.carriers.interface_house import House, findings, here_may_be_reached, house, seller
from tests.carriers.stand_in import KEY, Reply
from tests.procedure.story import staff

__all__ = ["here_may_be_reached", "house", "seller"]

HTML = b"<html><body>Please sign in</body></html>"


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


def test_in_a_rehearsal_nothing_leaves_and_nothing_of_it_later(house, seller, story):
    rehearsal.begin(NamedList(), by=story.supervisor, at=story.now)
    ticket = house.desk.opens()
    assert house.sends() == 0
    assert (house.message(ticket).state, seller.hits) == ("held", [])
    story.minutes_pass(1)
    rehearsal.end(by=story.supervisor, at=story.now)
    house.desk.asks(ticket, "¿Qué hora prometen?")
    story.minutes_pass(60)
    assert (house.sends(), seller.hits) == (0, [])


def test_doctor_names_what_an_interface_has_not_taken(house, seller, story):
    assert upkeep.carriers(Installation(at=story.now)).health == Health.OK
    seller.replies = {"POST": [Reply(503)] * 50, "GET": [Reply(503)] * 50}
    ticket = house.desk.opens()
    house.sends()
    failing = upkeep.carriers(Installation(at=story.now))
    assert (failing.health, "HTTP 503" in failing.words) == (Health.WARN, True)
    story.minutes_pass(49 * 60)
    house.sends()
    lost = upkeep.carriers(Installation(at=story.now))
    assert (lost.health, ticket.reference in lost.words) == (Health.BAD, True)
    interface_verbs.settle_by_telephone(house.there(ticket), story.now)
    story.minutes_pass(120)
    assert upkeep.carriers(Installation(at=story.now)).health == Health.OK


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
