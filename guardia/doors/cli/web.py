"""`guardia web`: the web server, on the loopback unless told otherwise."""

import argparse
import os
import signal
from collections.abc import Callable

from guardia.config import leash, memory, meters
from guardia.config.database import ensure_database, state_dir
from guardia.doors.cli.house import Subparsers, add_command
from guardia.doors.cli.ports import must_be_free

TARGET = "guardia.config.wsgi:application"
BACKPRESSURE = 1024  # open connections, not requests: a browser keeps several, and an idle one holds no thread
GRACE_SECONDS = 10


def add(subparsers: Subparsers) -> None:
    add_arguments(add_command(subparsers, "web", "serve the screens and the API over HTTP, until stopped", serve))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--processes", type=int, default=1, help="worker processes (1)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each process (4)")


def serve(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; a worker process that dies is replaced."""
    must_be_free(args.host, args.port)
    (state_dir() / "static").mkdir(parents=True, exist_ok=True)  # whitenoise complains without it
    ensure_database()
    meters.begin(state_dir(), "web")
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        TARGET,
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=args.processes,
        blocking_threads=args.threads,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=lines_of_the_server(),
    )
    loader = Loader(os.getpid())
    memory.settled()
    server.serve(target_loader=loader, wrap_loader=False)
    return 0


def lines_of_the_server() -> dict[str, dict] | None:
    """The server's own few lines look as ours do; None leaves them as they are."""
    if os.environ.get("LOG_FORMAT") != "json":
        return None
    return {"formatters": {name: {"()": "guardia.config.log_lines.Json"} for name in ("generic", "access")}}


class Loader:
    """Loads the application inside a worker process, after tying that process to the server's."""

    def __init__(self, server: int) -> None:
        self.server = server

    def __call__(self) -> Callable[..., object]:
        leash.die_with(self.server, signal.SIGKILL)  # the server's own end is graceful; without it nobody waits
        memory.one_heap()
        from guardia.config.wsgi import application

        memory.settled()
        return application
