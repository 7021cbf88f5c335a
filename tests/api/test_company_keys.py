"""`/api/v2` by a company's own key: its own cases as the portal shows them, and nothing else."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.people.api_answers import ApiAnswer
from guardia.people.api_key import COMPANY_SCOPES, ApiKey, authenticate, token_of
from guardia.people.api_key_editing import make_for_company
from guardia.people.audit import AuditEntry, AuditKind
from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS
from tests.api.test_v2 import API, dashed
from tests.breaking.browser import taken_back

HERE = "127.0.0.1"
EVERYTHING = " ".join(COMPANY_SCOPES)


@dataclass
class ServiceNow:
    """A company's own machine with its key."""

    key: ApiKey
    secret: str

    def get(self, path: str, **headers: str) -> Any:
        return Client(HTTP_ACCEPT_LANGUAGE="en").get(f"{API}{path}", headers={**self.bearer, **dashed(headers)})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {**self.bearer, **dashed(headers)}
        ask = getattr(Client(HTTP_ACCEPT_LANGUAGE="en"), method)
        return ask(f"{API}{path}", json.dumps(body or {}), content_type="application/json", headers=sent)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def machine_of(contact: Contact, scopes: str = EVERYTHING) -> ServiceNow:
    fields = {"name": "ServiceNow", "scopes": scopes, "networks": "", "days": "365"}
    with behind(DatabaseRole.PORTAL_ACTS, contact.customer_id):
        key, secret = make_for_company(contact.customer_id, contact.pk, fields, at=now())
    return ServiceNow(key, str(secret))


@pytest.fixture
def ours(story) -> ServiceNow:
    return machine_of(story.manager)


@pytest.fixture
def theirs(story) -> ServiceNow:
    return machine_of(story.stranger)


def report(machine: ServiceNow, story: Any, symptoms: str = "No link", **headers: str) -> Any:
    return machine.post("/cases", {"service": story.service.pk, "symptoms": symptoms, "impact": "down"}, **headers)


def test_a_company_opens_reads_writes_to_and_confirms_its_case(story, ours):
    received = report(ours, story)
    assert received.status_code == 202, received.content
    found = received.json()
    assert (found["case"], found["desk"]) == (None, "technical")
    assert found["number_due_at"]
    assert ours.get(f"/cases?report={found['report']}").json()["items"] == []
    story.open_case()
    WrittenRequest.objects.filter(pk=found["report"]).update(case=story.case)
    (case,) = ours.get(f"/cases?report={found['report']}").json()["items"]
    assert case["number"] == story.number
    read = ours.get(f"/cases/{story.number}")
    assert (read.status_code, read.json()) == (200, case)
    assert "assigned" not in read.json()
    noted = ours.post(f"/cases/{story.number}/note", {"text": "The router is lit"})
    assert noted.status_code == 200, noted.content
    assert noted.json()["event_kind"] == "message_received"
    early = ours.post(f"/cases/{story.number}/confirm", {"position": "IT", "phone": "+593991234567"})
    assert (early.status_code, early.json()["clause"]) == (409, "")
    to_verification(story)
    assert ours.get(f"/cases/{story.number}").json()["needs_confirmation"] is True
    done = ours.post(f"/cases/{story.number}/confirm", {"position": "IT", "phone": "+593991234567"})
    assert done.status_code == 200, done.content
    assert done.json()["event_kind"] == "confirmed"
    assert done.json()["case"]["confirmed_by"]


def to_verification(story: Any) -> None:
    story.diagnosis()
    story.service_is_restored()


def test_nothing_internal_is_answered(story, ours):
    story.open_case()
    story.case.note("for us alone", by=story.by, at=story.now)
    ours.post(f"/cases/{story.number}/note", {"text": "The router is lit"})
    answer = ours.get(f"/cases/{story.number}/events")
    assert "for us alone" not in answer.content.decode()
    events = answer.json()["items"]
    assert "noted" not in [one["kind"] for one in events]
    (mine,) = [one for one in events if one["kind"] == "message_received"]
    assert "The router is lit" in mine["text"]
    assert mine["from_company"] is True
    assert all(one["title"] for one in events)
    assert ours.get(f"/cases/{story.number}/events?public=false").status_code == 422
    due = "due_before=2026-11-28T10:00:00Z"
    for narrowed in ("assigned=1", "carrier_reference=x", "sort=due", due, f"company={story.other.pk}"):
        assert ours.get(f"/cases?{narrowed}").status_code == 422, narrowed


