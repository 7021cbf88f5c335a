"""What HTTP itself asks of an address: its methods, the type of a body, and who may ask at all."""

import json
import socket

import httpx2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guardia.config.requests import MB
from guardia.people.staff import Role
from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS
from tests.api.test_v2 import API, machine
from tests.ops.test_slow_clients import answer_of, web
from tests.procedure.story import staff

__all__ = ["api", "machine", "web"]  # with the API every operation is read
PROBLEM = "application/problem+json"


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_session_opens_an_address_of_keys(story, signed_in):
    browser = Client()
    if signed_in:
        browser.force_login(staff("admin@example.com", Role.SUPERVISOR))
    for one in OPERATIONS.values():
        address = API + one.path.replace("{number}", "1")
        if "{" not in address:
            answer = browser.generic(one.method, address, "{}", "application/json")
            assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM), one.name


def test_head_is_get_without_its_body(machine):
    got, head = machine.get("/cases"), machine.client.head(f"{API}/cases", headers=machine.bearer)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head["Content-Length"]) == len(got.content)


def test_options_and_another_method_name_the_methods(machine):
    asked = machine.client.options(f"{API}/cases", headers=machine.bearer)
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    refused = machine.client.delete(f"{API}/cases", headers=machine.bearer)
    assert (refused.status_code, refused["Content-Type"]) == (405, PROBLEM)
    assert refused["Allow"] in refused.json()["remedy"]


BODIES = [
    (b"{", "application/json", 400),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'{"text": NaN}', "application/json", 400),
    (b'{"text": "\\ud800"}', "application/json", 400),
    (b'{"text": "\xff"}', "application/json", 400),
    (b'{"text": "x\\u0000y"}', "application/json", 200),
    (b'{"text": "x", "text ": "y"}', "application/json", 422),
    (b"[" * 100_000, "application/json", 400),
    (b'{"text": "x"}', "text/plain", 415),
    (b"text=x", "application/x-www-form-urlencoded", 415),
    (b'{"text": "x"}', "application/json; charset=utf-8", 200),
]


@pytest.mark.parametrize(("body", "kind", "status"), BODIES)
def test_a_body_that_is_none_is_refused_by_its_fault(story, machine, body, kind, status):
    story.open_case()
    answer = machine.client.post(f"{API}/cases/{story.number}/note", body, content_type=kind, headers=machine.bearer)
    assert answer.status_code == status, answer.content
    assert status == 200 or answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", 0),
        ("at", "0"),
        ("at", "2026-11-28T02:00:00"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("probable", "yes"),
        ("cause", 10**40),
        ("cause", "x" * 5000),
    ],
)
def test_a_value_that_fits_no_field_is_named(story, machine, field, value):
    story.open_case()
    body = {"cause": "Cut", "plan": "Splice", "plan_kind": "visit", field: value}
    answer = machine.post(f"/cases/{story.number}/diagnose", body)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    "query", ["company=99999999999999999999999", "desk=%00", "opened_from=0.5", "limit=0", "sort=x"]
)
def test_a_query_that_is_none_is_named(machine, query):
    answer = machine.get(f"/cases?{query}")
    assert answer.status_code == 422, answer.content
    assert json.loads(answer.content)["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("number", ["0", "%00", "x" * 300, "999999999999999999999999999999", "104%2F1", "%F0%9F%98%80"])
def test_a_number_of_no_case_is_found_nowhere(machine, number):
    assert machine.get(f"/cases/{number}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *("/calls?arrived_from=", "/visits?planned_before=", "/planned_works?ends_from=", "/reports/reception?day="),
        "/cases?opened_from=",
    ],
)
def test_a_number_is_no_hour_and_no_day(machine, address):
    answer = machine.get(f"{address}0.5")
    assert answer.status_code == 422, answer.content
    assert address.partition("?")[2].rstrip("=") in answer.json()["errors"][0]["field"]


