"""Visits, escalations, who answers now, and objections, for a machine."""

from datetime import timedelta

import pytest

from guardia.config.now import now
from guardia.escalation.escalation import Escalation
from guardia.field.crew import Crew
from guardia.people.staff import Role
from tests.api.test_v2 import machine

__all__ = ["machine"]


@pytest.fixture
def place(story, machine) -> str:
    story.open_case()
    return f"/cases/{story.number}"


# --- visits -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def visit(story, machine, place) -> dict:
    """A visit is agreed by a machine."""
    crew = Crew.objects.create(name="Crew South", phone="+593999000009")
    for name in ("ping", "light"):
        machine.post(f"{place}/add_test", {"name": name, "result": "no answer", "verdict": "bad"})
    machine.post(f"{place}/diagnose", {"cause": "A cut", "plan": "Splice it", "plan_kind": "visit"})
    hours = {"forecast_from": now() + timedelta(hours=2), "forecast_to": now() + timedelta(hours=4)}
    agreed = machine.post(
        f"{place}/agree_visit",
        {
            "crew": crew.pk,
            "operator": "NOC",
            "customer": "Ana",
            "site_contact": "Guard, 0999",
            **{name: at.isoformat() for name, at in hours.items()},
        },
    )
    assert agreed.status_code == 200, agreed.content
    (found,) = machine.get("/visits").json()["items"]
    return found


def test_visits_are_listed_by_day_and_crew(story, machine, visit):
    crew = visit["crew"]["id"]
    at = now()
    day = f"planned_from={at:%Y-%m-%dT%H:%M:%SZ}&planned_before={at + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    assert visit["case"] == story.case.number
    for query in (f"crew={crew}&open=true", day, f"case={story.number}"):
        assert [one["id"] for one in machine.get(f"/visits?{query}").json()["items"]] == [visit["id"]], query
    assert machine.get(f"/visits?crew={crew + 1}").json()["items"] == []
    read = machine.get(f"/visits/{visit['id']}")
    assert read.json()["agreed_by_customer"] == "Ana"
    assert machine.get("/visits/999999").status_code == 404
    assert [one["name"] for one in machine.get("/crews?active=true").json()["items"]] == ["Crew South"]
    assert machine.get("/dispatch").json()["agreed"] == 1
    assert machine.get("/dispatch/refused_reports").json()["items"] == []
    assert machine.post(f"/cases/{story.number}/field_reports/1/settle").status_code == 404


# --- escalations ------------------------------------------------------------------------------------------------------
def test_an_escalation_that_a_person_received_is_listed(story, machine, place):
    story.case.receive_escalation("Ana", staff=story.supervisor, level=1, by=story.by, at=now())
    (listed,) = machine.get("/escalations?open=true").json()["items"]
    assert (listed["source"], listed["case"]) == ("received", story.case.number)
    answered = listed["acknowledged_at"] is not None
    assert len(machine.get(f"/escalations?answered={str(answered).lower()}").json()["items"]) == 1
    assert machine.get(f"/escalations?company={story.other.pk}").json()["items"] == []


def test_a_machine_escalates_and_cannot_answer_for_it(story, machine, place):
    asked = {"level": "1", "source": "customer", "asked_by": "Ana", "reason": "Two hours without news"}
    assert machine.post(f"{place}/escalate", asked).status_code == 200
    for name in ("answer_escalation", "take_command", "receive_escalation"):
        assert machine.post(f"{place}/{name}", {"caller": "Ana", "level": 1}).status_code == 404, name
    escalation = Escalation.objects.get(case=story.case)
    assert (escalation.source, escalation.acknowledged_at) == ("customer", None)


def test_who_answers_now_is_read_and_tried_by_a_supervisor(story, machine):
    answer = machine.get("/who_answers").json()
    assert [one["level"] for one in answer["levels"]] == sorted(one["level"] for one in answer["levels"])
    assert answer["night"]["number"]
    persons = [one for level in answer["levels"] for one in level["persons"]]
    assert all(one["name"] for one in persons)
    tried = machine.post("/who_answers/dialled", {"address": answer["night"]["address"], "reached": True})
    assert tried.status_code == 200, tried.content
    unknown = machine.post("/who_answers/dialled", {"address": "+111", "reached": False})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "address")
    drill = machine.post("/who_answers/drill", {"level": 9})
    assert drill.status_code == 409
    assert "Nobody was paged" in drill.json()["title"]
    machine.as_role(Role.ENGINEER)
    assert machine.post("/who_answers/drill", {"level": 1}).status_code == 403


# --- objections -------------------------------------------------------------------------------------------------------
@pytest.fixture
def contested(story, machine, place) -> dict:
    held = {"cause": "customer", "asked_by": "Ana", "reason": "They look for the key", "proof": "mail"}
    assert machine.post(f"{place}/hold", held).status_code == 200
    waits = [one["id"] for one in machine.get(f"{place}/waits").json()["items"]]
    objected = machine.post(f"{place}/contest", {"waits": waits, "who": "Ana", "words": "The door was open"})
    assert objected.status_code == 200, objected.content
    (found,) = machine.get("/contests").json()["items"]
    return found


def test_an_objection_is_ruled_on_by_quality_alone(story, machine, place, contested):
    ruling = {"wait": contested["id"], "ruling": "upheld", "reasons": "The door was open"}
    assert machine.post(f"{place}/rule", {"rulings": [ruling]}).status_code == 403
    machine.as_role(Role.QUALITY)
    bare = machine.post(f"{place}/rule", {"rulings": [{**ruling, "reasons": " "}]})
    assert bare.status_code == 409, bare.content
    missing = machine.post(f"{place}/rule", {"rulings": [{"wait": contested["id"], "ruling": "perhaps"}]})
    assert missing.status_code == 422
    done = machine.post(f"{place}/rule", {"rulings": [ruling]})
    assert done.status_code == 200, done.content
    assert done.json()["event_kind"] == "ruled"
    assert machine.get("/contests").json()["items"] == []
    (ruled,) = machine.get("/contests?ruled=true").json()["items"]
    assert ruled["wait"]["ruling"] == "upheld"
