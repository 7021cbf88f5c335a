"""How a column that differs is named in a sentence, and what of its values may be printed.

What is found stands in the journal of the audit and on screens, so neither prose nor what is about a person is printed:
hours, figures, marks and codes alone.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

NAMES = {
    "access": "access to the site",
    "affected_seconds": "affected time",
    "agreed_at": "hour of the agreement",
    "agreed_by_customer": "name of who agreed for the customer",
    "agreed_by_operator": "name of who agreed for the operator",
    "arrived_at": "hour of the arrival",
    "blocked_at": "hour since which it is held up",
    "cause_is_probable": "mark of a probable cause",
    "closed_at": "hour of the closing",
    "clocks": "list of its clocks",
    "confirmed_by": "name of who confirmed",
    "contest_reason": "reason of the objection",
    "contested_at": "hour of the objection",
    "contested_by": "name of who objected",
    "decided_at": "hour of the decision",
    "departed_at": "hour of the departure",
    "ended_at": "end",
    "fields": "list of what its desk asks for",
    "forecast_from": "beginning of the forecast",
    "forecast_to": "end of the forecast",
    "green_since": "beginning of the green window",
    "is_complaint": "mark of a complaint",
    "last_fact_at": "hour of the last fact",
    "late_reason": "reason why it was late",
    "left_at": "hour at which the site was left",
    "measured_at": "hour of the measurement",
    "next_decision_at": "hour of the next decision",
    "opened_at": "hour of the opening",
    "outage_started_at": "beginning of the outage",
    "outages": "list of its outages",
    "parts": "list of parts",
    "parts_used": "list of parts used",
    "party_promise_at": "promise of the third party",
    "permit_cleared_at": "hour of the work permit",
    "permit_letter_at": "hour of the permit letter",
    "restored_at": "hour of the restoration",
    "ruled_at": "hour of the ruling",
    "ruled_by_id": "judge of the ruling",
    "ruling_reasons": "reasoning of the ruling",
    "signed_at": "hour of the signature",
    "signed_by": "name of who signed",
    "started_at": "beginning",
    "sha256": "SHA-256",
    "shown": "mark that the customer sees it",
    "symptoms": "description of the symptoms",
    "taken_at": "hour at which it was taken",
    "typed": "mark that a person typed it",
    "withdrawn_at": "hour at which it was withdrawn",
}
"""Of the columns that are called otherwise in a sentence."""

CODES = frozenset(
    {
        *("band", "clause", "clocks", "condition", "desk", "impact", "kind", "last_seen_fact", "late_reason"),
        *("mains_power", "outages", "outcome", "plan_kind", "ruling", "sha256", "source", "stage", "status", "type"),
        *("verdict", "waits", "wait.cause"),
    }
)
"""Columns of text or of lists in which nobody writes a word of their own."""
LONGEST = 100


def called(column: str) -> str:
    return NAMES.get(column, column.removesuffix("_id").replace("_", " "))


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
