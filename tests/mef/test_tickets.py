"""Trouble tickets by MEF 124: opened, followed, changed and confirmed, as at the desk and in the portal."""

import base64
import copy
from typing import Any

import pytest
from django.db import models
from django.test import Client

from guardia.calls.call import WrittenRequest
from guardia.cases import case_link
from guardia.cases.buyer_ticket import BuyerTicket
from guardia.cases.case import Case
from guardia.people.api_key import ApiKey
from guardia.web.api.mef.operations import ADDRESS, OPERATIONS
from tests.api.test_company_keys import machine_of as key_of_company
from tests.api.test_v2 import machine
from tests.mef.buyer import Buyer, body, contact, note
from tests.mef.definition import MANAGEMENT, document
from tests.mef.staged import BROUGHT_TO, catches_up, goes_on, waits

__all__ = ["machine"]


def opened(buyer: Buyer, **more: Any) -> dict[str, Any]:
    answer = buyer.post("/troubleTicket", body(**more))
    assert answer.status_code == 201, answer.content
    return answer.json()


def taken(story, machine, id: str) -> int:
    """The desk takes the report: it is a case from now on."""
    report = int(id.removeprefix("R"))
    answer = machine.post(
        "/cases",
        {"service": story.service.pk, "symptoms": "No link", "impact": "down", "written_request": report},
    )
    assert answer.status_code == 201, answer.content
    story.number = answer.json()["number"]
    return story.number


# --- opening ----------------------------------------------------------------------------------------------------------
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


# --- reading ----------------------------------------------------------------------------------------------------------
def test_a_list_is_narrowed_and_comes_in_pages(story, ours, machine):
    """UC 2, R23, R24, R72."""
    story.open_case()
    waiting = opened(ours, externalId="INC0042", priority="low", severity="minor", ticketType="assistance")
    every = ours.get("/troubleTicket")
    assert [one["id"] for one in every.json()] == [waiting["id"], str(story.number)]
    assert (every["X-Total-Count"], every["X-Result-Count"]) == ("2", "2")
    second = ours.get("/troubleTicket", offset="1", limit="1")
    assert [one["id"] for one in second.json()] == [str(story.number)]
    assert (second["X-Total-Count"], second["X-Result-Count"]) == ("2", "1")
    only_waiting = ("externalId=INC0042", "priority=low", "severity=minor", "ticketType=assistance")
    for one in only_waiting:
        assert [found["id"] for found in ours.get(f"/troubleTicket?{one}").json()] == [waiting["id"]], one
    only_case = ("priority=critical", "severity=extensive", "ticketType=maintenance")
    for one in only_case:
        assert [found["id"] for found in ours.get(f"/troubleTicket?{one}").json()] == [str(story.number)], one
    both = ("sellerPriority=critical", "sellerSeverity=extensive", "observedImpact=down", "relatedEntityId=enl-0042")
    for one in (*both, "relatedEntityType=Product", "creationDate.gt=2026-01-01T00:00:00Z"):
        assert len(ours.get(f"/troubleTicket?{one}").json()) == 2, one
    nothing = ("relatedEntityId=ENL-9", "relatedEntityType=Bill", "creationDate.lt=2026-01-01T00:00:00Z")
    for one in (*nothing, "resolutionDate.gt=2026-01-01T00:00:00Z", "expectedResolutionDate.gt=2026-01-01T00:00:00Z"):
        assert ours.get(f"/troubleTicket?{one}").json() == [], one
    for one in ("priority=urgent", "limit=-1", "offset=x", "status=open", "creationDate.gt=yesterday"):
        refused = ours.get(f"/troubleTicket?{one}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalidQuery"), one
        assert one.partition("=")[0] in refused.json()["reason"]


def test_a_resolved_ticket_says_when_and_how(story, ours):
    """R28."""
    BROUGHT_TO["resolved"](story, ours)
    ticket = ours.ticket(str(story.number))
    assert ticket["resolutionDate"]
    assert ticket["expectedResolutionDate"]
    assert any("se empalmó la fibra" in one["text"] for one in ticket["note"] if one["source"] == "seller")
    day = ticket["resolutionDate"][:10]
    assert len(ours.get("/troubleTicket", **{"resolutionDate.gt": f"{day}T00:00:00%2B14:00"}).json()) == 1


def test_a_pending_ticket_says_what_is_needed(story, ours):
    """R63."""
    BROUGHT_TO["pending"](story, ours)
    notes = ours.ticket(str(story.number))["note"]
    assert any("nobody opens the rack" in one["text"] for one in notes if one["source"] == "seller")


