"""`guardia doctor --attack URL`: what a stranger would try against an installation, tried against one's own.

It attacks only an address that this installation answers for, holds few connections, and ends within a minute. What is
tried stands in ``attack_checks.py``; here are the command, the proof that the address is one's own, and the socket.
"""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from guardia.cli.checks.finding import Health
from guardia.cli.installation import Mistake

MOST_SECONDS = 60.0
ANSWER_SECONDS = 8.0
FIRST_ANSWER_SECONDS = 30.0
"""A process that has just begun reads its pages first."""
LARGEST_ANSWER = 1024 * 1024
Headers = Sequence[tuple[str, str]]
ALIVE, SIGN_IN = "/salud/vivo", "/entrar"
FORM: Headers = (("Content-Type", "application/x-www-form-urlencoded"),)
SLOW_CONNECTIONS = 8
"""Of each kind. A server that a few of them hold up is held up by one telephone."""


@dataclass(frozen=True)
class Outcome:
    """One trial: what was sent, what came back, what it means, and what to do where it is not well; in words."""

    check: str
    sent: str
    received: str
    health: Health
    remedy: str = ""


def judged(name: str, is_well: bool, sent: str, received: str, remedy: str, otherwise: Health = Health.BAD) -> Outcome:
    """Well, or ``otherwise`` with what to do."""
    return Outcome(name, sent, received, Health.OK if is_well else otherwise, "" if is_well else remedy)


def left_out(name: str, sent: str, why: str) -> Outcome:
    return Outcome(name, sent, why, Health.SKIPPED)


class OutOfTime(Exception):
    """The minute that all trials have together is used up."""


@dataclass(frozen=True)
class Answer:
    """One answer. ``status`` is 0 where none came; ``is_silent``: the connection stood open without one."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_silent: bool = False

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def get(self, name: str) -> str:
        return ", ".join(self.all(name))

    @property
    def is_refused(self) -> bool:
        """A 4xx, a 501, a redirect to elsewhere or a closed connection: not taken."""
        return not self.is_silent and (self.status == 0 or 300 <= self.status < 500 or self.status == 501)

    @property
    def in_words(self) -> str:
        if self.is_silent:
            return _("No answer; the connection stayed open.")
        return _("Status %(status)d.") % {"status": self.status} if self.status else _("The connection was closed.")


@dataclass
class Target:
    """The address that is tried. ``answer_seconds`` is how long one answer may take, ``until`` when all must be over
    (seconds of ``monotonic``).
    """

    scheme: str
    host: str
    port: int
    until: float
    answer_seconds: float = ANSWER_SECONDS
    tls: ssl.SSLContext | None = None
    certificate_trouble: str = ""

    @property
    def named(self) -> str:
        """The Host header of an honest request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"

    @property
    def server_name(self) -> str:
        """By which name TLS asks for the certificate."""
        return self.host

    @property
    def is_loopback(self) -> bool:
        return self.host == "localhost" or self.host.startswith("127.") or self.host == "::1"

    def left(self) -> float:
        """How long one step may take now, in seconds. Raises OutOfTime."""
        seconds = self.until - monotonic()
        if seconds <= 0:
            raise OutOfTime
        return min(self.answer_seconds, seconds)

    def connect(self) -> socket.socket:
        """Raises OSError, OutOfTime. A certificate that does not hold is noted, and the trials go on without it."""
        plain = socket.create_connection((self.host, self.port), self.left())
        if self.scheme != "https":
            return plain
        context = self.tls or ssl.create_default_context()
        try:
            return context.wrap_socket(plain, server_hostname=self.server_name)
        except ssl.SSLCertVerificationError as trouble:
            self.certificate_trouble = trouble.verify_message
            plain.close()
            self.tls = ssl.create_default_context()
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
            return self.connect()

    @contextmanager
    def connection(self) -> Iterator["Connection"]:
        one = self.connect()
        try:
            yield Connection(self, one)
        finally:
            one.close()

    def head(self, method: str, path: str, headers: Headers = (), host: str = "") -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.named}", "Accept-Language: en"]
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")

    def ask(self, method: str, path: str, headers: Headers = (), host: str = "") -> Answer:
        """One request without a body on a connection of its own. Raises OSError where nobody listens, OutOfTime."""
        with self.connection() as one:
            return one.exchange(self.head(method, path, headers, host), is_head=method == "HEAD")


