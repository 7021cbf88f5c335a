"""The one clock: PostgreSQL's, read by an entry point after it has locked what it acts on."""

from datetime import datetime
from typing import cast

from guardia.config import asking
from guardia.config.sql_rows import rows_of


def now() -> datetime:
    """The database's hour, in UTC: that of the primary, also where a replica is read."""
    ((at,),) = rows_of("SELECT clock_timestamp()", login=asking.primary())
    return cast("datetime", at)
