"""What each event of Asterisk's manager interface says of a call; ``ami_words`` tells which call it is about."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from guardia.calls.call import Measure
from guardia.calls.exchange_report import PLAIN, CallFact, What

# A packet as an exchange sent it: names and values in their order, since a name may repeat.


Pair = tuple[str, str]
Packet = Sequence[Pair] | Sequence[Sequence[str]]

NOBODY = frozenset({"", "<unknown>", "unknown", "anonymous", "restricted", "private", "unavailable", "withheld"})


def value(packet: Packet, *names: str) -> str:
    """The first value that stands under one of the names, tried in that order; empty where there is none."""
    for wanted in names:
        for name, said in packet:
            if name == wanted and said:
                return said
    return ""


def values(packet: Packet, wanted: str) -> list[str]:
    """Every value under a name that repeats."""
    return [said for name, said in packet if name == wanted]


def whole(words: str) -> int | None:
    """A whole number, or None for what is none."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else None


def known(words: str) -> str:
    """A number or name of somebody; empty for the words an exchange has for nobody."""
    words = words.strip()
    return "" if words.casefold() in NOBODY else words


TRUNKS = ("from-trunk", "from-pstn")
"""Where calls come in from outside unless the exchange's own contexts are named; a context may go on (from-pstn-e1)."""
SHORTEST_OUTSIDE = 6
"""Digits: a shorter number is a telephone of the operator."""


class About:
    """One packet, its call and its hour."""

    def __init__(self, packet: Packet, reference: str, at: datetime, contexts: Sequence[str]) -> None:
        self.packet, self.reference, self.at, self.contexts = packet, reference, at, contexts

    def says(self, what: What, **facts: object) -> CallFact:
        measure = Measure.EXCHANGE if self.get("Timestamp") else Measure.RECEIPT
        return CallFact(what, self.reference, self.at, "ami", measure, **facts)  # type: ignore[arg-type]

    def get(self, *names: str) -> str:
        return value(self.packet, *names)

    def caller(self) -> dict[str, object]:
        return {"number": known(self.get("CallerIDNum")), "name": known(self.get("CallerIDName"))}

    def member(self) -> dict[str, object]:
        return {
            "queue": self.get("Queue"),
            "member": self.get("MemberName"),
            "interface": self.get("Interface"),
            "leg": self.get("DestUniqueid"),
        }

    def telephone(self) -> str:
        """The telephone that is rung: ``PJSIP/102-00000002`` → ``PJSIP/102``."""
        return self.get("DestChannel").rsplit("-", 1)[0]

    def who_dials(self) -> dict[str, object]:
        """The dial plan may show the operator's number to the outside; the telephone's own channel keeps its name."""
        return {"interface": self.get("Channel").rsplit("-", 1)[0], "extension": known(self.get("CallerIDNum"))}

    def waited(self) -> dict[str, object]:
        return {"wait_s": whole(self.get("HoldTime")), "talk_s": whole(self.get("TalkTime"))}

    def is_outside(self, context: str) -> bool:
        return context in self.contexts if self.contexts else context.startswith(TRUNKS)


def _new_channel(about: About) -> list[CallFact]:
    """A leg of a call that exists says nothing; of a new call, whether it came in, or somebody of the operator
    rings.
    """
    if about.get("Uniqueid") != about.reference:
        return []
    exten = about.get("Exten")
    nowhere = exten in ("", "s", "h")
    if about.is_outside(about.get("Context")) and not (nowhere and about.get("ChannelState") == "0"):
        return [about.says(What.ARRIVED, dialled="" if nowhere else exten, **about.caller())]
    said = [about.says(What.FOREIGN)]
    if is_outside_number(exten):
        said.append(about.says(What.DIALLED, number=exten, **about.who_dials()))
    return said


def _new_caller(about: About) -> list[CallFact]:
    """The number of who calls, where it is known later than the call; of any call: the course knows which is ours."""
    return [about.says(What.PRESENT, **about.caller())] if about.is_outside(about.get("Context")) else []


def _user_event(about: About) -> list[CallFact]:
    """What the dial plan says of its menu: ``UserEvent(…, Option: 1, Hotline: 1800400404)``, ``UserEvent(…Closed)``."""
    dialled = about.get("Hotline", "Dialled", "DID")
    if option := about.get("Option"):
        return [about.says(What.CHOSE, option=option[:1], dialled=dialled, queue=about.get("Queue"))]
    if about.get("UserEvent").casefold().endswith("closed"):
        return [about.says(What.CLOSED, dialled=dialled)]
    return []


