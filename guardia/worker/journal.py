"""Once an hour: what exchanges said long ago goes, call by call; the calls and their clocks stay. So do codes and
sessions of the portal that are long over.
"""

from datetime import datetime, timedelta
from threading import Event

from django.conf import settings

from guardia.cases import phone_pruning
from guardia.config.now import now
from guardia.config.walls import Wall, behind_at
from guardia.customers import codes, sessions
from guardia.people import reset


def prune(stopping: Event) -> None:
    """Step after step, each a transaction of its own, through all that is older than EXCHANGE_DAYS."""
    if not settings.EXCHANGE_DAYS:
        return
    before = now() - timedelta(days=settings.EXCHANGE_DAYS)
    looked: datetime | None = phone_pruning.BEGINNING
    while looked is not None and not stopping.is_set():
        with behind_at(Wall.WORKER):
            looked = phone_pruning.prune(before, looked)


def forget_sign_ins(stopping: Event) -> None:
    """Codes and links of yesterday and sessions of last month, so many at a time."""
    found = 1
    while found and not stopping.is_set():
        with behind_at(Wall.WORKER) as at:
            found = codes.forget(at) + sessions.forget(at) + reset.forget(at)
