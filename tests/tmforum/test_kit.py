"""The habits of TM Forum's public test kit (R18), at the lenient address, which only this machine reaches."""

import json

import pytest
from django.test import Client

ADDRESS = "/tmf-api/troubleTicket/v2/troubleTicket"
NEW = {
    "description": "Compliance test",
    "severity": "Urgent",
    "ticketType": "Bills, charges or payment",
    "status": "InProgress in 2 days",
}


@pytest.fixture
def kit(story, machine, settings):
    settings.TMF621_KIT = f"gdk_{machine.key.prefix} ENL-0042"
    settings.PUBLIC_URL = "http://localhost:8000"
    return Client()


def post(kit, body, **more):
    return kit.post(ADDRESS, json.dumps(body), content_type="application/json", **more)


def test_it_posts_a_status_of_its_own_without_a_key(kit):
    answer = post(kit, NEW)
    assert answer.status_code == 201, answer.content
    assert answer.json()["description"] == "Compliance test"
    assert {"id", "href", "status", "severity", "ticketType"} <= set(answer.json())


def test_severity_and_type_are_answered_and_filtered_as_they_were_sent(kit):
    first = post(kit, {"description": "<anytext>", "severity": "High", "ticketType": "device"}).json()
    notes = [{"author": "writer", "text": "the first"}, {"author": "writer", "text": "the second"}]
    sent = {"severity": "Low", "ticketType": "connectivity", "status": "nanana", "externalId": "123", "note": notes}
    second = post(kit, {**NEW, **sent}).json()
    assert [(one["severity"], one["ticketType"]) for one in (first, second)] == [
        ("High", "device"),
        ("Low", "connectivity"),
    ]
    assert [one["id"] for one in kit.get(f"{ADDRESS}?severity=High").json()] == [first["id"]]
    assert [one["id"] for one in kit.get(f"{ADDRESS}?ticketType=connectivity").json()] == [second["id"]]
    only = kit.get(f"{ADDRESS}/{second['id']}?fields=severity,status").json()
    assert (only.keys(), only["severity"]) == ({"severity", "status"}, "Low")


def test_an_address_with_a_slash_at_its_end_is_the_same(kit):
    answer = kit.post(f"{ADDRESS}/", json.dumps({**NEW, "note": {"author": "x"}}), content_type="application/json")
    assert answer.status_code == 400


def test_both_new_tickets_are_in_the_list_that_is_not_paged(kit):
    ids = [post(kit, {**NEW, "description": words}).json()["id"] for words in ("one", "two")]
    listed = kit.get(ADDRESS)
    assert set(ids) <= {one["id"] for one in listed.json()}
    assert listed["X-Total-Count"] == "2"
    assert [one["id"] for one in kit.get(f"{ADDRESS}?description=one").json()] == ids[:1]


def test_fields_answer_only_what_they_name(kit):
    id = post(kit, NEW).json()["id"]
    assert kit.get(f"{ADDRESS}/{id}?fields=description").json() == {"description": "Compliance test"}
    assert kit.get(f"{ADDRESS}?fields=description").json() == [{"description": "Compliance test"}]


@pytest.mark.parametrize(
    "body",
    [
        {**NEW, "note": {"text": "an object"}},
        {name: value for name, value in NEW.items() if name != "ticketType"},
        {name: value for name, value in NEW.items() if name != "severity"},
        {name: value for name, value in NEW.items() if name != "description"},
        [],
    ],
)
def test_it_wants_400_for_what_is_missing_or_no_list(kit, body):
    answer = post(kit, body)
    assert (answer.status_code, set(answer.json()) >= {"code", "reason"}) == (400, True)


def test_it_wants_404_for_an_unknown_id(kit):
    assert kit.get(f"{ADDRESS}/no-such-ticket").status_code == 404


def test_it_changes_a_ticket(kit):
    id = post(kit, NEW).json()["id"]
    sent = json.dumps({"severity": "Minor", "note": [{"text": "by the kit"}]})
    answer = kit.patch(f"{ADDRESS}/{id}", sent, content_type="application/merge-patch+json")
    assert (answer.status_code, answer.json()["severity"]) == (200, "Minor")
    assert answer.json()["note"][-1]["text"] == "by the kit"


def test_nobody_else_finds_the_address(kit, settings):
    assert post(kit, NEW, REMOTE_ADDR="192.0.2.7").status_code == 404
    assert post(kit, NEW, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.PUBLIC_URL = "https://guardia.example.com"
    assert post(kit, NEW).status_code == 404
    settings.PUBLIC_URL, settings.TMF621_KIT = "http://localhost:8000", ""
    assert post(kit, NEW).status_code == 404


def test_a_key_that_was_ended_opens_nothing(kit, machine, story):
    type(machine.key).objects.filter(pk=machine.key.pk).update(ended_at=story.now)
    assert post(kit, NEW).status_code == 404
