"""`guardia migrate` beside a house at work: it gives way, tries again, and gives up in words."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import OperationalError, connections
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from guardia.cli import migrate
from guardia.cli.backups import programs
from guardia.cli.installation import Mistake
from guardia.config.schema_editor import LateEditor
from tests.server import migrate as migrate_all
from tests.server import owner_in, renamed, server

pytestmark = pytest.mark.process


def refused(kind: type[Exception]) -> OperationalError:
    trouble = OperationalError("not now")
    trouble.__cause__ = kind()
    return trouble


class Step:
    def __init__(self, *troubles: Exception) -> None:
        self.troubles, self.times = list(troubles), 0

    def __call__(self) -> None:
        self.times += 1
        if self.troubles:
            raise self.troubles.pop()


def test_it_gives_way_to_whoever_holds_a_table_and_tries_again():
    step = Step(refused(psycopg.errors.DeadlockDetected), refused(psycopg.errors.LockNotAvailable))
    pauses, begun_anew = [], []
    migrate.in_turn(step, lambda: begun_anew.append(step.times), pauses.append)
    assert (step.times, pauses) == (3, [migrate.PAUSE_SECONDS] * 2)
    assert begun_anew == [1, 2], "a new session before each further try"


def test_after_many_times_it_says_what_to_do():
    step = Step(*[refused(psycopg.errors.LockNotAvailable)] * migrate.TRIES)
    with pytest.raises(Mistake, match="stop web and worker"):
        migrate.in_turn(step, lambda: None, lambda seconds: None)


def test_another_trouble_is_not_tried_again():
    step = Step(refused(psycopg.errors.DiskFull))
    with pytest.raises(OperationalError):
        migrate.in_turn(step, lambda: None, lambda seconds: None)
    assert step.times == 1


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_a_migration_whose_last_statement_gave_way_is_tried_again(monkeypatch):
    """Foreign keys are made at the end of a migration, where Django leaves its transaction open if they fail."""
    owner, tries = connections["direct"], []

    def gives_way_once(*words, **more):
        tries.append(words)
        with owner.schema_editor() as editor:
            if len(tries) == 1:
                editor.deferred_sql.append("DO $$ BEGIN RAISE lock_not_available; END $$")
            else:
                editor.execute("SELECT 1")

    monkeypatch.setattr("django.core.management.call_command", gives_way_once)
    monkeypatch.setattr(migrate, "_targets", lambda additive: ([[]], []))
    monkeypatch.setattr(migrate, "PAUSE_SECONDS", 0)
    assert migrate.migrate(quiet=True) == []
    assert len(tries) == 2


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_it_waits_for_its_turn_but_hardly_for_a_table(monkeypatch):
    seen = []

    def looks(*words, **more):
        with connections["direct"].cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            seen.append((words, cursor.fetchone()[0]))

    monkeypatch.setattr("django.core.management.call_command", looks)
    monkeypatch.setattr(migrate, "_targets", lambda additive: ([[]], []))
    assert migrate.migrate(quiet=True) == []
    assert seen == [(("migrate",), migrate.WAITS)]


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_no_statement_of_a_migration_runs_before_its_end():
    """What the first one locks is not held while Django prepares the others."""
    owner = connections["direct"]

    def is_there() -> bool:
        with owner.cursor() as cursor:
            cursor.execute("SELECT to_regclass('late_trial') IS NOT NULL")
            return cursor.fetchone()[0]

    try:
        with LateEditor(owner) as editor:
            editor.execute("CREATE TABLE late_trial (n int)")
            editor.execute("INSERT INTO late_trial VALUES (%s)", [7])
            assert not is_there()
        assert is_there()
        with LateEditor(owner, atomic=False) as editor:
            editor.execute("DROP TABLE late_trial")
            assert not is_there(), "without a transaction each runs at once"
    finally:
        with owner.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS late_trial")


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
@pytest.mark.parametrize("left_behind", [False, True])
def test_an_index_beside_who_writes_waits_for_them_and_leaves_nothing_half_done(left_behind):
    owner = connections["direct"]
    owner.ensure_connection()
    address, password = owner.connection.info.dsn, owner.connection.info.password

    def row_of(session: psycopg.Connection, question: str) -> tuple | None:
        return session.execute(question).fetchone()

    def builds() -> None:
        try:
            with connections["direct"].cursor() as cursor:
                cursor.execute("SET lock_timeout = '1ms'")
            with LateEditor(connections["direct"], atomic=False) as editor:
                editor.execute('CREATE INDEX CONCURRENTLY "beside_n" ON "beside_trial" ("n")')
        finally:
            connections["direct"].close()

    with (
        psycopg.connect(address, password=password) as writes,
        psycopg.connect(address, password=password, autocommit=True) as looks,
    ):
        looks.execute("CREATE TABLE beside_trial AS SELECT 1 AS n FROM generate_series(1, 2)")
        try:
            if left_behind:  # as by a try that was ended: two rows that are not unique
                with pytest.raises(psycopg.errors.UniqueViolation):
                    looks.execute('CREATE UNIQUE INDEX CONCURRENTLY "beside_n" ON beside_trial (n)')
            writes.execute("INSERT INTO beside_trial VALUES (2)")
            with ThreadPoolExecutor(1) as pool:
                building = pool.submit(builds)
                waits = "SELECT FROM pg_stat_activity WHERE query LIKE %s AND wait_event_type = 'Lock'"
                while not building.done() and looks.execute(waits, ["%INDEX CONCURRENTLY%"]).fetchone() is None:
                    pass
                writes.commit()
                building.result(60)
            valid = row_of(
                looks, "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'beside_n'::regclass"
            )
            assert valid == (True, False)
            builds()  # a try that was ended between the index and the word that it is there: nothing is built again
        finally:
            writes.rollback()
            looks.execute("DROP TABLE beside_trial")


@pytest.mark.parametrize(("operation", "alone"), [(RunSQL("SELECT 1"), True), (RunPython(RunPython.noop), False)])
def test_python_in_a_migration_finds_what_was_done_before_it(monkeypatch, operation, alone):
    class Executor:
        class loader:
            class graph:
                leaf_nodes = staticmethod(list)

        def __init__(self, connection) -> None: ...

        def migration_plan(self, leaves):
            migration = Migration("0099_trial", "guardia")
            migration.operations = [operation]
            return [(migration, False)]

    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor", Executor)
    assert migrate.runs_statements_alone(None) is alone


def test_additive_stops_before_the_first_that_is_post(monkeypatch):
    class Executor:
        class loader:
            class graph:
                leaf_nodes = staticmethod(lambda: [("guardia", "0032_more"), ("auth", "0012_x")])

        def __init__(self, connection) -> None: ...

        def migration_plan(self, leaves):
            class One:
                def __init__(self, name: str) -> None:
                    self.app_label, self.name = "guardia", name

            return [(One(name), False) for name in ("0030_adds", "0031_post_drops", "0032_more")]

    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor", Executor)
    assert migrate._targets(additive=True) == ([["guardia", "0030_adds"], ["auth"]], ["0031_post_drops", "0032_more"])
    assert migrate._targets(additive=False) == ([[]], [])


# --- an empty database, and one of 1.0.0 ---
def schema_of(database: str) -> list[str]:
    """The tables, indexes, constraints, rights and policies of a database, as PostgreSQL writes them down."""
    with server._maintenance() as connection:
        program = programs.found("pg_dump", connection.info.server_version // 10_000)
    dump = [program, "--schema-only", renamed(os.environ["DATABASE_DIRECT_URL"], database)]
    written = subprocess.run(dump, capture_output=True, text=True, check=True).stdout
    return [line for line in written.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_an_empty_database_gets_at_once_what_one_of_1_0_0_is_led_to_step_by_step():
    stepwise = f"{server.own_name}_stepwise"
    with server._maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(stepwise)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(stepwise)))
    with owner_in(stepwise) as owner:
        executor = MigrationExecutor(owner)
        executor.loader = MigrationLoader(owner, replace_migrations=False)
        executor.migrate([("guardia", "0001_schema")])
    migrate_all(stepwise)
    with owner_in(stepwise) as owner:
        applied = {name for app, name in MigrationLoader(owner).applied_migrations if app == "guardia"}
    assert {"0001_schema", "0001_squashed_0030_notices_found", "0030_notices_found"} <= applied
    assert schema_of(stepwise) == schema_of(server.template)
    with server._maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(stepwise)))
