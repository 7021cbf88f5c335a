"""What the web server calls: bodies are read here, without a thread, before Django sees a request (ADR 0031).

The event loop of the process reads each body with a ceiling and a deadline; only a whole one takes one of the few
threads that run Django. So whoever sends slowly holds a connection and some kilobytes, and no thread. The answer is
handed to the server whole, from memory or from a file, so that whoever reads slowly holds none either.
"""

import asyncio
import io
import logging
import sys
import tempfile
from collections.abc import AsyncIterable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from types import SimpleNamespace
from typing import IO, Any, Protocol
from urllib.parse import quote

from guardia.config.processes import EVERY_SECONDS
from guardia.config.requests import REFUSED, Why, ceiling

log = logging.getLogger(__name__)

IN_MEMORY = 256 * 1024  # bytes of a body, or of an answer; more waits in a file without a name
SLOWEST = 4 * 1024  # bytes a second: a telephone at the edge of its network sends about so much
LARGE_AT_ONCE = 4  # bodies larger than IN_MEMORY of one network; the next one is read when one of them is over
LONGEST_WAIT = 60.0  # seconds for a place among them
OPEN_FOR = 30.0  # seconds: a file is opened by the server at once, and then needs its name no more
BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Guardia",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
ALONE = ("/salud/vivo", "/static/")
HEALTH = ("/salud", "/metrics")
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class NotTaken(Exception):
    """A body was not taken, and why."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


class Scope(Protocol):
    """Of a request, as granian tells it."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any


@dataclass
class Answer:
    """What Django answered; ``body`` whole, or a file that holds it."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | IO[bytes] = b""


@dataclass
class Places:
    """How many large bodies of each network are being read."""

    most: int = LARGE_AT_ONCE
    by_network: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)

    async def take(self, network: str, longest: float) -> None:
        """Wait for a place, at most ``longest`` seconds. Raises NotTaken."""
        places = self.by_network.setdefault(network, asyncio.Semaphore(self.most))
        self.waiting[network] = self.waiting.get(network, 0) + 1
        try:
            async with asyncio.timeout(longest):
                await places.acquire()
        except TimeoutError:
            self._leave(network)
            raise NotTaken(Why.BUSY) from None

    def give_back(self, network: str) -> None:
        self.by_network[network].release()
        self._leave(network)

    def _leave(self, network: str) -> None:
        self.waiting[network] -= 1
        if not self.waiting[network]:
            del self.waiting[network], self.by_network[network]


class Server:
    """The application as granian calls it (its interface RSGI). ``threads`` run Django's views; two more answer what
    must answer while all of those are taken: one files and liveness, which ask nothing of the database, one health.
    ``lives`` says to the parent that this process goes on; it is called by the event loop itself.
    """

    def __init__(
        self, application: Application, *, threads: int, seconds: float, lives: Callable[[], object] | None = None
    ) -> None:
        self.application, self.seconds, self.lives = application, seconds, lives
        self.views = ThreadPoolExecutor(threads, "view")
        self.alone = ThreadPoolExecutor(1, "alone")
        self.health = ThreadPoolExecutor(1, "health")
        self.places = Places()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian once the process answers: from then on it says every few seconds that it lives."""
        if self.lives:
            self.lives()
            loop.call_later(EVERY_SECONDS, self.__rsgi_init__, loop)

    async def __rsgi__(self, scope: Scope, proto: Any) -> None:
        environ = environ_of(scope)
        try:
            environ["wsgi.input"] = await self._body(environ, proto)
        except NotTaken as refusal:
            environ[REFUSED] = refusal.why.value
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(), "0"
        pool = self._pool(environ["PATH_INFO"])
        try:
            answer = await asyncio.get_running_loop().run_in_executor(pool, answered, self.application, environ)
        finally:
            environ["wsgi.input"].close()
        hand_over(answer, proto)

    def _pool(self, path: str) -> ThreadPoolExecutor:
        if path.startswith(ALONE):
            return self.alone
        return self.health if path.startswith(HEALTH) else self.views

    async def _body(self, environ: dict[str, Any], proto: Any) -> IO[bytes]:
        """Raises NotTaken."""
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ
        length = length_of(environ)
        if not (length or is_chunked):
            return io.BytesIO()
        most = ceiling(environ["PATH_INFO"])
        if length and length > 2 * most:
            raise NotTaken(Why.TOO_LARGE)
        if (length or most) <= IN_MEMORY:
            return await read(proto, most=most, length=length, seconds=self.seconds)
        network = network_of(environ)
        await self.places.take(network, min(LONGEST_WAIT, self.seconds * 3))
        try:
            return await read(proto, most=most, length=length, seconds=self.seconds)
        finally:
            self.places.give_back(network)


