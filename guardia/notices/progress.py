"""How far a storm has come: how much is owed, waits and was sent of it, how fast, and how long it still takes.

Counted by partial indexes and by the order of ids, never over what was sent long ago; no count goes beyond a bound.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

MOST_COUNTED = 50_000
A_STORM = 100
"""Fewer messages than this are gone within a minute: nobody has to watch them."""

LOOKED_BACK = timedelta(minutes=1)
WATCHED_EVERY = timedelta(seconds=5)
"""A storm is counted no more often than this, however many desks look at it; what is no storm is counted at once."""

# Owed and waiting: by their partial indexes. Sent: what was made since the oldest message that still waits was.
PROGRESS = """
    WITH owed AS (
        SELECT owed_at FROM notice WHERE state = 'owed' AND contact_id IS NOT NULL LIMIT %(most)s
    ), waiting AS (
        SELECT id, created_at, attempts, paced_at FROM delivery
        WHERE state IN ('waiting', 'sending') AND NOT urgent LIMIT %(most)s
    ), burst AS (
        SELECT id, settled_at FROM (
            SELECT id, settled_at, state, urgent FROM delivery
            WHERE id >= coalesce((
                    SELECT id FROM delivery
                    WHERE created_at < (SELECT min(created_at) FROM waiting) - interval '10 minutes'
                      AND id < (SELECT min(id) FROM waiting)
                    ORDER BY id DESC LIMIT 1), 0)
              AND EXISTS (SELECT FROM waiting)  -- else every message ever sent would be looked at
            ORDER BY id OFFSET 0  -- how few these are cannot be foreseen: by their order only these are read
        ) AS since
        WHERE state = 'accepted' AND NOT urgent AND settled_at >= (SELECT min(created_at) FROM waiting)
        LIMIT %(most)s
    )
    SELECT (SELECT count(*) FROM owed), (SELECT count(*) FROM waiting),
           (SELECT count(*) FROM waiting WHERE attempts > 0), (SELECT count(*) FROM waiting WHERE paced_at > %(now)s),
           (SELECT count(*) FROM burst), (SELECT count(*) FROM burst WHERE settled_at > %(lately)s),
           (SELECT min(settled_at) FROM burst WHERE settled_at > %(lately)s),
           least((SELECT min(owed_at) FROM owed), (SELECT min(created_at) FROM waiting))
"""


@dataclass(frozen=True)
class Progress:
    """``owed``: notices that no message carries yet. ``waiting``: messages that have not left, of them ``tried``
    (without success yet) and ``paced`` (held back by the limit of their domain). ``sent``: messages accepted since the
    oldest of those that wait was made, at ``a_minute`` lately. ``since`` (UTC) is None where nothing is owed; ``at``
    (UTC) says when it was counted.
    """

    owed: int
    waiting: int
    tried: int
    paced: int
    sent: int
    a_minute: float
    since: datetime | None
    at: datetime | None = None

    @property
    def is_storm(self) -> bool:
        return self.owed + self.waiting >= A_STORM

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at the present pace; None where nothing leaves, so that nobody can say."""
        return timedelta(minutes=(self.owed + self.waiting) / self.a_minute) if self.a_minute else None


def progress(now: datetime) -> Progress:
    """Of the letters and short messages to customers, at ``now`` (UTC). One query."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"most": MOST_COUNTED, "now": now, "lately": now - LOOKED_BACK})
        owed, waiting, tried, paced, sent, lately, first, since = cursor.fetchone()
    seconds = max((now - first).total_seconds(), 1.0) if first else 0.0
    return Progress(owed, waiting, tried, paced, sent, 60 * lately / seconds if seconds else 0.0, since, now)


class Watch:
    """Of this process: a storm that was counted is good for some seconds, since to count it costs as much as a page."""

    def __init__(self) -> None:
        self.storm: Progress | None = None

    def progress(self, now: datetime) -> Progress:
        """As ``progress``, at most ``WATCHED_EVERY`` old at ``now`` (UTC)."""
        last = self.storm
        if last and last.at and last.at <= now < last.at + WATCHED_EVERY:
            return last
        found = progress(now)
        self.storm = found if found.is_storm else None
        return found


watched = Watch().progress
