"""A row that somebody holds, or a statement without end, freezes nobody: 503 in words, and what was typed is kept."""

import json
import select
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection
from django.test import Client

from guardia.cases.draft import draft_of, keep_draft
from guardia.cli import migrate
from guardia.cli.children import any_free
from guardia.config import database_roles, processes
from guardia.config.account import choose
from guardia.config.collisions import is_in_use, is_unavailable
from guardia.config.database_roles import OF_A_REQUEST, OF_AN_EXPORT, DatabaseRole, Patience, behind, for_a_request
from guardia.config.postgres import APP, PORT
from guardia.procedure.vocabulary import Moment
from tests.ops.test_slow_clients import Web, read, running
from tests.procedure.story import Story
from tests.server import server

pytestmark = pytest.mark.process

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
    monkeypatch.setattr(database_roles, "OF_A_REQUEST", BRIEF)
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        key = f"caso:{story.case.pk}:escribir"
        keep_draft(story.engineer, key, {"text": "Se revisa el equipo."}, story.now)
    form = {"text": "Se revisa el equipo.", "audience": "internal", "draft": key}

    def clicks(_number: int):
        client = Client(raise_request_exception=False)
        with behind(DatabaseRole.STAFF):
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
    with behind(DatabaseRole.STAFF):
        assert Moment.NOTED not in story.moments()
        assert draft_of(story.engineer, key).fields["text"] == "Se revisa el equipo."
    assert clicks(0).status_code == 302
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.NOTED) == 1


HELD_UP = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
TRIES = 20
"""A click waits three seconds: where the machine is too busy to look within them, it is clicked again."""