def test_the_clocks_of_a_case_are_what_is_promised(story, ours):
    story.open_case()
    answer = ours.get(f"/cases/{story.number}/clocks")
    assert answer.status_code == 200, answer.content
    kinds = {one["kind"]: one["state"] for one in answer.json()["clocks"]}
    assert kinds["diagnosis"] == "running"


def test_a_list_goes_on_after_its_cursor(story, ours):
    story.open_case()
    first = ours.get("/cases?limit=1&open=true&sort=number").json()
    assert [one["number"] for one in first["items"]] == [story.number]


def test_two_companies_see_no_foreign_row_with_every_filter_broken(story, ours, theirs, monkeypatch):
    story.open_case()
    other = Case.objects.count()
    assert other
    monkeypatch.setattr(models.QuerySet, "filter", lambda self, *_args, **_kwargs: self.all())
    monkeypatch.setattr(models.QuerySet, "exclude", lambda self, *_args, **_kwargs: self.all())
    assert {one["company"]["id"] for one in ours.get("/cases").json()["items"]} == {story.bank.pk}
    assert theirs.get("/cases").json()["items"] == []
    for path in ("", "/events", "/clocks"):
        assert theirs.get(f"/cases/{story.number}{path}").status_code == 404
    for path, body in (("note", {"text": "x"}), ("confirm", {})):
        assert theirs.post(f"/cases/{story.number}/{path}", body).status_code == 404


