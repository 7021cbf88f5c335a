"""A connection that PostgreSQL ended between two requests troubles nobody, nor does one that ends a moment later."""

from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from guardia.config import database_roles
from guardia.config.database_roles import DatabaseRole, DatabaseRoleMiddleware, behind, behind_at
from guardia.config.now import now
from guardia.notices import outgoing
from guardia.notices.notice import Delivery, Notice
from guardia.web.report import attached, permit
from guardia.worker import posting
from tests.server import server

pytestmark = pytest.mark.process


@pytest.fixture
def checked(transactional_db):
    """As at the beginning of a request: the connection is kept from before, and will be looked at."""
    connection.ensure_connection()
    connection.health_check_enabled = True
    connection.close_if_unusable_or_obsolete()
    yield connection
    connection.health_check_enabled = False
    connection.close()


def kill(pid: int) -> None:
    with server.owner() as owner:
        assert owner.execute("SELECT pg_terminate_backend(%s, 30000)", [pid]).fetchone() == (True,)


def pid() -> int:
    return connection.connection.info.backend_pid


def test_one_that_lives_is_kept(checked):
    before = pid()
    with behind(DatabaseRole.STAFF):
        assert pid() == before


def test_one_that_was_ended_is_replaced_before_it_is_used(checked):
    before = pid()
    kill(before)
    with behind(DatabaseRole.STAFF):
        assert pid() != before


@pytest.fixture
def unseen(checked, monkeypatch):
    """It ends after it was asked whether it lives, at the beginning of the request."""
    monkeypatch.setattr(DatabaseWrapper, "is_usable", lambda self: True)
    return pid()


def test_a_transaction_that_finds_it_dead_is_begun_anew_with_another(unseen):
    kill(unseen)
    with behind(DatabaseRole.STAFF):
        assert pid() != unseen
        assert role() == DatabaseRole.STAFF
    kill(pid())
    with behind_at(DatabaseRole.WORKER) as at:
        assert abs(now() - at) < timedelta(minutes=1)
        assert role() == DatabaseRole.WORKER


@pytest.mark.parametrize("path", ["/salud/listo", "/entrar"])
def test_a_door_outside_the_wall_and_one_behind_it_answer_as_ever(unseen, client, path):
    kill(unseen)
    response = client.get(path)
    # Where nobody works yet, the sign-in leads to the first steps; it had to ask the database for that.
    assert (response.status_code, response.headers.get("Location")) in ((200, None), (302, "/primeros-pasos"))


def test_what_was_asked_by_it_already_is_not_done_again(checked):
    attempts = []

    def answer(_request: HttpRequest) -> HttpResponse:
        attempts.append(pid())
        kill(pid())
        connection.cursor().execute("SELECT 1")
        return HttpResponse()

    with pytest.raises(OperationalError):
        DatabaseRoleMiddleware(answer)(RequestFactory().get("/"))
    assert len(attempts) == 1


def test_within_a_transaction_nothing_is_begun_anew(unseen):
    def half_done() -> None:
        with transaction.atomic():
            connection.cursor().execute("SELECT 1")
            kill(unseen)
            with behind(DatabaseRole.STAFF):
                pytest.fail("on a new connection the first half would be missing")

    with pytest.raises(OperationalError):
        half_done()


def test_a_question_that_a_living_server_refuses_is_asked_once(checked, monkeypatch):
    """Out of memory, or a pooler that knows no server: asked again at once it would only be slower."""
    monkeypatch.setattr(
        database_roles,
        "BEHIND",
        "SELECT %s::text, %s::text, %s::text, pg_cancel_backend(pg_backend_pid()), pg_sleep(30)",
    )
    before, asked = pid(), []

    def hear(execute, statement, values, many, context):
        asked.append(statement)
        return execute(statement, values, many, context)

    with connection.execute_wrapper(hear), pytest.raises(OperationalError, match="cancel"), behind(DatabaseRole.STAFF):
        pytest.fail("it was answered")
    assert len(asked) == 1
    assert pid() == before


def test_nothing_is_tried_again_where_no_connection_can_be_made(unseen, monkeypatch):
    kill(unseen)
    attempts = []

    def refused(self: object, _params: object) -> psycopg.Connection:
        attempts.append(1)
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(DatabaseWrapper, "get_new_connection", refused)
    with pytest.raises(OperationalError, match="refused"), behind(DatabaseRole.STAFF):
        pytest.fail("there is no connection")
    assert attempts == [1]


def role() -> str:
    with connection.cursor() as cursor:
        return cursor.execute("SELECT current_setting('role')").fetchone()[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: attached.report_for(1, "es"),
        lambda: permit.letter_for(1),
        lambda: outgoing.bytes_of(Delivery(pk=1, channel="mail"), [Notice(case_id=1)], now(), posting.LINKS),
    ],
    ids=["the closing report", "the entry letter", "the letter itself"],
)
def test_a_connection_that_is_lost_is_not_logged_as_a_letter_that_goes_without_its_report(checked, caplog, make):
    """The letter's own step is gone with the connection: it is done anew, and brings its report."""

    def cut_off() -> None:
        with behind(DatabaseRole.WORKER):
            kill(pid())
            make()

    with pytest.raises(OperationalError):
        cut_off()
    assert caplog.text == ""
