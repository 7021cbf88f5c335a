"""`/salud` needs no sign-in, says what a monitoring needs, and nothing that helps anybody else. Dead-man: 60 s."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from guardia.clocks import watch
from guardia.clocks.watch import SILENT_AFTER, Watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices.notice import Delivery
from guardia.notices.packing import pack
from guardia.procedure.vocabulary import Moment
from guardia.web.api import health
from tests.shifts.conftest import reachable

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _each_asks_anew():
    """An answer is kept for a second."""
    health.kept.forget()
    yield
    health.kept.forget()


def asked() -> tuple[int, dict]:
    answer = Client().get("/salud")
    return answer.status_code, json.loads(answer.content)


def test_a_new_house_is_well_and_says_that_no_sweep_was_seen_yet(db):
    status, said = asked()
    assert status == 200
    assert said["database"] == "ok"
    assert said["sweep"] == {"state": "never seen", "seen_at": None, "age_seconds": None}


def test_it_is_never_kept_by_a_cache_between(db):
    assert Client().get("/salud").headers["Cache-Control"] == "no-store"


def test_it_only_reads(db):
    assert Client().post("/salud").status_code == 405


def test_a_sweep_that_works_is_told_with_its_age(as_staff):
    at = now()
    watch.seen("sweep", at)
    said, status = health.state_of_the_installation(at + 7 * SECOND)
    assert status == 200
    assert said["sweep"] == {"state": "at work", "seen_at": at.isoformat(), "age_seconds": 7}


def test_no_sweep_for_more_than_60_seconds_is_503(as_staff, monkeypatch):
    at = now()
    watch.seen("sweep", at)
    for seconds in (0, 60):
        monkeypatch.setattr(watch, "monotonic", lambda seconds=seconds: 1000.0 + seconds)
        assert health.state_of_the_installation(at + seconds * SECOND)[1] == 200
    monkeypatch.setattr(watch, "monotonic", lambda: 1061.0)
    said, status = health.state_of_the_installation(at + SILENT_AFTER + SECOND)
    assert status == 503
    assert said["sweep"]["state"] == "silent"
    assert said["problem"].startswith(f"deadlines have not been watched since {at.isoformat()}")


def test_the_address_itself_answers_503_while_the_worker_is_dead(db):
    with behind(DatabaseRole.WORKER):
        watch.seen("sweep", now() - timedelta(minutes=10))
    status, said = asked()
    assert (status, said["sweep"]["state"]) == (503, "silent")


def test_the_mail_outlet_is_told_by_what_it_has_done(night):
    night.open_case()
    pack(night.now, urgent=False)
    said = health.mail(night.now + 90 * SECOND)
    waits = {"waiting": 3, "held_back": 0, "owed": 0}
    assert said == waits | {"oldest_waiting_seconds": 90, "last_accepted_at": None}
    Delivery.objects.update(state="accepted", settled_at=night.now + SECOND)
    said = health.mail(night.now + 90 * SECOND)
    assert said["waiting"] == 0
    assert said["last_accepted_at"] == (night.now + SECOND).isoformat()


def test_the_oldest_page_is_told_whether_it_is_packed_or_not(night):
    reachable(night)
    assert health.pages(night.now) == {"oldest_unsent_seconds": None}
    night.open_case()
    night.minutes_pass(25)
    night.the_sweep_runs()
    assert Moment.PAGED in night.moments()
    assert health.pages(night.now + 5 * SECOND) == {"oldest_unsent_seconds": 5}
    pack(night.now + SECOND, urgent=True)
    assert health.pages(night.now + 8 * SECOND) == {"oldest_unsent_seconds": 7}
    Delivery.objects.update(state="accepted", settled_at=night.now)
    assert health.pages(night.now + 9 * SECOND) == {"oldest_unsent_seconds": None}


def test_without_a_database_it_says_so_and_keeps_the_drivers_words_to_itself(monkeypatch, caplog):
    def gone(wall: DatabaseRole):
        raise OperationalError('connection to "db.internal" failed: password authentication failed for user "guardia"')

    monkeypatch.setattr(health, "behind", gone)
    status, said = asked()
    assert status == 503
    assert said == {"database": "unavailable", "problem": "the database does not answer"}
    assert "password authentication failed" in caplog.text


@pytest.mark.parametrize("secret", ["s3cret-hunter2", "smtp.internal.example"])
def test_it_never_tells_a_setting(db, settings, secret):
    settings.SMTP_PASSWORD, settings.SMTP_HOST, settings.SECRET_KEY = secret, secret, secret
    settings.DEADMAN_URL = f"https://example.com/{secret}"
    assert secret not in json.dumps(asked()[1])


def test_each_round_moves_the_counter_whatever_hour_it_says(as_staff):
    at = now()
    for ago in (0, 30, 0):
        watch.seen("sweep", at - ago * SECOND)
    found = Watch.objects.get(pk="sweep")
    assert (found.rounds, found.seen_at) == (3, at)