async def read(pieces: AsyncIterable[bytes], *, most: int, length: int | None, seconds: float) -> IO[bytes]:
    """The body, at its beginning. It may take ``seconds``, and as much longer as its bytes need at SLOWEST.

    Of one that is larger than ``most`` bytes nothing is kept, and as much again is read over, so that a browser is
    done sending and reads the answer. ``length`` is what was announced; None: nothing was. Raises NotTaken.
    """
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed by whoever asked for it)
    received, begun = 0, asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(seconds) as patience:
            async for piece in pieces:
                received += len(piece)
                patience.reschedule(begun + seconds + received / SLOWEST)
                if received <= most:
                    kept.write(piece)
                elif received > 2 * most:
                    raise NotTaken(Why.TOO_LARGE)
        if received > most:
            raise NotTaken(Why.TOO_LARGE)
        if length is not None and received != length:
            raise NotTaken(Why.BROKEN_OFF)
        kept.seek(0)
    except TimeoutError:
        kept.close()
        raise NotTaken(Why.TOO_SLOW) from None
    except OSError as trouble:
        log.warning("a body cannot be kept: %s", trouble.strerror)
        with suppress(OSError):
            kept.close()
        raise NotTaken(Why.NO_ROOM) from trouble
    except BaseException:
        kept.close()
        raise
    return kept


def environ_of(scope: Scope) -> dict[str, Any]:
    """The request as WSGI (PEP 3333) has it. A header with ``_`` in its name is left out: it would pass for ``-``."""
    client, server = scope.client.rpartition(":"), scope.server.rpartition(":")
    environ = {
        **BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "RAW_URI": quote(scope.path),
        "SERVER_NAME": server[0].strip("[]"),
        "SERVER_PORT": server[2],
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joined = environ.get(key)
        environ[key] = value if joined is None else f"{joined}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    return environ


def length_of(environ: dict[str, Any]) -> int | None:
    said = environ.get("CONTENT_LENGTH", "")
    return int(said) if said.isascii() and said.isdigit() else None


def network_of(environ: dict[str, Any]) -> str:
    """Whose large bodies these are: the client's network, as the limits count it."""
    from guardia.config.requests import address_of, network

    return network(address_of(SimpleNamespace(META=environ)))  # type: ignore[arg-type]


def answered(application: Application, environ: dict[str, Any]) -> Answer:
    """In a thread: the whole answer, so that nothing of Django waits for whoever reads it."""
    answer = Answer()

    def start(status: str, headers: list[tuple[str, str]], _trouble: object = None) -> None:
        answer.status, answer.headers = int(status.partition(" ")[0]), headers

    try:
        pieces = application(environ, start)
    except Exception:
        log.exception("the application failed outside of its own answers")
        return Answer()
    try:
        answer.body = gathered(pieces)
    finally:
        if close := getattr(pieces, "close", None):
            close()
    return answer


def gathered(pieces: Iterable[bytes]) -> bytes | IO[bytes]:
    """All pieces in one: in memory while they are few, else in a file without a name."""
    first, size = [], 0
    each = iter(pieces)
    for piece in each:
        first.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            break
    else:
        return b"".join(first)
    return in_a_file(chain(first, each))


def in_a_file(pieces: Iterable[bytes]) -> bytes | IO[bytes]:
    """Where the disk takes no more they wait in memory: an answer is what was done already."""
    written, each = 0, iter(pieces)
    try:
        whole = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed once it is sent)
    except OSError:
        return b"".join(each)
    for piece in each:
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[whole.write(rest) :]
        except OSError as trouble:
            log.warning("an answer waits in memory, its file cannot be written: %s", trouble.strerror)
            whole.seek(0)
            with whole:
                return whole.read(written) + piece + b"".join(each)
        written += len(piece)
    return whole


def hand_over(answer: Answer, proto: Any) -> None:
    """To the server, which sends it at the pace of whoever reads."""
    if isinstance(answer.body, bytes):
        proto.response_bytes(answer.status, answer.headers, answer.body)
        return
    proto.response_file(answer.status, answer.headers, f"/proc/self/fd/{answer.body.fileno()}")
    asyncio.get_running_loop().call_later(OPEN_FOR, answer.body.close)
