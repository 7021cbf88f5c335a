"""Whether what runs by itself is at work (dead-man), and what of it fails: since when, and why.

Each round of a loop moves a counter; who wants to know whether it lives watches the counter move by a clock of its own
that nobody sets (``time.monotonic``). The hour beside it is for people, and proves nothing: a clock may be set wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

from django.db import connection, models

from guardia.config.sql_rows import rows_of

SILENT_AFTER = timedelta(seconds=60)
LONGEST_REASON, LONGEST_KEY = 200, 80


class Watch(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()
    rounds = models.BigIntegerField(default=0, db_default=0, help_text="moved by one with each round")

    class Meta:
        app_label = "guardia"
        db_table = "watch"


class Trouble(models.Model):
    """What fails again and again: a loop of the worker by its name, or one row that a loop has set aside, by its id."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=LONGEST_KEY)
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="set aside until then")
    times = models.IntegerField(default=1, db_default=1)
    reason = models.CharField(max_length=LONGEST_REASON)

    class Meta:
        app_label = "guardia"
        db_table = "trouble"
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="trouble_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.reason}"


LOOP = "loop"


def seen(name: str, at: datetime) -> None:
    """This loop has done a round at ``at`` (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO watch (name, seen_at, rounds) VALUES (%s, %s, 1)
               ON CONFLICT (name) DO UPDATE SET seen_at = EXCLUDED.seen_at, rounds = watch.rounds + 1""",
            [name, at],
        )


# --- is it alive? -----------------------------------------------------------------------------------------------------


@dataclass
class Looked:
    """What this process saw of a counter, and when by its own clock (seconds of ``monotonic``)."""

    rounds: int
    at: float
    moved_at: float


class Pulse:
    """How this process watches the counters; shared by its threads."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.of: dict[str, Looked] = {}

    def is_still(self, name: str, rounds: int, seems_old: bool, now: float) -> bool:
        """Whether the counter has not moved for 60 s before ``now`` (seconds of ``monotonic``).

        Of a first look, and of one that comes so late that nobody knows when the counter moved, the hour that is
        written beside it decides (``seems_old``); from then on it says nothing any more.
        """
        longest = SILENT_AFTER.total_seconds()
        with self.lock:
            before = self.of.get(name)
            if before is None or (before.rounds != rounds and now - before.at > longest):
                moved_at = now - longest - 1 if seems_old else now
            else:
                moved_at = before.moved_at if before.rounds == rounds else now
            self.of[name] = Looked(rounds, now, moved_at)
            return now - moved_at > longest

    def forget(self) -> None:
        with self.lock:
            self.of.clear()


pulse = Pulse()


def silent_since(name: str, at: datetime) -> datetime | None:
    """Since when this loop has not been seen, if its counter has stood still for longer than 60 s; None while it moves.

    One that was never seen is not known to be due: None as well. ``at`` (UTC) is the hour of whoever asks.
    """
    found = rows_of("SELECT rounds, seen_at FROM watch WHERE name = %s", [name])
    if not found:
        return None
    ((rounds, seen_at),) = found
    return _silent_since(name, rounds, seen_at, at)


def _silent_since(name: str, rounds: int, seen_at: datetime, at: datetime) -> datetime | None:
    if not pulse.is_still(name, rounds, abs(at - seen_at) > SILENT_AFTER, monotonic()):
        return None
    return min(seen_at, at)


def last_seen_at(name: str) -> datetime | None:
    """When this loop was seen last (UTC); None where it never was."""
    return Watch.objects.filter(pk=name).values_list("seen_at", flat=True).first()


def is_alive(name: str, at: datetime) -> bool:
    """Whether this loop was ever seen, and its counter moves."""
    return Watch.objects.filter(pk=name).exists() and silent_since(name, at) is None


# --- what fails -------------------------------------------------------------------------------------------------------


def reason_of(trouble: BaseException) -> str:
    """In one line: what kind of trouble, and the first line of its words."""
    words = " ".join(str(trouble).partition("\n")[0].replace("\0", "").split())
    kind = type(trouble).__name__
    return (f"{kind}: {words}" if words else kind)[:LONGEST_REASON]


def fails(kind: str, key: str, reason: str, at: datetime, until: datetime | None = None) -> None:
    """Put on record that this fails, at ``at`` (UTC); since when stays what it was. ``until``: it is set aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO trouble (kind, key, since, last_at, until, times, reason) VALUES (%s, %s, %s, %s, %s, 1, %s)
               ON CONFLICT (kind, key) DO UPDATE SET last_at = EXCLUDED.last_at, until = EXCLUDED.until,
                                                     times = trouble.times + 1, reason = EXCLUDED.reason""",
            [kind, key[:LONGEST_KEY], at, at, until, reason[:LONGEST_REASON]],
        )


def is_well(kind: str, key: str) -> None:
    """It goes well again."""
    Trouble.objects.filter(kind=kind, key=key[:LONGEST_KEY]).delete()


def failing_of(kind: str) -> list[Trouble]:
    """What of this kind fails now, the oldest first."""
    return list(Trouble.objects.filter(kind=kind).order_by("since"))


TOLD = """
    SELECT kind, key, since, reason, times, NULL::bigint, NULL::timestamptz FROM (
        SELECT * FROM trouble ORDER BY kind <> 'loop', since LIMIT %s
    ) AS first
    UNION ALL SELECT '', name, NULL, '', 0, rounds, seen_at FROM watch WHERE name = %s
"""


@dataclass(frozen=True)
class Failing:
    """What fails now; ``since`` in UTC, ``reason`` in one line."""

    kind: str
    key: str
    since: datetime
    reason: str
    times: int


def state(name: str, at: datetime, most: int = 20) -> tuple[datetime | None, list[Failing]]:
    """``silent_since`` of this loop, and what of the worker fails: loops first, then by age. One question."""
    silent, found = None, list[Failing]()
    for kind, key, since, reason, times, rounds, seen_at in rows_of(TOLD, [most, name]):
        if kind:
            found.append(Failing(kind, key, since, reason, times))
        else:
            silent = _silent_since(name, rounds, seen_at, at)
    return silent, found
