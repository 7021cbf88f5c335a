"""One round of each thing that runs by itself. Every step is a transaction behind the worker's wall."""

from contextlib import AbstractContextManager
from threading import Event

from django.conf import settings

from guardia.cases import sweep
from guardia.config.walls import Wall, behind
from guardia.doors.now import now
from guardia.notices.sending import send_due
from guardia.notices.smtp import Outlet, Server


def step() -> AbstractContextManager[None]:
    return behind(Wall.WORKER)


def deadlines(stopping: Event) -> None:
    """Record what fell due, batch after batch while there is a whole one."""
    found = sweep.BATCH
    while found >= sweep.BATCH and not stopping.is_set():
        with step():
            found = sweep.sweep(now())


def mail(stopping: Event) -> None:
    """Send what is owed over one connection. Raises NoServer."""
    with Outlet(Server.of_settings(), settings.MAIL_FROM) as outlet:
        send_due(outlet, step, now, stopping.is_set)
