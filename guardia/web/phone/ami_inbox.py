"""What was heard and is not written yet, in order. It is bounded: a reader that lags is worse than one that says so."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from guardia.web.phone.ami_wire import Packet

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
