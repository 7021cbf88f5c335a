"""A trouble ticket as its Buyer opens it by MEF 124: what is answered, read at the desk, and refused."""

import copy
from typing import Any

import pytest
from django.test import Client

from guardia.calls.call import WrittenRequest
from guardia.cases.buyer_ticket import BuyerTicket
from guardia.web.api.mef.operations import ADDRESS
from tests.api.test_v2 import machine
from tests.mef.buyer import body, contact, note
from tests.mef.staged import opened, taken

__all__ = ["machine"]


def test_what_a_buyer_sent_is_answered_unchanged(ours):
    """R9, R11, R12, R13."""
    sent = body(
        externalId="INC0042",
        issueStartDate="2026-11-28T01:00:00.500Z",
        note=[note("Nobody answered the telephone")],
        attachment=[
            {
                "attachmentId": "a-1",
                "author": "NOC",
                "creationDate": "2026-11-28T02:00:00Z",
                "name": "Alarm",
                "url": "https://example.com/alarm.png",
                "size": {"amount": 5.3, "units": "KBYTES"},
                "source": "buyer",
            }
        ],
        relatedIssue=[
            {
                "@referredType": "TroubleTicket",
                "id": "R1",
                "creationDate": "2026-11-28T02:00:00Z",
                "description": "The same router",
                "relationshipType": "depends on",
                "source": "buyer",
            }
        ],
    )
    answer = ours.post("/troubleTicket", sent)
    assert answer.status_code == 201, answer.content
    ticket = answer.json()
    for name, value in sent.items():
        kept = ticket[name] if not isinstance(value, list) else ticket[name][: len(value)]
        assert kept == value, name
    assert (ticket["status"], ticket["sellerSeverity"], ticket["sellerPriority"]) == (
        "acknowledged", "extensive", "critical",
    )  # fmt: skip
    assert "sellerTicketContact" in [one["role"] for one in ticket["relatedContactInformation"]]
    assert answer["Location"] == ticket["href"]
    assert ours.ticket(ticket["id"]) == ticket


def test_the_desk_reads_all_that_the_buyer_wrote(story, ours):
    opened(ours, externalId="INC0042", note=[note("The router is lit")])
    text = WrittenRequest.objects.get().text
    for words in ("ENL-0042", "Connection is lost", "INC0042", "Head of systems", "The router is lit", "extensive"):
        assert words in text, words


def test_the_same_ticket_sent_again_is_one_ticket(story, ours):
    first = opened(ours, externalId="INC0042")
    again = opened(ours, externalId="INC0042", note=[note("sent again")])
    assert again["id"] == first["id"]
    assert (WrittenRequest.objects.count(), BuyerTicket.objects.count()) == (1, 1)
    other = ours.post("/troubleTicket", body(externalId="INC0042", description="Another fault"))
    assert other.status_code == 422
    assert [(one["propertyPath"], first["id"] in one["reason"]) for one in other.json()] == [("/externalId", True)]


def test_a_ticket_keeps_its_id_when_it_gets_its_number(story, ours, machine):
    ticket = opened(ours, externalId="INC0042")
    number = taken(story, machine, ticket["id"])
    for id in (ticket["id"], str(number)):
        assert ours.ticket(id)["id"] == ticket["id"]
    (found,) = ours.get("/troubleTicket").json()
    assert (found["id"], found["externalId"]) == (ticket["id"], "INC0042")


WRONG: list[tuple[str, Any, str, str]] = [
    ("description", None, "/description", "missingProperty"),
    ("description", "", "/description", "invalidValue"),
    ("description", " \n", "/description", "missingProperty"),
    ("description", 7, "/description", "invalidFormat"),
    ("description", "a\0b", "/description", "invalidFormat"),
    ("observedImpact", "boat", "/observedImpact", "invalidValue"),
    ("priority", "urgent", "/priority", "invalidValue"),
    ("severity", "huge", "/severity", "invalidValue"),
    ("ticketType", "failure", "/ticketType", "invalidValue"),
    ("externalId", "x" * 81, "/externalId", "invalidValue"),
    ("issueStartDate", "yesterday", "/issueStartDate", "invalidFormat"),
    ("issueStartDate", "2026-11-28T02:00:00", "/issueStartDate", "invalidFormat"),
    ("relatedEntity", [], "/relatedEntity", "invalidValue"),
    ("relatedEntity", [{"id": "ENL-9999", "role": "Issue Source"}], "/relatedEntity/0/id", "referenceNotFound"),
    (
        "relatedEntity",
        [{"id": "ENL-0042", "role": "x", "@referredType": "Bill"}],
        "/relatedEntity/0/@referredType",
        "invalidValue",
    ),
    ("relatedContactInformation", None, "/relatedContactInformation", "missingProperty"),
    (
        "relatedContactInformation",
        [contact("buyerTechnicalContact")],
        "/relatedContactInformation",
        "missingProperty",
    ),
    ("note", [note("x", source="seller")], "/note/0/source", "invalidValue"),
    ("note", [{"id": "1", "text": "x"}], "/note/0/author", "missingProperty"),
    (
        "attachment",
        [{"author": "NOC", "name": "x", "source": "buyer"}],
        "/attachment/0/creationDate",
        "missingProperty",
    ),
    ("status", "closed", "/status", "unexpectedProperty"),
]


@pytest.mark.parametrize(("name", "value", "path", "code"), WRONG)
def test_each_wrong_value_is_pointed_at(story, ours, name, value, path, code):
    sent = copy.deepcopy(body()) | {name: value}
    if value is None:
        del sent[name]
    answer = ours.post("/troubleTicket", sent)
    assert answer.status_code == 422, answer.content
    assert (path, code) in [(one["propertyPath"], one["code"]) for one in answer.json()], answer.json()
    assert all(one["reason"] for one in answer.json())
    assert not WrittenRequest.objects.exists()


def test_an_attachment_has_an_address_or_its_bytes(ours):
    """R10."""
    attached = {"author": "NOC", "name": "x", "source": "buyer", "creationDate": "2026-11-28T02:00:00Z"}
    answer = ours.post("/troubleTicket", body(attachment=[attached]))
    assert [one["propertyPath"] for one in answer.json()] == ["/attachment/0"]


def test_what_is_no_json_object_is_an_invalid_body(story, ours):
    for content in ("[]", "{", "7"):
        answer = Client().post(
            f"{ADDRESS}/troubleTicket",
            content,
            content_type="application/json",
            headers={"Authorization": f"Bearer {ours.secret}"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "invalidBody"), content
