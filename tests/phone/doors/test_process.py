"""`guardia phone listen` as it runs: one reads and one waits, a killed one is followed up, SIGTERM ends it cleanly."""

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.db import connections

from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.exchange import Exchange, ExchangeGap
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.web.phone.ami_reader import moved, packets_in
from guardia.web.phone.ami_session import value
from tests.phone.doors.fake_exchange import HOST, SECRET, USER, FakeExchange, raw
from tests.phone.recorded import FOLDER, log_lines
from tests.procedure.story import Story
from tests.server import server

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60


@pytest.fixture
def begun(transactional_db):
    """The operator, and the hour (UTC) at which the calls of the recordings begin."""
    with behind(DatabaseRole.STAFF):
        Story()
        at = now()
    connections.close_all()
    return at


def recording(name: str, at) -> list:
    return moved(packets_in((FOLDER / f"{name}.ami.txt").read_bytes()), at)


class Process:
    """One `guardia phone listen`; what it says is read line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def says(self, words: str) -> None:
        while not any(words in line for line in self.said):
            line = (await self.process.stderr.readline()).decode()
            assert line, "\n".join(self.said)
            self.said.append(line)
        self.said = []

    async def ends(self, with_signal: int) -> None:
        """Raises AssertionError with its last words where it ends otherwise than it was asked to."""
        self.process.send_signal(with_signal)
        words = (await self.process.stderr.read()).decode()
        expected = -with_signal if with_signal == signal.SIGKILL else 0
        assert await self.process.wait() == expected, words


@asynccontextmanager
async def listens(exchange: FakeExchange, **more):
    environment = {
        **os.environ,
        "AMI_HOST": HOST,
        "AMI_PORT": str(exchange.port),
        "AMI_TLS": "none",
        "AMI_USER": USER,
        "AMI_SECRET": SECRET,
        "AMI_NAME": "testpbx",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "guardia", "phone", "listen"),
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def kept(words: str, *which) -> None:
    """Until the row is there: another process writes it, and says nothing of it."""
    with server.owner() as connection:
        while not connection.execute(words, which).fetchone():
            await asyncio.sleep(0.02)


CALL_RINGS = "SELECT 1 FROM call WHERE waiting_at IS NOT NULL"
CALL_IS_OVER = "SELECT 1 FROM call WHERE ended_at IS NOT NULL"


def test_it_hears_a_call_and_ends_cleanly(begun):
    async def scenario():
        own = re.sub("//[^@]*@", "//guardia_worker_login@", os.environ["DATABASE_DIRECT_URL"])
        async with FakeExchange().open() as exchange, listens(exchange, DATABASE_WORKER_URL=own) as process:
            await process.says("is heard")
            exchange.say(raw(*recording("abandoned", begun)))
            await kept(CALL_IS_OVER)
            await process.ends(signal.SIGTERM)
            await exchange.asked("Logoff")

    asyncio.run(scenario())
    with behind(DatabaseRole.STAFF):
        call = Call.objects.get()
        assert (call.left_as, call.measure) == (LeftAs.ABANDONED, Measure.EXCHANGE)
        told = Exchange.objects.get()
        assert told.seen_at
        assert told.connected_at is None
        assert ExchangeGap.objects.get().back_at is None


def test_two_are_started_one_reads_and_the_other_takes_over(begun):
    packets = recording("answered", begun)
    middle = len(packets) // 3

    async def scenario():
        async with FakeExchange().open() as exchange, listens(exchange) as first:
            await first.says("is heard")
            async with listens(exchange) as second:
                await second.says("waits as stand-by")
                assert len(exchange.lines) == 1
                exchange.say(raw(*packets[:middle]))
                await kept(CALL_RINGS)
                await first.ends(signal.SIGKILL)
                await second.says("is heard")
                exchange.say(raw(*packets[middle:]))
                await kept(CALL_IS_OVER)
                await second.ends(signal.SIGINT)

    asyncio.run(scenario())
    with behind(DatabaseRole.STAFF):
        assert Call.objects.get().answered_as == "Ingeniera 1"
        assert ExchangeGap.objects.exclude(back_at=None).count() == 1


def test_killed_in_the_middle_of_a_call_the_log_tells_the_rest(begun, tmp_path):
    packets = recording("abandoned", begun)
    joined = next(place for place, each in enumerate(packets) if value(each, "Event") == "QueueCallerJoin")
    reference = value(packets[joined], "Uniqueid")
    log = tmp_path / "queue_log"
    log.write_text("")

    async def scenario():
        async with FakeExchange().open() as exchange:
            async with listens(exchange, AMI_QUEUE_LOG=str(log)) as process:
                await process.says("is heard")
                exchange.say(raw(*packets[: joined + 1]))
                await kept(CALL_RINGS)
                await process.ends(signal.SIGKILL)
            log.write_text("".join(f"{line}\n" for line in moved_log(value(packets[joined], "Timestamp"), reference)))
            async with listens(exchange, AMI_QUEUE_LOG=str(log)) as process:
                await process.says("lines of its queue log")
                await process.ends(signal.SIGTERM)

    asyncio.run(scenario())
    with behind(DatabaseRole.STAFF):
        call = Call.objects.get()
        assert (call.left_as, call.measure) == (LeftAs.ABANDONED, Measure.LOG)
        assert ExchangeGap.objects.exclude(read_again_at=None).count() == 1


def moved_log(joined: str, reference: str) -> list[str]:
    """The log of the same call, as late as the call itself was moved."""
    lines = [line.split("|") for line in log_lines("abandoned")]
    shift = int(float(joined)) - int(lines[0][0])
    return ["|".join([str(int(hour) + shift), reference, *rest]) for hour, _call, *rest in lines]


def test_a_wrong_secret_is_said_and_shown(begun):
    async def scenario():
        async with FakeExchange().open() as exchange, listens(exchange, AMI_SECRET="wrong") as process:
            await process.says("Authentication failed")
            await process.ends(signal.SIGTERM)

    asyncio.run(scenario())
    with behind(DatabaseRole.STAFF):
        told = Exchange.objects.get()
        assert "not listen" in told.trouble or "Authentication failed" in told.trouble
        assert "wrong" not in told.trouble


@pytest.mark.skipif(not os.environ.get("AMI_TEST_HOST"), reason="AMI_TEST_HOST names no exchange to try this on")
def test_a_real_exchange_is_heard(begun):
    """With AMI_TEST_HOST, AMI_TEST_PORT, AMI_TEST_TLS, AMI_TEST_CA_FILE, AMI_TEST_USER and AMI_TEST_SECRET."""
    real = {name.replace("_TEST", ""): value for name, value in os.environ.items() if name.startswith("AMI_TEST_")}

    async def scenario():
        async with listens(FakeExchange(), **real) as process:
            await process.says("is heard")
            await process.ends(signal.SIGTERM)

    asyncio.run(scenario())
    with behind(DatabaseRole.STAFF):
        assert Exchange.objects.get().started_at
