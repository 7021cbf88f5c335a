"""One process listens to an exchange; a second one waits as stand-by until the first is gone, however it went.

The turn is a session's advisory lock, so it needs a direct connection: behind a pooler a session is nobody's.
"""

from contextlib import suppress
from typing import Any

import psycopg

PATIENCE_SECONDS = 10
ALIVE: dict[str, Any] = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Turn:
    """The right to listen to the exchange of this name. Not for use by two threads at once."""

    def __init__(self, url: str, exchange: str) -> None:
        self.url = url
        self.name = f"guardia listens to {exchange}"
        self._connection: psycopg.Connection | None = None

    def take(self) -> bool:
        """Whether it is ours now; still ours, if it was and the connection that holds it lives.

        Raises psycopg.OperationalError where the database does not answer.
        """
        if self._connection is not None:
            if self._lives(self._connection):
                return True
            self.give_back()
        connection = psycopg.connect(self.url, autocommit=True, connect_timeout=PATIENCE_SECONDS, **ALIVE)
        try:
            row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [self.name]).fetchone()
        except BaseException:
            connection.close()
            raise
        if row and row[0]:
            self._connection = connection
            return True
        connection.close()
        return False

    def give_back(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    @staticmethod
    def _lives(connection: psycopg.Connection) -> bool:
        try:
            connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True
