"""`/api/v2`: what a machine does is what the desk does, by the same rules, with the same words."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guardia.people.api_key import ApiKey
from guardia.people.api_key_editing import make, make_account
from guardia.people.staff import Role, Staff

API = "/api/v2"


@dataclass
class Machine:
    """A client of the API with a key of the operator."""

    client: Client
    key: ApiKey
    secret: str

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{API}{path}", headers={**self.bearer, **dashed(headers)})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("patch", path, body, headers)

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        content = "" if body is None else json.dumps(body)
        sent = {**self.bearer, **dashed(headers)}
        send = getattr(self.client, method)
        return send(f"{API}{path}", content, content_type="application/json", headers=sent)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def may_only(self, *scopes: str) -> None:
        ApiKey.objects.filter(pk=self.key.pk).update(scopes=list(scopes))

    def as_role(self, role: Role) -> None:
        """From now on the account of the key has this role."""
        Staff.objects.filter(pk=self.key.staff_id).update(role=role)


def dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def machine(story):
    return machine_of(story)


def machine_of(story) -> Machine:
    """A machine with a new key that may do everything, of an account of its own."""
    account = make_account("Integración", Role.SUPERVISOR, by=story.supervisor, at=story.now)
    fields = {"name": "Zabbix", "scopes": "*", "networks": "", "days": "365"}
    key, secret = make(account, fields, by=story.supervisor, at=story.now)
    return Machine(Client(HTTP_ACCEPT_LANGUAGE="en"), key, str(secret))


def test_without_a_key_nothing_is_answered(story):
    answer = Client().get(f"{API}/cases")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_case_is_opened_diagnosed_and_read_by_a_machine(story, machine):
    opened = machine.post("/cases", {"service": story.service.pk, "symptoms": "No link", "impact": "down"})
    assert opened.status_code == 201, opened.content
    number = opened.json()["number"]
    assert machine.get(f"/cases/{number}").json()["stage"] == "diagnosis"
    plan = {"cause": "A cut of fibre", "plan": "Splice it", "plan_kind": "visit"}
    too_early = machine.post(f"/cases/{number}/diagnose", plan)
    assert (too_early.status_code, too_early.json()["clause"]) == (409, "P3")
    for name in ("ping", "light"):
        machine.post(f"/cases/{number}/add_test", {"name": name, "result": "no answer", "verdict": "bad"})
    done = machine.post(f"/cases/{number}/diagnose", plan)
    assert done.status_code == 200, done.content
    assert done.json()["event_kind"] == "diagnosed"
    assert done.json()["case"]["stage"] == "execution"
    assert [one["kind"] for one in machine.get(f"/cases/{number}/events").json()["items"]][-1] == "diagnosed"


def test_a_rule_refuses_a_machine_with_the_desks_sentence_and_clause(story, machine):
    story.open_case()
    refused = machine.post(f"/cases/{story.number}/restore", {"solution": "Spliced"})
    assert refused.status_code == 409
    assert "Diagnosis" in refused.json()["title"]


def test_what_is_missing_and_what_is_unknown_is_named(story, machine):
    story.open_case()
    refused = machine.post(f"/cases/{story.number}/diagnose", {"cause": "x", "plan_kind": "boat", "color": "red"})
    assert refused.status_code == 422
    found = {one["field"]: one["detail"] for one in refused.json()["errors"]}
    assert found["plan"] == "This is missing."
    assert "remote" in found["plan_kind"]
    assert found["color"] == "This operation has no such field."


def test_the_same_post_under_one_key_is_done_once(story, machine):
    body = {"service": story.service.pk, "symptoms": "No link", "impact": "down"}
    first = machine.post("/cases", body, Idempotency_Key="a1")
    again = machine.post("/cases", body, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    other = machine.post("/cases", {**body, "symptoms": "Slow"}, Idempotency_Key="a1")
    assert other.status_code == 422


def test_of_two_writers_the_second_one_is_refused(story, machine):
    story.open_case()
    tag = machine.get(f"/cases/{story.number}")["ETag"]
    assert machine.post(f"/cases/{story.number}/note", {"text": "first"}, If_Match=tag).status_code == 200
    refused = machine.post(f"/cases/{story.number}/note", {"text": "second"}, If_Match=tag)
    assert refused.status_code == 412
    assert refused["ETag"] != tag
    assert machine.get(f"/cases/{story.number}", If_None_Match=refused["ETag"]).status_code == 304


def test_a_list_goes_on_after_its_cursor(story, machine):
    for number in range(5):
        machine.post("/cases", {"service": story.service.pk, "symptoms": f"No link {number}", "impact": "down"})
    first = machine.get("/cases?limit=2&fields=symptoms").json()
    second = machine.get(f"/cases?limit=2&cursor={first['next_cursor']}").json()
    assert [len(page["items"]) for page in (first, second)] == [2, 2]
    assert set(first["items"][0]) == {"number", "symptoms"}
    assert {one["number"] for one in first["items"]}.isdisjoint({one["number"] for one in second["items"]})
    assert machine.get("/cases?cursor=nonsense").status_code == 422


def test_a_scope_that_is_missing_is_named(story, machine):
    machine.may_only("cases.read")
    story.open_case()
    assert machine.get(f"/cases/{story.number}").status_code == 200
    refused = machine.post(f"/cases/{story.number}/note", {"text": "x"})
    assert refused.status_code == 403
    assert "cases.note" in refused.json()["title"]


def test_what_is_left_out_stays_as_it_is_on_record(story, machine):
    story.open_case()
    machine.post(f"/cases/{story.number}/complete", {"access_hours": "08:00 to 17:00"})
    machine.post(f"/cases/{story.number}/complete", {"customer_reference": "INC0042"})
    story.case.refresh_from_db()
    assert (story.case.access_hours, story.case.customer_reference) == ("08:00 to 17:00", "INC0042")


def test_more_calls_than_a_minute_has_are_refused_with_the_hour_to_go_on(story, machine, settings):
    settings.API_CALLS_PER_MINUTE = 3
    *answers, refused = [machine.get("/cases") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert answers[-1]["RateLimit"].startswith('"key";r=0;')
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60


def test_a_list_asks_as_much_for_many_cases_as_for_one(story, machine):
    counts = []
    for number in range(4):
        machine.post("/cases", {"service": story.service.pk, "symptoms": f"No link {number}", "impact": "down"})
        with CaptureQueriesContext(connection) as queries:
            assert len(machine.get("/cases").json()["items"]) == number + 1
        counts.append(len(queries))
    assert counts == [counts[0]] * 4


def test_cases_are_found_by_when_what_they_promise_next_is_due(story, machine):
    story.open_case()
    (promise,) = [one["next_promise"]["due_at"] for one in machine.get("/cases").json()["items"]]
    due_at = datetime.fromisoformat(promise).astimezone(UTC)
    before, after = due_at - timedelta(seconds=1), due_at + timedelta(seconds=1)
    found = {
        (name, at): [one["number"] for one in machine.get(f"/cases?{name}={at:%Y-%m-%dT%H:%M:%SZ}").json()["items"]]
        for name in ("due_from", "due_before")
        for at in (before, after)
    }
    assert list(found.values()) == [[story.number], [], [], [story.number]]
    story.case.cancel("Opened by mistake", by=story.by, at=story.now)
    assert machine.get(f"/cases?due_before={after:%Y-%m-%dT%H:%M:%SZ}").json()["items"] == []
