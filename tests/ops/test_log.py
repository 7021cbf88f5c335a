"""A line of the log tells which request, whose role, which case; never a person, a number or a token."""

import json
import logging
import sys
from threading import Event

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import URLResolver, reverse

from guardia.config import logs
from guardia.config.logs import Json, Text, without_persons
from guardia.config.requests import HEADER, number_of
from guardia.config.urls_with_apis import urlpatterns
from guardia.worker.loop import Loop
from tests.desk.conftest import sign_in
from tests.procedure.conftest import make_story, story

pytestmark = pytest.mark.process

__all__ = ["make_story", "sign_in", "story"]


class Kept(logging.Handler):
    """The lines as they would stand in the file."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(formatter)
        self.addFilter(logs.WithContext())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log():
    handler, root = Kept(Json()), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def of_requests(log: Kept) -> list[dict]:
    return [said for said in map(json.loads, log.lines) if said["logger"] == "guardia.request"]


def test_a_request_tells_its_number_role_case_and_the_name_of_its_address(story, sign_in, log):
    story.open_case()
    client = sign_in(story.engineer)
    log.lines.clear()
    answer = client.get(reverse("case", args=[story.number]))
    (said,) = of_requests(log)
    assert said["request"] == answer[HEADER]
    assert said["route"] == "case"
    assert said["case"] == str(story.number)
    assert said["role"] == "engineer"
    assert said["level"] == "debug"
    assert "200" in said["message"]


def test_the_number_of_a_proxy_is_taken_over_and_given_back(db, log):
    answer = Client().get("/salud/vivo", headers={"x-request-id": "abc-123_XYZ"})
    assert answer[HEADER] == "abc-123_XYZ"
    assert of_requests(log)[0]["request"] == "abc-123_XYZ"


@pytest.mark.parametrize(
    "wrong", ["", "short", "x" * 65, "with blank", "línea-ñandú", "a@example.com", "a\x00bcdefgh", '"}{"']
)
def test_a_number_that_would_spoil_the_log_is_replaced(wrong):
    assert number_of(wrong) != wrong
    assert len(number_of(wrong)) == 8


def test_two_requests_have_two_numbers(db):
    assert Client().get("/salud/vivo")[HEADER] != Client().get("/salud/vivo")[HEADER]


def test_the_page_of_an_error_shows_the_number_by_which_the_log_finds_it(db, log, monkeypatch):
    def breaks(*args, **more):
        raise IntegrityError("duplicate key\nDETAIL:  Key (email)=(ana@example.com) already exists.")

    monkeypatch.setattr("guardia.web.api.health.answered", breaks)
    client = Client(raise_request_exception=False)
    answer = client.get("/salud/vivo")
    assert answer.status_code == 500
    number = answer[HEADER]
    assert number in answer.content.decode()
    broken = [said for said in map(json.loads, log.lines) if said.get("trouble") == "IntegrityError"]
    assert [said["request"] for said in broken] == [number]
    assert "ana@example.com" not in "".join(log.lines)
    assert "Traceback" in broken[0]["traceback"]


def test_a_refusal_shows_it_as_well(db):
    answer = Client().get("/no/hay/nada")
    assert answer.status_code == 404
    assert answer[HEADER] in answer.content.decode()


def test_a_step_of_the_worker_is_named_in_its_lines(db, log):
    stopping = Event()

    def work(event: Event) -> None:
        logging.getLogger("guardia.test").warning("something")
        event.set()

    loop = Loop("deadlines", work, stopping, 0)
    loop.run()
    said = [line for line in map(json.loads, log.lines) if line["message"] == "something"]
    assert said[0]["step"] == "deadlines"
    assert logs.context_value("step") == ""


def test_no_person_no_number_no_token(story, sign_in, log):
    """A case is opened, read and told through the doors; a contact opens the link of the letter."""
    story.open_case()
    client = sign_in(story.engineer)
    client.get(reverse("case", args=[story.number]))
    client.post(reverse("act", args=[story.number, "nota"]), {"text": "Llamó Jefe de Sistemas, 0991234567"})
    client.get(reverse("bench"), {"q": "Jefe de Sistemas"})
    Client(raise_request_exception=False).get("/c/caso/a-secret-token-of-a-letter")
    Client(raise_request_exception=False).get("/telefonia/a-secret-token-of-an-exchange")
    assert len(of_requests(log)) == 5
    for word in (
        "Jefe de Sistemas",
        "jefe@example.com",
        "0991234567",
        "593725550148",
        "a-secret-token",
        "Banco Austral",
    ):
        lines = [line for line in log.lines if word in line and "django.db" not in json.loads(line)["logger"]]
        assert not lines, (word, lines[:2])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to ana.perez+x@mail.example.com failed", "mail to …@mail.example.com failed"),
        ("called +593 99 123 4567 twice", "called … twice"),
        ("called 0991234567", "called …"),
        (
            "call of (02) 4005080 at 2026-11-25T21:03:53.123456+00:00",
            "call of (02) 4005080 at 2026-11-25T21:03:53.123456+00:00",
        ),
        ("GET /c/caso/abc.def?x=1", "GET /c/caso/…?x=1"),
        ("case 1040019, event 12345678901", "case 1040019, event 12345678901"),
        ("DETAIL:  Key (name)=(Ana) already exists.\nhint", "DETAIL: …\nhint"),
    ],
)
def test_what_is_a_person_is_left_out_and_what_is_none_stays(said, kept):
    assert without_persons(said) == kept


def test_the_same_for_a_person_who_reads_a_terminal():
    record = logging.LogRecord("guardia.x", logging.WARNING, "", 1, "wrote %s", ("ana@example.com",), None)
    with logs.about(request="7KQ2M4XP", case=1040019):
        logs.WithContext().filter(record)
    line = Text().format(record)
    assert line.endswith("wrote …@example.com [request=7KQ2M4XP case=1040019]")


@pytest.mark.parametrize(
    "spoilt", ["uno\n2026-11-25 21:00:00 ERROR root entró", "a\rb", "\x1b[2J", "a\u2028b", "\u202eabc"]
)
def test_nobody_writes_a_line_of_his_own_or_steers_the_terminal(spoilt):
    record = logging.LogRecord("guardia.x", logging.WARNING, "", 1, "it said %s", (spoilt,), None)
    line = Text().format(record)
    assert line.splitlines() == [line]
    assert line.isprintable()


def test_json_is_one_line_even_of_a_traceback():
    try:
        raise ValueError("uno\ndos")
    except ValueError:
        record = logging.LogRecord("guardia.x", logging.ERROR, "", 1, "broke", (), sys.exc_info())
    line = Json().format(record)
    assert "\n" not in line
    assert json.loads(line)["trouble"] == "ValueError"


def test_a_row_of_the_database_is_left_out_of_the_one_line_too():
    words = "duplicate key\nDETAIL:  Key (name)=(Ana Sierra) already exists."
    record = logging.LogRecord("guardia.x", logging.WARNING, "", 1, "%s", (words,), None)
    assert "Ana" not in Text().format(record)


def test_a_field_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="name"), logs.about(name="Ana"):
        pass


def patterns(addresses, before: str = ""):
    """Every address of the site map, as it is written there."""
    for each in addresses:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, route)
        else:
            yield route


def test_no_address_with_a_secret_in_it_is_written_whole():
    """Taken from the site map, so that a new one is not forgotten."""
    secret = [route for route in patterns(urlpatterns) if "<str:token>" in route]
    assert "api/v1/tests/<str:token>" in secret
    for route in secret:
        said = "/" + route.replace("<str:token>", "a-secret").replace("<slug:act>", "act").replace("<int:pk>", "7")
        assert "a-secret" not in without_persons(f"Internal Server Error: {said}"), route
    assert "a-secret" not in without_persons("GET /primeros-pasos?clave=a-secret HTTP/1.1")
