"""How a column that differs is named in a sentence, and what of its values may be printed.

What is found stands in the journal of the audit and on screens, so neither prose nor what is about a person is printed:
hours, figures, marks and codes alone.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from guardia.cases.chain import UNREADABLE
from guardia.config.headline import Headline
from guardia.field.visit import parts_in_a_line

NAMES = {
    "access": gettext_noop("access to the site"),
    "affected_seconds": gettext_noop("affected time"),
    "agreed_at": gettext_noop("time of the agreement"),
    "agreed_by_customer": gettext_noop("name of who agreed for the customer"),
    "agreed_by_operator": gettext_noop("name of who agreed for the operator"),
    "answer_due_at": gettext_noop("time by which it answers by contract"),
    "answered_at": gettext_noop("time of its first answer"),
    "answering_id": gettext_noop("engineer who answers"),
    "arrived_at": gettext_noop("time of the arrival"),
    "blocked_at": gettext_noop("time since which it has been blocked"),
    "cause_is_probable": gettext_noop("mark of a probable cause"),
    "closed_at": gettext_noop("time of the closing"),
    "clocks": gettext_noop("list of its clocks"),
    "confirmed_by": gettext_noop("name of who confirmed"),
    "contest_reason": gettext_noop("reason of the objection"),
    "contested_at": gettext_noop("time of the objection"),
    "contested_by": gettext_noop("name of who objected"),
    "decided_at": gettext_noop("time of the decision"),
    "departed_at": gettext_noop("time of the departure"),
    "due_at": gettext_noop("end of its target"),
    "ended_at": gettext_noop("end"),
    "escalated_level": gettext_noop("level of the escalation"),
    "fields": gettext_noop("list of what its desk asks for"),
    "former_number": gettext_noop("number in a former tool"),
    "former_system": gettext_noop("name of a former tool"),
    "first_promise_at": gettext_noop("its first promise"),
    "forecast_from": gettext_noop("beginning of the forecast"),
    "forecast_to": gettext_noop("end of the forecast"),
    "green_since": gettext_noop("beginning of the green window"),
    "in_rehearsal": gettext_noop("mark of the rehearsal"),
    "is_complaint": gettext_noop("mark of a complaint"),
    "last_fact_at": gettext_noop("time of the last fact"),
    "late_reason": gettext_noop("reason why it was late"),
    "left_at": gettext_noop("time at which the site was left"),
    "measured_at": gettext_noop("time of the measurement"),
    "next_decision_at": gettext_noop("time of the next decision"),
    "next_due_at": gettext_noop("time of the promise that breaks first"),
    "next_kind": gettext_noop("promise that breaks first"),
    "next_started_at": gettext_noop("beginning of the promise that breaks first"),
    "next_urgent_at": gettext_noop("time at which the next promise is urgent"),
    "next_warn_at": gettext_noop("first warning of the next promise"),
    "opened_at": gettext_noop("time of the opening"),
    "outage_started_at": gettext_noop("beginning of the outage"),
    "outages": gettext_noop("list of its outages"),
    "parts": gettext_noop("list of parts"),
    "parts_used": gettext_noop("list of parts used"),
    "party_promise_at": gettext_noop("promise of the third party"),
    "permit_cleared_at": gettext_noop("time of the work permit"),
    "permit_letter_at": gettext_noop("time of the permit letter"),
    "promise_at": gettext_noop("its next promise"),
    "restore_due_at": gettext_noop("time by which it restores by contract"),
    "restored_at": gettext_noop("time of the restoration"),
    "ruled_at": gettext_noop("time of the ruling"),
    "ruled_by_id": gettext_noop("who ruled"),
    "ruling_reasons": gettext_noop("reasoning of the ruling"),
    "signed_at": gettext_noop("time of the signature"),
    "signed_by": gettext_noop("name of who signed"),
    "since": gettext_noop("beginning"),
    "started_at": gettext_noop("beginning"),
    "sha256": gettext_noop("SHA-256"),
    "shown": gettext_noop("mark that the customer sees it"),
    "symptoms": gettext_noop("description of the symptoms"),
    "taken_at": gettext_noop("time at which it was taken"),
    "typed": gettext_noop("mark that a person typed it"),
    "unread_since": gettext_noop("time since which its answer has not been looked at"),
    "until": gettext_noop("end"),
    "waiting_since": gettext_noop("time since which a clock has been stopped"),
    "wanted_at": gettext_noop("time until which restoration was requested"),
    "withdrawn_at": gettext_noop("time at which it was withdrawn"),
}
"""Of the columns that are called otherwise in a sentence."""

CODES = frozenset(
    {
        *("band", "clause", "clocks", "condition", "desk", "impact", "kind", "last_seen_fact", "late_reason"),
        *("mains_power", "outages", "outcome", "plan_kind", "ruling", "sha256", "source", "stage", "status", "type"),
        *("verdict", "waits", "wait.cause", "carrier_ticket.state"),
    }
)
"""Columns of text or of lists in which nobody writes a word of their own."""
LONGEST = 100


def called(column: str) -> str:
    return Headline(NAMES[column]) if column in NAMES else column.removesuffix("_id").replace("_", " ")


def values_of(table: str, columns: Iterable[tuple[str, Any, Any]]) -> tuple[str, str] | tuple[()]:
    """What stands in the columns of a row, and what the events say of them; nothing where it may not be printed.

    ``columns``: name, what the events say, what was found. With several of them each is named.
    """
    pairs = [(name, printed(table, name, said), printed(table, name, found)) for name, said, found in columns]
    pairs = [pair for pair in pairs if None not in pair]
    if len(pairs) == 1:
        return str(pairs[0][2]), str(pairs[0][1])
    if not pairs:
        return ()
    return ", ".join(f"{name} {found}" for name, _said, found in pairs), ", ".join(
        f"{name} {said}" for name, said, _found in pairs
    )


def printed(table: str, column: str, value: Any) -> str | None:
    """The value in a few letters, hours in UTC; None where it may not be printed."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, int):
        return str(value)
    if column in CODES or f"{table}.{column}" in CODES:
        words = str(value)
        return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
    return None


