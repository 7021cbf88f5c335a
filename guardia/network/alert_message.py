"""What one message of monitoring says of one alert, cut to what can be kept; and how a message is refused."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

LONGEST_NAME, LONGEST_SEVERITY, LONGEST_SUMMARY = 160, 40, 500
LONGEST_LABEL, LONGEST_VALUE, MOST_LABELS = 80, 300, 60
MOST_ALERTS = 5000
FIRES = frozenset({"firing", "problem", "down", "critical", "warning", "unknown", "unreachable", "alert", "1", "true"})
IS_OVER = frozenset({"resolved", "ok", "up", "recovery", "recovered", "clear", "cleared", "0", "false"})
"""The words for the state of an alert that most systems use."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Alertmanager writes the year 1 where it knows no hour."""


class Unreadable(ValueError):
    """The message is neither JSON nor a form, or not of this source's kind."""


class Unfit(ValueError):
    """One field is missing or wrong; ``field`` names it."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """``fingerprint``: what makes it this alert and no other, 64 hexadecimal digits. ``at`` (UTC): since when it fires,
    or is resolved, by the source's own word; None where it says no hour."""

    fingerprint: str
    fires: bool
    name: str
    at: datetime | None = None
    severity: str = ""
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What a whole message says; ``trouble``: what the source should be looked at for, in words."""

    alerts: tuple[AlertMessage, ...]
    trouble: str = ""


def fingerprint_of(parts: Iterable[str]) -> str:
    """The same parts, the same alert."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def clean(value: Any, longest: int) -> str:
    """On one line, as the database can hold it: no NUL, no half of a letter; nothing for what is no text or number."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        return ""
    whole = str(value).encode("utf-8", errors="replace").decode("utf-8")
    return " ".join(whole.replace("\0", "\ufffd").split())[:longest]


def labels_of(*given: Any) -> dict[str, str]:
    """The labels of these objects, the first to name one holds; what is no object says nothing."""
    found: dict[str, str] = {}
    for each in given:
        for name, value in each.items() if isinstance(each, Mapping) else ():
            key, said = clean(name, LONGEST_LABEL), clean(value, LONGEST_VALUE)
            if key and said and key not in found and len(found) < MOST_LABELS:
                found[key] = said
    return found


def hour_of(value: Any, name: str) -> datetime | None:
    """ISO 8601 with its offset, or seconds since 1970, as UTC; None for none. Raises Unfit for what is no hour."""
    written = clean(value, 60)
    if not written:
        return None
    try:
        digits = written.removeprefix("-").replace(".", "", 1)
        is_epoch = digits.isascii() and digits.isdigit()
        at = datetime.fromtimestamp(float(written), UTC) if is_epoch else datetime.fromisoformat(written)
    except (ValueError, OverflowError, OSError) as wrong:
        raise Unfit(name, hour_words(name)) from wrong
    if at.tzinfo is None:
        raise Unfit(name, hour_words(name))
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        return None
    return at if at >= EARLIEST else None


def hour_words(name: str) -> str:
    words = _(
        "%(field)s is not a valid time: send ISO 8601 with its offset (2026-11-25T08:30:00-05:00) or epoch seconds."
    )
    return words % {"field": name}


def needed(value: Any, name: str, longest: int) -> str:
    """Raises Unfit where nothing is said."""
    said = clean(value, longest)
    if not said:
        raise Unfit(name, _("%(field)s is missing: send it as text.") % {"field": name})
    return said


def fires_of(said: Mapping[str, Any], name: str) -> bool:
    """Return whether the word of this field says that the alert fires. Raises Unfit where it is an unknown word."""
    word = needed(said.get(name), name, 40).lower()
    if word not in FIRES | IS_OVER:
        words = _("%(field)s is “%(word)s”: send firing or resolved.")
        raise Unfit(name, words % {"field": name, "word": word})
    return word in FIRES


def object_at(given: Mapping[str, Any], name: str, path: str) -> Mapping[str, Any]:
    """The object that this field is. Raises Unfit, which names it by its whole ``path``."""
    found = given.get(name)
    if not isinstance(found, Mapping):
        raise Unfit(path, _("%(field)s must be an object.") % {"field": path})
    return found
