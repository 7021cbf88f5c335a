"""PostgreSQL undid a request for another's sake: it is done once more as a whole, and only then refused in words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from guardia.cases.case import Case
from guardia.config import collisions, database_roles
from guardia.config.database_roles import DatabaseRole, DatabaseRoleMiddleware, behind
from guardia.evidence import store
from guardia.evidence.files import CaseFile
from guardia.outages import holding
from guardia.outages.outage import Outage
from guardia.procedure.vocabulary import Moment
from guardia.web.desk import files
from guardia.web.desk.outages import declaring
from tests.desk.conftest import sign_in, story
from tests.outages.city import City
from tests.outages.test_at_once import somebody_waits
from tests.server import server

pytestmark = pytest.mark.process

__all__ = ["sign_in", "story"]


def collision(kind: type[psycopg.Error] = psycopg.errors.DeadlockDetected) -> OperationalError:
    trouble = OperationalError("deadlock detected\nDETAIL: process 1 waits")
    trouble.__cause__ = kind()
    return trouble


def gives_way(act: Callable, times: int, kind: type[psycopg.Error] = psycopg.errors.DeadlockDetected) -> Callable:
    """The act, undone so many times after it was done."""
    left = [times]

    def undone(*args, **kwargs):
        done = act(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            raise collision(kind)
        return done

    return undone


@pytest.fixture
def desk(story, sign_in) -> Client:
    client = sign_in(story.engineer)
    client.raise_request_exception = False
    story.open_case()
    return client


def sent(desk: Client, story, **more) -> HttpResponse:
    form = {"files": SimpleUploadedFile("a.log", b"uno", "text/plain"), "caption": "Panel 3"}
    return desk.post(f"/casos/{story.number}/archivos", form, **more)


@pytest.mark.parametrize("kind", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_what_was_sent_is_done_once_by_the_second_attempt_with_its_file(desk, story, monkeypatch, kind):
    monkeypatch.setattr(files, "add_all", gives_way(files.add_all, 2, kind))
    assert sent(desk, story).status_code == 302
    one = CaseFile.objects.get()
    assert (one.caption, store.read(one.sha256)) == ("Panel 3", b"uno")
    assert story.moments().count(Moment.FILE_ADDED) == 1
    assert "1 file added." in desk.get(f"/casos/{story.number}/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Somebody else was changing the same thing."), ("es", "503"), ("pt", "503")],
)
def test_after_three_attempts_it_says_so_and_nothing_is_written(desk, story, monkeypatch, caplog, language, words):
    monkeypatch.setattr(files, "add_all", gives_way(files.add_all, 3))
    answer = sent(desk, story, headers={"accept-language": language})
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "1", "no-store")
    page = answer.content.decode()
    assert words in page
    assert f'<html lang="{language}"' in page
    assert answer["X-Request-ID"] in page
    assert "deadlock" not in page
    assert not CaseFile.objects.exists()
    assert Moment.FILE_ADDED not in story.moments()
    lines = [line.message for line in caplog.records if line.name in {"guardia.away", "guardia.config.database_roles"}]
    assert lines == [
        *["done once more: its transaction gave way to another"] * 2,
        "undone for another's sake: deadlock detected",
    ]


# --- the wall alone, without a database ---


@pytest.fixture
def no_database(monkeypatch) -> None:
    monkeypatch.setattr(database_roles, "behind", lambda role: nullcontext())
    monkeypatch.setattr(database_roles.transaction, "set_rollback", lambda rollback, using=None: None)


def through(request: HttpRequest, *answers: Callable[[HttpRequest], HttpResponse]) -> tuple[HttpResponse, int]:
    """The answer that leaves the wall where each attempt answers so; and how many there were."""
    left = list(answers)
    return DatabaseRoleMiddleware(lambda request: left.pop(0)(request))(request), len(answers) - len(left)


def undone(request: HttpRequest) -> HttpResponse:
    return collisions.marked(HttpResponse("undone", status=503))


def done(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


def test_what_an_attempt_learned_is_forgotten_and_the_body_is_kept(no_database):
    def learns(request: HttpRequest) -> HttpResponse:
        request._cached_user, request.method, _ = "somebody", "GET", request.body
        return undone(request)

    request = RequestFactory().post("/casos/", b"{}", content_type="application/json")
    answer, attempts = through(request, learns, done)
    assert (answer.content, attempts) == (b"{}", 2)
    assert (hasattr(request, "_cached_user"), request.method) == (False, "POST")


def test_a_body_that_was_read_from_the_network_is_gone_and_its_request_is_not_done_again(no_database):
    def reads(request: HttpRequest) -> HttpResponse:
        request.read()
        return undone(request)

    request = RequestFactory().post("/telefonia/x", b"{}", content_type="application/json")
    answer, attempts = through(request, reads, done)
    assert (answer.content, attempts) == (b"undone", 1)


def test_neither_is_one_whose_file_the_door_has_closed(no_database):
    def closes(request: HttpRequest) -> HttpResponse:
        request.FILES["files"].close()
        return undone(request)

    request = RequestFactory().post("/casos/", {"files": SimpleUploadedFile("a", b"uno")})
    assert through(request, closes, done)[1] == 1


def test_what_gave_way_as_it_was_committed_is_done_again_and_any_other_trouble_is_raised(monkeypatch):
    commits = [collision(psycopg.errors.SerializationFailure), None]

    class Committed(nullcontext):
        def __exit__(self, *raised) -> None:
            if trouble := commits.pop(0):
                raise trouble

    monkeypatch.setattr(database_roles, "behind", lambda wall: Committed())
    answer, attempts = through(RequestFactory().get("/"), done, done)
    assert (answer.status_code, attempts) == (200, 2)
    commits[:] = [OperationalError("ours")]
    with pytest.raises(OperationalError, match="ours"):
        through(RequestFactory().get("/"), done, done)


# --- two real transactions ---


@pytest.mark.django_db(transaction=True)
def test_a_real_deadlock_costs_the_desk_nothing(monkeypatch, caplog):
    """The desk has the turn of declarations and asks for a case; somebody has the case and asks for the turn."""
    with behind(DatabaseRole.STAFF):
        city = City()
        held = city.somebody_calls(city.service)
        monkeypatch.setattr(declaring, "now", lambda: city.now)
        client = Client()
        client.force_login(city.engineer)
    client.raise_request_exception = False
    attempts = []
    takes_turn = holding.take_turn
    with server.owner() as somebody, ThreadPoolExecutor(1) as pool:
        somebody.autocommit = False
        # Whoever looks first is undone: it shall not be this one.
        somebody.execute("SET deadlock_timeout = '1min'")
        somebody.execute('SELECT FROM "case" WHERE id = %s FOR UPDATE', [held.pk])

        def asks_for_the_turn() -> None:
            somebody.execute("SELECT pg_advisory_xact_lock(hashtextextended('declaration of an outage', 0))")
            somebody.commit()

        def in_a_circle() -> None:
            takes_turn()
            if not attempts:
                waits = pool.submit(asks_for_the_turn)
                somebody_waits()
                attempts.append(waits)

        monkeypatch.setattr(holding, "take_turn", in_a_circle)
        form = {"name": "Corte", "element": city.node.code, "impact": "down"}
        answer = client.post("/afectaciones/nueva", form)
        attempts[0].result(30)
    assert answer.status_code == 302
    assert len([line for line in caplog.records if line.name == "guardia.away"]) == 1
    with behind(DatabaseRole.STAFF):
        outage = Outage.objects.get()
        assert city.case_of(city.service).part_of_id == outage.pk
        assert Case.objects.count() == 3
