"""The real snmptrap and snmpinform, where they are installed, in every version.

Debian: apt install snmp.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network.alert import Alert
from guardia.network.alerts_sources import add
from guardia.web.alerts.traps_listener import Keeper, Listener
from guardia.worker.rounds import step
from tests.alerts.real import PATIENCE, Watched, free_port
from tests.procedure.story import Story

pytestmark = pytest.mark.process

SNMPTRAP, SNMPINFORM = shutil.which("snmptrap"), shutil.which("snmpinform")


@pytest.fixture
def story(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        return Story()


USER = "vigia:SHA:clave-larga-1:AES:clave-larga-2@0x8000000001020304"
LINK = ["1.3.6.1.2.1.2.2.1.1.3", "i", "3", "1.3.6.1.2.1.31.1.1.1.18.3", "s", "ENL-0042"]
DOWN, UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"


@contextmanager
def listening(users: list[str]) -> Iterator[tuple[str, Watched]]:
    """A listener in a thread of its own, as `guardia traps` runs it; its address, and what it keeps."""
    kept, port, ready, ended = Watched(), free_port(), Event(), Event()
    keeper = Keeper(step, now, time.monotonic)
    real = keeper.take

    def take(batch, lost=0):
        found = real(batch, lost)
        kept.done()
        return found

    keeper.take = take  # type: ignore[method-assign]

    async def run() -> None:
        stopping, listener = asyncio.Event(), Listener(keeper, users)
        running = asyncio.create_task(listener.run("127.0.0.1", port, stopping))
        while listener.transport is None or listener.transport.transport is None:
            await asyncio.sleep(0)
        ready.set()
        await asyncio.to_thread(ended.wait, PATIENCE)
        stopping.set()
        await running

    thread = Thread(target=asyncio.run, args=[run()])
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        yield f"127.0.0.1:{port}", kept
    finally:
        ended.set()
        thread.join(PATIENCE)


def send(program: str | None, *words: str) -> None:
    environment = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent", "SNMPCONFPATH": "/nonexistent"}
    done = subprocess.run([str(program), *words], env=environment, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr


def a_source(brings: str) -> None:
    with behind(DatabaseRole.STAFF):
        add({"name": brings, "kind": "snmp", "address": "127.0.0.1", "brings": brings}, by=None, at=now())


def state() -> str:
    with behind(DatabaseRole.STAFF):
        alert = Alert.objects.select_related("service").get()
        assert alert.service.circuit == "ENL-0042"
        return alert.state


V1 = ["-v", "1", "-c", "publica"]
V2 = ["-v", "2c", "-c", "publica"]
V3 = [
    *("-v", "3", "-e", "0x8000000001020304", "-l", "authPriv", "-u", "vigia"),
    *("-a", "SHA", "-A", "clave-larga-1", "-x", "AES", "-X", "clave-larga-2"),
]


@pytest.mark.skipif(not SNMPTRAP, reason="no snmptrap: apt install snmp")
def test_snmptrap_of_v1_and_v2c_takes_a_link_down_and_up(story):
    a_source("publica")
    with listening([]) as (place, kept):
        send(SNMPTRAP, *V2, place, "", DOWN, *LINK)
        kept.wait_until(lambda: kept.count >= 1)
        assert state() == "firing"
        send(SNMPTRAP, *V1, place, "1.3.6.1.4.1.8072", "127.0.0.1", "3", "0", "", *LINK)
        kept.wait_until(lambda: kept.count >= 2)
        assert state() == "resolved"


@pytest.mark.skipif(not SNMPINFORM, reason="no snmpinform: apt install snmp")
def test_snmpinform_is_answered(story):
    a_source("publica")
    with listening([]) as (place, kept):
        send(SNMPINFORM, *V2, place, "", DOWN, *LINK)
        assert kept.count == 1
        assert state() == "firing"


@pytest.mark.skipif(not SNMPTRAP, reason="no snmptrap: apt install snmp")
def test_snmptrap_of_v3_is_taken_by_its_user_alone_and_never_unsigned(story):
    a_source("v3:vigia")
    with listening([USER]) as (place, kept):
        unsigned = ["-v", "3", "-e", "0x8000000001020304", "-l", "noAuthNoPriv", "-u", "vigia"]
        send(SNMPTRAP, *unsigned, place, "", DOWN, *LINK)
        wrong = [word if word != "clave-larga-1" else "clave-falsa-1" for word in V3]
        send(SNMPTRAP, *wrong, place, "", DOWN, *LINK)
        send(SNMPTRAP, *V3, place, "", DOWN, *LINK)
        kept.wait_until(lambda: kept.count >= 1)
        with behind(DatabaseRole.STAFF):
            assert Alert.objects.get().times == 1
        assert state() == "firing"
        send(SNMPTRAP, *V3, place, "", UP, *LINK)
        kept.wait_until(lambda: kept.count >= 2)
        assert state() == "resolved"
