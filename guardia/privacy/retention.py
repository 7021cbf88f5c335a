"""Old records go, by their kind's rule: step after step, each a short transaction that waits for nobody.

One run at a time; one that was killed is gone on with, up to the same day and under the same tombstones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.utils.translation import gettext as _

from guardia.cases import erased_texts
from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.people.audit import AuditKind, write_down
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff
from guardia.privacy.erasing import OWNER, hand, hour
from guardia.privacy.retention_kinds import BY_KEY, KINDS
from guardia.privacy.retention_rules import Cut, Kind, RetentionRule

# How long each kind is kept in this installation: the operator's word, else Guardia's; never less than the least.


NOUN = "retention"
LONGEST = 36500
"""Days: a hundred years. What is kept for longer is kept for good."""


def in_force(using: str = "default") -> dict[str, int | None]:
    """Days by kind; None: kept for good. What is below the least counts as the least, whoever wrote it."""
    own = dict(RetentionRule.objects.using(using).values_list("kind", "days"))
    return {kind.key: at_least(kind, own.get(kind.key, kind.days)) for kind in KINDS}


def at_least(kind: Kind, days: int | None) -> int | None:
    return None if days is None else max(days, kind.least)


def up_to(days: int, at: datetime) -> datetime:
    """What is older than this (UTC) goes."""
    return at - timedelta(days=days)


def keep_for(key: str, days: int | None, *, by: Staff, at: datetime, reason: str = "") -> None:
    """From now on this kind is kept so many days, or for good. On record as every setting. Raises ValidationError."""
    kind = BY_KEY[key]
    if days is not None and not kind.least <= days <= LONGEST:
        words = _("Write a number of days from %(least)d to %(most)d, or leave it empty: kept for good.")
        raise ValidationError({"days": words % {"least": kind.least, "most": LONGEST}})
    take_turn(NOUN, key)
    before = in_force()[key]
    RetentionRule.objects.update_or_create(kind=key, defaults={"days": days})
    put_on_record(NOUN, key, {"days": before}, {"days": days}, by=by, at=at, reason=reason)


AT_ONCE = 500
TURN = 7_201_845_114
"""The advisory lock under which one run at a time goes on."""
PICK = "SELECT x.{key} {rows} ORDER BY x.{key} LIMIT {most} FOR UPDATE OF x SKIP LOCKED"
OPEN = "SELECT id FROM retention_run WHERE ended_at IS NULL AND NOT is_dry ORDER BY id LIMIT 1"
BEGIN = "INSERT INTO retention_run (started_at, is_dry) VALUES (%s, %s) RETURNING id, started_at"
TOMB = """
    INSERT INTO erasure (why, rule, days, up_to, reason, counts, at, run_id)
    VALUES ('retention', %(rule)s, %(days)s, %(up_to)s, '', '{}', %(at)s, %(run)s)
    ON CONFLICT (run_id, rule) WHERE run_id IS NOT NULL DO UPDATE SET rule = EXCLUDED.rule RETURNING id, up_to
"""
COUNT = """
    UPDATE erasure SET counts = counts || jsonb_build_object(%(table)s::text,
        coalesce((counts ->> %(table)s)::int, 0) + %(count)s) WHERE id = %(tomb)s
"""


class RunsAlready(Exception):
    """Another run holds the turn."""


@dataclass(frozen=True)
class Gone:
    """Of one kind: what went, or would go, by table."""

    kind: Kind
    up_to: datetime
    counts: dict[str, int]

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def due(at: datetime, most: int | None = None, using: str = "default") -> list[Gone]:
    """What would go at this hour (UTC), counted; ``most``: counting stops there, table by table."""
    found = []
    for kind in KINDS:
        days = in_force(using)[kind.key]
        if days is not None:
            before = up_to(days, at)
            counts = {cut.table: counted(cut, before, most, using) for cut in kind.cuts}
            found.append(Gone(kind, before, counts))
    return found


def counted(cut: Cut, before: datetime, most: int | None, using: str) -> int:
    limit = f"LIMIT {most}" if most else ""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT {rows_of(cut)} {limit}) found", {"up_to": before})
        return cursor.fetchone()[0]


def rows_of(cut: Cut) -> str:
    return f"x.{cut.key} {cut.rows}"


def rehearse() -> list[Gone]:
    """What a run would take now; on record as a run that took nothing."""
    with hand() as cursor:
        at = hour(cursor)
        found = due(at, using=OWNER)
        cursor.execute(BEGIN, [at, True])
        number, _started = cursor.fetchone()
        cursor.execute("UPDATE retention_run SET ended_at = %s WHERE id = %s", [hour(cursor), number])
    return found


def run(stop: Callable[[], bool] = lambda: False, at_once: int = AT_ONCE) -> list[Gone]:
    """Take what is due, and put up its tombstones. ``stop``: asked between steps. Raises RunsAlready."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            raise RunsAlready
    try:
        return _run(stop, at_once)
    finally:
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def _run(stop: Callable[[], bool], at_once: int) -> list[Gone]:
    with hand() as cursor:
        number, started = begun(cursor)
        rules = in_force(OWNER)
    gone: list[Gone] = []
    for kind in KINDS:
        days = rules[kind.key]
        if days is None:
            continue
        with hand() as cursor:
            values = {"rule": kind.key, "days": days, "up_to": up_to(days, started), "run": number}
            cursor.execute(TOMB, {**values, "at": hour(cursor)})
            tomb, before = cursor.fetchone()
        counts = {cut.table: taken(cut, tomb, before, stop, at_once) for cut in kind.cuts}
        if stop():
            return gone
        with hand() as cursor:
            cursor.execute("UPDATE erasure SET ended_at = %s WHERE id = %s", [hour(cursor), tomb])
        gone.append(Gone(kind, before, counts))
    end(number, gone)
    return gone


def begun(cursor: Any) -> tuple[int, datetime]:
    """The run that was killed, or a new one."""
    cursor.execute(OPEN)
    if (row := cursor.fetchone()) is not None:
        cursor.execute("SELECT id, started_at FROM retention_run WHERE id = %s", row)
    else:
        cursor.execute(BEGIN, [hour(cursor), False])
    return cursor.fetchone()


def taken(cut: Cut, tomb: int, before: datetime, stop: Callable[[], bool], at_once: int) -> int:
    """How many of this table went, in this run and now."""
    total, found = 0, at_once
    while found == at_once and not stop():
        with hand() as cursor:
            pick = PICK.format(key=cut.key, rows=cut.rows, most=at_once)
            cursor.execute(pick, {"up_to": before})
            ids = [key for (key,) in cursor.fetchall()]
            found = len(ids)
            if cut.table == "event_text":
                with behind_at(DatabaseRole.WORKER) as at:
                    erased_texts.put_on_record(tomb, ids, at)
            for statement in cut.empty if ids else ():
                cursor.execute(statement, {"ids": ids, "tomb": tomb})
            if ids:
                cursor.execute(COUNT, {"table": cut.table, "count": found, "tomb": tomb})
        total += found
    return total


def end(number: int, gone: list[Gone]) -> None:
    with hand() as cursor:
        cursor.execute("UPDATE retention_run SET ended_at = %s WHERE id = %s", [hour(cursor), number])
    with behind_at(DatabaseRole.WORKER) as at:
        counts: dict[str, Any] = {one.kind.key: one.count for one in gone if one.count}
        write_down(AuditKind.RETAINED, at=at, about="retention_run", key=number, **counts)
