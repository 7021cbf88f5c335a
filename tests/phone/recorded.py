"""Traffic of a real exchange, as a reader of its manager interface saw it, and what its queue log kept of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from guardia.calls import ami, exchange_seen, queue_log
from guardia.calls.ami import Packet
from guardia.calls.exchange_report import CallFact

FOLDER = Path(__file__).parent / "recordings"
CONTEXTS = ("from-trunk",)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Heard:
    """One packet and when it came in (UTC)."""

    packet: Packet
    received_at: datetime


@cache
def heard(name: str) -> tuple[Heard, ...]:
    """The packets of a recording, in the order in which they came."""
    found = []
    for block in (FOLDER / f"{name}.ami.txt").read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line]
        stamps = [line for line in lines if line.startswith("; received")]
        pairs = [tuple(line.split(": ", 1)) for line in lines if not line.startswith(";") and ": " in line]
        if pairs and stamps:
            seconds = float(stamps[0].removeprefix("; received "))
            found.append(Heard(pairs, BEGINNING + timedelta(seconds=seconds)))
    return tuple(found)


@cache
def log_lines(name: str) -> tuple[str, ...]:
    lines = (FOLDER / f"{name}.queue_log.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if "|" in line)


def log_packets(name: str) -> list[Packet]:
    return [packet for line in log_lines(name) if (packet := queue_log.packet_of(line))]


def said_in(events: Sequence[Heard], reference: str = "") -> list[CallFact]:
    """What these packets say, of one call or of all."""
    said: list[CallFact] = []
    for one in events:
        words = exchange_seen if ami.name_of(one.packet) in ami.SHOWN else None
        if words:
            said += exchange_seen.facts_in_snapshot(one.packet, one.received_at)
        else:
            said += ami.facts_in_packet(one.packet, one.received_at, CONTEXTS)
    return [one for one in said if reference in ("", one.reference)]


def log_said(name: str, reference: str = "", call: str = "") -> list[CallFact]:
    """What the log says. ``call``: what the exchange calls the call, where the log calls it ``reference``."""
    read = [queue_log.facts_in_line(packet, BEGINNING, call) for packet in log_packets(name)]
    return [one for said in read for one in said if reference in ("", one.reference)]


def names() -> list[str]:
    return sorted(path.name.removesuffix(".ami.txt") for path in FOLDER.glob("*.ami.txt"))
