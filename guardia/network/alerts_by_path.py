"""A system that no kind is made for: where each field of an alert stands in its JSON, as JSONPath (RFC 9535)."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError

from guardia.customers.values import Misfit, line
from guardia.network.alert_message import (
    LONGEST_NAME,
    LONGEST_SEVERITY,
    LONGEST_SUMMARY,
    LONGEST_VALUE,
    MOST_ALERTS,
    AlertMessage,
    Message,
    Unfit,
    clean,
    fingerprint_of,
    fires_of,
    hour_of,
    labels_of,
    needed,
)

LONGEST_PATH = 200
FIELDS = ("alerts", "identity", "state", "text", "severity", "at", "circuit", "element")
"""What has a path. ``alerts`` leads to the alerts where a message has several; the others are looked for in each."""
NEEDED = ("identity", "state")
ENDED = "ended"
"""The words of ``state``, with commas, by which an alert is over; none: the usual ones (resolved, ok, up, 0…)."""
MOST_WORDS = 20
EPOCH_MILLISECONDS = 10**11
"""Seconds since 1970 reach this number in the year 5138: a larger one counts milliseconds."""


class Paths(JSONPathEnvironment):
    """JSONPath as the standard has it, without its two functions of regular expressions: one of those can run for
    hours on a message that somebody makes for it.
    """

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            del self.function_extensions[name]


ENVIRONMENT = Paths(strict=True)


@lru_cache(512)
def compiled(path: str) -> JSONPath:
    """Raises JSONPathError."""
    found = ENVIRONMENT.compile(path)
    if not isinstance(found, JSONPath):
        raise JSONPathError("a compound path")
    return found


def path_in(value: Any) -> str:
    """A path as it was typed; empty for none. Raises Misfit."""
    written = line(LONGEST_PATH)(value)
    try:
        if written:
            compiled(written)
    except (JSONPathError, ValueError, RecursionError):
        words = _("“%s” is not a path. Write it from the beginning of the message, such as $.alert.host.")
        raise Misfit(words % written[:60]) from None
    return written


def words_in(value: Any) -> str:
    """The words of ``ENDED``, as they are stored. Raises Misfit."""
    words = [word.strip() for word in line(LONGEST_PATH)(value).split(",") if word.strip()]
    if len(words) > MOST_WORDS:
        raise Misfit(_("At most %d words fit here.") % MOST_WORDS)
    return ", ".join(words)


def needed_path(value: Any) -> str:
    """Raises Misfit where nothing is written, and as ``path_in``."""
    if not (written := path_in(value)):
        raise Misfit(_("Write the path: without it no alert of this source can be read."))
    return written


def by_path(said: Any, paths: Mapping[str, str]) -> Message:
    """Read a message by its source's paths. Raises Unfit with the name of the field whose path leads to nothing."""
    for name in NEEDED:
        if not paths.get(name):
            raise Unfit(name, _("This source has no path for %(field)s yet: set it in the settings.") % {"field": name})
    path = paths.get("alerts", "")
    alerts = values_at(path, said, MOST_ALERTS + 1, "alerts") if path else [said]
    # A path may lead to the list itself, or to each of its alerts.
    alerts = alerts[0] if len(alerts) == 1 and isinstance(alerts[0], list) else alerts
    if len(alerts) > MOST_ALERTS:
        raise Unfit("alerts", _("alerts holds more than %(most)d: send them in parts.") % {"most": MOST_ALERTS})
    return Message(tuple(one_by_path(one, said, paths) for one in alerts))


def one_by_path(one: Any, whole: Any, paths: Mapping[str, str]) -> AlertMessage:
    given = {name: value_of(name, one, whole, paths) for name in FIELDS if name != "alerts"}
    identity = needed(given["identity"], "identity", LONGEST_VALUE)
    text = clean(given["text"], LONGEST_SUMMARY)
    top = {name: value for name, value in one.items() if not isinstance(value, (dict, list))} if is_object(one) else {}
    return AlertMessage(
        fingerprint=fingerprint_of(("by_path", identity)),
        fires=fires_by(given, paths.get(ENDED, "")),
        name=text[:LONGEST_NAME] or identity[:LONGEST_NAME],
        at=hour_of(seconds(given["at"]), "at"),
        severity=clean(given["severity"], LONGEST_SEVERITY),
        summary=text,
        labels=labels_of({name: given[name] for name in ("circuit", "element", "identity")}, top),
    )


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def value_of(name: str, one: Any, whole: Any, paths: Mapping[str, str]) -> Any:
    """The first value at the path of this field: in the alert, and where it is not there, in the whole message."""
    path = paths.get(name, "")
    if not path:
        return None
    found = values_at(path, one, 1, name) or (values_at(path, whole, 1, name) if one is not whole else [])
    return found[0] if found else None


def values_at(path: str, value: Any, most: int, name: str) -> list[Any]:
    """Raises Unfit for a message that is nested too deeply."""
    if not isinstance(value, (dict, list)):
        return []
    try:
        return [match.obj for match in islice(compiled(path).finditer(value), most)]
    except (JSONPathError, RecursionError) as wrong:
        raise Unfit(name, _("The path of %(field)s cannot be followed in this message.") % {"field": name}) from wrong


def fires_by(given: Mapping[str, Any], ended: str) -> bool:
    """By the source's own words for what is over; without any, by the usual ones. Raises Unfit."""
    if not ended:
        return fires_of(given, "state")
    return needed(given["state"], "state", 40).lower() not in {word.strip().lower() for word in ended.split(",")}


def seconds(value: Any) -> Any:
    """Milliseconds since 1970 as seconds; anything else as it is."""
    written = clean(value, 60)
    is_count = written.isascii() and written.isdigit() and int(written) >= EPOCH_MILLISECONDS
    return int(written) / 1000 if is_count else value
