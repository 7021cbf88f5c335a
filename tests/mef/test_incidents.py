"""Incidents of MEF 124: the mass outages that touch services of the company."""

from datetime import timedelta
from typing import Any

import pytest

from guardia.customers.customer import Service, Site
from guardia.outages import declaring, news, restoring
from guardia.outages.holding import locked_outage
from guardia.outages.outage import Declared, Outage


@pytest.fixture
def outage(story) -> Outage:
    """Of one service of the bank and one of the hospital."""
    story.open_case()
    site = Site.objects.create(customer=story.other, name="sede", city=story.site.city)
    other = Service.objects.create(
        customer=story.other, site=site, circuit="ENL-0099", folded_circuit="enl-0099", type="Enlace"
    )
    what = Declared(services=(story.service.pk, other.pk), started_at=story.now - timedelta(minutes=5))
    return declaring.declare(None, what, by=story.by, at=story.now)


def the_one(buyer) -> dict[str, Any]:
    (found,) = buyer.get("/incident").json()
    return buyer.get(f"/incident/{found['id']}").json()


def test_each_company_sees_its_own_products_alone(outage, story, ours, theirs):
    """UC 15 and 16, R48, R51, R71."""
    incident = the_one(ours)
    assert (incident["status"], incident["impact"], incident["incidentType"]) == ("created", outage.impact, "repair")
    assert [one["id"] for one in incident["relatedEntity"]] == ["ENL-0042"]
    assert [one["id"] for one in incident["relatedIssue"]] == [str(story.number)]
    assert "incidentContact" in [one["role"] for one in incident["relatedContactInformation"]]
    foreign = the_one(theirs)
    assert [one["id"] for one in foreign["relatedEntity"]] == ["ENL-0099"]
    assert str(story.number) not in str(foreign)
    assert "ENL-0042" not in str(foreign)
    ticket = ours.ticket(str(story.number))
    assert [(one["@referredType"], one["id"]) for one in ticket["relatedIssue"]] == [("Incident", incident["id"])]


def test_an_incident_is_created_under_way_and_closed(outage, story, ours):
    """R53, R54, R70."""
    said = {"es": "Cuadrilla en camino", "en": "A crew is on its way"}
    news.tell(locked_outage(outage), said, story.now + timedelta(hours=2), by=story.by, at=story.now)
    under_way = the_one(ours)
    assert under_way["status"] == "inProgress"
    assert under_way["expectedClosedDate"]
    assert any("A crew is on its way" in one["text"] for one in under_way["note"])
    restoring.restore(locked_outage(outage), "empalme", by=story.by, at=story.now)
    Outage.objects.filter(pk=outage.pk).update(state="ended", ended_at=story.now)
    closed = the_one(ours)
    assert (closed["status"], bool(closed["closedDate"])) == ("closed", True)
    assert [one["status"] for one in closed["statusChange"]] == ["created", "inProgress", "closed"]


def test_a_list_is_narrowed(outage, ours):
    for one in ("status=created", "impact=down", "severity=extensive", "priority=critical", "incidentType=repair"):
        assert len(ours.get(f"/incident?{one}").json()) == 1, one
    for one in ("relatedEntityId=ENL-0042", "situationStartDate.gt=2026-01-01T00:00:00Z"):
        assert len(ours.get(f"/incident?{one}").json()) == 1, one
    for one in ("status=closed", "impact=degraded", "incidentType=maintenance", "relatedEntityId=ENL-0099"):
        assert ours.get(f"/incident?{one}").json() == [], one
    assert ours.get("/incident?offset=1").json() == []
    assert ours.get("/incident?status=gone").json()["code"] == "invalidQuery"


def test_an_incident_that_is_none_is_not_found(outage, ours):
    for id in ("AM-9999", "x", "AM-99999999999999999999"):
        assert ours.get(f"/incident/{id}").json()["code"] == "notFound"