ROWS = {
    "wait": gettext_noop("wait %(id)s"),
    "visit": gettext_noop("visit %(id)s"),
    "test": gettext_noop("test %(id)s"),
    "file": gettext_noop("file %(id)s"),
    "clock": gettext_noop("clock %(id)s"),
    "escalation": gettext_noop("escalation %(id)s"),
    "call": gettext_noop("call %(id)s"),
    "call_task": gettext_noop("owed call %(id)s"),
    "event_text": gettext_noop("text %(id)s"),
    "group_hold": gettext_noop("time %(id)s of a resolver group"),
    "carrier_ticket": gettext_noop("ticket %(id)s at a third party"),
}


def row_named(name: str, key: int) -> Headline:
    return Headline(ROWS[name], id=key)


def missing(thing: str) -> Headline:
    return Headline(gettext_noop("%(thing)s is missing"), thing=thing)


def in_no_event(thing: str) -> Headline:
    return Headline(gettext_noop("%(thing)s is not in any event"), thing=thing)


ROUNDED = frozenset({"green_since", "outages"})
"""An event says how long a flap lasted in whole seconds."""


def is_same(column: str, said: Any, found: Any) -> bool:
    """Whether a row holds what the events say. What it holds may be anything."""
    try:
        return bool(said == found) or _is_same(column, said, found)
    except UNREADABLE:
        return False


def _is_same(column: str, said: Any, found: Any) -> bool:
    """Words are compared without the blanks and the full stop at their end."""
    if column == "outages":
        return len(said) == len(found) and all(
            near(a, b) for one, two in zip(said, found, strict=True) for a, b in zip(one, two, strict=True)
        )
    if column in ROUNDED:
        return near(said, found)
    if column in ("parts", "parts_used"):
        found = parts_in_a_line(found, "store" if column == "parts" else "serial")
    return bool(trimmed(said) == trimmed(found))


def near(one: datetime | str | None, other: datetime | str | None) -> bool:
    a, b = (datetime.fromisoformat(each) if isinstance(each, str) else each for each in (one, other))
    return a is b is None or (a is not None and b is not None and abs(a - b) <= timedelta(seconds=1))


def trimmed(value: Any) -> Any:
    return value.strip().rstrip(". ") if isinstance(value, str) else value
