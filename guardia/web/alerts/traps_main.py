"""`guardia traps`: the port of TRAPS_LISTEN, or the one that systemd opened for us, until SIGTERM or SIGINT."""

import asyncio
import os
import signal
import socket
import time

from django.conf import settings

from guardia.config.now import now
from guardia.web.alerts.traps_keeper import Keeper
from guardia.web.alerts.traps_listener import Listener
from guardia.worker.rounds import step

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
