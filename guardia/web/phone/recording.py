"""A recording of the manager interface as text: packets parted by empty lines, notes after “;”."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from guardia.web.phone.ami_wire import Packet, Packets, value

TIME = "Timestamp"
IDS = ("uniqueid", "linkedid")


class NoRecording(ValueError):
    """There is no packet in it."""


def packets_in(content: bytes) -> list[Packet]:
    """In the order of the recording. Raises NoRecording."""
    lines = [line for line in content.replace(b"\r\n", b"\n").split(b"\n") if not line.startswith(b";")]
    packets = Packets().feed(b"\n".join([*lines, b"", b"", b""]))
    known = [packet for packet in packets if value(packet, "Event") or value(packet, "Response")]
    if not known:
        raise NoRecording
    return known


def moved(packets: Sequence[Packet], begins_at: datetime) -> list[Packet]:
    """The same calls as if they began at ``begins_at`` (UTC): their hours moved, their ids those of other calls."""
    hours = hours_in(packets)
    if not hours:
        return list(packets)
    shift = Decimal(str(begins_at.timestamp())) - hours[0]
    mark = f"-{int(begins_at.timestamp())}"
    return [[(name, _moved(name, text, shift, mark)) for name, text in packet] for packet in packets]


def length(packets: Sequence[Packet]) -> timedelta:
    """From the first packet that says an hour to the last one."""
    hours = hours_in(packets)
    return timedelta(seconds=float(hours[-1] - hours[0])) if hours else timedelta()


def hours_in(packets: Sequence[Packet]) -> list[Decimal]:
    return [hour for packet in packets if (hour := seconds(value(packet, TIME))) is not None]


def _moved(name: str, text: str, shift: Decimal, mark: str) -> str:
    if name == TIME and (hour := seconds(text)) is not None:
        return str(hour + shift)
    return text + mark if text and name.lower().endswith(IDS) else text


def seconds(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
