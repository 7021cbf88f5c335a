"""Dead-man: a sign of life goes outside while the deadlines are watched, and only then. A real server on loopback."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest

from guardia.cases.alarms import Alarm
from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people import shifts
from guardia.worker import dead_man, rounds
from tests.procedure.story import Story
from tests.shifts.conftest import reachable

LOG = "guardia.worker.dead_man"


class Outside:
    """Whoever expects the signs of life: the paths that were called; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.status = 200
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outside.called.append(self.path)
                self.send_response(outside.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Not on the terminal."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/a-secret-key"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def outside() -> Iterator[Outside]:
    found = Outside()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """What was said before is said again; proxies of the environment are not asked for the loopback."""
    monkeypatch.setattr(dead_man, "sign_of_life", dead_man.SignOfLife())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def swept(ago: timedelta = timedelta()) -> None:
    with behind(DatabaseRole.WORKER):
        watch.seen("sweep", now() - ago)


def test_a_round_of_the_sweep_lets_the_sign_of_life_go_out(transactional_db, settings, outside):
    settings.DEADMAN_URL = outside.url
    dead_man.ping(Event())
    assert outside.called == []
    rounds.deadlines(Event())
    dead_man.ping(Event())
    assert outside.called == ["/ping/a-secret-key"]


def test_it_goes_silent_when_the_sweep_does(db, settings, outside, caplog):
    settings.DEADMAN_URL = outside.url
    swept(timedelta(seconds=61))
    with caplog.at_level(logging.INFO, LOG):
        dead_man.ping(Event())
        dead_man.ping(Event())
    assert outside.called == []
    assert caplog.text.count("no sign of life to 127.0.0.1: it is not called") == 1


def test_it_comes_back_with_the_sweep_and_says_so_once(db, settings, outside, caplog):
    settings.DEADMAN_URL = outside.url
    dead_man.ping(Event())
    swept()
    with caplog.at_level(logging.INFO, LOG):
        dead_man.ping(Event())
        dead_man.ping(Event())
    assert len(outside.called) == 2
    assert caplog.text.count("signs of life go to 127.0.0.1") == 1


@pytest.mark.parametrize("status", [404, 500])
def test_an_address_that_refuses_is_told_without_its_secret(db, settings, outside, caplog, status):
    settings.DEADMAN_URL, outside.status = outside.url, status
    swept()
    dead_man.ping(Event())
    assert f"it answers {status}" in caplog.text
    assert "a-secret-key" not in caplog.text


def test_an_address_where_nobody_listens_ends_no_round(db, settings, outside, caplog):
    settings.DEADMAN_URL = outside.url
    outside.server.shutdown()
    outside.server.server_close()
    swept()
    dead_man.ping(Event())
    assert "no sign of life to 127.0.0.1: URLError" in caplog.text


def test_an_address_that_is_none_is_told_without_its_secret(db, settings, caplog):
    settings.DEADMAN_URL = "http://127.0.0.1/ping/a secret\tkey"
    swept()
    dead_man.ping(Event())
    assert "InvalidURL" in caplog.text
    assert "secret" not in caplog.text


def test_without_an_address_nothing_is_called_and_nothing_said(db, settings, caplog):
    settings.DEADMAN_URL = ""
    swept()
    dead_man.ping(Event())
    assert caplog.text == ""


def test_the_worker_looks_whether_somebody_is_on_shift_behind_its_own_wall(db, caplog):
    with behind(DatabaseRole.STAFF):
        story = Story()
        reachable(story)
        shifts.enter(story.engineer, shifts.TECHNICAL, story.now)
        shifts.leave(story.engineer, story.now)
    dead_man.shifts(Event())
    assert f"nobody is on shift at the technical desk; round 1 pages people {story.supervisor.pk}" in caplog.text
    assert "supervisora" not in caplog.text, "the log names rows, never persons"
    with behind(DatabaseRole.STAFF):
        assert Alarm.objects.get().level == 1
        shifts.enter(story.colleague, shifts.TECHNICAL, now())
    dead_man.shifts(Event())
    assert "somebody is on shift again" in caplog.text
