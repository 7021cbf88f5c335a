"""One connection to the manager interface, from the login until it breaks: what is asked, answered and heard.

A peer that is silent is asked for a sign of life; one that stays silent is dead, however whole the connection looks.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from guardia.web.phone.ami_account import Account, Streams, said
from guardia.web.phone.ami_wire import BANNER, NotTheProtocol, Packet, Packets, action, key_for, value

READ_BYTES = 64 * 1024
MOST_ANSWERS = 100_000
OURS = "guardia-"


class Broken(Exception):
    """The connection is over; why, in words."""


class NotLetIn(Broken):
    """The exchange knows neither this user nor this secret, or does not let this address in."""


@dataclass(frozen=True)
class Patience:
    """All in seconds: to connect and for each answer; between two signs of life; silence after which it is dead;
    between two looks at who is in its queues.
    """

    answer: float = 10
    ping: float = 10
    silence: float = 25
    members: float = 60


@dataclass
class Asked:
    """One question that waits for its answer; a list comes as many packets with the same ActionID."""

    done: asyncio.Future[list[Packet]]
    packets: list[Packet] = field(default_factory=list)

    def take(self, packet: Packet) -> None:
        self.packets.append(packet)
        starts = value(packet, "EventList").lower() == "start"
        is_part = value(packet, "Event") and value(packet, "EventList").lower() != "complete"
        if not self.done.done() and not starts and (not is_part or len(self.packets) > MOST_ANSWERS):
            self.done.set_result(self.packets)


class Session:
    """``hear`` gets what the exchange says by itself, as often as something came in."""

    def __init__(self, streams: Streams, hear: Callable[[list[Packet]], None], patience: Patience) -> None:
        self.reader, self.writer = streams
        self.hear = hear
        self.patience = patience
        self._asked: dict[str, Asked] = {}
        self._ids = count(1)
        self._over: Exception | None = None

    async def read(self) -> None:
        """Until the connection breaks, which it always does: raises Broken, and so does every question that waits."""
        try:
            await self._read()
        except Exception as over:
            self._over = over
            for asked in self._asked.values():
                if not asked.done.done():
                    asked.done.set_exception(over)
            raise

    async def _read(self) -> None:
        packets = Packets()
        while True:
            data = await self._some_bytes()
            try:
                whole = packets.feed(data)
            except NotTheProtocol as wrong:
                raise Broken(f"it does not speak as {BANNER} does: {wrong}") from wrong
            heard = [packet for packet in whole if not self._is_answer(packet)]
            if heard:
                self.hear(heard)

    async def _some_bytes(self) -> bytes:
        try:
            async with asyncio.timeout(self.patience.silence):
                data = await self.reader.read(READ_BYTES)
        except TimeoutError as silence:
            raise Broken(f"no word for {self.patience.silence:g} s") from silence
        except OSError as trouble:
            raise Broken(f"the connection broke: {said(trouble)}") from trouble
        if not data:
            raise Broken("the exchange closed the connection")
        return data

    def _is_answer(self, packet: Packet) -> bool:
        """An answer that comes too late is nobody's; the action of another client is none of ours either."""
        mine = value(packet, "ActionID")
        if asked := self._asked.get(mine):
            asked.take(packet)
        return mine.startswith(OURS) or bool(value(packet, "Response"))

    async def ask(self, name: str, headers: Mapping[str, str] | None = None) -> list[Packet]:
        """The answer, and with a list its entries. Raises Broken where none comes."""
        if self._over:
            raise self._over
        mine = f"{OURS}{next(self._ids)}"
        asked = self._asked[mine] = Asked(asyncio.get_running_loop().create_future())
        try:
            self.writer.write(action(name, {"ActionID": mine, **(headers or {})}))
            async with asyncio.timeout(self.patience.answer):
                await self.writer.drain()
                return await asked.done
        except TimeoutError as silence:
            raise Broken(f"no answer to {name} within {self.patience.answer:g} s") from silence
        except OSError as trouble:
            raise Broken(f"the connection broke: {said(trouble)}") from trouble
        finally:
            del self._asked[mine]

    async def log_in(self, account: Account, events: str = "on") -> None:
        """By challenge, so that the secret never goes over the wire. Raises NotLetIn, Broken."""
        first = (await self.ask("Challenge", {"AuthType": "MD5"}))[0]
        challenge = value(first, "Challenge")
        if not challenge:
            raise NotLetIn(f"it gives no challenge: {words_of(first)}")
        key = key_for(challenge, account.secret)
        second = (await self.ask("Login", {"AuthType": "MD5", "Username": account.user, "Key": key, "Events": events}))[
            0
        ]
        if value(second, "Response").lower() != "success":
            raise NotLetIn(
                f"user {account.user!r} is not let in: {words_of(second)}; see AMI_USER, AMI_SECRET, permit="
            )

    async def say_goodbye(self) -> None:
        """Close, politely if the other end still listens; never waits long."""
        with suppress(OSError):
            self.writer.write(action("Logoff"))
        self.writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self.writer.wait_closed()


def words_of(packet: Packet) -> str:
    return value(packet, "Message") or value(packet, "Response") or "it answers without words"
