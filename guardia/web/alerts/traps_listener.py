"""`guardia traps`: one task reads the port, one writes each trap to the source its address and community name."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.network.alert import AlertSource
from guardia.network.alert_message import AlertMessage, Message
from guardia.network.alert_store import is_troubled, keep
from guardia.network.alerts_sources import V3_USER, traps_from
from guardia.network.alerts_traps import Trap, alert_of_trap
from guardia.people.secret_address import digest_of, matching
from guardia.web.alerts.traps_wire import NoTrap, opened, read
from guardia.worker.rounds import step

# --- writing ----------------------------------------------------------------------------------------------------------
log = logging.getLogger(__name__)

SAID_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """``digest``: of its community or user; ``arrived``: seconds of the machine's steady counter."""

    trap: Trap
    digest: str
    arrived: float
    answer: Callable[[], None] | None = None


class Keeper:
    """``step`` opens a transaction under the worker's database role, ``now`` reads the database's hour (UTC) in it."""

    def __init__(
        self, step: Callable[[], AbstractContextManager[None]], now: Callable[[], datetime], steady: Callable[[], float]
    ) -> None:
        self.step = step
        self.now = now
        self.steady = steady
        self.said: dict[str, datetime] = {}

    def take(self, batch: Sequence[Heard], lost: int = 0) -> int:
        """Keep what the sources in use said, committed when it returns; how many traps that were.

        ``lost``: so many more came in than could be held, which the settings say.
        """
        with self.step(), translation.override(settings.LANGUAGE_CODE):
            at, steady = self.now(), self.steady()
            by_source: dict[int, list[AlertMessage]] = defaultdict(list)
            sources = self._sources({heard.trap.address for heard in batch})
            known: dict[int, AlertSource] = {}
            for heard in batch:
                source = self._source_of(heard, sources.get(heard.trap.address, []), at)
                if source:
                    hour = at - timedelta(seconds=max(0.0, steady - heard.arrived))
                    known[source.pk] = source
                    by_source[source.pk] += [replace(said, at=hour) for said in alert_of_trap(heard.trap).alerts]
            words = _("%d traps were lost: more arrived than could be stored.") % lost if lost else ""
            for pk in sorted(by_source):
                keep(known[pk], Message(tuple(by_source[pk]), words), at)
            return sum(map(len, by_source.values()))

    def _sources(self, addresses: set[str]) -> dict[str, list[AlertSource]]:
        found: dict[str, list[AlertSource]] = defaultdict(list)
        for source in traps_from(addresses):
            found[str(source.address)].append(source)
        return found

    def _source_of(self, heard: Heard, sources: Sequence[AlertSource], at: datetime) -> AlertSource | None:
        source = matching(sources, heard.digest)
        if source is None and self._is_news(heard.trap.address, at):
            log.warning("a trap of %s is not taken: no source has its address and community", heard.trap.address)
            for one in sources:
                is_troubled(one, _("A trap came in with another community or user: compare them with the device's."))
        return source

    def _is_news(self, address: str, at: datetime) -> bool:
        """A stranger is named once in ten minutes, however much it sends; and not more strangers than a page holds."""
        self.said = {one: hour for one, hour in self.said.items() if at - hour < SAID_EVERY}
        if address in self.said or len(self.said) >= 100:
            return False
        self.said[address] = at
        return True


# --- reading the port -------------------------------------------------------------------------------------------------
# The process that listens to traps: one task reads the port, one writes batch after batch; none waits for the other.
# What cannot be held is counted, never an error: a trap is sent once and forgotten, an inform is answered once kept.

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


# --- process ----------------------------------------------------------------------------------------------------------
# `guardia traps`: the port of TRAPS_LISTEN, or the one that systemd opened for us, until SIGTERM or SIGINT.
FIRST_PASSED = 3


def run() -> None:
    """Ends soon after the first signal. Raises OSError for a port that cannot be had."""
    host, _colon, port = settings.TRAPS_LISTEN.rpartition(":")
    keeper = Keeper(step, now, time.monotonic)
    passed = passed_socket()
    asyncio.run(until_signalled(Listener(keeper, settings.SNMP_TRAP_USERS), host.strip("[]"), int(port or 0), passed))


async def until_signalled(listener: Listener, host: str, port: int, passed: socket.socket | None) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    await listener.run(host, port, stopping, passed)


def passed_socket() -> socket.socket | None:
    """The socket that systemd opened for this process (LISTEN_FDS): so port 162 needs no privilege of ours."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not os.environ.get("LISTEN_FDS", "").isdigit():
        return None
    found = socket.socket(fileno=FIRST_PASSED)
    found.setblocking(False)
    return found
