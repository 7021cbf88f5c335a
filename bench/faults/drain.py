"""The night is over: everything is well again, and the operator does what is still owed.

The hours of what waits to be tried again are brought forward by the owner, and what a dead process held is given free
(it would be after 45 s): the run ends with the work, not with the clock.
"""

from datetime import datetime
from time import monotonic, sleep

from bench.faults.stage import Stage
from guardia.config.postgres import DATABASE

LEFT = {
    "notices": "SELECT count(*) FROM notice WHERE state IN ('owed', 'packed')",
    "deliveries": "SELECT count(*) FROM delivery WHERE state IN ('waiting', 'sending')",
    "mails that came in": "SELECT count(*) FROM message WHERE state = 'new'",
    "acts of the field": "SELECT count(*) FROM field_act WHERE applied_at IS NULL AND refused = ''",
}
HASTEN = (
    "UPDATE delivery SET available_at = clock_timestamp() WHERE state = 'waiting'",
    # Who got many letters lately gets the next ones gathered, minutes later: these letters are not of lately any more.
    "UPDATE delivery SET created_at = created_at - interval '10 minutes' WHERE state = 'accepted' AND NOT urgent "
    "AND created_at > clock_timestamp() - interval '10 minutes'",
)
FREE = "UPDATE sender SET seen_at = seen_at - interval '1 minute' WHERE id <= {newest}"
NEWEST = "SELECT coalesce(max(id), 0) FROM sender"
SWEPT = "SELECT seen_at FROM watch WHERE name = 'sweep'"
NOTHING_MOVES = 60.0
LOOKS_AGAIN = 0.2
ROUNDS = 5


def drain(stage: Stage) -> tuple[dict[str, int], datetime]:
    """What is left when nothing moves any more (nothing, if all is well), and until when the deadlines were watched."""
    left: dict[str, int] = {}
    for _ in range(ROUNDS):
        stage.stop_workers()
        before = stage.house.as_owner(DATABASE, "SELECT clock_timestamp()")[0][0]
        newest = stage.house.as_owner(DATABASE, NEWEST)[0][0]
        stage.house.as_owner(DATABASE, FREE.format(newest=newest))
        stage.workers_wanted = 1
        stage.heal()
        left = until_done(stage, before)
        stage.stop_workers()
        if left or not what_is_left(stage):
            break
    return left, swept(stage) or before


def until_done(stage: Stage, since: datetime) -> dict[str, int]:
    last, moved = (-1, since), monotonic()
    while True:
        stage.heal()
        stage.house.as_owner(DATABASE, *HASTEN)
        left, at = what_is_left(stage), swept(stage)
        if not left and at and at > since:
            return {}
        now = (sum(left.values()), at or since)
        if now[0] != last[0]:
            last, moved = now, monotonic()
        if monotonic() - moved > NOTHING_MOVES:
            return left or {"deadlines not watched": 1}
        sleep(LOOKS_AGAIN)


def what_is_left(stage: Stage) -> dict[str, int]:
    found = {what: stage.house.as_owner(DATABASE, question)[0][0] for what, question in LEFT.items()}
    return {what: count for what, count in found.items() if count}


def swept(stage: Stage) -> datetime | None:
    rows = stage.house.as_owner(DATABASE, SWEPT)
    return rows[0][0] if rows else None