def _join(about: About) -> list[CallFact]:
    position = whole(about.get("Position"))
    return [about.says(What.JOINED, queue=about.get("Queue"), position=position, **about.caller())]


def _leave(about: About) -> list[CallFact]:
    return [about.says(What.LEFT, queue=about.get("Queue"))]


def _abandon(about: About) -> list[CallFact]:
    return [about.says(What.GAVE_UP, queue=about.get("Queue"), **about.waited())]


def _called(about: About) -> list[CallFact]:
    return [about.says(What.RANG, **about.member())]


def _dial_begin(about: About) -> list[CallFact]:
    """One telephone begins to ring, dialled by the call's own leg: outside a queue, where its members ring likewise.

    A call of ours that goes out says here which number it is that the trunk rings (``0990000001@trunk``).
    """
    leg = about.get("DestUniqueid")
    if about.get("Uniqueid") != about.reference or not leg:
        return []
    name, number = known(about.get("DestCallerIDName")), known(about.get("DestCallerIDNum"))
    said = [about.says(What.RANG, kind=PLAIN, leg=leg, interface=about.telephone(), member=name or number)]
    rung = about.get("DialString").rpartition("/")[2].partition("@")[0]
    if about.is_outside(about.get("DestContext")) and is_outside_number(rung):
        said.append(about.says(What.DIALLED, number=rung, **about.who_dials()))
    return said


def is_outside_number(written: str) -> bool:
    return sum(sign.isdigit() for sign in written) >= SHORTEST_OUTSIDE


def _not_answered(about: About) -> list[CallFact]:
    """``RingTime`` is in milliseconds; 0 where the call was pressed away or the telephone was busy."""
    rang = whole(about.get("RingTime"))
    return [about.says(What.RANG_OUT, reason="busy" if rang == 0 else "not_answered", ring_ms=rang, **about.member())]


def _connect(about: About) -> list[CallFact]:
    return [about.says(What.CONNECTED, **about.member(), **about.waited())]


def _complete(about: About) -> list[CallFact]:
    return [about.says(What.TALK_ENDED, reason=about.get("Reason"), **about.member(), **about.waited())]


def _dial_end(about: About) -> list[CallFact]:
    """One telephone's ringing is over. Answered, it says more only where the call's own leg dialled it."""
    status, leg = about.get("DialStatus"), about.get("DestUniqueid")
    if status != "ANSWER":
        reason = {"CANCEL": "cancelled", "BUSY": "busy"}.get(status, "not_answered")
        return [about.says(What.RANG_OUT, leg=leg, reason=reason)] if leg else []
    if about.get("Uniqueid") != about.reference:
        return []
    number, name = known(about.get("DestCallerIDNum")), known(about.get("DestCallerIDName"))
    said = [about.says(What.ANSWERED_ELSEWHERE, leg=leg, extension=number, member=name, interface=about.telephone())]
    if about.is_outside(about.get("DestContext")):
        said.append(about.says(What.REACHED, number=number, **about.who_dials()))
    return said


def _bridge(about: About) -> list[CallFact]:
    """The caller talks to somebody; a bridge that only holds (parking) is no talk."""
    if "hold" in (about.get("BridgeType") + about.get("BridgeTechnology")).casefold():
        return []
    number, name = known(about.get("ConnectedLineNum")), known(about.get("ConnectedLineName"))
    return [about.says(What.ANSWERED_ELSEWHERE, extension=number, member=name)]


def _blind(about: About) -> list[CallFact]:
    by = known(about.get("TransfererCallerIDName")) or known(about.get("TransfererCallerIDNum"))
    success = about.get("Result") in ("Success", "")
    return [about.says(What.TRANSFERRED, kind="blind", by=by, to=about.get("Extension"))] if success else []


def _attended(about: About) -> list[CallFact]:
    if about.get("Result") not in ("Success", ""):
        return []
    by = known(about.get("OrigTransfererCallerIDName")) or known(about.get("OrigTransfererCallerIDNum"))
    to = known(about.get("TransferTargetCallerIDNum"))
    to_name = known(about.get("TransferTargetCallerIDName"))
    return [about.says(What.TRANSFERRED, kind="attended", by=by, to=to, to_name=to_name)]


