"""`/api/v2/planned_works`: a work from its draft to its cancellation, by a machine."""

from datetime import timedelta

import pytest

from guardia.config.now import now
from guardia.outages import work_answers, work_course
from guardia.outages.planned_work import PlannedWork
from guardia.people.staff import Role
from tests.api.test_v2 import machine

__all__ = ["machine"]


@pytest.fixture
def sent(story) -> dict:
    starts = now() + timedelta(days=10)
    return {
        "name": "Card 4",
        "what_es": "Cambio de una tarjeta",
        "what_en": "Change of a card",
        "circuits": story.service.circuit,
        "minutes": 30,
        "starts": starts.isoformat(),
        "ends": (starts + timedelta(hours=4)).isoformat(),
    }


@pytest.fixture
def place(machine, sent) -> str:
    planned = machine.post("/planned_works", sent)
    assert planned.status_code == 201, planned.content
    return f"/planned_works/{planned.json()['number']}"


def test_it_is_planned_changed_announced_moved_and_cancelled(story, machine, sent):
    planned = machine.post("/planned_works", sent)
    assert planned.status_code == 201, planned.content
    answer = planned.json()
    place = f"/planned_works/{answer['number']}"
    assert planned["Location"] == f"/api/v2{place}"
    assert (answer["state"], answer["without_service_seconds"], answer["services"]) == ("draft", 1800, 1)
    assert answer["public_name"]["en"] == "Change of a card"
    changed = machine.patch(place, {"minutes": 45})
    assert changed.status_code == 200, changed.content
    assert changed.json() == {**answer, "without_service_seconds": 2700}
    announced = machine.post(f"{place}/announce", {})
    assert announced.status_code == 200, announced.content
    assert announced.json()["state"] == "announced"
    later = {name: (now() + timedelta(days=12, hours=h)).isoformat() for name, h in (("starts", 0), ("ends", 3))}
    moved = machine.post(f"{place}/move", {**later, "why": "Rain"})
    assert moved.status_code == 200, moved.content
    assert moved.json()["ends_at"] > answer["ends_at"]
    cancelled = machine.post(f"{place}/cancel", {"why": "No longer needed"})
    assert cancelled.json()["state"] == "cancelled"
    kinds = [one["kind"] for one in machine.get(f"{place}/turns").json()["items"]]
    assert kinds == ["drafted", "changed", "announced", "moved", "cancelled"]
    touched = machine.get(f"{place}/services").json()["items"]
    assert [one["service"]["name"] for one in touched] == [story.service.circuit]


def test_what_is_missing_and_what_no_service_has_is_named(machine, sent):
    refused = machine.post("/planned_works", {"name": "x", "starts": "tomorrow"})
    found = {one["field"]: one["detail"] for one in refused.json()["errors"]}
    assert refused.status_code == 422
    assert found["what_es"] == "This is missing."
    assert "ISO 8601" in found["starts"]
    lost = machine.post("/planned_works", {**sent, "circuits": "NO-SUCH-1"})
    assert lost.status_code == 422
    assert lost.json()["errors"][0]["field"] == "circuits"
    backwards = machine.post("/planned_works", {**sent, "ends": sent["starts"]})
    assert backwards.json()["errors"][0]["field"] == "ends"
    assert not PlannedWork.objects.exists()


def test_what_is_announced_too_late_asks_for_a_reason(machine, sent):
    starts = now() + timedelta(hours=2)
    hours = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=1)).isoformat()}
    place = f"/planned_works/{machine.post('/planned_works', {**sent, **hours}).json()['number']}"
    assert machine.get(f"{place}/warnings").json()["needs_reason"] is True
    refused = machine.post(f"{place}/announce", {})
    assert refused.status_code == 409
    assert [one["field"] for one in refused.json()["errors"]] == ["reason"]
    assert machine.post(f"{place}/announce", {"reason": "The card fails"}).status_code == 200


def test_what_was_announced_is_a_draft_no_more(machine, place, sent):
    machine.post(f"{place}/announce", {})
    refused = machine.patch(place, {"minutes": 5})
    assert refused.status_code == 409, refused.content
    early = machine.post(f"{place}/end", {})
    assert early.status_code == 409


def test_an_objection_is_answered_and_the_company_taken_out(story, machine, place):
    machine.post(f"{place}/announce", {})
    work_answers.object_(PlannedWork.objects.get(), story.head, "End of the month", at=now())
    assert machine.get(place).json()["objected"] == 1
    company = story.service.customer_id
    assert machine.post(f"{place}/reply", {"company": company, "words": "Five minutes"}).status_code == 200
    unknown = machine.post(f"{place}/take_out", {"company": 999999, "why": "x"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "company")
    out = machine.post(f"{place}/take_out", {"company": company, "why": "Another card"})
    assert out.status_code == 200, out.content
    assert out.json()["services"] == 0


def test_it_ends_at_the_hour_that_is_sent(machine, place):
    machine.post(f"{place}/announce", {})
    at = now()
    PlannedWork.objects.update(starts_at=at - timedelta(hours=2))
    work_course.start_due(at)
    PlannedWork.objects.update(started_at=at - timedelta(hours=2))
    over = (at - timedelta(minutes=30)).isoformat()
    ended = machine.post(f"{place}/end", {"at": over})
    assert ended.status_code == 200, ended.content
    assert ended.json()["state"] == "ended"
    assert PlannedWork.objects.get().ended_at == at - timedelta(minutes=30)


def test_lists_narrow_by_their_filters(story, machine, place, sent):
    numbers = [machine.get(place).json()["number"]]
    for query in ("open=true", f"service={story.service.pk}", "state=draft&sort=starts_at"):
        assert [one["number"] for one in machine.get(f"/planned_works?{query}").json()["items"]] == numbers, query
    assert machine.get(f"/planned_works?company={story.other.pk}").json()["items"] == []
    assert machine.get("/planned_works?starts_before=2026-01-01T00:00:00Z").json()["items"] == []
    assert machine.get("/planned_works/TP-9999").status_code == 404


def test_a_role_without_the_right_reads_and_does_not_act(machine, place):
    machine.as_role(Role.AUDITOR)
    assert machine.get(place).status_code == 200
    assert machine.post(f"{place}/announce", {}).status_code == 403


def test_of_two_writers_the_second_one_is_refused(machine, place):
    tag = machine.get(place)["ETag"]
    assert machine.patch(place, {"minutes": 5}, If_Match=tag).status_code == 200
    assert machine.patch(place, {"minutes": 6}, If_Match=tag).status_code == 412
