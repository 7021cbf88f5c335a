"""Carriers and tickets over the API, by the desk's own forms and verbs."""

import pytest

from guardia.carriers.ticket import CarrierTicket
from tests.api.test_v2 import Machine, machine_of
from tests.carriers.conftest import NOC

FIELDS = {"name": "Transporte Norte", "mailbox": NOC, "language": "es"}


@pytest.fixture
def machine(tonight) -> Machine:
    return machine_of(tonight)


def test_a_ticket_from_its_opening_to_its_end(tonight, machine):
    contacts = {"contacts": ["1; NOC; 02 555 0190"], "answer_minutes": "30"}
    carrier = machine.post("/carriers", FIELDS | contacts).json()
    assert carrier["contacts"] == [{"level": "1", "name": "NOC", "phone": "+59325550190", "email": ""}]
    assert [one["id"] for one in machine.get("/carriers?active=true").json()["items"]] == [carrier["id"]]
    opened = machine.post(
        f"/cases/{tonight.number}/open_carrier_ticket",
        {"carrier": carrier["id"], "symptoms": "no light", "clock": "waits", "reason": "cut there", "proof": "mail"},
    )
    assert opened.status_code == 200, opened.content
    assert opened.json()["event_kind"] == "carrier_ticket_opened"
    (ticket,) = machine.get(f"/carrier_tickets?case={tonight.number}&open=true").json()["items"]
    assert (ticket["state"], ticket["waits"], ticket["carrier"]["name"]) == ("acknowledged", True, "Transporte Norte")
    said = {"ticket": ticket["id"], "state": "resolved", "number": "INC-9", "words": "spliced"}
    told = machine.post(f"/cases/{tonight.number}/update_carrier_ticket", said)
    assert told.status_code == 200, told.content
    (ticket,) = machine.get("/carrier_tickets?open=false").json()["items"]
    assert (ticket["number"], ticket["waits"], bool(ticket["restored_at"])) == ("INC-9", False, True)
    assert machine.get("/carrier_tickets?open=true").json()["items"] == []


def test_a_rule_of_the_desk_is_one_here(tonight, machine):
    carrier = machine.post("/carriers", FIELDS).json()
    sent = {"carrier": carrier["id"], "symptoms": "no light", "clock": "waits"}
    refused = machine.post(f"/cases/{tonight.number}/open_carrier_ticket", sent)
    assert refused.status_code in {409, 422}
    assert not CarrierTicket.objects.exists()
    assert machine.post("/carriers", {**FIELDS, "name": "Otro", "mailbox": "none"}).status_code == 422