@dataclass
class Connection:
    """One connection, and what of the next answer was read already."""

    target: Target
    socket: socket.socket
    rest: bytes = b""

    def exchange(self, *pieces: bytes, is_head: bool = False) -> Answer:
        """Send these bytes, as far as they are taken, and read one answer. Raises OutOfTime."""
        self.socket.settimeout(self.target.left())
        with suppress(OSError):  # whoever refuses may close before all was sent: its answer can still be read
            for piece in pieces:
                self.socket.sendall(piece)
        return self.answer(is_head=is_head)

    def answer(self, *, is_head: bool = False, seconds: float | None = None) -> Answer:
        """The next answer, waited for at most ``seconds``. Raises OutOfTime."""
        try:
            while b"\r\n\r\n" not in self.rest:
                if not self._read(seconds):
                    return Answer()
            head, _separator, self.rest = self.rest.partition(b"\r\n\r\n")
            status, headers = parsed(head)
            if status == 100:
                return self.answer(is_head=is_head)
            return Answer(status, headers, b"" if is_head else self._body(dict(headers)))
        except TimeoutError:
            return Answer(is_silent=True)
        except (OSError, ValueError):
            return Answer()

    def _body(self, headers: dict[str, str]) -> bytes:
        length = headers.get("content-length")
        if length is None:  # to its end, or in chunks whose marks do not matter to what is looked for in them
            chunked = "chunked" in headers.get("transfer-encoding", "")
            while not (chunked and self.rest.endswith(b"0\r\n\r\n")) and len(self.rest) < LARGEST_ANSWER:
                if not self._read():
                    break
            body, self.rest = self.rest, b""
            return body
        wanted = min(int(length), LARGEST_ANSWER)
        while len(self.rest) < wanted and self._read():
            pass
        body, self.rest = self.rest[:wanted], self.rest[wanted:]
        return body

    def _read(self, seconds: float | None = None) -> bool:
        """Whether anything more came. Raises OSError, OutOfTime."""
        self.socket.settimeout(min(self.target.left(), seconds or ANSWER_SECONDS))
        piece = self.socket.recv(65536)
        self.rest += piece
        return bool(piece)


def parsed(head: bytes) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Status and headers, their names in small letters. Raises ValueError for what is no answer of HTTP."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split(" ", 2)[1]), tuple((name.strip().lower(), value.strip()) for name, _colon, value in pairs)


