"""One connection to an Asterisk's manager interface: its account, its packets on the wire, what is asked and heard."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import md5
from itertools import count

from django.conf import settings

from guardia.people.egress import is_loopback

# --- account ----------------------------------------------------------------------------------------------------------
# Which manager interface is listened to, and how it is reached.
TLS, PLAIN, PLAIN_ANYWHERE = "ssl", "none", "none-anywhere"
"""``none`` is for the loopback alone: the secret would not be seen, but who calls whom would be."""


class Unreachable(Exception):
    """There is no connection, or the other end is not who it should be."""


@dataclass(frozen=True)
class Account:
    """``ca_file``: the certificate of the authority that signed the exchange's; empty: those the system trusts."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    name: str = ""
    tls: str = TLS
    ca_file: str = ""

    @classmethod
    def of_settings(cls) -> "Account":
        return cls(
            settings.AMI_HOST,
            settings.AMI_PORT,
            settings.AMI_USER,
            settings.AMI_SECRET,
            settings.AMI_NAME,
            settings.AMI_TLS,
            settings.AMI_CA_FILE,
        )

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    def context(self) -> ssl.SSLContext | None:
        """Raises Unreachable."""
        if self.tls != TLS:
            if self.tls == PLAIN and not is_loopback(self.host):
                raise Unreachable(f"{self.place} is not this machine: AMI_TLS=none is only for the loopback")
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
            if self.ca_file:
                # Asterisk's own script (ast_tls_cert) makes an authority without the extensions that Python 3.13 asks
                # for; chain, dates and name are checked all the same.
                context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            return context
        except (OSError, ssl.SSLError) as trouble:
            raise Unreachable(f"AMI_CA_FILE {self.ca_file!r} cannot be read: {describe_error(trouble)}") from trouble


type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(account: Account, patience: float) -> Streams:
    """``patience`` in seconds. Raises Unreachable, with what to do where that is known."""
    context = account.context()
    try:
        async with asyncio.timeout(patience):
            return await asyncio.open_connection(account.host, account.port, ssl=context)
    except ssl.SSLCertVerificationError as trouble:
        raise Unreachable(
            f"{account.place}: its certificate is not trusted ({trouble.verify_message or describe_error(trouble)}); "
            "AMI_CA_FILE must name the authority that signed it, AMI_HOST the name in it"
        ) from trouble
    except ssl.SSLError as trouble:
        raise Unreachable(
            f"{account.place} speaks no TLS there ({describe_error(trouble)}); is it the port of tlsbindaddr?"
        ) from trouble
    except TimeoutError as trouble:
        raise Unreachable(f"{account.place} does not answer within {patience:g} s") from trouble
    except (OSError, UnicodeError, ValueError) as trouble:
        raise Unreachable(f"{account.place} cannot be reached: {describe_error(trouble)}") from trouble


def describe_error(trouble: BaseException) -> str:
    """In one line, with the kind of trouble where it has no words of its own."""
    return " ".join(str(trouble).split()) or type(trouble).__name__


# --- packets ----------------------------------------------------------------------------------------------------------
# How Asterisk's manager interface looks on the wire: lines that end in CR LF, a packet ends with an empty one.
# Bytes are split into lines before they are decoded, so a letter that two reads share is never torn.
Packet = list[tuple[str, str]]
"""Headers in order, as they came; one that repeats stands there as often."""

LONGEST_PACKET = 256 * 1024
BANNER = "Asterisk Call Manager"


class NotTheProtocol(Exception):
    """What came in is no manager interface: the port of something else, or a stream without packets."""


class Unsendable(ValueError):
    """A value with a line break would be read as an action of its own."""


class Packets:
    """Takes bytes as they come in, in pieces of any size, and gives back the packets that are whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._packet: Packet = []
        self._size = 0

    def feed(self, data: bytes) -> list[Packet]:
        """Raises NotTheProtocol where a packet does not end."""
        whole: list[Packet] = []
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._size += len(line)
            self._must_be_a_packet(self._size)  # however the reads fell: its end may come with the same one
            self._take(line.removesuffix(b"\r"), whole)
        self._must_be_a_packet(self._size + len(self._rest))
        return whole

    def _must_be_a_packet(self, size: int) -> None:
        if size > LONGEST_PACKET:
            raise NotTheProtocol(f"a packet of more than {LONGEST_PACKET // 1024} KB")

    def _take(self, line: bytes, whole: list[Packet]) -> None:
        if line:
            header = header_of(line)
            if header:
                self._packet.append(header)
            return
        if self._packet:
            whole.append(self._packet)
        self._packet, self._size = [], 0


def header_of(line: bytes) -> tuple[str, str] | None:
    """Name and value; None for a line that is no header, such as the banner. What is no UTF-8 is replaced."""
    name, colon, value = line.decode("utf-8", errors="replace").replace("\0", "\ufffd").partition(":")
    return (name.strip(), value.removeprefix(" ")) if colon and name.strip() else None


def action(name: str, headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> bytes:
    """The bytes of one action. Raises Unsendable."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    lines = [f"{key}: {value}" for key, value in (("Action", name), *pairs)]
    for line in lines:
        if any(mark in line for mark in "\r\n\0"):
            raise Unsendable(f"{line.partition(':')[0]!r} holds a line break")
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def key_for(challenge: str, secret: str) -> str:
    """The answer to a challenge (AuthType MD5), which keeps the secret off the wire."""
    return md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()


