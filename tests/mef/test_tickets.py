"""Trouble tickets by MEF 124: followed, changed and confirmed, as at the desk and in the portal."""

import base64

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guardia.calls.call import WrittenRequest
from guardia.cases import case_link
from tests.api.test_v2 import machine
from tests.mef.buyer import note
from tests.mef.staged import BROUGHT_TO, catches_up, goes_on, opened, taken, waits

__all__ = ["machine"]


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
    for one in ("priority=urgent", "limit=-1", "offset=x", "status=open", "creationDate.gt=yesterday", "sellerId=%00"):
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


def test_a_long_history_asks_no_more_of_the_database(story, ours):
    story.open_case()
    with CaptureQueriesContext(connection) as few:
        ours.ticket(str(story.number))
    for number in range(10):
        story.case.tell(f"news {number}", by=story.by, at=story.now)
    with CaptureQueriesContext(connection) as many:
        whole = ours.ticket(str(story.number))
    assert "news 9" in str(whole["note"])
    assert 0 < len(many) <= len(few)


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
