"""`guardia phone listen`: reading in one task, writing in another, and one such process at a time."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection

from guardia.calls import exchanges
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.web.phone.ami_keeper import Keeper
from guardia.web.phone.ami_reader import Inbox, Item, Listener
from guardia.web.phone.ami_session import Account
from guardia.worker.rounds import step

# --- one reader at a time ---------------------------------------------------------------------------------------------
# One process listens to an exchange; a second one waits as stand-by until the first is gone, however it went.
# The turn is an advisory lock of a transaction that stays open and does nothing: so it holds behind a pooler too, where
# a session is nobody's, and needs no other login than the work. Without a snapshot it keeps no dead row alive.
PATIENCE_SECONDS = 10
ALIVE: dict[str, Any] = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Turn:
    """The right to listen to the exchange of this name. Not for use by two threads at once."""

    def __init__(self, url: str, exchange: str) -> None:
        self.url = url
        self.name = f"guardia listens to {exchange}"
        self._connection: psycopg.Connection | None = None

    def take(self) -> bool:
        """Whether it is ours now; still ours, if it was and the connection that holds it lives.

        Raises psycopg.OperationalError where the database does not answer.
        """
        if self._connection is not None:
            if self._lives(self._connection):
                return True
            self.give_back()
        connection = psycopg.connect(
            self.url,
            prepare_threshold=None,
            connect_timeout=PATIENCE_SECONDS,
            cursor_factory=psycopg.ClientCursor,
            **ALIVE,
        )
        try:
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            row = connection.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [self.name]
            ).fetchone()
        except BaseException:
            connection.close()
            raise
        if row and row[0]:
            self._connection = connection
            return True
        connection.close()
        return False

    def give_back(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    @staticmethod
    def _lives(connection: psycopg.Connection) -> bool:
        try:
            connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


# --- listening --------------------------------------------------------------------------------------------------------
# The process that listens to an exchange: reading in one task, writing in another, and one such process at a time.
# Here alone a clock is read: PostgreSQL's, carried on by this machine's steady counter between two looks.
log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
LAST_WRITES_SECONDS = 10.0
RETRY_SECONDS = 1.0
OUTSIDE_TROUBLE = (OperationalError, InterfaceError, psycopg.OperationalError)


class Clock:
    """The hour (UTC), set by the database's now and then; between, it only moves forward."""

    def __init__(self) -> None:
        self._at = datetime.now(UTC)
        self._mark = time.monotonic()

    def set(self, at: datetime) -> None:
        self._at, self._mark = at, time.monotonic()

    def __call__(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._mark)


class ListeningProcess:
    """``keeper`` and ``turn`` are only used in one thread of their own. ``make_listener`` gets the inbox to fill."""

    def __init__(
        self,
        keeper: Keeper,
        turn: Turn,
        clock: Clock,
        make_listener: Callable[[Inbox], Listener],
        look_seconds: float = LOOK_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.keeper = keeper
        self.turn = turn
        self.clock = clock
        self.make_listener = make_listener
        self.look_seconds = look_seconds
        self.retry_seconds = retry_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="exchange")
        self._said = ""

    async def run(self, stopping: asyncio.Event) -> None:
        """Listen, or wait for the turn, until ``stopping`` is set; then what was heard is written down."""
        try:
            while not stopping.is_set():
                if await self._may_listen():
                    await self._listen(stopping)
                else:
                    await self._pause(stopping)
        finally:
            await self._in_thread(self.turn.give_back)
            await self._in_thread(close)
            self._thread.shutdown()

    async def _listen(self, stopping: asyncio.Event) -> None:
        """Until it is over, or the turn is known to be another's. A mistake of ours is raised."""
        inbox = Inbox()
        writing = asyncio.create_task(self._write(inbox))
        listening = asyncio.create_task(self.make_listener(inbox).listen())
        try:
            while not (stopping.is_set() or listening.done() or writing.done()):
                await self._pause(stopping)
                # While the database is away nobody else can listen either: going on loses nothing.
                if not stopping.is_set() and await self._may_listen() is False:
                    break
        finally:
            listening.cancel()
            ended = await asyncio.gather(listening, return_exceptions=True)
            inbox.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES_SECONDS):
                    await writing
        if isinstance(ended[0], Exception):
            raise ended[0]

    async def _write(self, inbox: Inbox) -> None:
        while items := await inbox.take():
            failures = 0
            while not await self._written(items):
                failures += 1
                await asyncio.sleep(self.retry_seconds * min(failures, 10))

    async def _written(self, items: list[Item]) -> bool:
        try:
            await self._in_thread(self.keeper.take, items)
        except OUTSIDE_TROUBLE as trouble:
            log.warning("the database does not take what was heard: %s; again soon", " ".join(str(trouble).split()))
            await self._in_thread(close)
            return False
        return True

    async def _may_listen(self) -> bool | None:
        """Whether the exchange is in use and the turn is ours; None where the database does not answer."""
        try:
            why_not = await self._in_thread(self._ask)
        except (*OUTSIDE_TROUBLE, Error) as trouble:
            await self._in_thread(close)
            self._say(f"the database does not answer ({' '.join(str(trouble).split())})")
            return None
        self._say(why_not or "this process listens")
        return not why_not

    def _say(self, words: str) -> None:
        if words != self._said:
            log.info("exchange %s: %s", self.keeper.exchange.name, words)
            self._said = words

    def _ask(self) -> str:
        """Why this process may not listen now; empty where it may."""
        with self.keeper.step():
            self.clock.set(self.keeper.now())
            self.keeper.exchange.refresh_from_db(fields=["is_active"])
        if not self.keeper.exchange.is_active:
            self.turn.give_back()
            return "it is switched off"
        return "" if self.turn.take() else "another process listens; this one waits as stand-by"

    async def _pause(self, stopping: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.look_seconds):
                await stopping.wait()

    async def _in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)


def close() -> None:
    """The database connection of the thread that calls this."""
    connection.close()


# --- process ----------------------------------------------------------------------------------------------------------
# `guardia phone listen`: the exchange of the environment (AMI_…), until SIGTERM or SIGINT.
def run() -> None:
    """Ends soon after the first signal; a second one ends the process at once. Raises ExchangeRefused."""
    account, clock = Account.of_settings(), Clock()
    exchange = exchange_of(account.name)
    log_file = Path(settings.AMI_QUEUE_LOG) if settings.AMI_QUEUE_LOG else None
    turn = Turn(settings.DATABASE_URL, account.name)
    keeper = Keeper(exchange, step, now, ZoneInfo(settings.TIME_ZONE), log_file, turn.take)
    asyncio.run(until_signalled(ListeningProcess(keeper, turn, clock, lambda inbox: Listener(account, inbox, clock))))


async def until_signalled(process: ListeningProcess) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
    await process.run(stopping)


def exchange_of(name: str) -> Exchange:
    """The row of the exchange that is listened to, made where there is none yet. Raises ExchangeRefused."""
    with behind(DatabaseRole.WORKER):
        found = exchanges.exchange_called(name)
        if found is None:
            return exchanges.add(name, ExchangeKind.AMI, at=now())[0]
    if found.kind != ExchangeKind.AMI:
        raise exchanges.ExchangeRefused(exchanges.pushes(found))
    return found