def value(packet: Sequence[tuple[str, str]], name: str, default: str = "") -> str:
    """The first header of this name, whatever its case."""
    wanted = name.lower()
    return next((text for key, text in packet if key.lower() == wanted), default)


# --- session ----------------------------------------------------------------------------------------------------------
# One connection to the manager interface, from the login until it breaks: what is asked, answered and heard.
# A peer that is silent is asked for a sign of life; one that stays silent is dead, however whole the connection
# looks.
READ_BYTES = 64 * 1024
MOST_ANSWERS = 100_000
OURS = "guardia-"


class Broken(Exception):
    """The connection is over; why, in words."""


class NotLetIn(Broken):
    """The exchange knows neither this user nor this secret, or does not let this address in."""


@dataclass(frozen=True)
class Patience:
    """All in seconds: to connect and for each answer; between two signs of life; silence after which it is dead;
    between two looks at who is in its queues.
    """

    answer: float = 10
    ping: float = 10
    silence: float = 25
    members: float = 60


@dataclass
class PendingAction:
    """One question that waits for its answer; a list comes as many packets with the same ActionID."""

    done: asyncio.Future[list[Packet]]
    packets: list[Packet] = field(default_factory=list)

    def take(self, packet: Packet) -> None:
        self.packets.append(packet)
        starts = value(packet, "EventList").lower() == "start"
        is_part = value(packet, "Event") and value(packet, "EventList").lower() != "complete"
        if not self.done.done() and not starts and (not is_part or len(self.packets) > MOST_ANSWERS):
            self.done.set_result(self.packets)


class Session:
    """``hear`` gets what the exchange says by itself, as often as something came in."""

    def __init__(self, streams: Streams, hear: Callable[[list[Packet]], None], patience: Patience) -> None:
        self.reader, self.writer = streams
        self.hear = hear
        self.patience = patience
        self._asked: dict[str, PendingAction] = {}
        self._ids = count(1)
        self._over: Exception | None = None

    async def read(self) -> None:
        """Until the connection breaks, which it always does: raises Broken, and so does every question that waits."""
        try:
            await self._read()
        except Exception as over:
            self._over = over
            for asked in self._asked.values():
                if not asked.done.done():
                    asked.done.set_exception(over)
            raise

    async def _read(self) -> None:
        packets = Packets()
        while True:
            data = await self._some_bytes()
            try:
                whole = packets.feed(data)
            except NotTheProtocol as wrong:
                raise Broken(f"it does not speak as {BANNER} does: {wrong}") from wrong
            heard = [packet for packet in whole if not self._is_answer(packet)]
            if heard:
                self.hear(heard)

    async def _some_bytes(self) -> bytes:
        try:
            async with asyncio.timeout(self.patience.silence):
                data = await self.reader.read(READ_BYTES)
        except TimeoutError as silence:
            raise Broken(f"no word for {self.patience.silence:g} s") from silence
        except OSError as trouble:
            raise Broken(f"the connection broke: {describe_error(trouble)}") from trouble
        if not data:
            raise Broken("the exchange closed the connection")
        return data

    def _is_answer(self, packet: Packet) -> bool:
        """An answer that comes too late is nobody's; the action of another client is none of ours either."""
        mine = value(packet, "ActionID")
        if asked := self._asked.get(mine):
            asked.take(packet)
        return mine.startswith(OURS) or bool(value(packet, "Response"))

    async def ask(self, name: str, headers: Mapping[str, str] | None = None) -> list[Packet]:
        """The answer, and with a list its entries. Raises Broken where none comes."""
        if self._over:
            raise self._over
        mine = f"{OURS}{next(self._ids)}"
        asked = self._asked[mine] = PendingAction(asyncio.get_running_loop().create_future())
        try:
            self.writer.write(action(name, {"ActionID": mine, **(headers or {})}))
            async with asyncio.timeout(self.patience.answer):
                await self.writer.drain()
                return await asked.done
        except TimeoutError as silence:
            raise Broken(f"no answer to {name} within {self.patience.answer:g} s") from silence
        except OSError as trouble:
            raise Broken(f"the connection broke: {describe_error(trouble)}") from trouble
        finally:
            del self._asked[mine]

    async def log_in(self, account: Account, events: str = "on") -> None:
        """By challenge, so that the secret never goes over the wire. Raises NotLetIn, Broken."""
        first = (await self.ask("Challenge", {"AuthType": "MD5"}))[0]
        challenge = value(first, "Challenge")
        if not challenge:
            raise NotLetIn(f"it gives no challenge: {words_of(first)}")
        key = key_for(challenge, account.secret)
        second = (await self.ask("Login", {"AuthType": "MD5", "Username": account.user, "Key": key, "Events": events}))[
            0
        ]
        if value(second, "Response").lower() != "success":
            raise NotLetIn(
                f"user {account.user!r} is not let in: {words_of(second)}; see AMI_USER, AMI_SECRET, permit="
            )

    async def say_goodbye(self) -> None:
        """Close, politely if the other end still listens; never waits long."""
        with suppress(OSError):
            self.writer.write(action("Logoff"))
        self.writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self.writer.wait_closed()


def words_of(packet: Packet) -> str:
    return value(packet, "Message") or value(packet, "Response") or "it answers without words"
