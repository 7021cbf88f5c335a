"""That the checks can fail: behind their back one thing is spoilt, the check of it must say so, and it is undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db import connection, transaction

from bench.faults.checks import CHECKS, Seen
from bench.faults.mailserver import Arrival


@dataclass(frozen=True)
class Spoilt:
    """``statement`` is run as the owner with all triggers off; ``outside`` changes what was seen from outside."""

    check: str
    what: str
    statement: str = ""
    outside: Callable[[Seen], Seen] = lambda seen: seen


def without_a_letter(seen: Seen) -> Seen:
    gone = seen.arrivals[0].message_id
    return replace(seen, arrivals=[each for each in seen.arrivals if each.message_id != gone])


def with_a_letter(arrival: Callable[[Sequence[Arrival]], Arrival]) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, arrivals=[*seen.arrivals, arrival(seen.arrivals)], allowed=seen.allowed + 1)


def newest(table: str, which: str = "true") -> str:
    return f"(SELECT max(id) FROM {table} WHERE {which})"


NOTE = newest("case_event", "moment = 'noted'")
SENT = newest("notice", "state = 'sent'")
CARRIED = newest("delivered_notice")
AGAIN = f"""
    WITH again AS (
        INSERT INTO case_event (customer_id, case_id, seq, moment, variant, occurred_at, recorded_at, actor_kind,
                                public, data, canonical, hash)
        SELECT customer_id, case_id, 100000, moment, variant, occurred_at, recorded_at, actor_kind, public,
               data, canonical, hash FROM case_event WHERE id = {NOTE} RETURNING id
    )
    INSERT INTO event_text (customer_id, event_id, name, text)
    SELECT t.customer_id, again.id, t.name, t.text FROM event_text t, again WHERE t.event_id = {NOTE}
"""
IN_TWO_LETTERS = f"""
    WITH again AS (
        INSERT INTO delivery (customer_id, channel, address, urgent, message_id, state, attempts, available_at,
                              created_at, answer)
        SELECT d.customer_id, d.channel, d.address, d.urgent, '<again>', 'accepted', 1, d.available_at,
               d.created_at, ''
        FROM delivery d JOIN delivered_notice o ON o.delivery_id = d.id WHERE o.id = {CARRIED} RETURNING id
    )
    INSERT INTO delivered_notice (customer_id, delivery_id, notice_id)
    SELECT o.customer_id, again.id, o.notice_id FROM again, delivered_notice o WHERE o.id = {CARRIED}
"""
OWED = f"UPDATE notice SET state = 'owed' WHERE id = {SENT}"
MOVED = "UPDATE clock SET due_at = due_at + interval '1 second' WHERE id = " + newest("clock", "due_at IS NOT NULL")
ALTERED = f"UPDATE case_event SET hash = '\\x00' WHERE id = {newest('case_event')}"
OTHER_BYTES = f"UPDATE case_file SET sha256 = repeat('0', 64) WHERE id = {newest('case_file')}"
STRANGER = Arrival("<nobody@example.com>", "", repeat=False)

SPOILT = (
    Spoilt("lost", "an event is removed", f"DELETE FROM case_event WHERE id = {NOTE}"),
    Spoilt("lost", "a test is removed", f"DELETE FROM test_result WHERE id = {newest('test_result')}"),
    Spoilt("done twice", "an act is done again", AGAIN),
    Spoilt("half done", "a notice is removed", f"DELETE FROM notice WHERE id = {SENT}"),
    Spoilt("notices lost", "a letter did not arrive", outside=without_a_letter),
    Spoilt("notices lost", "a notice is owed still", OWED),
    Spoilt("notices twice", "a letter nobody owes", outside=with_a_letter(lambda _: STRANGER)),
    Spoilt("notices twice", "a notice in two letters", IN_TWO_LETTERS),
    Spoilt("repeats", "it does not say so", outside=with_a_letter(lambda known: replace(known[-1], repeat=False))),
    Spoilt("clocks", "a clock is moved", MOVED),
    Spoilt("chains", "a hash is altered", ALTERED),
    Spoilt("files", "a file has other bytes", OTHER_BYTES),
)


def not_proved(seen: Seen) -> list[str]:
    """What was spoilt without its check saying so, and what could not be, since the night brought nothing of it."""
    return [f"{each.check}: {each.what}{why}" for each in SPOILT if (why := why_not(each, seen)) is not None]


def why_not(spoilt: Spoilt, seen: Seen) -> str | None:
    """None where its check has said so."""
    if not (spoilt.statement or seen.arrivals):
        return " (no letter has arrived)"
    with transaction.atomic():
        changed = 1
        if spoilt.statement:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(spoilt.statement)
                changed = cursor.rowcount
        found = bool(list(CHECKS[spoilt.check](spoilt.outside(seen))))
        transaction.set_rollback(True)
    if not changed:
        return " (there is nothing to spoil)"
    return None if found else ""
