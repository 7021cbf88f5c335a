"""A connection that nothing has come over since it was last used is still one, and a broken one says so by itself.

When PostgreSQL ends a connection, or dies, the socket can be read: a last message, or the end. Only then is it asked.
What neither end can know yet, as a cable that was pulled, the first question of a transaction finds out; it is then
begun anew with another connection (``walls.behind``).
"""

from select import POLLIN, poll

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    health_check_enabled: bool
    health_check_done: bool

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
