"""The facts of an act as they came over the network, read one by one: what is missing or too long is refused."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from guardia.cases.field_refusals import NotUnderstood
from guardia.cases.refusals import TooLong

PROSE, WORDS = 4000, 160
FARTHEST = timedelta(days=366)
"""No crew says an hour that is farther away; the end of the calendar is none at all."""


def words(facts: Mapping[str, Any], name: str, most: int = WORDS) -> str:
    """A text of the facts, or nothing. Raises NotUnderstood, TooLong."""
    value = facts.get(name, "")
    if not isinstance(value, str) or "\0" in value:
        raise NotUnderstood(what=name)
    if len(value) > most:
        raise TooLong("P4", name, name, most)
    return value.strip()


def yes_or_no(facts: Mapping[str, Any], name: str) -> bool:
    """Raises NotUnderstood where it is neither: a word such as "no" is no yes."""
    value = facts.get(name, False)
    if not isinstance(value, bool):
        raise NotUnderstood(what=name)
    return value


def hour(facts: Mapping[str, Any], name: str, near: datetime) -> datetime:
    """In UTC. Raises NotUnderstood unless it is an hour with its zone, at most a year from ``near``."""
    try:
        value = parse_datetime(words(facts, name))
    except ValueError:
        value = None
    if value is None or value.tzinfo is None or abs(value - near) > FARTHEST:
        raise NotUnderstood(what=name)
    return value.astimezone(UTC)


def part_of(part: object) -> dict[str, Any]:
    """What was put in: its name, how many, its serial number. Raises NotUnderstood."""
    if not isinstance(part, dict) or not words(part, "name"):
        raise NotUnderstood(what="parts")
    quantity = part.get("quantity", 1)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < 10_000:
        raise NotUnderstood(what="quantity")
    return {"name": words(part, "name"), "quantity": quantity, "serial": words(part, "serial")}
