"""A connection that nothing has come over since it was last used is still one, and a broken one says so by itself.

When PostgreSQL ends a connection, or dies, the socket can be read: a last message, or the end. Only then is it asked.
What neither end can know yet, as a cable that was pulled, the first question of a transaction finds out; it is then
begun anew with another connection (``database_roles.behind``).
"""

from select import POLLIN, poll
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg.types.datetime import TimestamptzLoader

MOST_STAYING, MOST_ROWS_KEPT = 200, 200
"""Cursors of a connection that stay; rows of the last answer that stay with one."""


class DatabaseWrapper(base.DatabaseWrapper):
    health_check_enabled: bool
    health_check_done: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staying: dict[str, psycopg.Cursor] = {}

    def ask(self, statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """All rows of its answer. Many are not kept with the cursor: they would be held until the words come again."""
        cursor = self._executed(statement, values)
        with self.wrap_database_errors:
            rows = cursor.fetchall()
        if len(rows) > MOST_ROWS_KEPT:
            self.staying.pop(statement, None)
        return rows

    def run(self, statement: str, values: Any = ()) -> int:
        """How many rows it wrote."""
        return self._executed(statement, values).rowcount

    def _executed(self, statement: str, values: Any) -> psycopg.Cursor | CursorWrapper:
        """The cursor that has said it: one that stays with these words, and knows how their values are written and the
        columns of their answer read; a new one would find it out anew. Where somebody listens to what is asked (a test,
        the debugger), it is one of Django's own.
        """
        if self.execute_wrappers or self.queries_logged:
            heard = self.cursor()
            heard.execute(statement, values)
            return heard
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            cursor = self.staying.get(statement)
            if cursor is None or cursor.connection is not self.connection:
                if cursor or len(self.staying) >= MOST_STAYING:
                    self.staying.clear()
                cursor = self.staying[statement] = self._one_that_stays()
            return cursor.execute(statement, values)

    def _one_that_stays(self) -> psycopg.Cursor:
        """Django reads each hour as psycopg does and then puts UTC in the place of UTC."""
        cursor = self.create_cursor()
        if self.connection.info.parameter_status("TimeZone") == "UTC" == self.timezone_name:
            cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        return cursor

    def close_if_health_check_failed(self) -> None:
        """Close a connection that is broken, at the first question of each request."""
        is_due = self.connection is not None and self.health_check_enabled and not self.health_check_done
        if is_due and is_silent(self.connection):
            self.health_check_done = True
        else:
            super().close_if_health_check_failed()


def is_silent(connection: psycopg.Connection) -> bool:
    """Whether it is open, at rest, and nothing waits to be read from it: not even its end."""
    if connection.closed or connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        return False
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return not waiting.poll(0)
