"""`/api/v2/outages`: a mass outage from the declaration to its end, by a machine."""

import pytest

from guardia.network.element import Element, ServiceElement
from guardia.outages.outage import Origin, Outage
from guardia.outages.proposing import propose
from guardia.people.staff import Role
from tests.api.test_v2 import machine

__all__ = ["machine"]

DECLARATION = {"name": "Cut of the south ring", "element": "ring-south", "impact": "down"}


@pytest.fixture
def ring(story) -> Element:
    """An element behind which the company's service stands."""
    found = Element.objects.create(code="RING-SOUTH", folded_code="ring-south", name="South ring", kind="route")
    ServiceElement.objects.create(customer=story.service.customer, service=story.service, element=found)
    return found


@pytest.fixture
def outage(ring, machine) -> int:
    declared = machine.post("/outages", DECLARATION)
    assert declared.status_code == 201, declared.content
    return declared.json()["number"]


def test_it_is_declared_told_diagnosed_restored_and_read(story, machine, ring):
    declared = machine.post("/outages", {**DECLARATION, "public_es": "Corte", "public_en": "Cut"})
    assert declared.status_code == 201, declared.content
    answer = declared.json()
    assert (answer["state"], answer["element"]) == ("declared", "RING-SOUTH")
    assert answer["behind"]["services"] == 1
    assert (answer["public_name"]["es"], answer["public_name"]["en"]) == ("Corte", "Cut")
    place = f"/outages/{answer['number']}"
    assert declared["Location"] == f"/api/v2{place}"
    told = machine.post(f"{place}/tell", {"words_es": "Cuadrilla en camino", "words_en": "A crew is on its way"})
    assert told.status_code == 200, told.content
    diagnosed = machine.post(f"{place}/diagnose", {"cause": "A cut", "plan": "Splice it"})
    assert (diagnosed.status_code, diagnosed.json()["clause"]) == (409, "P3")
    assert "needs at least 2 tests" in diagnosed.json()["title"]
    restored = machine.post(f"{place}/restore", {"solution": "Spliced"})
    assert restored.status_code == 200, restored.content
    assert restored.json()["outage"]["state"] == "restored"
    said = machine.get(f"{place}/news").json()["items"]
    assert {"declared", "news", "restored"} <= {one["moment"] for one in said}
    members = machine.get(f"{place}/services").json()["items"]
    assert [one["service"]["name"] for one in members] == [story.service.circuit]
    companies = machine.get(f"{place}/companies").json()["items"]
    assert [one["id"] for one in companies] == [story.service.customer_id]


def test_lists_narrow_by_their_filters(story, machine, outage):
    number = [outage]
    assert [one["number"] for one in machine.get("/outages?open=true").json()["items"]] == number
    assert [
        one["number"] for one in machine.get("/outages?element=RING-SOUTH&state=declared").json()["items"]
    ] == number
    assert [one["number"] for one in machine.get(f"/outages?service={story.service.pk}").json()["items"]] == number
    assert machine.get(f"/outages?company={story.other.pk}").json()["items"] == []
    assert machine.get("/outages?open=false").json()["items"] == []
    assert machine.get(f"/outages/AM-{outage:04d}").json()["number"] == outage
    assert machine.get("/outages/99999999999").status_code == 404
    assert machine.get("/outages/0").status_code == 404


def test_a_second_declaration_of_the_same_element_is_refused_with_the_desks_sentence(machine, outage):
    refused = machine.post("/outages", {**DECLARATION, "name": "Again", "impact": "degraded"})
    assert refused.status_code == 409, refused.content
    assert Outage.objects.count() == 1
    machine.post(f"/outages/{outage}/restore", {"solution": "Spliced"})
    late = machine.post(f"/outages/{outage}/dismiss", {"why": "none"})
    assert late.status_code == 409
    assert "cannot be dismissed" in late.json()["title"]
    assert late.json()["clause"] == "P"


def test_what_is_missing_or_unknown_is_named(machine, ring):
    refused = machine.post("/outages", {"name": "x", "element": "nowhere"})
    assert refused.status_code == 422
    found = {one["field"]: one["detail"] for one in refused.json()["errors"]}
    assert "impact" in found
    assert "nowhere" in found["element"]
    unknown = machine.post("/outages", {**DECLARATION, "colour": "red"})
    assert unknown.json()["errors"][0]["field"] == "colour"
    nothing = machine.post("/outages", {"name": "x", "impact": "down"})
    assert "what is behind it" in nothing.json()["title"]


def test_a_circuit_that_is_none_is_refused_and_nothing_is_added(machine, outage):
    refused = machine.post(f"/outages/{outage}/add", {"services": "NO-SUCH-1"})
    assert refused.status_code == 409, refused.content
    assert "NO-SUCH-1" in refused.json()["title"].upper()


def test_a_role_without_the_right_reads_and_does_not_act(machine, outage):
    machine.as_role(Role.AUDITOR)
    assert machine.get(f"/outages/{outage}").status_code == 200
    assert machine.post(f"/outages/{outage}/end", None).status_code == 403
    assert machine.post("/outages", DECLARATION).status_code == 403


def test_of_two_writers_the_second_one_is_refused(machine, outage):
    tag = machine.get(f"/outages/{outage}")["ETag"]
    first = machine.post(f"/outages/{outage}/tell", {"words_es": "Una"}, If_Match=tag)
    assert first.status_code == 200, first.content
    refused = machine.post(f"/outages/{outage}/tell", {"words_es": "Otra"}, If_Match=tag)
    assert refused.status_code == 412
    assert machine.post(f"/outages/{outage}/tell", {"words_es": "Otra"}, If_Match=first["ETag"]).status_code == 200


def test_a_proposal_is_declared_with_what_it_says_already(story, machine, ring):
    case = story.open_case()
    proposal = propose(
        element=ring,
        site=None,
        services=[story.service.pk],
        name="Ring",
        signs={"cases": [case.pk]},
        started_at=story.now,
        origin=Origin.CASES,
        now=story.now,
    )
    declared = machine.post("/outages", {"proposal": proposal.number, "name": "South ring"})
    assert declared.status_code == 201, declared.content
    assert declared.json()["number"] == proposal.number
    assert declared.json()["impact"] == "down"
    again = machine.post("/outages", {"proposal": proposal.number, "name": "South ring"})
    assert again.status_code == 422
    assert again.json()["errors"][0]["field"] == "proposal"