# --- as a real process answers ----------------------------------------------------------------------------------------
JSON = "Content-Type: application/json\r\n"
TOO_MUCH = {
    "en": ("Too much was sent at once.", "This address accepts at most {}."),
    "es": ("Se envió demasiado de una sola vez.", "Aquí se recibe como máximo {}."),
    "pt": ("Foi enviado demais de uma só vez.", "Aqui se recebe no máximo {}."),
}
LIMITS = {"/cases": "2560 KB", "/cases/1040019/files": "100 MB", "/nowhere": "2560 KB"}


@pytest.mark.process
@pytest.mark.parametrize("language", TOO_MUCH)
@pytest.mark.parametrize("path", LIMITS)
def test_a_body_that_is_refused_before_django_is_a_problem_with_the_limit(web, path, language):
    more = f"{JSON}Accept-Language: {language}\r\nContent-Length: {250 * MB}\r\n"
    with web.begun("POST", API + path, more) as one:
        status, head, body = answer_of(one)
    title, remedy = TOO_MUCH[language]
    said = json.loads(body)
    assert (status, said["status"], PROBLEM in head) == (413, 413, True)
    assert (said["title"], said["remedy"]) == (title, remedy.format(LIMITS[path]))
    assert said["errors"] == [{"field": "body", "detail": said["remedy"]}]


@pytest.mark.process
def test_a_body_that_breaks_off_is_a_problem(web):
    with web.begun("POST", f"{API}/cases", f"{JSON}Content-Length: 100\r\n") as one:
        one.sendall(b'{"service": ')
        one.shutdown(socket.SHUT_WR)
        status, head, body = answer_of(one)
    assert (status, json.loads(body)["status"], PROBLEM in head) == (400, 400, True)


def test_what_django_does_not_read_is_a_problem_with_the_limit(story, machine, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FILES = 64 * 1024, 1
    story.open_case()
    address, much = f"/cases/{story.number}", "x" * 70_000
    files = [SimpleUploadedFile(name, b"x") for name in ("a.txt", "b.txt")]
    for answer, most in (
        (machine.post(f"{address}/note", {"text": much}), "64 KB"),
        (machine.post(f"{address}/note", {"text": much}, Idempotency_Key="a1"), "64 KB"),
        (machine.client.post(f"{API}{address}/files", {"caption": much}, headers=machine.bearer), "64 KB"),
        (machine.client.post(f"{API}{address}/files", {"files": files}, headers=machine.bearer), "at most 1 of them"),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)
        assert most in answer.json()["remedy"]


ANOTHER_METHOD = {
    "en": "This address does not know this method.",
    "es": "Esta dirección no conoce este método.",
    "pt": "Este endereço não conhece este método.",
}
METHODS = {
    ("DELETE", "/cases"): "GET, HEAD, OPTIONS, POST",
    ("POST", "/cases/1040019"): "GET, HEAD, OPTIONS",
    ("GET", "/cases/1040019/note"): "OPTIONS, POST",
    ("PUT", "/companies/1"): "GET, HEAD, OPTIONS, PATCH",
    ("GET", "/token"): "OPTIONS, POST",
    ("POST", "/openapi.json"): "GET, HEAD, OPTIONS",
    ("POST", "/asyncapi.json"): "GET, HEAD, OPTIONS",
}


@pytest.mark.process
@pytest.mark.parametrize("language", ANOTHER_METHOD)
def test_a_process_says_which_methods_an_address_knows(web, language):
    for (method, path), allowed in METHODS.items():
        refused = answer_to(web, method, path, language)
        assert (refused.status_code, refused.headers["Content-Type"]) == (405, PROBLEM), path
        assert (refused.headers["Allow"], refused.json()["title"]) == (allowed, ANOTHER_METHOD[language]), path
        assert allowed in refused.json()["remedy"]


@pytest.mark.process
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_an_address_that_is_none_is_a_problem_whatever_is_sent(web, method, path):
    missing = answer_to(web, method, path, "en")
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, PROBLEM)


def answer_to(web, method: str, path: str, language: str) -> httpx2.Response:
    return httpx2.request(
        method,
        f"http://127.0.0.1:{web.port}{API}{path}",
        headers={"Host": "localhost", "Accept-Language": language},
        content=b"" if method == "GET" else b"{}",
        timeout=300,
    )