def test_a_service_of_another_company_takes_no_report(story, theirs):
    refused = report(theirs, story)
    assert refused.status_code == 409
    assert [one["field"] for one in refused.json()["errors"]] == ["service"]
    unknown = theirs.post("/cases", {"circuit": story.service.circuit, "symptoms": "x"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "circuit")
    assert not WrittenRequest.objects.exists()


def test_a_service_is_named_by_its_circuit_too(story, ours):
    received = ours.post("/cases", {"circuit": story.service.circuit.lower(), "symptoms": "No link"})
    assert received.status_code == 202, received.content
    assert story.service.circuit in received.json()["subject"]


def test_what_is_missing_and_what_is_unknown_is_named(story, ours):
    refused = ours.post("/cases", {"impact": "boat", "source": "mail"})
    assert refused.status_code == 422
    found = {one["field"]: one["detail"] for one in refused.json()["errors"]}
    assert found["symptoms"] == "This is missing."
    assert found["source"] == "This operation has no such field."
    assert "down" in found["impact"]
    no_service = ours.post("/cases", {"symptoms": "No link"})
    assert (no_service.status_code, no_service.json()["errors"][0]["field"]) == (409, "service")
    story.open_case()
    empty = ours.post(f"/cases/{story.number}/note", {"text": " "})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (409, "text")


FOR_COMPANIES = {"cases.list", "cases.read", "cases.clocks", "cases.events", "cases.open", "cases.note"} | {
    "cases.confirm"
}


def test_every_operation_of_the_operator_is_refused(story, ours, settings):
    """Each is asked of the same case, and whatever it does is undone before the next."""
    settings.API_CALLS_PER_MINUTE = 10_000
    story.open_case()
    seq, wrong = story.case.seq, {}
    paths = api.get_openapi_schema()["paths"].values()
    of_the_operator = {one["operationId"] for path in paths for one in path.values()} - FOR_COMPANIES
    assert len(of_the_operator) > 200
    for name in sorted(of_the_operator):
        one = OPERATIONS[name]
        path = re.sub(r"\{\w+\}", "1", one.path.replace("{number}", str(story.number)))
        with taken_back():
            answer = ours.get(path) if one.method == "GET" else ours.send(one.method.lower(), path)
            found = answer.status_code, Case.objects.get(number=story.number).seq
        if found != (403, seq):
            wrong[name] = found, answer.content
    assert wrong == {}


def test_an_operation_of_the_operator_is_refused_in_a_sentence(story, ours):
    story.open_case()
    refused = ours.post(f"/cases/{story.number}/end_escalation", {"reason": "x"})
    assert refused.status_code == 403
    assert "company's own key" in refused.json()["title"]
    assert refused.json()["remedy"]


@pytest.mark.parametrize("scope", COMPANY_SCOPES)
def test_each_scope_opens_its_own_operations_alone(story, scope):
    story.open_case()
    one = machine_of(story.manager, scope)
    found = {
        "cases.read": [one.get(f"/cases{path}") for path in ("", f"/{story.number}", f"/{story.number}/clocks")],
        "events.read": [one.get(f"/cases/{story.number}/events")],
        "cases.open": [report(one, story)],
        "cases.note": [one.post(f"/cases/{story.number}/note", {"text": "x"})],
        "cases.confirm": [one.post(f"/cases/{story.number}/confirm", {})],
    }
    refused = {name for name, answers in found.items() if any(each.status_code == 403 for each in answers)}
    assert refused == set(COMPANY_SCOPES) - {scope}


def test_a_key_that_has_ended_is_refused_and_stays_on_record(story, ours):
    ApiKey.objects.filter(pk=ours.key.pk).update(ended_at=story.now)
    refused = ours.get("/cases")
    assert refused.status_code == 401
    assert "ended" in refused.json()["title"]
    assert AuditEntry.objects.filter(kind=AuditKind.GUESSED, about="api_key", key=ours.key.prefix).count() == 1


def test_a_token_of_the_key_reads_the_same_until_the_key_ends(story, ours, theirs):
    story.open_case()
    token = ServiceNow(ours.key, token_of(authenticate(ours.secret, HERE, now()), now()))
    assert [one["number"] for one in token.get("/cases").json()["items"]] == [story.number]
    assert report(token, story).status_code == 202
    forged = ServiceNow(ours.key, token.secret.replace(f"-{story.bank.pk}-", "-0-"))
    assert forged.get("/cases").status_code == 401
    foreign = ServiceNow(ours.key, token.secret.replace(f"-{story.bank.pk}-", f"-{story.other.pk}-"))
    assert foreign.get("/cases").status_code == 401
    ApiKey.objects.filter(pk=ours.key.pk).update(ended_at=story.now)
    assert token.get("/cases").status_code == 401


def test_the_same_post_under_one_key_is_done_once(story, ours, theirs):
    story.open_case()
    first = ours.post(f"/cases/{story.number}/note", {"text": "lit"}, Idempotency_Key="a1")
    again = ours.post(f"/cases/{story.number}/note", {"text": "lit"}, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert ours.post(f"/cases/{story.number}/note", {"text": "dark"}, Idempotency_Key="a1").status_code == 422
    received = report(ours, story, Idempotency_Key="b1")
    assert report(ours, story, Idempotency_Key="b1").content == received.content
    assert WrittenRequest.objects.count() == 1
    assert set(ApiAnswer.objects.values_list("customer_id", flat=True)) == {story.bank.pk}


def test_what_is_refused_leaves_no_answer_and_no_place(story, ours):
    story.open_case()
    refused = ours.post(f"/cases/{story.number}/confirm", {"position": "IT", "phone": "1"}, Idempotency_Key="c1")
    assert refused.status_code == 409
    assert not ApiAnswer.objects.exists()


def test_of_two_writers_the_second_one_is_refused(story, ours):
    story.open_case()
    tag = ours.get(f"/cases/{story.number}")["ETag"]
    assert ours.post(f"/cases/{story.number}/note", {"text": "first"}, If_Match=tag).status_code == 200
    assert ours.post(f"/cases/{story.number}/note", {"text": "second"}, If_Match=tag).status_code == 412


def test_the_key_of_somebody_who_left_only_reads(story, ours):
    story.open_case()
    Contact.objects.filter(pk=story.manager.pk).update(active=False)
    assert ours.get(f"/cases/{story.number}").status_code == 200
    refused = ours.post(f"/cases/{story.number}/note", {"text": "x"})
    assert refused.status_code == 403
    assert "no longer a contact" in refused.json()["title"]
    assert report(ours, story).status_code == 403


def test_too_many_acts_in_a_few_minutes_wait(story, ours, monkeypatch):
    monkeypatch.setattr("guardia.intake.customer_acts.MOST_ACTS", 1)
    story.open_case()
    assert ours.post(f"/cases/{story.number}/note", {"text": "one"}).status_code == 200
    refused = ours.post(f"/cases/{story.number}/note", {"text": "two"})
    assert (refused.status_code, refused["Retry-After"]) == (429, str(int(timedelta(minutes=10).total_seconds())))


def test_the_document_has_both_answers(story):
    found = Client().get(f"{API}/openapi.json").json()["paths"]
    one = found[f"{API}/cases/{{number}}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert {each["$ref"].rpartition("/")[2] for each in one["anyOf"]} == {"CaseAnswer", "CompanyCase"}
    opened = found[f"{API}/cases"]["post"]
    assert {"201", "202"} <= set(opened["responses"])
    body = opened["requestBody"]["content"]["application/json"]["schema"]
    assert {each["$ref"].rpartition("/")[2] for each in body["anyOf"]} == {"NewCase", "CompanyReport"}
