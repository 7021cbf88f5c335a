"""What an exchange that pushes says of a call (CTI), in the one vocabulary of ``said``.

Three dialects of one idea: Zammad's generic CTI (newCall, answer, hangup), sipgate.io, which it comes from, and
Placetel (IncomingCall, CallAccepted, HungUp). ``timestamp``, ``queue`` and ``origCallId`` are understood everywhere.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from guardia.calls.ami import Packet, known
from guardia.calls.call import Measure
from guardia.calls.exchange_report import CallFact, What

SOURCE = "cti"
NEW_CALL, ANSWER, HANGUP = "newCall", "answer", "hangup"
EVENTS = {
    "newcall": NEW_CALL,
    "incomingcall": NEW_CALL,
    "outgoingcall": NEW_CALL,
    "answer": ANSWER,
    "callaccepted": ANSWER,
    "hangup": HANGUP,
    "hungup": HANGUP,
}
NOBODY_ANSWERED = frozenset({"noanswer", "voicemail"})
HANDED_ON = "forwarded"
CALLER = frozenset({"cancel", "missed"})
MILLISECONDS = 10**11  # a number of the epoch above this counts in milliseconds
LONGEST = {"number": 40, "name": 120, "queue": 80, "member": 120, "extension": 40, "reason": 40}
MOST_USERS = 20


class UnreadableHour(ValueError):
    """A timestamp that says no hour."""


def reference_of(packet: Packet) -> str:
    """What the call is called: the first of its ids where it was handed on, so that it stays one call."""
    return value(packet, "origCallId", "originalCallId") or value(packet, "callId", "call_id")


def leg_of(packet: Packet) -> str:
    return value(packet, "callId", "call_id") or reference_of(packet)


def name_of(packet: Packet) -> str:
    """As the exchange names the event."""
    return value(packet, "event")


def key_of(packet: Packet) -> str:
    """What makes it this event and no other: all it says but its hour, which some write anew in a repeat."""
    said = sorted([str(name), str(text)] for name, text in packet if name.lower() != "timestamp")
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


def hour_of(packet: Packet) -> datetime | None:
    """The hour (UTC) that the message says by itself; None where it says none. Raises UnreadableHour."""
    written = value(packet, "timestamp")
    if not written:
        return None
    seconds = _number(written)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > MILLISECONDS else seconds, UTC)
        at = datetime.fromisoformat(written)
        if at.tzinfo is None:
            raise UnreadableHour(written)
        return at.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as wrong:
        raise UnreadableHour(written) from wrong


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


def facts_in_message(packet: Packet, happened_at: datetime, first: str = "") -> list[CallFact]:
    """What one message says. ``happened_at`` (UTC): its own hour, or that of its receipt where it says none.

    ``first``: the id of the call that it goes on with, where the message itself does not say so.
    """
    event = EVENTS.get(name_of(packet).lower())
    if event is None or not reference_of(packet):
        return []
    if first and first != leg_of(packet) and not is_handed_on(packet):
        packet = [*packet, ["origCallId", first]]
    return list(TRANSLATED[event](packet, happened_at))


def direction_of(packet: Packet) -> str:
    """``in`` or ``out``; empty where only the first message of the call says it (Placetel)."""
    by_event = {"incomingcall": "in", "outgoingcall": "out"}.get(name_of(packet).lower(), "")
    return value(packet, "direction").lower() or by_event


def _new_call(packet: Packet, at: datetime) -> Iterator[CallFact]:
    if direction_of(packet) == "out":
        yield _fact(What.FOREIGN, packet, at)
        ids = tuple(dict.fromkeys(values(packet, "userId", "fullUserId")))[:MOST_USERS]
        who = {"member": _member(packet), "extension": _cut("extension", number_in(packet, "from")), "user_ids": ids}
        yield _fact(What.DIALLED, packet, at, number=number_in(packet, "to"), **who)
        return
    queue = _cut("queue", value(packet, "queue") or number_in(packet, "to"))
    if is_handed_on(packet):
        yield _fact(What.TRANSFERRED, packet, at, kind="blind", to=queue, to_name=_member(packet))
    else:
        number, dialled = number_in(packet, "from"), number_in(packet, "to")
        name = _cut("name", value(packet, "fromName", "callerName", "name"))
        yield _fact(What.ARRIVED, packet, at, number=number, dialled=dialled, name=name)
    yield _fact(What.JOINED, packet, at, queue=queue, number=number_in(packet, "from"))
    for user in users(packet):
        yield _fact(What.RANG, packet, at, queue=queue, member=user)


def _answer(packet: Packet, at: datetime) -> Iterator[CallFact]:
    """Placetel says no direction here: then it is told both ways, and the first message of the call decides."""
    direction = direction_of(packet)
    if direction != "in":
        yield _fact(What.REACHED, packet, at, number=number_in(packet, "to"), **_who(packet))
    if direction != "out":
        yield _fact(What.CONNECTED, packet, at, queue=_cut("queue", value(packet, "queue")), **_who(packet))


def _who(packet: Packet) -> dict[str, object]:
    """Who answered, by all the names that the message has for that person."""
    answering, peer = number_in(packet, "answeringNumber"), value(packet, "peer")
    ids = [*values(packet, "userId"), *values(packet, "fullUserId"), answering]
    return {
        "member": _member(packet) or _cut("member", peer),
        "extension": _cut("extension", answering or peer.partition("@")[0]),
        "user_ids": tuple(dict.fromkeys(one for one in ids if one))[:MOST_USERS],
    }


def _hangup(packet: Packet, at: datetime) -> Iterator[CallFact]:
    cause = value(packet, "cause", "type")
    why = {"reason": _cut("reason", cause)}
    if cause.lower() == HANDED_ON and value(packet, "origCallId", "originalCallId"):
        # This leg is over, answered or not; the call goes on under the same origCallId, and ends with a later leg.
        yield _fact(What.TALK_ENDED, packet, at, reason="transfer")
        yield _fact(What.TIMED_OUT, packet, at, **why)
        return
    if direction_of(packet) != "out":
        if cause.lower() in NOBODY_ANSWERED:
            yield _fact(What.TIMED_OUT, packet, at, **why)
        elif cause.lower() in CALLER:
            yield _fact(What.CALLER_LEFT, packet, at)
    yield _fact(What.HUNG_UP, packet, at, **why)


TRANSLATED = {NEW_CALL: _new_call, ANSWER: _answer, HANGUP: _hangup}


def _fact(what: What, packet: Packet, at: datetime, **facts: object) -> CallFact:
    measure = Measure.EXCHANGE if value(packet, "timestamp") else Measure.RECEIPT
    about = {"leg": leg_of(packet), **facts}
    return CallFact(what, reference_of(packet), at, SOURCE, measure, **about)  # type: ignore[arg-type]


def is_handed_on(packet: Packet) -> bool:
    """Whether this is a later leg of a call that began under another id."""
    return leg_of(packet) != reference_of(packet)


def users(packet: Packet) -> list[str]:
    """The persons it names, each once: called in, or calling out."""
    return [_cut("member", name) for name in dict.fromkeys(values(packet, "user")) if name][:MOST_USERS]


def _member(packet: Packet) -> str:
    """Who it is, where it names exactly one."""
    named = users(packet)
    return named[0] if len(named) == 1 else ""


def number_in(packet: Packet, field: str) -> str:
    """The number as it came, out of a SIP address too; empty where it is withheld."""
    number = value(packet, field)
    scheme, colon, rest = number.partition(":")
    if colon and scheme.lower() in {"sip", "sips", "tel"}:
        number = rest.partition(";")[0].partition("@")[0]
    return _cut("number", known(number))


def values(packet: Packet, *names: str) -> list[str]:
    """All values of a field, by any of its names, a list written ``user[]`` included."""
    wanted = {name.lower() for name in names} | {f"{name.lower()}[]" for name in names}
    return [text.strip() for name, text in packet if name.lower() in wanted]


def value(packet: Packet, *names: str) -> str:
    return next((text for text in values(packet, *names) if text), "")


def _cut(kind: str, text: str) -> str:
    return text[: LONGEST[kind]]


# A message of an exchange that pushes, read from its bytes and checked: what cannot be kept names its field.
#
# Whatever comes is either a packet or a refusal: nothing in it can break anything behind it.


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
    event = name_of(packet)
    if event.lower() in IGNORED:
        return None
    if event.lower() not in EVENTS:
        known = "newCall, answer, hangup"
        raise Unfit("event", _("event is “%(event)s”: send one of %(known)s.") % {"event": event[:40], "known": known})
    _check_ids(packet)
    if value(packet, "direction").lower() not in DIRECTIONS:
        raise Unfit("direction", _("direction must be “in” or “out”."))
    _check_hour(packet, received_at)
    return packet


def _check_ids(packet: Packet) -> None:
    if not value(packet, "callId", "call_id"):
        raise Unfit("callId", _("callId is missing: send what names this call, the same in all its messages."))
    for name in ("callId", "call_id", "origCallId", "originalCallId"):
        found = values(packet, name)
        if len(found) > 1 or any(len(one) > LONGEST_ID for one in found):
            raise Unfit(
                name,
                _("%(field)s must be a single text of at most %(most)s characters.")
                % {"field": name, "most": LONGEST_ID},
            )


def _check_hour(packet: Packet, received_at: datetime) -> None:
    try:
        at = hour_of(packet)
    except UnreadableHour as wrong:
        raise Unfit(
            "timestamp",
            _("timestamp gives no time: send ISO 8601 with its offset (2026-11-25T08:30:00-05:00) or epoch seconds."),
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
        raise Unreadable(_("The message is not JSON.")) from wrong
    if not isinstance(said, dict):
        raise Unreadable(_('The message must be one JSON object: {"event": …}.'))
    try:
        pairs = list(flat(said)) if nested else list(_first_of(said))
    except RecursionError as wrong:
        raise Unreadable(_("The message is not JSON.")) from wrong
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
