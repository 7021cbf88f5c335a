"""How things are at the exchange, asked right after the login: what nobody heard shows only in this."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from guardia.web.phone.ami_session import Session, words_of
from guardia.web.phone.ami_wire import Packet, value

QUESTIONS = ("CoreStatus", "QueueStatus", "CoreShowChannels")
"""In this order: a call that leaves its queue between two answers is then still among the channels."""

MOST_ASKEW = timedelta(seconds=2)
UTC_ZONE = ZoneInfo("UTC")


async def snapshot(session: Session) -> tuple[list[Packet], str]:
    """All answers, and what may not be asked, in words. Raises Broken."""
    packets: list[Packet] = []
    refused = []
    for question in QUESTIONS:
        answers = await session.ask(question)
        if value(answers[0], "Response").lower() == "error":
            refused.append(f"{question}: {words_of(answers[0])}")
        else:
            packets += answers
    words = "; ".join(refused)
    return packets, f"{words}; manager.conf needs write=reporting for it" if words else ""


def started_at(
    snapshot: Sequence[Packet], zone: ZoneInfo, at: datetime, known: datetime | None = None
) -> datetime | None:
    """When the exchange was started (UTC), from CoreStatus; ``known`` where it says that again, else None where none.

    It says the hour of its own clock without a zone: that of the operator is taken, or UTC where the former would lie
    after ``at``.
    """
    day, hour = (first(snapshot, name) for name in ("CoreStartupDate", "CoreStartupTime"))
    try:
        local = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    readings = [local.replace(tzinfo=each).astimezone(UTC_ZONE) for each in (zone, UTC_ZONE)]
    if known and any(abs(reading - known) <= MOST_ASKEW for reading in readings):
        return known
    return next((reading for reading in readings if reading <= at + MOST_ASKEW), None)


def first(packets: Sequence[Packet], name: str) -> str:
    return next((found for packet in packets if (found := value(packet, name))), "")


def askew(packet: Packet, at: datetime) -> str:
    """Whether the clock of the exchange is off against ours, by its answer to a Ping that came in at ``at`` (UTC)."""
    try:
        ahead = timedelta(seconds=float(value(packet, "Timestamp")) - at.timestamp())
    except (ValueError, OverflowError):
        return ""
    if abs(ahead) <= MOST_ASKEW:
        return ""
    way = "ahead of" if ahead > timedelta() else "behind"
    return f"its clock is {abs(ahead.total_seconds()):.0f} s {way} ours: both need NTP"
