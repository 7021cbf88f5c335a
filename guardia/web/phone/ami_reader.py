"""Listens to one exchange for as long as it is let: connects, logs in, asks how things are, hears, and begins anew."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime

from guardia.web.phone.ami_account import Account, Unreachable, connect
from guardia.web.phone.ami_inbox import Alive, Connected, Full, Heard, Inbox, Lost, Members
from guardia.web.phone.ami_session import Broken, NotLetIn, Patience, Session
from guardia.web.phone.ami_snapshot import askew, snapshot
from guardia.web.phone.ami_wire import Packet, value

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
