"""What wakes the loops of a worker at rest: anybody's finished write, and an hour that has come.

A loop that found nothing need not ask again while nobody wrote anything and nothing fell due. One thread asks for all
of them, once a second: PostgreSQL's snapshot is another after every transaction that wrote and has ended, in whatever
process it ran. Nobody who writes has to say so, and nothing is sent by NOTIFY, which would make commits wait in turn.

What falls due without a write has its hour in a row. The next hours are read again only where something was written,
since nothing else moves them; in between they are compared with the database's clock.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from threading import Condition, Event, Thread

from django.conf import settings
from django.db import Error, connection, connections

from guardia.cases import drills
from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.config.sql_rows import rows_of
from guardia.escalation import alarms

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
SNAPSHOT = "SELECT pg_current_snapshot()::text, clock_timestamp()"


class Due:
    """Rows that wait for these loops (names of ``config/timetable.py``) from an ``hour`` on; both in SQL."""

    def __init__(self, rows: str, hour: str, *loops: str) -> None:
        self.rows, self.hour, self.loops = rows, hour, loops

    @property
    def soonest(self) -> str:
        """A query for the soonest hour. Where one has come already, any such row will do, however many there are."""
        come = f"SELECT {self.hour} FROM {self.rows} AND {self.hour} <= %(now)s LIMIT 1"
        return f"coalesce(({come}), (SELECT min({self.hour}) FROM {self.rows}))"


OPEN = "state IN ('waiting', 'sending')"
OWED = "coalesce(not_before, owed_at)"
UNDER_WAY = "planned_work WHERE ended_at IS NULL AND state = 'under_way' AND overran_at IS NULL"
OVERRUN = f"alarm WHERE ended_at IS NULL AND kind = '{alarms.WORK_OVERRAN}'"
PAGES_AGAIN = f"""coalesce(greatest(paged_at + interval '{alarms.NEXT_LEVEL_AFTER.total_seconds()} s',
    acknowledged_at + interval '{alarms.ACKNOWLEDGED_FOR.total_seconds()} s'), began_at)"""
MIDNIGHT = "moves_on::timestamp AT TIME ZONE %(zone)s::text"
DRILL = f"alarm WHERE ended_at IS NULL AND kind = '{alarms.DRILL}'"
FAILED_PAGES = "notice WHERE staff_id IS NOT NULL AND state IN ('failed', 'suppressed') AND NOT moved_on"
DUE = (
    Due("clock WHERE ended_at IS NULL AND breached_at IS NULL AND due_at IS NOT NULL", "due_at", "deadlines", "calls"),
    Due('"case" WHERE next_step_at IS NOT NULL', "next_step_at", "deadlines"),
    Due("notice WHERE state = 'owed' AND contact_id IS NOT NULL", OWED, "mail", "short messages"),
    Due("notice WHERE state = 'owed' AND staff_id IS NOT NULL", OWED, "pages by mail", "pages by Apprise"),
    Due("notice WHERE state = 'owed' AND not_before IS NOT NULL", "not_before", "news to teams"),
    Due(f"delivery WHERE NOT urgent AND channel = 'mail' AND {OPEN}", "available_at", "mail"),
    Due(f"delivery WHERE NOT urgent AND channel IN ('sms', 'whatsapp') AND {OPEN}", "available_at", "short messages"),
    Due(f"delivery WHERE NOT urgent AND channel = 'team' AND {OPEN}", "available_at", "news to teams"),
    Due(f"delivery WHERE urgent AND channel = 'mail' AND {OPEN}", "available_at", "pages by mail"),
    Due(f"delivery WHERE urgent AND channel = 'apprise' AND {OPEN}", "available_at", "pages by Apprise"),
    Due(FAILED_PAGES, "owed_at", "failed pages"),
    Due(DRILL, f"began_at + interval '{drills.LASTS.total_seconds()} s'", "failed pages"),
    Due(f"webhook_delivery WHERE {OPEN}", "available_at", "webhooks"),
    Due(f"carrier_message WHERE {OPEN}", "available_at", "tickets to third parties"),
    Due("carrier_mirror WHERE is_followed", "asks_at", "tickets at third parties"),
    Due("probe WHERE state IN ('asked', 'running')", "due_at", "probes"),
    Due("alert WHERE acts_at IS NOT NULL", "acts_at", "alerts"),
    Due("planned_work WHERE ended_at IS NULL AND state = 'announced'", "starts_at", "planned work"),
    Due(UNDER_WAY, "ends_at", "planned work"),
    Due(OVERRUN, PAGES_AGAIN, "planned work"),
    Due("service WHERE moves_on IS NOT NULL AND moved_to_id IS NULL", MIDNIGHT, "outages"),
)
"""What waits for which loop, from which hour on. A loop that goes by an hour that no row holds has to look by itself:
its rest is the short one.
"""

HOURS = "SELECT " + ", ".join(each.soonest for each in DUE)

MOST_NAMED = 1000
"""More transactions than these between two looks are news in any case."""


class Lookout:
    """Shared by the loops of a process. ``news`` counts what was seen; a loop remembers the count of its last round."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.seen = Condition()
        self.news = 0
        self.due: frozenset[str] = frozenset()
        self.hours: Sequence[datetime | None] = ()
        self.snapshot = ""
        self.overlooked: dict[int, bool] = {}

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
            ((snapshot, hour),) = rows_of(SNAPSHOT)
            with self.seen:
                is_news, moves_hours = self._compare(snapshot)
            if moves_hours:
                self.hours = next_hours(at or hour)
        except Error as trouble:
            log.debug("the database does not answer the lookout: %s", trouble)
            connection.close()
            self.snapshot = ""
            self.wake()
            return
        come = [due.loops for due, soonest in zip(DUE, self.hours, strict=True) if soonest and soonest <= (at or hour)]
        with self.seen:
            self.due = frozenset(chain.from_iterable(come))
            self.news += is_news
            if is_news or self.due:  # to wake forty threads for nothing costs more than to ask
                self.seen.notify_all()

    def wake(self) -> None:
        with self.seen:
            self.news += 1
            self.seen.notify_all()

    def rest(self, name: str, known: int | None, seconds: float) -> None:
        """Let the loop of this name wait until there is other news than ``known`` (None: it does not wait for news),
        something is due for it, the worker stops, or ``seconds`` have passed.
        """

        def is_over() -> bool:
            has_news = known is not None and self.news != known
            return has_news or name in self.due or self.stopping.is_set()

        with self.seen:
            self.seen.wait_for(is_over, seconds)

    def overlook(self, *, moves_hours: bool = True) -> None:
        """The transaction that this thread is in concerns no other loop, as a sign of life: its end wakes nobody.
        ``moves_hours`` is false where it writes no row of DUE: then the next hours stay as they were read.

        To be called inside it, after its first write. Whatever others write meanwhile still wakes.
        """
        number = int(rows_of("SELECT pg_current_xact_id()::text")[0][0])
        with self.seen:
            self.overlooked[number] = moves_hours

    def _compare(self, snapshot: str) -> tuple[bool, bool]:
        """Whether a transaction that concerns somebody has ended since the snapshot before this one, and whether one
        that can have moved the next hours has.
        """
        ended = ended_between(self.snapshot, snapshot) if self.snapshot else None
        self.snapshot = snapshot
        if ended is None:
            return True, True
        moved = [self.overlooked.pop(number, None) for number in ended]
        is_news = None in moved
        return is_news, is_news or True in moved


def next_hours(now: datetime) -> Sequence[datetime | None]:
    """The soonest hour (UTC) of each line of DUE, as things stand at ``now``; None where no row has any."""
    with behind_at(DatabaseRole.WORKER):
        return rows_of(HOURS, {"now": now, "zone": settings.TIME_ZONE})[0]


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
