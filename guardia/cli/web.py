"""`guardia web`: the web server, on the loopback unless told otherwise."""

import argparse
import logging
import os
import resource
import signal
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

from guardia.cli.children import must_be_free
from guardia.cli.installation import Mistake, Subparsers, add_command, make_state_dir, name_public_url
from guardia.config import meters, processes
from guardia.config.database import ensure_database, keep_own_logins, state_dir
from guardia.config.ownership import become_owner

if TYPE_CHECKING:
    from guardia.config.rsgi import Server as Application

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
TARGET = "guardia.config.rsgi"
BACKPRESSURE = 1024  # open connections, not requests: a browser keeps several, and an idle one holds no thread
GRACE_SECONDS = 10
HEAD_MS = 15_000  # the head of a request must be here by then; an idle connection is closed after as long


def add(subparsers: Subparsers) -> None:
    add_arguments(add_command(subparsers, "web", "serve the screens and the API over HTTP, until stopped", serve))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=at_least_one, default=1, help="worker processes (1)")
    parser.add_argument("--threads", type=at_least_one, default=4, help="threads of each process (4)")


def at_least_one(written: str) -> int:
    """A web server without a process, or a process without a thread, answers nothing."""
    if not written.isdecimal() or not int(written):
        raise argparse.ArgumentTypeError(f"“{written}” is no whole number from 1 on")
    return int(written)


def must_have_own_key(host: str) -> None:
    """Whoever can reach another address than this machine's own signs in with what the laptop's key signs. Raises
    Mistake.
    """
    if not has_own_key() and not is_loopback(host):
        raise Mistake(
            f"SECRET_KEY is not set, and --host {host} lets others in: everybody knows the laptop's key. "
            "Set SECRET_KEY, or SECRET_KEY_FILE, or leave --host out"
        )


def has_own_key() -> bool:
    key = os.environ.get("SECRET_KEY", "")
    return bool(os.environ.get("SECRET_KEY_FILE") or (key and not key.startswith("only-for-a-laptop")))


def is_loopback(host: str) -> bool:
    """A name but ``localhost`` may be any machine's."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def serve(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; a worker process that dies is replaced."""
    must_have_own_key(args.host)
    become_owner()
    must_be_free(args.host, args.port)
    name_public_url(args.port)
    (make_state_dir() / "static").mkdir(exist_ok=True)  # whitenoise complains without it
    ensure_database()
    keep_own_logins("web", os.environ)
    import guardia.config.settings  # noqa: F401 - what is wrong in them is said once, here, and not by each process

    meters.begin(state_dir(), "web")
    from granian.constants import HTTPModes, Interfaces, TaskImpl
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        TARGET,
        address=args.host,
        port=args.port,
        interface=Interfaces.RSGI,
        websockets=False,
        workers=args.processes,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS),
        task_impl=TaskImpl.asyncio,  # a deadline of asyncio needs a task of asyncio
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=lines_of_the_server(),
    )
    ear = processes.ear()
    loader = Loader(os.getpid(), args.threads, ear.address if ear else "")
    if ear:
        Thread(target=watch_over, args=[ear], name="watch", daemon=True).start()
    else:
        processes.notify(processes.READY)
    try:
        server.serve(target_loader=loader, wrap_loader=False)  # type: ignore[arg-type]  # granian knows functions alone
    finally:
        if ear:
            ear.close()
    return 0


def watch_over(ear: processes.Ear) -> None:
    """For as long as this process lives: whichever of the processes that answer hangs is ended, and the server begins
    another; whoever supervises this one is told that it lives while one of them does.
    """
    answering, is_ready, said_at = Answering(os.getpid()), False, 0.0
    while True:
        sleep(LOOK_SECONDS)
        now = monotonic()
        for pid in answering.hanging(ear.heard(), now):
            log.critical("process %d answers no more: it is ended, and another one is begun", pid)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if answering.heard_at and now - said_at >= processes.EVERY_SECONDS:
            is_ready = is_ready or processes.notify(processes.READY) or True
            processes.notify(processes.ALIVE)
            said_at = now


class Answering:
    """The processes that answer, by when each was heard last (seconds of ``monotonic``)."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self.heard_at: dict[int, float] = {}

    def hanging(self, said: Iterable[str], now: float) -> list[int]:
        """Those not heard any more, each once. ``said``: numbers of processes, as they sent them."""
        self.heard_at |= {int(pid): now for pid in said if pid.isdigit()}
        late = [pid for pid, at in self.heard_at.items() if now - at > processes.HANGS_AFTER_SECONDS]
        for pid in late:
            del self.heard_at[pid]
        return [pid for pid in late if parent_of(pid) == self.parent]


def parent_of(pid: int) -> int | None:
    """None for a process that is gone. Where the system does not tell it so, nobody is thought to hang."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def lines_of_the_server() -> dict[str, dict] | None:
    """The server's own few lines look as ours do; None leaves them as they are."""
    if os.environ.get("LOG_FORMAT") != "json":
        return None
    return {"formatters": {name: {"()": "guardia.config.logs.Json"} for name in ("generic", "access")}}


class Loader:
    """Loads the application inside a worker process, after tying that process to the server's."""

    def __init__(self, server: int, threads: int, address: str = "") -> None:
        """``address``: where this process says that it lives; empty: nowhere."""
        self.server, self.threads, self.address = server, threads, address

    def __call__(self) -> "Application":
        processes.die_with(self.server, signal.SIGKILL)  # the server's own end is graceful; without it nobody waits
        processes.one_heap()
        all_descriptors()
        from django.conf import settings
        from django.urls import get_resolver

        from guardia.config import rsgi
        from guardia.config.wsgi import application
        from guardia.web.portal import static_copy

        len(get_resolver().url_patterns)  # reads all views now, so that nobody waits a second for the first page
        Thread(target=static_copy.keep_current, name="static copy", daemon=True).start()

        lives = partial(processes.notify, str(os.getpid()), self.address)
        return rsgi.Server(application, threads=self.threads, seconds=settings.BODY_SECONDS, lives=lives)


def all_descriptors() -> None:
    """As many open files as this process may have: a connection, and what it sends, hold one each."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
