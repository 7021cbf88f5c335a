"""What wakes the loops of a worker at rest: anybody's finished write, and an hour that has come.

A loop that found nothing need not ask again while nobody wrote anything and nothing fell due. One thread asks for all
of them, once a second: PostgreSQL's snapshot is another after every transaction that wrote and has ended, in whatever
process it ran. Nobody who writes has to say so, and nothing is sent by NOTIFY, which would make commits wait in turn.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Condition, Event, Lock, Thread

from django.db import Error, connection, connections

from guardia.clocks.clock_state import OVERDUE
from guardia.config.database_roles import DatabaseRole, behind, behind_at
from guardia.config.sql_rows import rows_of

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
LONGEST_REST = 20.0
"""Seconds that a loop rests at most. What goes by an hour that is not asked for here can be late by as many."""

SNAPSHOT = "SELECT pg_current_snapshot()::text"
QUESTION = f"""
    SELECT pg_current_snapshot()::text,
           EXISTS (SELECT FROM clock WHERE {OVERDUE})
        OR EXISTS (SELECT FROM delivery WHERE state IN ('waiting', 'sending') AND available_at <= %(now)s)
        OR EXISTS (SELECT FROM webhook_delivery WHERE state = 'waiting' AND available_at <= %(now)s)
        OR EXISTS (SELECT FROM carrier_message WHERE state IN ('waiting', 'sending') AND available_at <= %(now)s)
        OR EXISTS (SELECT FROM carrier_mirror WHERE is_followed AND asks_at <= %(now)s)
        OR EXISTS (SELECT FROM probe WHERE state IN ('asked', 'running') AND due_at <= %(now)s)
"""


class Lookout:
    """Shared by the loops of a process. ``news`` counts what was seen; a loop remembers the count of its last round."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.seen = Condition()
        self.news = 0
        self.asking = Lock()
        self.snapshot = ""

    def begin(self, stopping: Event) -> None:
        """Ask from now on until ``stopping`` is set."""
        self.stopping = stopping
        Thread(target=self._run, name="lookout", daemon=True).start()

    def _run(self) -> None:
        while not self.stopping.wait(EVERY_SECONDS):
            connection.close_if_unusable_or_obsolete()
            self.look()
        self.wake()
        connections.close_all()

    def look(self, at: datetime | None = None) -> None:
        """Ask once; wake all where something was written or is due at ``at`` (UTC; none: the hour of the database),
        and where the database does not answer.
        """
        try:
            with self.asking, behind_at(DatabaseRole.WORKER) as hour:
                snapshot, is_due = rows_of(QUESTION, {"now": at or hour})[0]
                is_other, self.snapshot = snapshot != self.snapshot, snapshot
        except Error as trouble:
            log.debug("the database does not answer the lookout: %s", trouble)
            connection.close()
            is_other = is_due = True
        if is_other or is_due:
            self.wake()

    def wake(self) -> None:
        with self.seen:
            self.news += 1
            self.seen.notify_all()

    def rest(self, known: int, seconds: float) -> None:
        """Wait until there is other news than ``known``, the worker stops, or ``seconds`` have passed."""
        with self.seen:
            self.seen.wait_for(lambda: self.news != known or self.stopping.is_set(), seconds)

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """The one transaction inside says only that this process lives: it wakes nobody. Whatever others write
        meanwhile does, and then so does this.
        """
        with self.asking:
            before = self._snapshot()
            yield
            after = self._snapshot()
            if before == self.snapshot and is_next(before, after):
                self.snapshot = after

    def _snapshot(self) -> str:
        with behind(DatabaseRole.WORKER):
            return str(rows_of(SNAPSHOT)[0][0])


def is_next(before: str, after: str) -> bool:
    """Whether one transaction has ended between these snapshots, and none was under way in either of them."""
    (first, last, running), (first_after, last_after, running_after) = before.split(":"), after.split(":")
    is_quiet = first == last and first_after == last_after and not running and not running_after
    return is_quiet and int(last_after) == int(last) + 1


lookout = Lookout()
"""Of this process."""
