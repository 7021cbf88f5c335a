"""The hand that erases: the owner's connection, as the role that web and worker may not become (ADR 26)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connections, transaction

OWNER = "direct"
ERASER = "guardia_eraser"


@contextmanager
def hand() -> Iterator[Any]:
    """One transaction of the owner as the eraser; yields its cursor. Raises OperationalError without an owner."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [ERASER])
        yield cursor


def hour(cursor: Any) -> datetime:
    """The database's, in UTC (design §4.6)."""
    cursor.execute("SELECT clock_timestamp()")
    return cursor.fetchone()[0]
