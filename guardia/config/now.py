"""The one clock: PostgreSQL's, read by a door after it has locked what it acts on (design §4.6)."""

from datetime import datetime
from typing import cast

from guardia.config.asking import ask


def now() -> datetime:
    """The database's hour, in UTC."""
    ((at,),) = ask("SELECT clock_timestamp()")
    return cast("datetime", at)