# --- how slowly -------------------------------------------------------------------------------------------------------
class SlowClients:
    """Connections that send a byte now and then: heads that never end, and bodies of which hardly anything comes."""

    def __init__(self, target: Target, seconds: float) -> None:
        self.target, self.until, self.stopped = target, monotonic() + seconds, Event()
        self.held: dict[str, list[Connection]] = {"heads": [], "bodies": []}
        self.threads = [Thread(target=self._drip, args=[kind], daemon=True) for kind in self.held]

    def __enter__(self) -> "SlowClients":
        begun = {
            "heads": self.target.head("GET", ALIVE).removesuffix(b"\r\n"),
            "bodies": self.target.head("POST", SIGN_IN, [*FORM, ("Content-Length", "60000")]),
        }
        for kind, head in begun.items():
            for _number in range(SLOW_CONNECTIONS):
                with suppress(OSError, OutOfTime):
                    one = Connection(self.target, self.target.connect())
                    one.socket.sendall(head)
                    self.held[kind].append(one)
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.stopped.set()
        for one in (*self.held["heads"], *self.held["bodies"]):
            one.socket.close()

    def _drip(self, kind: str) -> None:
        """Until the server has answered each of them or closed it, or the time is over."""
        piece = b"X-A: b\r\n" if kind == "heads" else b"a"
        while self.held[kind] and monotonic() < self.until and not self.stopped.wait(0.5):
            for one in [*self.held[kind]]:
                if is_over(one, piece):
                    self.held[kind].remove(one)
                    one.socket.close()

    def heads(self, target: Target) -> Outcome:
        """Slowloris."""
        return self._judged("slow_heads", "heads", _("Requests whose head does not end, a line now and then."))

    def bodies(self, target: Target) -> Outcome:
        """Slow POST."""
        return self._judged("slow_bodies", "bodies", _("Bodies of which a byte comes now and then."))

    def _judged(self, name: str, kind: str, sent: str) -> Outcome:
        is_held_up = self.target.ask("GET", ALIVE).status != 200
        self.threads[0 if kind == "heads" else 1].join(max(0.0, self.until - monotonic()))
        left = len(self.held[kind])
        if is_held_up:
            received = _("Others got no answer meanwhile.")
        elif left:
            received = _("%(count)d of %(all)d connections still stood open.") % {
                "count": left,
                "all": SLOW_CONNECTIONS,
            }
        else:
            received = _("Others were answered, and each was ended.")
        # nginx and Caddy hold a body for as long as some of it comes; then a limit for each sender is what counts.
        otherwise = Health.WARN if kind == "bodies" and not is_held_up else Health.BAD
        remedy = _("Set deadlines and a limit of connections for each sender in the proxy (deploy/proxy).")
        return judged(name, not (is_held_up or left), sent, received, remedy, otherwise)


def is_over(one: Connection, piece: bytes) -> bool:
    """Whether the server has answered or closed; else one more piece is sent."""
    try:
        one.socket.setblocking(False)
        one.socket.recv(65536)
    except (BlockingIOError, ssl.SSLWantReadError):
        with suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            try:
                one.socket.sendall(piece)
            except (ConnectionError, ssl.SSLError):
                return True
        return False
    except OSError:
        pass
    return True


# --- the command ------------------------------------------------------------------------------------------------------
def target_of(url: str, seconds: float = MOST_SECONDS) -> Target:
    """Raises Mistake."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Mistake(f"--attack {url}: write the address of your installation, such as https://guardia.example.com")
    return Target(parts.scheme, parts.hostname, port or {"https": 443, "http": 80}[parts.scheme], monotonic() + seconds)


def must_be_ours(target: Target, *, is_vouched_for: bool) -> None:
    """Raises Mistake where nobody answers, or another installation does and nobody vouches for it."""
    from guardia.web.api.health import installation_id

    try:
        answer = replace(target, answer_seconds=FIRST_ANSWER_SECONDS).ask("GET", ALIVE)
    except OSError as trouble:
        raise Mistake(f"Nobody answers at {target.named}: {trouble}. Look at the address and its port") from trouble
    if is_vouched_for:
        return
    with suppress(ValueError, AttributeError):
        if json.loads(answer.body).get("installation") == installation_id():
            return
    if not answer.status:
        raise Mistake(f"{target.named} gives no answer to {ALIVE}. Look whether the web server runs there")
    leads = f" It leads to {answer.get('location')}: give that address." if answer.get("location") else ""
    raise Mistake(
        f"{target.named} does not answer as this installation (/salud/vivo).{leads} Run it with the SECRET_KEY of the "
        "web server; if the address is yours all the same, add --yes-it-is-mine"
    )


def run(url: str, *, is_vouched_for: bool, tell: Callable[[Outcome], None]) -> bool:
    """Try everything, one outcome after the other; whether all is well. Raises Mistake."""
    from guardia.cli.attack_checks import outcomes

    target = target_of(url)
    must_be_ours(target, is_vouched_for=is_vouched_for)
    found = []
    for outcome in outcomes(target):
        found.append(outcome.health)
        tell(outcome)
    return Health.BAD not in found
