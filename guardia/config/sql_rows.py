"""Statements written by hand, for the questions that are asked most often: the ORM takes longer to word such a question
than PostgreSQL to answer it. Each is a named constant beside the noun that it reads.

They go to the login of the scope (``asking``), as Django's own questions do by the router, and raise what Django's
cursors raise.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from guardia.config import asking

type Values = Sequence[Any] | Mapping[str, Any]


def rows_of(statement: str, values: Values = (), login: str | None = None) -> list[tuple[Any, ...]]:
    """Return all rows that the statement answers with, by the connection of ``login`` or of the scope."""
    with connections[login or asking.login()].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def run(statement: str, values: Values = (), login: str | None = None) -> int:
    """Run a statement that writes, and return how many rows it wrote."""
    with connections[login or asking.login()].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def take_turn(words: str) -> None:
    """Let whoever takes a turn by the same words wait until this transaction ends."""
    run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])


def raw_condition(condition: str) -> RawSQL:
    """Return a condition in SQL, of columns named with their table, whose values are part of its text.

    A partial index on those rows then fits however the statement is prepared, which it does not where the value is a
    parameter.
    """
    return RawSQL(condition, [], output_field=BooleanField())
