"""Notifications of MEF 124: registered by a Buyer, sent to a real receiver, each by the standard's definition."""

import json
from typing import Any

import pytest
from django.test import override_settings

from guardia.people.staff import Role, Staff
from guardia.webhooks.mef124_event import LISTENER
from guardia.webhooks.subscription import WebhookSubscription
from tests.mef.buyer import Buyer, note
from tests.mef.definition import NOTIFICATION, must_be
from tests.mef.staged import cancels, catches_up, goes_on, is_cancelled, reopens, waits
from tests.webhooks.conftest import Following
from tests.webhooks.receiver import Receiver


@pytest.fixture
def receiver():
    one = Receiver()
    with override_settings(EGRESS_LOOPBACK=True):
        yield one
    one.close()


@pytest.fixture
def following(story) -> Following:
    return Following(story)


@pytest.fixture
def hub(partner) -> Buyer:
    """A key of the operator that may connect systems."""
    Staff.objects.filter(is_machine=True).update(role=Role.ADMINISTRATOR)
    return partner


def callback(receiver: Receiver) -> str:
    return receiver.url.partition("/eventos")[0]


def registered(hub: Buyer, receiver: Receiver, **more: str) -> dict[str, Any]:
    answer = hub.post("/hub", {"callback": callback(receiver), **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def sent(story, following: Following, receiver: Receiver) -> list[tuple[str, str]]:
    """What has come since the last question, by type and id of the ticket; each by the definition."""
    catches_up(story)
    while following.send():
        pass
    found = []
    for hit in receiver.hits:
        body = json.loads(hit.body)
        must_be("TroubleTicketEvent", body, NOTIFICATION)
        assert hit.path == LISTENER + body["eventType"]
        found.append((body["eventType"].removeprefix("troubleTicket").removesuffix("Event"), body["event"]["id"]))
    receiver.hits.clear()
    return found


def test_a_buyer_is_told_each_step_of_its_ticket(story, hub, ours, following, receiver):
    """R59, R61 to R64, R66."""
    registered(hub, receiver)
    story.open_case()
    id = str(story.number)
    sent(story, following, receiver)
    ours.patch(f"/troubleTicket/{id}", {"note": [note("The router is lit")]})
    assert sent(story, following, receiver) == []
    story.diagnosis()
    assert ("StatusChange", id) in sent(story, following, receiver)
    waits(story, ours)
    assert sorted(sent(story, following, receiver)) == [("InformationRequired", id), ("StatusChange", id)]
    goes_on(story, ours)
    assert sent(story, following, receiver) == [("StatusChange", id)]
    story.case.tell("we look at it", by=story.by, at=story.now)
    assert sent(story, following, receiver) == [("AttributeValueChange", id)]
    story.service_is_restored()
    assert sorted(sent(story, following, receiver)) == [("Resolved", id), ("StatusChange", id)]
    reopens(story, ours)
    assert ("StatusChange", id) in sent(story, following, receiver)
    assert ours.ticket(id)["status"] == "reopened"


def test_a_cancellation_is_told_twice(story, hub, ours, following, receiver):
    registered(hub, receiver)
    story.open_case()
    sent(story, following, receiver)
    cancels(story, ours)
    assert sent(story, following, receiver) == [("StatusChange", str(story.number))]
    is_cancelled(story, ours)
    assert sent(story, following, receiver) == [("StatusChange", str(story.number))]


def test_only_what_was_asked_for_is_sent_with_the_buyer_that_was_named(story, hub, following, receiver):
    """R7, R57, R60."""
    made = registered(hub, receiver, query="eventType=troubleTicketResolvedEvent")
    assert made["query"] == "eventType=troubleTicketResolvedEvent"
    story.open_case()
    story.diagnosis()
    story.service_is_restored()
    while following.send():
        pass
    (hit,) = receiver.hits
    body = json.loads(hit.body)
    assert (body["eventType"], body["event"]["buyerId"]) == ("troubleTicketResolvedEvent", str(story.bank.pk))


def test_nothing_of_another_company_is_sent(story, hub, following, receiver):
    registered(Buyer(hub.secret, str(story.other.pk)), receiver)
    story.open_case()
    story.diagnosis()
    assert sent(story, following, receiver) == []


def test_a_listener_is_read_and_removed(story, hub, following, receiver):
    made = registered(hub, receiver)
    assert hub.get(f"/hub/{made['id']}").json() == made
    assert Buyer(hub.secret, str(story.other.pk)).get(f"/hub/{made['id']}").status_code == 404
    assert hub.send("delete", f"/hub/{made['id']}").status_code == 204
    assert hub.get(f"/hub/{made['id']}").status_code == 404
    story.open_case()
    assert sent(story, following, receiver) == []


def test_a_companys_own_key_registers_reads_and_removes_its_own(story, hub, ours, theirs, following, receiver):
    made = registered(ours, receiver)
    assert ours.get(f"/hub/{made['id']}").json() == hub.get(f"/hub/{made['id']}").json() == made
    for each in (theirs, Buyer(hub.secret, str(story.other.pk))):
        assert each.get(f"/hub/{made['id']}").status_code == 404
        assert each.send("delete", f"/hub/{made['id']}").status_code == 404
    again = ours.post("/hub", {"callback": callback(receiver)})
    assert (again.status_code, again.json()["code"]) == (400, "invalidBody")
    story.open_case()
    story.diagnosis()
    told = sent(story, following, receiver)
    assert {type for type, _id in told} == {"StatusChange", "AttributeValueChange"}
    assert {id for _type, id in told} == {str(story.number)}
    assert ours.send("delete", f"/hub/{made['id']}").status_code == 204
    story.service_is_restored()
    assert sent(story, following, receiver) == []


def test_a_companys_own_key_never_listens_in_the_operators_networks(ours, settings):
    settings.EGRESS_NETWORKS = ["10.20.0.0/16"]
    refused = ours.post("/hub", {"callback": "https://10.20.0.7"})
    assert (refused.status_code, "internal network" in refused.json()["reason"]) == (400, True)
    assert WebhookSubscription.objects.count() == 0


def test_what_cannot_be_registered_is_refused_with_the_reason(hub, receiver):
    for body in (
        {"callback": "nowhere"},
        {"callback": receiver.url},
        {"callback": callback(receiver), "query": "eventType=nothing"},
        {"callback": callback(receiver), "query": "status=closed"},
        {"callback": callback(receiver), "query": "eventType=incidentCreateEvent"},
    ):
        refused = hub.post("/hub", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalidBody"), body
        assert refused.json()["reason"]