def test_nothing_internal_is_answered(story, ours):
    story.open_case()
    story.case.note("for us alone", by=story.by, at=story.now)
    assert "for us alone" not in str(ours.ticket(str(story.number)))


def test_a_visit_is_a_work_order(story, ours):
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    (visit,) = story.case.visits.all()
    assert ours.ticket(str(story.number))["workOrder"] == [{"id": str(visit.pk)}]


def test_a_ticket_that_is_none_is_not_found(story, ours):
    story.open_case()
    for id in ("R1", "R99999999999999999999", "0", "nothing", "1042739", "x" * 300):
        answer = ours.get(f"/troubleTicket/{id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "notFound"), id


# --- changing ---------------------------------------------------------------------------------------------------------
def test_notes_and_attachments_only_grow(story, ours):
    """R20, R29, R32."""
    story.open_case()
    address = f"/troubleTicket/{story.number}"
    first = ours.patch(address, {"note": [note("The router is lit")]}).json()
    known = first["note"]
    again = ours.patch(address, {"note": [*known, note("It is dark again", id="note-2")]})
    assert again.status_code == 200, again.content
    texts = [one["text"] for one in again.json()["note"] if one["source"] == "buyer"]
    assert texts == ["The router is lit", "It is dark again"]
    for place, one in enumerate(known):
        changed = ours.patch(address, {"note": [*known[:place], one | {"text": "other words"}]})
        assert changed.status_code == 422, one
        assert changed.json()[0]["propertyPath"] == f"/note/{place}"
    of_seller = ours.patch(address, {"note": [note("x", id="new", source="seller")]})
    assert [one["propertyPath"] for one in of_seller.json()] == ["/note/0"]
    nothing = ours.patch(address, {})
    assert (nothing.status_code, nothing.json()[0]["code"]) == (422, "missingProperty")


def test_a_change_of_severity_needs_a_note_and_is_read_at_the_desk(story, ours, engineer):
    """R30, R35."""
    story.open_case()
    address = f"/troubleTicket/{story.number}"
    refused = ours.patch(address, {"severity": "extensive"})
    assert [(one["propertyPath"], "R30" in one["reason"]) for one in refused.json()] == [("/note", True)]
    done = ours.patch(address, {"severity": "minor", "priority": "low", "note": [note("The backup works")]})
    assert done.status_code == 200, done.content
    assert (done.json()["severity"], done.json()["sellerSeverity"]) == ("minor", "extensive")
    page = engineer.get(f"/casos/{story.number}/").content.decode()
    assert "The backup works" in page
    assert "minor" in page


def test_the_own_number_of_the_buyer_is_that_of_the_case(story, ours):
    story.open_case()
    done = ours.patch(f"/troubleTicket/{story.number}", {"externalId": "INC0043"})
    assert done.status_code == 200, done.content
    assert (done.json()["externalId"], story.case.customer_reference) == ("INC0043", "INC0043")
    assert [one["id"] for one in ours.get("/troubleTicket?externalId=INC0043").json()] == [str(story.number)]


def test_a_file_is_added_to_the_case(story, ours, tmp_path, settings):
    story.open_case()
    attached = {
        "author": "NOC",
        "name": "report.txt",
        "source": "buyer",
        "creationDate": "2026-11-28T02:00:00Z",
        "mimeType": "text/plain",
        "content": base64.b64encode(b"loss 100 %").decode(),
    }
    done = ours.patch(f"/troubleTicket/{story.number}", {"attachment": [attached]})
    assert done.status_code == 200, done.content
    (found,) = done.json()["attachment"]
    assert (found["name"], found["source"], found["size"]["amount"]) == ("report.txt", "buyer", 10)
    wrong = ours.patch(f"/troubleTicket/{story.number}", {"attachment": [attached | {"content": "???"}]})
    assert [(one["propertyPath"], one["code"]) for one in wrong.json()] == [("/attachment/0/content", "invalidFormat")]
    assert story.case.files.count() == 1


def test_a_report_without_its_number_is_not_changed_or_cancelled_yet(story, ours):
    """P2: what the standard allows at once waits for the number here."""
    ticket = opened(ours)
    for answer in (
        ours.patch(f"/troubleTicket/{ticket['id']}", {"note": [note("x")]}),
        ours.post(f"/troubleTicket/{ticket['id']}/cancel"),
    ):
        assert answer.status_code == 422
        assert "P2" in answer.json()[0]["reason"]
    assert ours.ticket(ticket["id"])["status"] == "acknowledged"


# --- closing, reopening -----------------------------------------------------------------------------------------------
def test_a_rejection_stands_among_the_notes(story, ours):
    """R43, R45, R46."""
    BROUGHT_TO["resolved"](story, ours)
    address = f"/troubleTicket/{story.number}"
    for reason in ({}, {"reason": ""}, {"reason": " "}):
        refused = ours.post(f"{address}/reopen", reason)
        assert [one["propertyPath"] for one in refused.json()] == ["/reason"], reason
    assert ours.post(f"{address}/reopen", {"reason": "Still no link"}).status_code == 204
    ticket = ours.ticket(str(story.number))
    assert ticket["status"] == "reopened"
    (rejection,) = [one for one in ticket["note"] if one["author"] == "closureRejection"]
    assert rejection["source"] == "buyer"
    assert "Still no link" in rejection["text"]


def test_a_confirmation_is_that_of_the_portal(story, ours):
    """P5: by whoever made the key. It is resolved until the desk has followed it up (P6, P7)."""
    BROUGHT_TO["resolved"](story, ours)
    address = f"/troubleTicket/{story.number}/close"
    assert ours.post(address).status_code == 204
    case = story.case
    assert (case.stage, "Gerente de TI" in case.confirmed_by) == ("stability", True)
    assert ours.ticket(str(story.number))["status"] == "resolved"
    assert ours.post(address).status_code == 204
    assert story.case.seq == case.seq


def test_a_report_that_is_none_is_cancelled(story, ours):
    ticket = opened(ours)
    WrittenRequest.objects.update(settled_as="dismissed", settled_at=story.now)
    found = ours.ticket(ticket["id"])
    assert found["status"] == "cancelled"
    assert [one["status"] for one in found["statusChange"]][-2:] == ["assessingCancellation", "cancelled"]


# --- whose ------------------------------------------------------------------------------------------------------------
def test_two_companies_see_no_foreign_row_with_every_filter_broken(story, ours, theirs, monkeypatch):
    story.open_case()
    ticket = opened(ours, externalId="INC0042")
    assert Case.objects.exists()
    monkeypatch.setattr(models.QuerySet, "filter", lambda self, *_args, **_kwargs: self.all())
    monkeypatch.setattr(models.QuerySet, "exclude", lambda self, *_args, **_kwargs: self.all())
    assert ours.get("/troubleTicket").json()
    assert theirs.get("/troubleTicket").json() == []
    assert theirs.get("/incident").json() == []
    for id in (ticket["id"], str(story.number)):
        assert theirs.get(f"/troubleTicket/{id}").status_code == 404
        assert theirs.patch(f"/troubleTicket/{id}", {"note": [note("x")]}).status_code == 404
        for act in ("cancel", "close"):
            assert theirs.post(f"/troubleTicket/{id}/{act}").status_code == 404
        assert theirs.post(f"/troubleTicket/{id}/reopen", {"reason": "x"}).status_code == 404


def test_a_service_of_another_company_is_not_found(story, theirs):
    answer = theirs.post("/troubleTicket", body())
    assert [(one["propertyPath"], one["code"]) for one in answer.json()] == [
        ("/relatedEntity/0/id", "referenceNotFound")
    ]


def test_each_scope_opens_its_own_operations_alone(story):
    story.open_case()
    for scope, opens in (("cases.read", {"get"}), ("cases.open", {"post"}), ("cases.note", {"patch", "cancel"})):
        ApiKey.objects.update(name=f"before {scope}")
        one = Buyer(key_of_company(story.manager, scope).secret)
        answers = {
            "get": one.get("/troubleTicket"),
            "post": one.post("/troubleTicket", body(description=scope)),
            "patch": one.patch(f"/troubleTicket/{story.number}", {"note": [note("x")]}),
            "cancel": one.post(f"/troubleTicket/{story.number}/cancel"),
        }
        assert {name for name, answer in answers.items() if answer.status_code != 403} == opens, scope
        if scope == "cases.note":
            continue
        assert answers["cancel"].json()["code"] == "accessDenied"


def test_without_a_key_nothing_is_answered(story):
    for key, code in (("", "missingCredentials"), ("gdc_aaaaaaaa_" + "0" * 64, "invalidCredentials")):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = Client().get(f"{ADDRESS}/troubleTicket", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_buyer_and_seller_are_those_of_the_key(story, ours, partner):
    """R3 to R6."""
    story.open_case()
    assert len(ours.get("/troubleTicket", buyerId=str(story.bank.pk)).json()) == 1
    foreign = ours.get("/troubleTicket", buyerId=str(story.other.pk))
    assert (foreign.status_code, foreign.json()["code"]) == (403, "forbiddenRequester")
    name = str(story.version.procedure.provider.name)
    assert ours.get("/troubleTicket", sellerId=name.replace(" ", "%20")).status_code == 200
    assert ours.get("/troubleTicket", sellerId="Another").json()["code"] == "invalidQuery"
    assert len(partner.get("/troubleTicket").json()) == 1
    assert Buyer(partner.secret).get("/troubleTicket").json()["code"] == "missingQueryParameter"
    assert Buyer(partner.secret, "nobody").get("/troubleTicket").json()["code"] == "invalidQuery"
    assert Buyer(partner.secret, str(story.other.pk)).get(f"/troubleTicket/{story.number}").status_code == 404


def test_the_operations_are_those_of_the_definition():
    wanted = {
        (method.upper(), path) for path, operations in document(MANAGEMENT)["paths"].items() for method in operations
    }
    assert {(one.method, one.path) for one in OPERATIONS.values()} == wanted


# --- by a key of the operator -----------------------------------------------------------------------------------------
def test_a_partner_opens_follows_and_confirms_through_the_operators_key(story, partner):
    ticket = opened(partner, externalId="INC0042")
    story.number = int(ticket["id"])
    case = story.case
    assert (case.customer_reference, case.impact, case.call_back_number != "") == ("INC0042", "down", True)
    assert opened(partner, externalId="INC0042")["id"] == ticket["id"]
    changed = partner.patch(f"/troubleTicket/{ticket['id']}", {"note": [note("The router is lit")]})
    assert changed.status_code == 200, changed.content
    assert "The router is lit" in [one["text"] for one in changed.json()["note"]]
    catches_up(story)
    story.diagnosis()
    story.service_is_restored()
    assert partner.post(f"/troubleTicket/{ticket['id']}/reopen", {"reason": "Still no link"}).status_code == 204
    assert partner.ticket(ticket["id"])["status"] == "reopened"
    catches_up(story)
    story.diagnosis()
    story.service_is_restored()
    story.service_is_tested()
    assert partner.post(f"/troubleTicket/{ticket['id']}/close").status_code == 204
    assert "Head of systems" in story.case.confirmed_by


# --- seen equal -------------------------------------------------------------------------------------------------------
def test_an_incident_by_mef_124_alone_is_seen_equal_at_the_desk_and_in_the_portal(story, ours, machine, engineer):
    ticket = opened(ours, externalId="INC0042", note=[note("Nobody answered the telephone")])
    number = taken(story, machine, ticket["id"])
    address = f"/troubleTicket/{ticket['id']}"
    assert ours.patch(address, {"note": [note("The router is lit", id="note-2")]}).status_code == 200
    catches_up(story)
    story.diagnosis()
    waits(story, ours)
    assert ours.ticket(ticket["id"])["status"] == "pending"
    goes_on(story, ours)
    story.service_is_restored()
    story.service_is_tested()
    assert ours.post(f"{address}/reopen", {"reason": "Still no link"}).status_code == 204
    catches_up(story)
    story.diagnosis()
    story.service_is_restored("the port was replaced")
    story.service_is_tested()
    assert ours.post(f"{address}/close").status_code == 204
    catches_up(story)
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("port", "the port was replaced", by=story.by, at=story.now)
    whole = ours.ticket(ticket["id"])
    assert [one["status"] for one in whole["statusChange"]] == [
        *("acknowledged", "inProgress", "pending", "inProgress", "resolved", "reopened"),
        *("inProgress", "resolved", "closed"),
    ]
    desk = engineer.get(f"/casos/{number}/?lineas=240").content.decode()
    portal = portal_page(story)
    for words in ("The router is lit", "Still no link", "the port was replaced"):
        assert any(words in one["text"] for one in whole["note"]), words
        assert words in desk, words
        assert words in portal, words


def portal_page(story) -> str:
    """The page of the case for the company's own person."""
    token = case_link.token(story.case.customer_id, story.case.pk, story.manager.pk)
    return Client(HTTP_ACCEPT_LANGUAGE="en").get(f"/c/caso/{token}").content.decode()
