"""The one clock: PostgreSQL's, read by a door after it has locked what it acts on (design §4.6)."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The database's hour, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
