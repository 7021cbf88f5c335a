"""`guardia migrate`: the tables and policies of this version; `guardia manage …`: Django's own commands."""

import argparse
import re
from collections.abc import Callable
from functools import partial
from time import sleep
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, has_tables, open_installation
from guardia.config import policies

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper


# --- migrate ----------------------------------------------------------------------------------------------------------
# `guardia migrate`: brings the tables to what this version expects, as their owner.
TURN = 7_201_845_113  # the advisory lock under which one migration at a time runs
POST = re.compile(r"\d{4}_post_")
"""A migration of this name takes away what the version before still uses: it runs when nobody runs that any more."""


WAITS = "500ms"
"""For a lock on a table in use: shorter than PostgreSQL's deadlock_timeout, so that of two who wait for each other it
is the migration that gives way, never somebody's request; and nobody waits behind it for longer than this."""
IDLE, IDLE_LIMIT = "idle_in_transaction_session_timeout", "30s"
"""What a transaction of web or worker may stand still at most before PostgreSQL ends it: one that hangs holds its rows
for so long, and no longer. None of them waits for anybody outside while it is open.
"""
OLDEST_SERVER = 16
STATEMENTS = frozenset(
    (
        *("CreateModel", "AddField", "AlterField", "AddIndex", "AddIndexConcurrently", "AddConstraint"),
        *("AddConstraintNotValid", "ValidateConstraint", "RemoveConstraint", "RunSQL", "AlterModelOptions"),
    )
)
"""Operations that ask the database nothing that an earlier one of the same migration has made."""
TRIES, PAUSE_SECONDS = 120, 1.0
GIVES_WAY = ("40P01", "55P03")  # a deadlock; a lock that was not to be had in time


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "migrate", "bring the database to this version (as DATABASE_DIRECT_URL)", handle)
    parser.add_argument("--quiet", action="store_true", help="say nothing")
    parser.add_argument(
        "--additive", action="store_true", help="only what the version before can live with, while it still runs"
    )


def handle(args: argparse.Namespace) -> int:
    open_installation(empty=True)
    left = migrate(quiet=args.quiet, additive=args.additive)
    if left and not args.quiet:
        print(f"Left for `guardia migrate`, once only this version runs: {', '.join(left)}")
    return 0


def migrate(*, quiet: bool, additive: bool = False) -> list[str]:
    """Run what is missing; of several at the same time, one migrates and the others wait. Needs an open installation.

    ``additive``: nothing from the first post migration on; these are returned.
    """
    from django.core.management import call_command
    from django.db import connections

    from guardia.config.schema_editor import LateEditor, PatientEditor

    owner = connections["direct"]
    with owner.cursor() as cursor:
        must_be_new_enough(owner.connection.info.server_version)
        must_be_of_version_one(cursor)
    begin_anew = partial(take_the_turn, owner)
    begin_anew()
    try:
        targets, left = _targets(additive)
        owner.SchemaEditorClass = LateEditor if runs_statements_alone(owner) else PatientEditor
        for words in targets:
            said = {"database": "direct", "interactive": False, "verbosity": 0 if quiet else 1}
            in_turn(partial(call_command, "migrate", *words, **said), begin_anew)
        if not policies.is_applied(owner):
            in_turn(partial(policies.apply, owner), begin_anew)
        limit_idle_transactions()
    finally:
        owner.__dict__.pop("SchemaEditorClass", None)
        connections.close_all()  # and with the session goes its lock
    return left


