"""The process that listens to traps: one task reads the port, one writes batch after batch; none waits for the other.

What cannot be held is counted, never an error: a trap is sent once and forgotten, an inform is answered once kept.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from guardia.network.alerts_sources import V3_USER
from guardia.network.alerts_tokens import digest_of
from guardia.network.alerts_traps import Trap
from guardia.web.alerts.traps_keeper import Heard, Keeper
from guardia.web.alerts.traps_v3 import opened
from guardia.web.alerts.traps_wire import NoTrap, read

log = logging.getLogger(__name__)

MOST_HELD = 20_000
BATCH = 1000
GATHER_SECONDS = 0.2
RETRY_SECONDS = 1.0
LAST_WRITES_SECONDS = 10.0
OUTSIDE_TROUBLE = (OperationalError, InterfaceError)


class Listener:
    def __init__(
        self,
        keeper: Keeper,
        users: Sequence[str] = (),
        steady: Callable[[], float] | None = None,
        most: int = MOST_HELD,
    ) -> None:
        self.keeper = keeper
        self.users = users
        self.steady = steady or keeper.steady
        self.queue: asyncio.Queue[Heard] = asyncio.Queue(most)
        self.lost = 0
        self.transport: Any = None

    async def run(self, host: str, port: int, stopping: asyncio.Event, sock: Any = None) -> None:
        """Until ``stopping`` is set; then what was heard is written down. Raises OSError for a port it cannot have."""
        engine, self.transport = opened(host, port, self.users, self.on_packet, self.on_trap, sock)
        thread = ThreadPoolExecutor(1, thread_name_prefix="traps")
        try:
            await self.transport._lport  # the port is ours, or this says why not
            writing = asyncio.create_task(self._write(thread))
            await stopping.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES_SECONDS):
                    await self.queue.join()
            writing.cancel()
        finally:
            engine.close_dispatcher()
            await asyncio.get_running_loop().run_in_executor(thread, close)
            thread.shutdown()

    def on_packet(self, packet: bytes, peer: tuple) -> None:
        """v1 and v2c: the community is all that guards them, so it must be that of a source of this very address."""
        try:
            found = read(packet)
        except NoTrap:
            return
        trap = Trap(plain(str(peer[0])), found.kind, found.values)
        answer = (lambda: self._send(found.answer, peer)) if found.answer else None
        self._hold(Heard(trap, digest_of(found.community), self.steady(), answer))

    def on_trap(self, address: str, user: str, kind: str, values: dict[str, str]) -> None:
        self._hold(Heard(Trap(plain(address), kind, values), digest_of(V3_USER + user), self.steady()))

    def _hold(self, heard: Heard) -> None:
        try:
            self.queue.put_nowait(heard)
        except asyncio.QueueFull:
            self.lost += 1

    def _send(self, answer: bytes, peer: tuple) -> None:
        self.transport.transport.sendto(answer, peer)

    async def _write(self, thread: ThreadPoolExecutor) -> None:
        while True:
            batch = [await self.queue.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while len(batch) < BATCH and not self.queue.empty():
                batch.append(self.queue.get_nowait())
            while not await self._written(thread, batch):
                await asyncio.sleep(RETRY_SECONDS)
            for heard in batch:
                if heard.answer:
                    heard.answer()
                self.queue.task_done()

    async def _written(self, thread: ThreadPoolExecutor, batch: list[Heard]) -> bool:
        """Whether it is committed, or can never be; a database that is away is asked again."""
        lost, self.lost = self.lost, 0
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(thread, self.keeper.take, batch, lost)
        except OUTSIDE_TROUBLE as trouble:
            self.lost += lost
            log.warning("the database does not take the traps: %s; again soon", " ".join(str(trouble).split()))
            await loop.run_in_executor(thread, close)
            return False
        except Exception:
            log.exception("%d traps cannot be kept", len(batch))
        return True


def close() -> None:
    """The database connection of the thread that calls this."""
    connection.close()


def plain(address: str) -> str:
    """An IPv4 address that came in over IPv6, as it is written without."""
    return address.split("%")[0].removeprefix("::ffff:") if ":" in address else address
