"""A listener that is heard item by item; its hours are counted, not read: each is a second after the one before."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from guardia.web.phone.ami_reader import Alive, Connected, Heard, Inbox, Item, Listener, Lost
from guardia.web.phone.ami_session import Packet, Patience

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENT = Patience(answer=30, ping=30, silence=60)


def counted(start: datetime = START) -> Callable[[], datetime]:
    seconds = count()
    return lambda: start + timedelta(seconds=next(seconds))


class Hearing:
    """``until`` takes items until one fits, and gives back all of them."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.items: list[Item] = []
        self._left: list[Item] = []

    async def until(self, kind: type[Item], **facts) -> list[Item]:
        taken: list[Item] = []
        while True:
            self._left = self._left or await self.inbox.take()
            item = self._left.pop(0)
            taken.append(item)
            self.items.append(item)
            if isinstance(item, kind) and all(getattr(item, name) == wanted for name, wanted in facts.items()):
                return taken

    async def packets(self, how_many: int) -> list[Packet]:
        heard: list[Packet] = []
        while len(heard) < how_many:
            heard += (await self.until(Heard))[-1].packets
        return heard

    async def lost(self) -> str:
        return (await self.until(Lost))[-1].why


@asynccontextmanager
async def listening(
    account, *, patience: Patience = PATIENT, most: int = 20_000, clock: Callable[[], datetime] | None = None
) -> AsyncIterator[Hearing]:
    """A listener in the background; between two attempts there is no pause."""
    inbox = Inbox(most)
    listener = Listener(account, inbox, clock or counted(), patience, pause=lambda failures, *, shut_out: 0)
    task = asyncio.create_task(listener.listen())
    try:
        async with asyncio.timeout(30):
            yield Hearing(inbox)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


__all__ = ["PATIENT", "START", "Alive", "Connected", "Heard", "Hearing", "Lost", "counted", "listening"]