@pytest.mark.django_db(transaction=True)
def test_while_four_clicks_hold_all_threads_of_the_real_web_liveness_is_answered_by_another(tmp_path, settings):
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        client = Client()
        client.force_login(story.engineer)
    cookies = (
        f"csrftoken={'a' * 32}; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    )
    with running(tmp_path, threads=4, SECRET_KEY=settings.SECRET_KEY) as web, server.owner() as stuck:
        assert web.get("/salud/vivo")[0] == 200
        stuck.autocommit = False
        stuck.execute('SELECT FROM "case" WHERE number = %s FOR UPDATE', [story.number])
        for _ in range(TRIES):
            clicks = [clicked(web, f"/casos/{story.number}/escribir", cookies) for _ in range(4)]
            with server.owner() as looks:
                until(partial(all_held_or_any_answered, looks, clicks))
                alive = web.get("/salud/vivo")[0]
                still = held_up(looks)
            answers = [read(one)[0] for one in clicks]
            if still == 4:
                break
        stuck.rollback()
        assert (alive, still) == (200, 4), "liveness waits for a thread that a click holds"
        assert answers == [503] * 4
        assert read(clicked(web, f"/casos/{story.number}/escribir", cookies))[0] == 302


def clicked(web: Web, path: str, cookies: str) -> socket.socket:
    body = b"text=Se+revisa+el+equipo.&audience=internal"
    one = web.connection()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\nX-CSRFToken: {'a' * 32}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    one.sendall(head.encode() + body)
    return one


def all_held_or_any_answered(looks: psycopg.Connection, clicks: list[socket.socket]) -> bool:
    return held_up(looks) == len(clicks) or bool(select.select(clicks, [], [], 0)[0])


def held_up(looks: psycopg.Connection) -> int:
    return looks.execute(HELD_UP).fetchone()[0]


def until(holds: Callable[[], bool]) -> None:
    for _ in range(LOOKS):
        if holds():
            return
    raise AssertionError("it never came to that")


@pytest.mark.django_db(transaction=True)
def test_a_machine_is_told_so_as_a_problem(monkeypatch):
    monkeypatch.setattr(database_roles, "OF_A_REQUEST", BRIEF)
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
    client = Client(raise_request_exception=False)
    with behind(DatabaseRole.STAFF):
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
    with behind(DatabaseRole.WORKER):
        before = limits()
    with for_a_request("/casos/1/"), behind(DatabaseRole.STAFF):
        assert limits() == list(OF_A_REQUEST) == [3_000, 15_000, 30_000]
    with for_a_request("/informes/2026-11.xlsx"), behind(DatabaseRole.STAFF):
        assert limits() == list(OF_AN_EXPORT)
    with behind(DatabaseRole.WORKER):
        assert limits() == before
    monkeypatch.setattr(database_roles, "OF_A_REQUEST", BRIEF)
    with (
        pytest.raises(OperationalError) as ended,
        for_a_request("/"),
        behind(DatabaseRole.STAFF),
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
            with pytest.raises((OperationalError, InternalError)) as ended, behind(DatabaseRole.WORKER):
                stands_still(owner)
        finally:
            owner.execute("ALTER ROLE guardia_app RESET idle_in_transaction_session_timeout")
            connection.close()
    assert is_in_use(ended.value) or is_unavailable(ended.value)


# --- behind a pooler --------------------------------------------------------------------------------------------------


POOLER = """
[databases]
* = host={socket} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 1
max_prepared_statements = 200
"""
"""One connection to PostgreSQL for everybody: what one transaction leaves behind, the next one has."""


@pytest.fixture
def pooled(transactional_db, tmp_path) -> Iterator[None]:
    """This process's connection goes through PgBouncer in transaction mode."""
    if not (shutil.which("pgbouncer") and server.embedded):
        pytest.skip("no pgbouncer (Debian: apt install pgbouncer), or a server that is not ours")
    connection.close()
    own, users, config = any_free("127.0.0.1"), tmp_path / "users.txt", tmp_path / "pgbouncer.ini"
    users.write_text(f'"{APP}" ""\n')
    config.write_text(POOLER.format(socket=server.embedded.socket_dir, port=PORT, own=own, users=users))
    become = choose(server.embedded.home).become
    before = dict(connection.settings_dict)
    with (tmp_path / "log").open("ab") as log:
        process = processes.start(["pgbouncer", str(config)], become=become, cwd="/", stdout=log, stderr=log)
    try:
        connection.settings_dict.update(HOST="127.0.0.1", PORT=str(own))
        until(lambda: answers(own) or process.poll() is not None)
        assert process.poll() is None, (tmp_path / "log").read_text()
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        processes.stop(process, signal.SIGQUIT)


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_behind_a_pooler_the_limits_hold_for_their_transaction_and_are_nobody_elses(pooled):
    with behind(DatabaseRole.WORKER):
        before = limits()
    with for_a_request("/casos/1/"), behind(DatabaseRole.STAFF):
        assert limits() == list(OF_A_REQUEST)
    connection.close()
    with behind(DatabaseRole.WORKER):
        assert limits() == before
    assert before[:2] == [0, 0]


def test_behind_a_pooler_a_row_that_is_held_and_a_statement_without_end_are_given_up(pooled, monkeypatch):
    monkeypatch.setattr(database_roles, "OF_A_REQUEST", BRIEF)
    with server.owner() as stuck:
        stuck.autocommit = False
        stuck.execute("LOCK TABLE watch IN ACCESS EXCLUSIVE MODE")
        for question in ("SELECT * FROM watch", "SELECT pg_sleep(3600)"):
            with pytest.raises(OperationalError) as ended, for_a_request("/"), behind(DatabaseRole.STAFF):
                asked(question)
            assert is_in_use(ended.value), question
        stuck.rollback()
    with behind(DatabaseRole.WORKER):
        asked("SELECT * FROM watch")


@pytest.mark.parametrize("of", ["a request", "the role"])
def test_behind_a_pooler_a_transaction_that_stands_still_is_ended(pooled, monkeypatch, of):
    """A request's own limit, and the one of the role, which holds for the worker too."""
    monkeypatch.setattr(database_roles, "OF_A_REQUEST", BRIEF._replace(idle_ms=20))
    with server.owner() as owner:
        if of == "the role":
            owner.execute(f"ALTER ROLE {APP} SET idle_in_transaction_session_timeout = '20ms'")
        try:
            path = for_a_request("/") if of == "a request" else nullcontext()
            with pytest.raises((OperationalError, InternalError)) as ended, path, behind(DatabaseRole.WORKER):
                stands_still(owner)
        finally:
            owner.execute(f"ALTER ROLE {APP} RESET idle_in_transaction_session_timeout")
    assert is_in_use(ended.value) or is_unavailable(ended.value)
    connection.close()
    with behind(DatabaseRole.WORKER):
        asked("SELECT 1")


def asked(question: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(question)


def stands_still(owner: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    until_it_is_ended(owner, pid)
    asked("SELECT 1")


def until_it_is_ended(owner: psycopg.Connection, pid: int) -> None:
    for _ in range(LOOKS):
        if not owner.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchall():
            return
    raise AssertionError("nobody ended it")
