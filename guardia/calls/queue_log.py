"""Asterisk's queue log: what a line says of a call, to the whole second. ``time|callid|queue|agent|EVENT|more…``"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from guardia.calls.ami import Packet, from_seconds, known, value, whole
from guardia.calls.call import Measure
from guardia.calls.exchange_report import CallFact, What

NAMES = ("time", "callid", "queue", "agent", "event")
NONE = "NONE"
RESTART = "QUEUESTART"


def packet_of(line: str) -> Packet | None:
    """The line as a packet: time, callid, queue, agent, event, data1, data2 …; None for what is no line of the log."""
    parts = line.rstrip("\r\n").split("|")
    if len(parts) < len(NAMES) or from_seconds(parts[0]) is None:
        return None
    rest = [(f"data{place}", part) for place, part in enumerate(parts[len(NAMES) :], 1)]
    return [*zip(NAMES, parts, strict=False), *rest]


def name_of(packet: Packet) -> str:
    return value(packet, "event")


def reference_of(packet: Packet) -> str:
    """The call by the leg that waits; empty for what is about no call."""
    call = value(packet, "callid")
    return "" if call in (NONE, "MANAGER", "REALTIME") or name_of(packet) not in SAYS else call


def hour_of(packet: Packet, received_at: datetime) -> datetime:
    return from_seconds(value(packet, "time")) or received_at


def key_of(packet: Packet) -> str:
    """The whole line: where it says the same in the same second it is the same line, read again."""
    return sha256(("log|" + "|".join(said for _, said in packet)).encode()).hexdigest()


def facts_in_line(packet: Packet, received_at: datetime, reference: str = "") -> list[CallFact]:
    """What the line says. ``reference``: what the exchange calls the call elsewhere, where that is another name."""
    call = reference_of(packet)
    if not call:
        return []
    queue, agent = value(packet, "queue"), value(packet, "agent")
    about = {"queue": "" if queue == NONE else queue, "member": "" if agent == NONE else agent}
    at = hour_of(packet, received_at)
    return [
        CallFact(what, reference or call, at, "log", Measure.LOG, **(about | facts))  # type: ignore[arg-type]
        for what, facts in SAYS[name_of(packet)](packet)
    ]


Facts = list[tuple[What, dict[str, object]]]


def _number(packet: Packet, place: int) -> int | None:
    return whole(value(packet, f"data{place}"))


def _joined(packet: Packet) -> Facts:
    return [(What.JOINED, {"number": known(value(packet, "data2")), "position": _number(packet, 3)})]


def _connected(packet: Packet) -> Facts:
    """CONNECT|hold|leg of who answers|ring: the ring in seconds, here in milliseconds."""
    ring = _number(packet, 3)
    times = {"wait_s": _number(packet, 1), "ring_ms": None if ring is None else ring * 1000}
    return [(What.CONNECTED, {"leg": value(packet, "data2"), **times})]


def _completed(reason: str) -> Callable[[Packet], Facts]:
    def says(packet: Packet) -> Facts:
        return [(What.TALK_ENDED, {"reason": reason, **_times(packet, 1)})]

    return says


def _times(packet: Packet, first: int) -> dict[str, object]:
    return {"wait_s": _number(packet, first), "talk_s": _number(packet, first + 1)}


def _gave_up(packet: Packet) -> Facts:
    return [(What.GAVE_UP, {"reason": "caller", "wait_s": _number(packet, 3)})]


def _timed_out(packet: Packet) -> Facts:
    return [(What.TIMED_OUT, {"wait_s": _number(packet, 3)})]


def _pressed_out(packet: Packet) -> Facts:
    return [(What.PRESSED_OUT, {"option": value(packet, "data1"), "wait_s": _number(packet, 4)})]


def _rang_out(reason: str) -> Callable[[Packet], Facts]:
    def says(packet: Packet) -> Facts:
        rang = _number(packet, 1)
        return [(What.RANG_OUT, {"reason": "busy" if rang == 0 else reason, "ring_ms": rang})]

    return says


def _blind(packet: Packet) -> Facts:
    """BLINDTRANSFER|extension|context|hold|talk|position"""
    ended = (What.TALK_ENDED, {"reason": "transfer", **_times(packet, 3)})
    return [(What.TRANSFERRED, {"kind": "blind", "to": value(packet, "data1"), "by": value(packet, "agent")}), ended]


def _attended(packet: Packet) -> Facts:
    """ATTENDEDTRANSFER|BRIDGE|id|hold|talk|position: to whom, the log does not say."""
    to = value(packet, "data2") if value(packet, "data1") == "APP" else ""
    ended = (What.TALK_ENDED, {"reason": "transfer", **_times(packet, 3)})
    return [(What.TRANSFERRED, {"kind": "attended", "to": to, "by": value(packet, "agent")}), ended]


SAYS: dict[str, Callable[[Packet], Facts]] = {
    "ENTERQUEUE": _joined,
    "CONNECT": _connected,
    "COMPLETECALLER": _completed("caller"),
    "COMPLETEAGENT": _completed("agent"),
    "ABANDON": _gave_up,
    "EXITWITHTIMEOUT": _timed_out,
    "EXITEMPTY": _timed_out,
    "EXITWITHKEY": _pressed_out,
    "RINGNOANSWER": _rang_out("not_answered"),
    "RINGCANCELED": _rang_out("cancelled"),
    "BLINDTRANSFER": _blind,
    "TRANSFER": _blind,
    "ATTENDEDTRANSFER": _attended,
}
