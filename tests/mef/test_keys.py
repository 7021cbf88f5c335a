"""Who may do what by MEF 124: two companies, their scopes, a key of the operator, and what HTTP itself refuses."""

from typing import Any

from django.db import models
from django.test import Client

from guardia.cases.case import Case
from guardia.people.api_key import ApiKey
from guardia.web.api.mef.operations import ADDRESS, OPERATIONS
from tests.api.test_company_keys import machine_of as key_of_company
from tests.mef.buyer import Buyer, body, note
from tests.mef.definition import MANAGEMENT, document, must_be
from tests.mef.staged import catches_up, opened


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
    of_one = ours.get(f"/troubleTicket/{story.number}", sellerId="%00")
    assert (of_one.status_code, of_one.json()["code"]) == (400, "invalidQuery")
    assert len(partner.get("/troubleTicket").json()) == 1
    assert Buyer(partner.secret).get("/troubleTicket").json()["code"] == "missingQueryParameter"
    assert Buyer(partner.secret, "nobody").get("/troubleTicket").json()["code"] == "invalidQuery"
    assert Buyer(partner.secret, str(story.other.pk)).get(f"/troubleTicket/{story.number}").status_code == 404


def test_the_operations_are_those_of_the_definition():
    wanted = {
        (method.upper(), path) for path, operations in document(MANAGEMENT)["paths"].items() for method in operations
    }
    assert {(one.method, one.path) for one in OPERATIONS.values()} == wanted


def test_the_document_is_open_and_names_each_address(db):
    paths = Client().get(f"{ADDRESS}/openapi.json").json()["paths"]
    assert set(paths) == {f"{ADDRESS}{one.path}" for one in OPERATIONS.values()}


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


# --- what HTTP refuses ------------------------------------------------------------------------------------------------
def test_what_http_refuses_has_a_code_and_a_reason(ours):
    bearer = {"Authorization": f"Bearer {ours.secret}"}
    client = Client(HTTP_ACCEPT_LANGUAGE="es", raise_request_exception=False)
    method = client.put(f"{ADDRESS}/troubleTicket", headers=bearer)
    assert (method.status_code, method.json()["code"], method["Allow"]) == (
        *(405, "methodNotAllowed"),
        "GET, HEAD, OPTIONS, POST",
    )
    form = client.post(f"{ADDRESS}/troubleTicket", {"description": "x"}, headers=bearer)
    assert (form.status_code, form.json()["code"]) == (415, "unsupportedMediaType")
    nowhere = client.get(f"{ADDRESS}/workOrder", headers=bearer)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "notFound")
    large = client.post(f"{ADDRESS}/troubleTicket", " " * 3_000_000, content_type="application/json", headers=bearer)
    assert (large.status_code, large.json()["code"]) == (413, "bodyTooLarge")
    assert "2560 KB" in large.json()["message"]


def test_what_breaks_says_by_which_number_the_log_is_searched(ours, monkeypatch):
    def breaks(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("guardia.web.api.mef.tickets.reports_listed", breaks)
    bearer = {"Authorization": f"Bearer {ours.secret}"}
    answer = Client(raise_request_exception=False).get(f"{ADDRESS}/troubleTicket", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (500, "internalError")
    must_be("Error500", answer.json())


def test_too_many_calls_are_refused_with_the_time_to_wait(ours, settings):
    settings.API_CALLS_PER_MINUTE = 1
    assert ours.get("/troubleTicket").status_code == 200
    refused = ours.get("/troubleTicket")
    assert (refused.status_code, refused.json()["code"]) == (429, "tooManyRequests")
    assert int(refused["Retry-After"]) > 0
