"""The database is out of reach: 503 in words, not a 500, and only then."""

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.test import Client

from guardia.config import database_roles
from guardia.config.collisions import is_unavailable

pytestmark = pytest.mark.process

ANY_PAGE = "/entrar"


def caused(trouble: Exception, cause: Exception) -> Exception:
    trouble.__cause__ = cause
    return trouble


LOST = caused(OperationalError("consuming input failed"), psycopg.OperationalError("could not receive data"))


def asked(monkeypatch, trouble: Exception, language: str = "es"):
    def gone(*args, **more):
        raise trouble

    monkeypatch.setattr(database_roles, "behind", gone)
    return Client(raise_request_exception=False).get(ANY_PAGE, headers={"accept-language": language})


def test_a_page_says_in_words_that_nothing_goes_and_when_to_come_again(monkeypatch):
    answer = asked(monkeypatch, LOST, "en")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    page = answer.content.decode()
    assert "Nothing can be read or written just now." in page
    assert answer["X-Request-ID"] in page
    assert "could not receive" not in page


@pytest.mark.parametrize(
    "trouble",
    [
        LOST,
        InterfaceError("connection already closed"),
        caused(OperationalError(), psycopg.errors.AdminShutdown()),
        caused(OperationalError(), psycopg.errors.CannotConnectNow()),
        caused(OperationalError(), psycopg.errors.TooManyConnections()),
        caused(OperationalError(), psycopg.errors.DiskFull()),
        caused(InternalError(), psycopg.errors.ReadOnlySqlTransaction()),
    ],
)
def test_what_passes_by_itself_is_503(monkeypatch, trouble):
    assert is_unavailable(trouble)
    assert asked(monkeypatch, trouble).status_code == 503


@pytest.mark.parametrize(
    "trouble",
    [
        caused(InternalError(), psycopg.errors.InFailedSqlTransaction()),
        ProgrammingError("no such column"),
        ValueError("ours"),
    ],
)
def test_what_is_our_mistake_stays_500(monkeypatch, trouble):
    assert not is_unavailable(trouble)
    assert asked(monkeypatch, trouble).status_code == 500
