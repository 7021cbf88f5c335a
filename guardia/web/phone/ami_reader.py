"""Listens to one exchange: connects, logs in, asks how things are, hears, begins anew; what it heard waits in order."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from guardia.web.phone.ami_session import (
    Account,
    Broken,
    NotLetIn,
    Packet,
    Packets,
    Patience,
    Session,
    Unreachable,
    connect,
    value,
    words_of,
)

# --- inbox ------------------------------------------------------------------------------------------------------------
# What was heard and is not written yet, in order. It is bounded: a reader that lags is worse than one that says so.
MOST_PACKETS = 20_000  # half an hour of a busy exchange; some 30 MB
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Heard:
    """What the exchange said by itself; ``at`` is when it came in, UTC, as in the others."""

    at: datetime
    packets: list[Packet]


@dataclass(frozen=True)
class Connected:
    """A connection stands, and what the exchange said when it was asked how things are."""

    at: datetime
    snapshot: list[Packet]
    trouble: str = ""


@dataclass(frozen=True)
class Alive:
    """It answered a Ping; ``trouble``: what is wrong although it does."""

    at: datetime
    trouble: str = ""


@dataclass(frozen=True)
class Members:
    """Who is in its queues, asked anew: an exchange's own filter may hold back what would tell of a change."""

    at: datetime
    answers: list[Packet]


@dataclass(frozen=True)
class Lost:
    """The connection is over, or none came about."""

    at: datetime
    why: str


type Item = Heard | Connected | Alive | Members | Lost


class Full(Exception):
    """There is no room: what comes next would have to be thrown away."""


class Inbox:
    def __init__(self, most: int = MOST_PACKETS) -> None:
        self.most = most
        self.packets = 0
        self._items: deque[Item] = deque()
        self._stir = asyncio.Event()
        self._closed = False

    def put(self, item: Item) -> None:
        """Raises Full, and then keeps nothing of it. What is no packet always finds room."""
        if isinstance(item, Heard):
            if self.packets + len(item.packets) > self.most:
                raise Full
            self.packets += len(item.packets)
        self._items.append(item)
        self._stir.set()

    @property
    def has_room(self) -> bool:
        """Enough of it that a new connection is worth making."""
        return self.packets <= self.most // 2

    def close(self) -> None:
        """Nothing more comes; what is there can still be taken."""
        self._closed = True
        self._stir.set()

    async def take(self) -> list[Item]:
        """The next ones, as soon as there are any, at most MOST_AT_ONCE packets; none once it is closed and empty."""
        while not self._items and not self._closed:
            self._stir.clear()
            await self._stir.wait()
        taken: list[Item] = []
        packets = 0
        while self._items and packets < MOST_AT_ONCE:
            item = self._items.popleft()
            packets += len(item.packets) if isinstance(item, Heard) else 1
            taken.append(item)
        self.packets -= sum(len(item.packets) for item in taken if isinstance(item, Heard))
        return taken


# --- snapshot ---------------------------------------------------------------------------------------------------------
# How things are at the exchange, asked right after the login: what nobody heard shows only in this.
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


# --- listener ---------------------------------------------------------------------------------------------------------
BACK_OFF_SECONDS = (1, 2, 5, 10, 20, 30)
SHUT_OUT_SECONDS = 60  # an exchange bans who knocks often with a wrong password
UNTIMED = "it says no hours: manager.conf needs timestampevents=yes; till then they are those of arrival here"


def pause_after(failures: int, *, shut_out: bool) -> float:
    """Seconds until the next attempt, with a jitter, so that many who lost it do not come back as one."""
    seconds = SHUT_OUT_SECONDS if shut_out else BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)]
    return seconds * random.uniform(0.5, 1)


class Listener:
    """``clock`` says when something came in (UTC); ``pause`` how many seconds lie between two attempts."""

    def __init__(
        self,
        account: Account,
        inbox: Inbox,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        pause: Callable[..., float] = pause_after,
    ) -> None:
        self.account = account
        self.inbox = inbox
        self.clock = clock
        self.patience = patience or Patience()
        self.pause = pause
        self.failures = 0
        self.untimed = ""

    async def listen(self) -> None:
        """For ever; what ends it is being cancelled. The loss of each connection, and its last one, is put down."""
        try:
            while True:
                shut_out = await self._once()
                await asyncio.sleep(self.pause(self.failures, shut_out=shut_out))
                self.failures += 1
                while not self.inbox.has_room:
                    await asyncio.sleep(self.pause(0, shut_out=False))
        finally:
            self.inbox.put(Lost(self.clock(), "Guardia does not listen now"))

    async def _once(self) -> bool:
        """One connection, as long as it lasts. Whether the exchange refused us."""
        try:
            await self._converse()
        except (Broken, Unreachable) as trouble:
            self.inbox.put(Lost(self.clock(), str(trouble)))
            return isinstance(trouble, NotLetIn)
        return False

    async def _converse(self) -> None:
        """Raises Broken, Unreachable."""
        session = Session(await connect(self.account, self.patience.answer), self._hear, self.patience)
        reading = asyncio.create_task(session.read())
        try:
            await self._tend(session, reading)
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await session.say_goodbye()

    async def _tend(self, session: Session, reading: asyncio.Task[None]) -> None:
        """Until the reading is over. Raises Broken."""
        await session.log_in(self.account)
        answers, trouble = await snapshot(session)
        self.inbox.put(Connected(self.clock(), answers, trouble))
        self.failures, looked = 0, 0.0
        while not reading.done():
            pong = (await session.ask("Ping"))[0]
            at = self.clock()
            self.inbox.put(Alive(at, askew(pong, at) or self.untimed or trouble))
            await asyncio.wait({reading}, timeout=self.patience.ping)
            looked += self.patience.ping
            if looked >= self.patience.members and not reading.done():
                looked, members = 0.0, await session.ask("QueueStatus")
                if value(members[0], "Response").lower() != "error":
                    self.inbox.put(Members(self.clock(), members))

    def _hear(self, packets: list[Packet]) -> None:
        """Raises Broken where nothing more can be kept: then the gap is on record, and it is asked anew."""
        self.untimed = "" if value(packets[-1], "Timestamp") else UNTIMED
        try:
            self.inbox.put(Heard(self.clock(), packets))
        except Full as full:
            raise Broken(f"more than {self.inbox.most} events wait to be written") from full


# --- recording --------------------------------------------------------------------------------------------------------
# A recording of the manager interface as text: packets parted by empty lines, notes after “;”.
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