def runs_statements_alone(owner: "BaseDatabaseWrapper") -> bool:
    """Whether what is missing consists of statements alone, and no Python of a migration reads what they have done."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(owner)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return all(type(each).__name__ in STATEMENTS for one, _ in plan for each in one.operations)


def take_the_turn(owner: "BaseDatabaseWrapper") -> None:
    """In a new session, with the lock under which one migration at a time runs and with a short patience for tables.

    A new one, because Django leaves the transaction of a migration open when one of its last statements (foreign keys,
    indexes) has failed: in that session nothing could be tried again.
    """
    owner.close()
    owner.connect()
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [WAITS])  # of the tables', not of the turn


def limit_idle_transactions() -> None:
    """The role of web and worker gets its limit, which it may set itself; what an operator has set is left as it is.

    By ALTER ROLE, so that it holds behind a pooler too. Not where the application works as the owner: its backups and
    migrations take their time.
    """
    from django.db import connection, connections

    with connections["direct"].cursor() as cursor:
        cursor.execute("SELECT session_user")
        owner = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, EXISTS (SELECT FROM pg_db_role_setting AS s JOIN pg_roles AS r ON r.oid = s.setrole"
            " CROSS JOIN unnest(s.setconfig) AS said WHERE r.rolname = session_user AND split_part(said, '=', 1) = %s)",
            [IDLE],
        )
        role, is_set = cursor.fetchone()
        if not is_set and (role,) != owner:
            cursor.execute(f"ALTER ROLE CURRENT_USER SET {IDLE} = '{IDLE_LIMIT}'")


def must_be_new_enough(server: int) -> None:
    """``server``: as PostgreSQL numbers its versions, 160004. Raises Mistake."""
    if server // 10_000 < OLDEST_SERVER:
        raise Mistake(
            f"PostgreSQL {server // 10_000} is too old, and nothing was changed: Guardia needs {OLDEST_SERVER} or "
            "newer. Install a newer server, and name it in DATABASE_URL and DATABASE_DIRECT_URL"
        )


def must_be_of_version_one(cursor: "CursorWrapper") -> None:
    """Nothing leads here from the trial versions before 1.0.0. Raises Mistake."""
    if not has_tables(cursor):
        return
    cursor.execute("SELECT FROM django_migrations WHERE app = 'guardia' AND name IN ('0001_house', '0001_staff')")
    if cursor.fetchone() is not None:
        raise Mistake(
            "This database is of a trial version before 1.0.0, from which nothing leads to this one, and nothing was "
            "changed. Begin with an empty database: name another in DATABASE_URL, or another STATE_DIR "
            "(the demo: bin/demo --reset)"
        )


def in_turn(
    step: Callable[[], object], begin_anew: Callable[[], object], pause: Callable[[float], object] = sleep
) -> None:
    """Do it again while others hold what it needs: each migration is done whole or not at all. Raises Mistake.

    ``begin_anew`` is called before each further try, when whatever the last one left open must be given up.
    """
    from django.db.utils import OperationalError

    for _ in range(TRIES):
        try:
            step()
            return
        except OperationalError as trouble:
            if getattr(trouble.__cause__, "sqlstate", None) not in GIVES_WAY:
                raise
        pause(PAUSE_SECONDS)
        begin_anew()
    raise Mistake(
        f"The tables are in use: {TRIES} times a lock on one of them was not to be had. What is missing was left "
        "undone. See who holds them (pg_stat_activity, docs/operations.md), or stop web and worker, and run it again"
    )


def _targets(additive: bool) -> tuple[list[list[str]], list[str]]:
    """What `migrate` is asked for, app by app where it must stop somewhere; and what is left for later."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["direct"])
    graph = executor.loader.graph
    missing = [each.name for each, _ in executor.migration_plan(graph.leaf_nodes()) if each.app_label == "guardia"]
    first = next((number for number, name in enumerate(missing) if POST.match(name)), None)
    if not additive or first is None:
        return [[]], []
    others = [[app] for app in sorted({app for app, _ in graph.leaf_nodes()} - {"guardia"})]
    wanted = [["guardia", missing[first - 1]]] if first else []
    return [*wanted, *others], missing[first:]


# --- manage -----------------------------------------------------------------------------------------------------------
# `guardia manage …`: Django's own commands, with the database at hand.
def add_manage(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "manage", "pass a command to Django, e.g. `guardia manage shell`", manage)
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the Django command and its options")


def manage(args: argparse.Namespace) -> int:
    open_installation(empty=True)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["guardia manage", *args.words])
    return 0
