"""Trouble tickets by a company's own key where each role has a login of its own: nothing is asked by the desk's."""

import pytest
from django.db import DatabaseError

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people import connections as connection_settings
from guardia.people.setting_change import SettingChange
from guardia.webhooks.subscription import WebhookSubscription
from tests.procedure.story import Story
from tests.tmforum.conftest import NAMES, Partner, must_fit
from tests.walls.test_company_keys import machines, story
from tests.walls.test_portal_acts import without_the_desk

__all__ = ["machines", "story"]


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_it_reads_and_acts_by_the_logins_of_the_portal(story, machines, version):
    connection_settings.setting("SMS_URL")  # what is set on screen is read by the desk's login, once
    bank, hospital = (Partner(version, one.bearer) for one in machines)
    with without_the_desk():
        reads_and_acts(story, bank, hospital)
    with behind(DatabaseRole.STAFF):
        assert WrittenRequest.objects.get().customer_reference == "INC1"
        assert Case.objects.get().customer_reference == "INC2"
        hub = WebhookSubscription.objects.get()
        assert (hub.owner, hub.state) == (story.bank, "removed")
        changes = SettingChange.objects.filter(noun="webhook")
        assert {one.by_contact_id for one in changes} == {story.manager.pk}


def test_a_company_writes_no_listener_of_anybody_else(story, machines):
    row = {"name": "x", "url": "https://192.0.2.7/", "format": "tmf621v4", "made_at": story.now}
    for wrong in ({"owner_id": story.other.pk}, {}, {"owner_id": story.bank.pk, "format": "cloudevents"}):
        with pytest.raises(DatabaseError), behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
            WebhookSubscription.objects.create(**{**row, **wrong})
    with behind(DatabaseRole.STAFF):
        theirs = WebhookSubscription.objects.create(**row, owner_id=story.other.pk)
    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
        assert WebhookSubscription.objects.filter(pk=theirs.pk).update(state="removed") == 0
    for column in ("url", "secret", "name"):
        with pytest.raises(DatabaseError), behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
            WebhookSubscription.objects.values_list(column, flat=True).first()


def reads_and_acts(story: Story, bank: Partner, hospital: Partner) -> None:
    assert [one["id"] for one in bank.get("/troubleTicket").json()] == [str(story.number)]
    assert hospital.get("/troubleTicket").json() == []
    assert bank.ticket(story.number)["status"] == "acknowledged"
    assert hospital.get(f"/troubleTicket/{story.number}").status_code == 404
    reported = bank.post("/troubleTicket", bank.new(**bank.reference("INC1")), Idempotency_Key="a1")
    assert reported.status_code == 201, reported.content
    again = bank.post("/troubleTicket", bank.new(**bank.reference("INC1")), Idempotency_Key="a2")
    assert again.json()["id"] == reported.json()["id"]
    assert bank.ticket(reported.json()["id"])["status"] == "acknowledged"
    assert hospital.get(f"/troubleTicket/{reported.json()['id']}").status_code == 404
    note = bank.typed("Note", text="the router is lit")
    changed = bank.patch(story.number, bank.typed("TroubleTicket", note=[note], **bank.reference("INC2")))
    assert changed.status_code == 200, changed.content
    must_fit(bank.version, NAMES[bank.version], changed.json())
    assert [one["text"] for one in changed.json()["note"]] == ["the router is lit"]
    assert bank.reference_in(changed.json()) == "INC2"
    refused = bank.patch(story.number, bank.typed("TroubleTicket", status="closed"))
    assert refused.status_code == 409
    assert hospital.patch(story.number, bank.typed("TroubleTicket", note=[note])).status_code == 404
    registered = bank.post("/hub", {"callback": "https://192.0.2.7/events"})
    assert registered.status_code == 201, registered.content
    hub = registered.json()
    assert (bank.get("/hub").json(), hospital.get("/hub").json()) == ([hub], [])
    note = bank.typed("Note", text="and hot")
    assert bank.patch(story.number, bank.typed("TroubleTicket", note=[note])).status_code == 200
    assert hospital.call("delete", f"/hub/{hub['id']}").status_code == 404
    assert bank.call("delete", f"/hub/{hub['id']}").status_code == 204
    assert bank.get("/hub").json() == []
