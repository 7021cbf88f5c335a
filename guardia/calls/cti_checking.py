"""A message of an exchange that pushes, read from its bytes and checked: what cannot be kept names its field.

Whatever comes is either a packet or a refusal: nothing in it can break anything behind it.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from guardia.calls import cti_messages
from guardia.calls.cti_messages import UnreadableHour
from guardia.calls.packets import Packet

LONGEST_ID = 150
LONGEST_VALUE = 1000
MOST_PAIRS = 200
EARLIEST, LATEST = timedelta(days=7), timedelta(minutes=5)
IGNORED = frozenset({"dtmf"})
NESTED = (dict, list, type(None))
"""What no field holds: it is left out, and missed where it stood in place of a text."""

DIRECTIONS = frozenset({"", "in", "out"})


class Unreadable(ValueError):
    """It is neither JSON nor a form."""


class Unfit(ValueError):
    """One field is missing or wrong; ``field`` names it."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


def packet_in(body: bytes, *, nested: bool = False) -> Packet:
    """JSON where it begins like JSON, else a form. ``nested``: what stands within counts too. Raises Unreadable."""
    text = body.decode("utf-8-sig", errors="replace").strip()
    pairs = _of_json(text, nested=nested) if text.startswith(("{", "[", '"')) else _of_form(text)
    return [(_clean(name), _clean(value)) for name, value in pairs]


def checked(packet: Packet, received_at: datetime) -> Packet | None:
    """The packet, fit to be kept; None where it says nothing of a call's course (a key pressed). Raises Unfit."""
    event = cti_messages.name_of(packet)
    if event.lower() in IGNORED:
        return None
    if event.lower() not in cti_messages.EVENTS:
        known = "newCall, answer, hangup"
        raise Unfit("event", _("event is “%(event)s”: send one of %(known)s.") % {"event": event[:40], "known": known})
    _check_ids(packet)
    if cti_messages.value(packet, "direction").lower() not in DIRECTIONS:
        raise Unfit("direction", _("direction must be “in” or “out”."))
    _check_hour(packet, received_at)
    return packet


def _check_ids(packet: Packet) -> None:
    if not cti_messages.value(packet, "callId", "call_id"):
        raise Unfit("callId", _("callId is missing: send what names this call, the same in all its messages."))
    for name in ("callId", "call_id", "origCallId", "originalCallId"):
        found = cti_messages.values(packet, name)
        if len(found) > 1 or any(len(one) > LONGEST_ID for one in found):
            raise Unfit(
                name, _("%(field)s must be one text of at most %(most)s letters.") % {"field": name, "most": LONGEST_ID}
            )


def _check_hour(packet: Packet, received_at: datetime) -> None:
    try:
        at = cti_messages.hour_of(packet)
    except UnreadableHour as wrong:
        raise Unfit(
            "timestamp",
            _("timestamp says no hour: send ISO 8601 with its offset (2026-11-25T08:30:00-05:00) or epoch seconds."),
        ) from wrong
    if at and not received_at - EARLIEST <= at <= received_at + LATEST:
        raise Unfit(
            "timestamp",
            _("timestamp is %(at)s, far from now: set the exchange's clock by NTP, and check its zone.")
            % {"at": at.isoformat(timespec="seconds")},
        )


def _of_json(text: str, *, nested: bool) -> Iterator[tuple[str, str]]:
    try:
        said = json.loads(text, strict=not nested)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(_("The message is no JSON.")) from wrong
    if not isinstance(said, dict):
        raise Unreadable(_('The message must be one JSON object: {"event": …}.'))
    try:
        pairs = list(flat(said)) if nested else list(_first_of(said))
    except RecursionError as wrong:
        raise Unreadable(_("The message is no JSON.")) from wrong
    if len(pairs) > MOST_PAIRS:
        raise Unreadable(_("The message has more than %(most)s values.") % {"most": MOST_PAIRS})
    return ((name, _plain(one)) for name, one in pairs if not isinstance(one, NESTED))


def _first_of(said: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one


def flat(said: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """``{"msg": {"members": [{"from": 1}]}}`` → ``msg.members.from`` = 1; JSON that stands within a text too."""
    if isinstance(said, str) and said.lstrip()[:1] in ("{", "["):
        try:
            said = json.loads(said, strict=False)
        except (ValueError, RecursionError):
            yield place, said
            return
    if isinstance(said, dict):
        for name, value in said.items():
            yield from flat(value, f"{place}.{name}" if place else str(name))
    elif isinstance(said, list):
        for value in said:
            yield from flat(value, place)
    elif said is not None:
        yield place, said


def _of_form(text: str) -> Iterator[tuple[str, str]]:
    try:
        return iter(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_PAIRS))
    except ValueError as wrong:
        raise Unreadable(_("The message has more than %(most)s values.") % {"most": MOST_PAIRS}) from wrong


def _plain(value: Any) -> str:
    """A number as it is written in JSON, a truth as a word."""
    return value if isinstance(value, str) else json.dumps(value)


def _clean(text: str) -> str:
    """As the database can hold it: no NUL, no half of a letter."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8")
    return whole.replace("\0", "\ufffd")[:LONGEST_VALUE]
