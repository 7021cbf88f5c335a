"""Hubs of TMF621: a listener registers, and each of its events is one of the standard's, signed, in order."""

import asyncio
import json

import pytest
from django.test import override_settings

from guardia.cases.waiting import WaitReason
from guardia.people.staff import Role
from guardia.procedure.vocabulary import WaitCause
from guardia.webhooks import outbox
from guardia.webhooks.formats import Message
from guardia.webhooks.poster import Poster
from guardia.webhooks.subscription import WebhookDelivery, WebhookState, WebhookSubscription
from tests.notices.sender import worker_step
from tests.tmforum.conftest import must_fit
from tests.webhooks.conftest import Following, receiver

__all__ = ["receiver"]


@pytest.fixture(autouse=True)
def here_may_be_reached():
    with override_settings(EGRESS_LOOPBACK=True, PUBLIC_URL="https://guardia.example.com/"):
        yield


@pytest.fixture
def following(story):
    return Following(story)


@pytest.fixture
def listener(machine, desk):
    """Whoever registers listeners is an administrator's machine."""
    machine.as_role(Role.ADMINISTRATOR)
    return desk


def register(listener, receiver, **more):
    answer = listener.post("/hub", {"callback": receiver.url, **more})
    assert answer.status_code == 201, answer.content
    must_fit(listener.version, "EventSubscription" if listener.version == "v4" else "Hub", answer.json())
    return answer.json()


def bodies(listener, receiver):
    found = [json.loads(hit.body) for hit in receiver.hits]
    for body in found:
        must_fit(listener.version, body["eventType"], body)
        ticket = body["event"]["troubleTicket"]
        must_fit(listener.version, "TroubleTicket", ticket)
    return found


def test_a_listener_registers_is_read_and_is_removed(story, listener, receiver):
    hub = register(listener, receiver, query="eventType=TroubleTicketStatusChangeEvent")
    assert hub["callback"] == receiver.url
    assert listener.get(f"/hub/{hub['id']}").json() == hub
    assert listener.get("/hub").json() == [hub]
    again = listener.post("/hub", {"callback": receiver.url, "query": hub["query"]})
    assert again.status_code == 409
    assert listener.call("delete", f"/hub/{hub['id']}").status_code == 204
    assert listener.get(f"/hub/{hub['id']}").status_code == 404
    assert listener.call("delete", f"/hub/{hub['id']}").status_code == 404
    assert WebhookSubscription.objects.get().state == "removed"


def test_a_whole_incident_is_told_by_events_of_the_standard(story, listener, receiver, following):
    register(listener, receiver)
    story.open_case()
    story.minutes_pass(1)
    reason = WaitReason(WaitCause.CUSTOMER, asked_by="Portería", asked_role="", reason="no dejan entrar", proof="14:05")
    story.case.wait(reason, by=story.by, at=story.now)
    story.case.tell("we wait for you", by=story.by, at=story.now)
    while following.send():
        pass
    found = bodies(listener, receiver)
    assert [body["eventType"] for body in found][-3:] == [
        "TroubleTicketCreateEvent",
        "TroubleTicketInformationRequiredEvent",
        "TroubleTicketAttributeValueChangeEvent",
    ]
    occurred = "timeOcurred" if listener.version == "v4" else "timeOccurred"
    assert all(occurred in body and body["eventId"] == hit.id for body, hit in zip(found, receiver.hits, strict=True))
    statuses = [body["event"]["troubleTicket"]["status"] for body in found][-3:]
    assert statuses == ["acknowledged", "pending", "pending"]
    assert found[-1]["event"]["troubleTicket"]["note"][-1]["text"] == "we wait for you"


def test_what_is_resolved_is_told_so_and_what_is_internal_is_not_told(story, listener, receiver, following):
    register(listener, receiver)
    story.open_case()
    story.case.note("for us alone", by=story.by, at=story.now)
    story.goes_to_the_closing()
    while following.send():
        pass
    found = bodies(listener, receiver)
    kinds = [body["eventType"] for body in found]
    assert kinds.count("TroubleTicketCreateEvent") == 1
    assert kinds.count("TroubleTicketResolvedEvent") == 1
    assert kinds.count("TroubleTicketStatusChangeEvent") == 2
    assert "TroubleTicketDeleteEvent" not in kinds
    assert "for us alone" not in json.dumps(found)
    assert not WebhookDelivery.objects.exclude(state=WebhookState.DELIVERED).exists()


