"""`/salud`, live and ready: cheap, cached for a second, in words; and the number of each request."""

import json
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation import alarms
from guardia.notices.notice import Delivery
from guardia.web.api import health

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    health.kept.forget()
    yield
    health.kept.forget()


def asked(address: str = "/salud") -> tuple[int, dict]:
    answer = Client().get(address)
    return answer.status_code, json.loads(answer.content)


def gone(wall: DatabaseRole):
    raise OperationalError('connection to "db.internal" failed')


def test_a_process_lives_whatever_becomes_of_the_database(monkeypatch):
    monkeypatch.setattr(health, "behind", gone)
    assert asked("/salud/vivo") == (200, {"process": "alive", "installation": health.installation_id()})


def test_it_is_not_sent_requests_while_its_database_is_gone(monkeypatch):
    monkeypatch.setattr(health, "behind", gone)
    status, said = asked("/salud/listo")
    assert (status, said["database"]) == (503, "unavailable")
    assert "db.internal" not in json.dumps(said)


def test_a_dead_worker_is_no_reason_to_take_the_web_server_away(db):
    with behind(DatabaseRole.WORKER):
        watch.seen("sweep", now() - timedelta(minutes=10))
    assert asked("/salud/listo") == (200, {"database": "ok"})
    assert asked()[0] == 503


def test_however_many_ask_within_a_second_the_database_is_asked_once(db, django_assert_num_queries, monkeypatch):
    asked()
    with django_assert_num_queries(0):
        assert asked()[0] == 200
    monkeypatch.setattr(health, "monotonic", lambda: health.kept.until)
    questions = []
    monkeypatch.setattr(health, "probe_answer", lambda: questions.append(1) or ({"database": "ok"}, 200))
    asked()
    assert questions == [1]


def test_what_is_wrong_and_stops_nothing_is_said_in_words(as_staff):
    at = now()
    assert "warnings" not in health.state_of_the_installation(at)[0]
    alarms.begin("technical", at)
    Delivery.objects.create(
        address="a@example.com", message_id="<1@example.com>", created_at=at, available_at=at, urgent=True
    )
    assert health.state_of_the_installation(at)[0]["warnings"] == ["nobody is on shift at the technical desk"]
    said, status = health.state_of_the_installation(at + timedelta(minutes=11))
    assert status == 200
    assert len(said["warnings"]) == 3


def test_an_empty_database_is_not_ready(monkeypatch):
    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *trouble):
            return None

        def execute(self, question):
            return None

        def fetchone(self):
            return (False,)

    monkeypatch.setattr(health, "behind", lambda wall: nullcontext())
    monkeypatch.setattr(health, "connection", type("Connection", (), {"cursor": staticmethod(Cursor)}))
    status, said = asked("/salud/listo")
    assert status == 503
    assert "guardia migrate" in said["problem"]


# --- a counter that moves, not an hour --------------------------------------------------------------------------------


class Own:
    """The reader's own clock, moved by hand."""

    def __init__(self, monkeypatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(watch, "monotonic", lambda: self.now)

    def passes(self, seconds: float) -> None:
        self.now += seconds


def test_a_worker_that_died_after_its_clock_went_forward_is_seen_to_be_dead(as_staff, monkeypatch):
    own, at = Own(monkeypatch), now()
    watch.seen("sweep", at)
    assert watch.silent_since("sweep", at) is None
    watch.seen("sweep", at + timedelta(hours=1))  # the clock goes forward an hour, and back; then the worker dies
    assert watch.silent_since("sweep", at) is None
    own.passes(61)
    assert watch.silent_since("sweep", at) == at
    said, status = health.state_of_the_installation(at)
    assert (said["sweep"]["state"], status) == ("silent", 503)
    assert not watch.is_alive("sweep", at)


def test_a_worker_whose_clock_is_wrong_is_alive_while_its_counter_moves(as_staff, monkeypatch):
    own, at = Own(monkeypatch), now()
    for minute in range(5):
        watch.seen("sweep", at - timedelta(hours=3) + timedelta(minutes=minute))
        seen = watch.silent_since("sweep", at)
        own.passes(59)
    assert seen is None
    own.passes(2)
    assert watch.silent_since("sweep", at) is not None


def test_of_a_first_look_and_of_one_after_long_the_hour_decides(as_staff, monkeypatch):
    own, at = Own(monkeypatch), now()
    watch.seen("sweep", at - timedelta(minutes=10))
    assert watch.silent_since("sweep", at) == at - timedelta(minutes=10)
    watch.seen("sweep", at - timedelta(minutes=9))
    own.passes(3600)
    assert watch.silent_since("sweep", at) == at - timedelta(minutes=9), "it moved once, an hour ago for all one knows"
    watch.seen("sweep", at)
    assert watch.silent_since("sweep", at) is None


def test_mail_that_a_domains_pace_holds_back_waits(as_staff):
    at = now()
    for number in range(3):
        Delivery.objects.create(
            address="a@example.com", channel="mail", message_id=f"<{number}@example.com>", created_at=at,
            available_at=at + timedelta(seconds=30 * number),
        )  # fmt: skip
    said = health.mail(at)
    assert (said["waiting"], said["held_back"], said["owed"]) == (3, 2, 0)