def _hangup_request(about: About) -> list[CallFact]:
    """The far end of the call's own leg asks to hang up: it was the caller."""
    return [about.says(What.CALLER_LEFT)]


def _hangup(about: About) -> list[CallFact]:
    return [about.says(What.HUNG_UP, reason=about.get("Cause"))]


SAYS: dict[str, Callable[[About], list[CallFact]]] = {
    "Newchannel": _new_channel,
    "NewCallerid": _new_caller,
    "UserEvent": _user_event,
    "QueueCallerJoin": _join,
    "QueueCallerLeave": _leave,
    "QueueCallerAbandon": _abandon,
    "AgentCalled": _called,
    "AgentRingNoAnswer": _not_answered,
    "AgentConnect": _connect,
    "AgentComplete": _complete,
    "DialBegin": _dial_begin,
    "DialEnd": _dial_end,
    "BridgeEnter": _bridge,
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "HangupRequest": _hangup_request,
    "Hangup": _hangup,
}


# Asterisk's manager interface: what one packet says of a call. Hours are its ``Timestamp`` (UTC), else its arrival.


OWN_LEG = frozenset({"NewCallerid", "BridgeEnter", "HangupRequest", "Hangup"})
"""Of these only what concerns the leg that the call began with says anything of the call."""
HEARD = OWN_LEG | {
    "Newchannel",
    "UserEvent",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueCallerAbandon",
    "AgentCalled",
    "AgentRingNoAnswer",
    "AgentConnect",
    "AgentComplete",
    "DialBegin",
    "DialEnd",
    "BlindTransfer",
    "AttendedTransfer",
}
"""The events that are read; a filter at the exchange may leave out all others."""
SHOWN = frozenset({"QueueEntry", "CoreShowChannel", "GuardiaHungUp", "GuardiaSilent"})
"""What a snapshot says of calls, and what we say of one ourselves."""
EARLIEST, LATEST = 946_684_800, 4_102_444_800  # the years 2000 to 2100


def name_of(packet: Packet) -> str:
    return value(packet, "Event")


def reference_of(packet: Packet) -> str:
    """The call that the packet is about; empty where it says nothing of a call."""
    name = name_of(packet)
    if name in SHOWN:
        return value(packet, "Linkedid", "Uniqueid")
    if name not in HEARD:
        return ""
    if name in OWN_LEG and value(packet, "Uniqueid") != value(packet, "Linkedid"):
        return ""
    if name in ("BlindTransfer", "AttendedTransfer"):
        return value(packet, "TransfereeLinkedid", "OrigTransfererLinkedid", "TransfererLinkedid")
    return value(packet, "Linkedid")


def hour_of(packet: Packet, received_at: datetime) -> datetime:
    """When it happened, in UTC: by the exchange's clock where it says so."""
    return from_seconds(value(packet, "Timestamp")) or received_at


def from_seconds(words: str) -> datetime | None:
    """Seconds since 1970, with their fraction, as an hour in UTC; None for what is none."""
    try:
        seconds = Decimal(words)
    except InvalidOperation:
        return None
    if not seconds.is_finite() or not EARLIEST <= seconds < LATEST:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))


def key_of(packet: Packet, received_at: datetime) -> str:
    """What makes it this event and no other: all that it says. Only where it says no hour, the one when it came in."""
    said = [[name, text] for name, text in packet if name not in {"ActionID", "SequenceNumber"}]
    arrived = "" if value(packet, "Timestamp") else received_at.isoformat()
    return sha256(f"{arrived}|{said!r}".encode(errors="replace")).hexdigest()


def facts_in_packet(packet: Packet, received_at: datetime, contexts: Sequence[str] = ()) -> list[CallFact]:
    """What the packet says of its call; often nothing. ``contexts``: where calls come in from outside."""
    reference, say = reference_of(packet), SAYS.get(name_of(packet))
    if not (reference and say):
        return []
    return say(About(packet, reference, hour_of(packet, received_at), contexts))


def legs_of(packets: Sequence[Packet]) -> dict[str, str]:
    """Each leg → its call: the queue log names a call by the leg that waits, which may not be the first one."""
    pairs = ((value(packet, "Uniqueid"), reference_of(packet)) for packet in packets)
    return {leg: call for leg, call in pairs if leg and call and leg != call}
