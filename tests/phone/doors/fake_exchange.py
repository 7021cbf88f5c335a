"""An exchange that speaks the manager interface over a socket of the loopback, as well or as badly as a test wants."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import md5
from pathlib import Path

from guardia.web.phone.ami_session import PLAIN, TLS, Account, Packet, Packets, value

HOST, USER, SECRET = "127.0.0.1", "guardia", "solo-para-pruebas"
CHALLENGE = "735610245"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
STARTED = {"CoreStartupDate": "2026-11-24", "CoreStartupTime": "17:45:49"}


def raw(*packets: Packet) -> bytes:
    return "".join("".join(f"{name}: {text}\r\n" for name, text in packet) + "\r\n" for packet in packets).encode()


def packet(**headers: str) -> Packet:
    return list(headers.items())


class FakeExchange:
    """``shown``: what it answers to each question for a list; ``refuses``: questions that it may not be asked.

    ``does``: what it answers to each action that does something; ``user``: whom it lets in.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.banner = BANNER
        self.shown: dict[str, list[Packet]] = {"QueueStatus": [], "CoreShowChannels": []}
        self.started = dict(STARTED)
        self.refuses: set[str] = set()
        self.does: dict[str, dict[str, str]] = {}
        self.user = USER
        self.answers_pings = True
        self.pong_hour = ""
        self.on_login = b""
        self.actions: asyncio.Queue[Packet] = asyncio.Queue()
        self.lines: list[asyncio.StreamWriter] = []
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FakeExchange"]:
        server = await asyncio.start_server(self._serve, HOST, self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def account(self, **more) -> Account:
        known = {"tls": TLS if self.tls else PLAIN, "secret": SECRET, "name": "testpbx"}
        return Account(HOST, self.port, USER, **{**known, **more})

    def say(self, data: bytes) -> None:
        for line in self.lines:
            line.write(data)

    def cut(self) -> None:
        """The network ends, without a word."""
        for line in self.lines:
            line.transport.abort()
        self.lines = []

    async def asked(self, name: str) -> Packet:
        """The next action of this name that a client sends."""
        while True:
            action = await self.actions.get()
            if value(action, "Action") == name:
                return action

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packets = Packets()
        writer.write(self.banner)
        with suppress(OSError, asyncio.CancelledError):
            while data := await reader.read(4096):
                for action in packets.feed(data):
                    self._answer(action, writer)
                    self.actions.put_nowait(action)
        writer.close()

    def _answer(self, action: Packet, writer: asyncio.StreamWriter) -> None:
        name, mine = value(action, "Action"), value(action, "ActionID")
        said = {"ActionID": mine}
        if name in self.refuses:
            writer.write(raw(packet(Response="Error", **said, Message="Permission denied")))
        elif name == "Challenge":
            writer.write(raw(packet(Response="Success", **said, Challenge=CHALLENGE)))
        elif name == "Login":
            self._let_in(action, writer)
        elif name == "Ping" and self.answers_pings:
            hour = {"Timestamp": self.pong_hour} if self.pong_hour else {}
            writer.write(raw(packet(Response="Success", **said, Ping="Pong", **hour)))
        elif name in self.does:
            writer.write(raw(packet(**{"Response": "Success", **said, **self.does[name]})))
        elif name == "CoreStatus":
            writer.write(raw(packet(Response="Success", **said, **self.started)))
        elif name in self.shown:
            start = packet(Response="Success", **said, EventList="start", Message="will follow")
            entries = [[*entry, ("ActionID", mine)] for entry in self.shown[name]]
            end = packet(Event=f"{name}Complete", **said, EventList="Complete", ListItems=str(len(entries)))
            writer.write(raw(start, *entries, end))

    def _let_in(self, action: Packet, writer: asyncio.StreamWriter) -> None:
        said = {"ActionID": value(action, "ActionID")}
        key = md5((CHALLENGE + SECRET).encode(), usedforsecurity=False).hexdigest()
        if (value(action, "Username"), value(action, "Key")) != (self.user, key):
            writer.write(raw(packet(Response="Error", **said, Message="Authentication failed")))
            writer.close()
            return
        writer.write(raw(packet(Response="Success", **said, Message="Authentication accepted")) + self.on_login)
        self.lines.append(writer)


def certificate(folder: Path, name: str = HOST) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for this address, and the authority's own certificate."""
    authority, key, request, signed = (folder / each for each in ("ca.pem", "key.pem", "request.pem", "cert.pem"))
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl("req", "-x509", *new, "-keyout", folder / "ca.key", "-out", authority, "-subj", "/CN=guardia test CA")
    openssl("req", *new[:-2], "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName=IP:{name}\n")
    by = ["-CA", authority, "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "2"]
    openssl("x509", "-req", "-in", request, *by, "-out", signed, "-extfile", extensions)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return context, authority


def openssl(*words: object) -> None:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
