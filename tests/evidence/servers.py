"""Servers on the loopback: real sockets, no real network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from threading import Thread

import dns.message
import dns.rcode
import dns.rrset
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto.api import v2c


class Line:
    """A TCP service whose line can be made to lose, on a thread of its own: of each ten connections the first ``lost``
    are refused, as by a relay that has no way on. ``lost`` may change while it runs.
    """

    def __init__(self) -> None:
        self.lost = self.seen = 0
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "Line":
        self.thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _listen(self) -> int:
        self.server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def _hang_up(self) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What comes through hears a page; what is lost is cut off without a word."""
        self.seen += 1
        if (self.seen - 1) % 10 >= self.lost:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
        writer.close()


@asynccontextmanager
async def tcp_server(
    meet: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def web(status: str, seen: list[str]) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A web server of one answer; ``seen`` gets the head of every request."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"HTTP/1.1 {status}\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    return meet


class NameServer(asyncio.DatagramProtocol):
    """Says of every A record that it is 192.0.2.1, and of ``nada.example`` that there is none."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name = query.question[0].name
        if str(name) == "nada.example.":
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.1"))
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server() -> AsyncIterator[int]:
    transport, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


class Interface(asyncio.DatagramProtocol):
    """An SNMP agent (v2c) with one interface, number 3: its state, and the errors it says at each look."""

    def __init__(self, state: int, errors: list[int]) -> None:
        self.state, self.errors = state, errors

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked, _rest = decoder.decode(data, asn1Spec=v2c.Message())
        if bytes(v2c.apiMessage.get_community(asked)) != b"secreta":
            return
        answer = v2c.apiMessage.get_response(asked)
        pdu = v2c.apiMessage.get_pdu(asked)
        found = [(name, self.value_of(str(name))) for name, _value in v2c.apiPDU.get_varbinds(pdu)]
        if self.errors[1:]:
            self.errors.pop(0)
        v2c.apiPDU.set_varbinds(v2c.apiMessage.get_pdu(answer), found)
        self.transport.sendto(encoder.encode(answer), addr)

    def value_of(self, name: str) -> object:
        column, _dot, interface = name.rpartition(".")
        if interface != "3":
            return v2c.NoSuchInstance("")
        values = {"1.3.6.1.2.1.2.2.1.8": v2c.Integer(self.state), "1.3.6.1.2.1.2.2.1.14": v2c.Counter32(self.errors[0])}
        return values.get(column, v2c.Counter32(0))


@asynccontextmanager
async def snmp_agent(state: int, errors: list[int]) -> AsyncIterator[int]:
    transport, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Interface(state, errors), local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def closed_port() -> int:
    async with tcp_server(hang_up) as port:
        return port
