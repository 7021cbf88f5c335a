"""What wakes the loops of a worker at rest: anybody's finished write, and an hour that has come.

A loop that found nothing need not ask again while nobody wrote anything and nothing fell due. One thread asks for all
of them, once a second: PostgreSQL's snapshot is another after every transaction that wrote and has ended, in whatever
process it ran. Nobody who writes has to say so, and nothing is sent by NOTIFY, which would make commits wait in turn.
"""

import logging
from datetime import datetime
from itertools import chain
from threading import Condition, Event, Thread

from django.db import Error, connection, connections

from guardia.clocks.clock_state import OVERDUE
from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.config.sql_rows import rows_of

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
LONGEST_REST = 25.0
"""Seconds that a loop rests at most. What goes by an hour that is not asked for here can be late by as many."""

SENT = "SELECT FROM delivery WHERE state IN ('waiting', 'sending') AND available_at <= %(now)s"
HELD = "SELECT FROM notice WHERE state = 'owed' AND not_before <= %(now)s"
DUE = {
    f'SELECT FROM clock WHERE {OVERDUE} UNION ALL SELECT FROM "case" WHERE next_step_at <= %(now)s': ("deadlines",),
    f"SELECT FROM clock WHERE {OVERDUE} AND call_id IS NOT NULL": ("calls",),
    SENT: ("mail", "short messages", "pages by mail", "pages by Apprise"),
    HELD: ("mail", "short messages", "news to teams"),
    "SELECT FROM webhook_delivery WHERE state = 'waiting' AND available_at <= %(now)s": ("webhooks",),
    SENT.replace("delivery", "carrier_message"): ("tickets to third parties",),
    "SELECT FROM carrier_mirror WHERE is_followed AND asks_at <= %(now)s": ("tickets at third parties",),
    "SELECT FROM probe WHERE state IN ('asked', 'running') AND due_at <= %(now)s": ("probes",),
}
"""What falls due though nobody writes anything, and for which loops (``config/timetable.py``)."""

QUESTION = "SELECT pg_current_snapshot()::text, " + ", ".join(
    f"EXISTS ({each}) AS due_{place}" for place, each in enumerate(DUE)
)

MOST_NAMED = 1000
"""More transactions than these between two looks are news in any case."""


class Lookout:
    """Shared by the loops of a process. ``news`` counts what was seen; a loop remembers the count of its last round."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.seen = Condition()
        self.news = 0
        self.due: frozenset[str] = frozenset()
        self.snapshot = ""
        self.overlooked: set[int] = set()

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
        """Ask once at ``at`` (UTC; none: the hour of the database). Who has something due is woken; all are where
        something was written, and where the database does not answer.
        """
        try:
            with behind_at(DatabaseRole.WORKER) as hour:
                snapshot, *answers = rows_of(QUESTION, {"now": at or hour})[0]
        except Error as trouble:
            log.debug("the database does not answer the lookout: %s", trouble)
            connection.close()
            self.wake()
            return
        with self.seen:
            due = (names for names, is_due in zip(DUE.values(), answers, strict=True) if is_due)
            self.due = frozenset(chain.from_iterable(due))
            self.news += self._is_news(snapshot)
            self.seen.notify_all()

    def wake(self) -> None:
        with self.seen:
            self.news += 1
            self.seen.notify_all()

    def rest(self, name: str, known: int, seconds: float) -> None:
        """Let the loop of this name wait until there is other news than ``known``, something is due for it, the
        worker stops, or ``seconds`` have passed.
        """
        with self.seen:
            self.seen.wait_for(lambda: self.stopping.is_set() or self.news != known or name in self.due, seconds)

    def overlook(self) -> None:
        """The transaction that this thread is in concerns no other loop, as a sign of life: its end wakes nobody.

        To be called inside it, after its first write. Whatever others write meanwhile still wakes.
        """
        number = int(rows_of("SELECT pg_current_xact_id()::text")[0][0])
        with self.seen:
            self.overlooked.add(number)

    def _is_news(self, snapshot: str) -> bool:
        """Whether a transaction that concerns somebody has ended since the snapshot before this one."""
        ended = ended_between(self.snapshot, snapshot) if self.snapshot else None
        is_news = ended is None or not ended <= self.overlooked
        self.overlooked -= ended or set()
        self.snapshot = snapshot
        return is_news


def ended_between(before: str, after: str) -> set[int] | None:
    """The transactions that ended between two snapshots (``xmin:xmax:running``); none if they are too many to name."""
    _first, next_before, running_before = before.split(":")
    _first, next_after, running_after = after.split(":")
    if int(next_after) - int(next_before) > MOST_NAMED:
        return None
    begun = set(range(int(next_before), int(next_after)))
    return (begun | numbers(running_before)) - numbers(running_after)


def numbers(running: str) -> set[int]:
    return {int(number) for number in running.split(",") if number}


lookout = Lookout()
"""Of this process."""
