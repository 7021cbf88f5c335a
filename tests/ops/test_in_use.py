"""A row that somebody holds, or a statement without end, freezes nobody: 503 in words, and what was typed is kept."""

import json
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection
from django.test import Client

from guardia.config import walls
from guardia.config.walls import OF_A_REQUEST, OF_AN_EXPORT, Patience, Wall, behind, for_a_request
from guardia.doors.away import is_away, is_in_use
from guardia.doors.cli import migrate
from guardia.doors.desk import reading
from guardia.procedure.vocabulary import Moment
from tests.procedure.story import Story
from tests.server import server

BRIEF = Patience(lock_ms=300, statement_ms=600, idle_ms=30_000)
LOOKS = 100_000
LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


def limits() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting::int FROM pg_settings WHERE name = ANY(%s::text[])", [list(LIMITS)])
        found = dict(cursor.fetchall())
    return [found[name] for name in LIMITS]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_four_clicks_at_a_row_that_somebody_holds_are_answered_in_words_and_nothing_is_lost(monkeypatch, language):
    monkeypatch.setattr(walls, "OF_A_REQUEST", BRIEF)
    with behind(Wall.STAFF):
        story = Story()
        story.open_case()
        key = f"caso:{story.case.pk}:escribir"
        reading.keep_draft(story.engineer, key, {"text": "Se revisa el equipo."}, story.now)
    form = {"text": "Se revisa el equipo.", "audience": "internal", "draft": key}

    def clicks(_number: int):
        client = Client(raise_request_exception=False)
        with behind(Wall.STAFF):
            client.force_login(story.engineer)
        try:
            return client.post(f"/casos/{story.number}/escribir", form, headers={"accept-language": language})
        finally:
            connection.close()

    with server.owner() as stuck, ThreadPoolExecutor(4) as threads:
        stuck.autocommit = False
        stuck.execute('SELECT FROM "case" WHERE number = %s FOR UPDATE', [story.number])
        answers = list(threads.map(clicks, range(4)))
        stuck.rollback()
    assert [(each.status_code, each["Retry-After"], each["X-Guardia-Trouble"]) for each in answers] == [
        (503, "5", "in-use")
    ] * 4
    page = answers[0].content.decode()
    assert f'<html lang="{language}"' in page
    assert {"es": "Está en uso", "en": "It is in use", "pt": "Está em uso"}[language] in page
    with behind(Wall.STAFF):
        assert Moment.NOTED not in story.moments()
        assert reading.draft_of(story.engineer, key).fields["text"] == "Se revisa el equipo."
    assert clicks(0).status_code == 302
    with behind(Wall.STAFF):
        assert story.moments().count(Moment.NOTED) == 1


@pytest.mark.django_db(transaction=True)
def test_a_machine_is_told_so_as_a_problem(monkeypatch):
    monkeypatch.setattr(walls, "OF_A_REQUEST", BRIEF)
    with behind(Wall.STAFF):
        story = Story()
        story.open_case()
    client = Client(raise_request_exception=False)
    with behind(Wall.STAFF):
        client.force_login(story.engineer)
    with server.owner() as stuck:
        stuck.autocommit = False
        stuck.execute("LOCK TABLE case_event IN ACCESS EXCLUSIVE MODE")
        answer = client.get(f"/api/v1/casos/{story.number}/plazos", headers={"accept-language": "en"})
        stuck.rollback()
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (answer["Retry-After"], json.loads(answer.content)["title"]) == ("5", "It is in use just now.")


@pytest.mark.django_db(transaction=True)
def test_a_statement_without_end_is_ended_and_exports_have_more_time(monkeypatch):
    with behind(Wall.WORKER):
        before = limits()
    with for_a_request("/casos/1/"), behind(Wall.STAFF):
        assert limits() == list(OF_A_REQUEST) == [3_000, 15_000, 30_000]
    with for_a_request("/informes/2026-11.xlsx"), behind(Wall.STAFF):
        assert limits() == list(OF_AN_EXPORT)
    with behind(Wall.WORKER):
        assert limits() == before
    monkeypatch.setattr(walls, "OF_A_REQUEST", BRIEF)
    with (
        pytest.raises(OperationalError) as ended,
        for_a_request("/"),
        behind(Wall.STAFF),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_sleep(3600)")
    assert is_in_use(ended.value)


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_a_transaction_that_stands_still_is_ended_for_web_and_worker_alike():
    with server.owner() as owner:
        owner.execute("ALTER ROLE guardia_app RESET idle_in_transaction_session_timeout")
        migrate.limit_idle_transactions()
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("30s",)
        owner.execute("ALTER ROLE guardia_app SET idle_in_transaction_session_timeout = '20ms'")
        migrate.limit_idle_transactions()  # what an operator has set stays
        connection.close()
        try:
            with pytest.raises((OperationalError, InternalError)) as ended, behind(Wall.WORKER):
                stands_still(owner)
        finally:
            owner.execute("ALTER ROLE guardia_app RESET idle_in_transaction_session_timeout")
            connection.close()
    assert is_in_use(ended.value) or is_away(ended.value)


def asked(question: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(question)


def stands_still(owner: psycopg.Connection) -> None:
    until_it_is_ended(owner, connection.connection.info.backend_pid)
    asked("SELECT 1")


def until_it_is_ended(owner: psycopg.Connection, pid: int) -> None:
    for _ in range(LOOKS):
        if not owner.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchall():
            return
    raise AssertionError("nobody ended it")