def test_a_query_chooses_events(story, listener, receiver, following):
    register(listener, receiver, query="eventType=TroubleTicketStatusChangeEvent")
    story.open_case()
    story.goes_to_the_closing()
    while following.send():
        pass
    statuses = [body["event"]["troubleTicket"]["status"] for body in bodies(listener, receiver)]
    assert statuses == ["inProgress", "resolved", "closed"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "callback"),
        ({"callback": "ftp://example.com"}, "callback"),
        ({"callback": "https://169.254.169.254/latest"}, "callback"),
        ({"callback": "https://example.com/x", "query": "eventType=Nothing"}, "query"),
        ({"callback": "https://example.com/x", "query": "severity=Critical"}, "query"),
        ({"callback": 7}, "callback"),
        ({"callback": "https://example.com/x", "colour": "red"}, "colour"),
    ],
)
def test_a_listener_that_is_none_is_refused_by_its_field(story, listener, body, field):
    refused = listener.post("/hub", body)
    assert refused.status_code == 400, refused.content
    assert field in refused.json()["message"]


def test_only_who_connects_systems_registers(story, machine, desk, receiver):
    assert desk.post("/hub", {"callback": receiver.url}).status_code == 403
    machine.as_role(Role.ADMINISTRATOR)
    machine.may_only("tmf621.read")
    assert desk.post("/hub", {"callback": receiver.url}).status_code == 403
    machine.may_only("tmf621.listen")
    assert desk.post("/hub", {"callback": receiver.url}).status_code == 201


# --- of a company -----------------------------------------------------------------------------------------------------
def test_a_company_registers_reads_and_ends_its_own_listeners(story, bank, hospital, listener, receiver):
    hub = register(bank, receiver, query="eventType=TroubleTicketResolvedEvent")
    assert bank.get("/hub").json() == [hub]
    assert bank.post("/hub", {"callback": receiver.url, "query": hub["query"]}).status_code == 409
    for other in (hospital, listener):
        assert other.get("/hub").json() == []
        assert other.get(f"/hub/{hub['id']}").status_code == 404
        assert other.call("delete", f"/hub/{hub['id']}").status_code == 404
    assert bank.call("delete", f"/hub/{hub['id']}").status_code == 204
    assert bank.get("/hub").json() == []
    one = WebhookSubscription.objects.get()
    assert (one.state, one.secret, one.owner) == ("removed", "", story.bank)


def test_a_companys_listener_is_told_of_its_own_cases_alone(story, bank, hospital, receiver, following):
    register(hospital, receiver)
    story.open_case()
    assert following.send() == 0
    register(bank, receiver)
    story.case.note("for us alone", by=story.by, at=story.now)
    story.case.tell("we look at it", by=story.by, at=story.now)
    while following.send():
        pass
    (body,) = bodies(bank, receiver)
    assert body["event"]["troubleTicket"]["id"] == str(story.number)
    assert "for us alone" not in json.dumps(body)


def test_a_company_never_reaches_the_operators_networks(story, bank, settings):
    settings.EGRESS_NETWORKS = ["10.20.0.0/16"]
    refused = bank.post("/hub", {"callback": "https://10.20.0.7/events"})
    assert (refused.status_code, "internal network" in refused.json()["message"]) == (400, True)
    message = Message("https://10.20.0.7/events", {}, b"{}", is_of_company=True)

    async def posted():
        return await Poster(1.0).post(message)

    answer = asyncio.run(posted())
    assert (answer.status, "operator's networks" in answer.words) == (None, True)


def test_a_company_registers_no_more_than_ten(story, bank, receiver):
    for number in range(10):
        register(bank, receiver, callback=f"{receiver.url}?{number}")
    refused = bank.post("/hub", {"callback": receiver.url})
    assert (refused.status_code, "callback" in refused.json()["message"]) == (400, True)


def test_what_waits_for_a_listener_that_is_gone_goes_with_time(story, bank, receiver):
    hub = register(bank, receiver)
    story.open_case()
    assert WebhookDelivery.objects.exists()
    bank.call("delete", f"/hub/{hub['id']}")
    with worker_step():
        outbox.thin(story.now, 100)
    assert not WebhookDelivery.objects.exists()
    assert not WebhookSubscription.objects.exists()
