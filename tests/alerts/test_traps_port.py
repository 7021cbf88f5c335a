"""The port of the traps: read by one task, kept in batches by another; informs answered once kept; users of v3."""

import asyncio
import socket

import pytest
from pysnmp.proto import api

from guardia.network.alerts_traps import LINK_DOWN
from guardia.people.secret_address import digest_of
from guardia.web.alerts.traps_listener import Heard, Listener
from tests.alerts.test_traps import v2


class Kept:
    """In place of the tables: what was kept, in batches."""

    def __init__(self, troubles: int = 0) -> None:
        self.batches: list[list[Heard]] = []
        self.lost: list[int] = []
        self.troubles = troubles
        self.steady = lambda: 0.0

    def take(self, batch, lost=0) -> int:
        from django.db import OperationalError

        if self.troubles:
            self.troubles -= 1
            raise OperationalError("away")
        self.batches.append(list(batch))
        self.lost.append(lost)
        return len(batch)


@pytest.fixture
def quick(monkeypatch):
    from guardia.web.alerts import traps_listener

    monkeypatch.setattr(traps_listener, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(traps_listener, "RETRY_SECONDS", 0.0)


async def send_to(listener: Listener, packets: list[bytes], wants_answer: bool = False) -> bytes:
    """A listener on a free port, the packets, and the first answer."""
    stopping = asyncio.Event()
    running = asyncio.create_task(listener.run("127.0.0.1", 0, stopping))
    while listener.transport is None or listener.transport.transport is None:
        await asyncio.sleep(0)
    port = listener.transport.transport.get_extra_info("sockname")[1]
    answer = b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        loop = asyncio.get_running_loop()
        for packet in packets:
            await loop.sock_sendto(out, packet, ("127.0.0.1", port))
        if wants_answer:
            async with asyncio.timeout(20):
                answer = await loop.sock_recv(out, 65_000)
        else:
            async with asyncio.timeout(20):
                while not listener.keeper.batches:
                    await asyncio.sleep(0)
    stopping.set()
    await running
    return answer


@pytest.mark.django_db
def test_a_trap_of_the_port_is_kept_and_junk_is_not(quick):
    kept = Kept()
    asyncio.run(send_to(Listener(kept), [b"junk", v2(LINK_DOWN)]))
    (only,) = [one for batch in kept.batches for one in batch]
    assert only.trap.address == "127.0.0.1"
    assert only.trap.kind == LINK_DOWN
    assert only.digest == digest_of("publica")


@pytest.mark.django_db
def test_an_inform_is_answered_once_it_is_kept(quick):
    kept = Kept(troubles=2)
    answer = asyncio.run(send_to(Listener(kept), [v2(LINK_DOWN, inform=True)], wants_answer=True))
    words = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    from pyasn1.codec.ber import decoder

    found, _rest = decoder.decode(answer, asn1Spec=words.Message())
    assert words.apiMessage.get_pdu(found).isSameTypeWith(words.ResponsePDU())
    assert [len(batch) for batch in kept.batches] == [1]


def test_more_than_can_be_held_is_counted():
    async def full() -> int:
        listener = Listener(Kept(), most=1)
        for _time in range(3):
            listener.on_packet(v2(LINK_DOWN), ("127.0.0.1", 1))
        return listener.lost

    assert asyncio.run(full()) == 2


def test_users_of_v3_are_read_and_a_wrong_one_is_refused():
    from guardia.web.alerts.traps_wire import level_of, user_of

    user, engine = user_of("vigia:SHA256:clave-larga-1:AES:clave-larga-2@0x80001f8880e9630000")
    assert (level_of(user), engine) == (3, bytes.fromhex("80001f8880e9630000"))
    assert level_of(user_of("vigia:SHA256:clave-larga-1")[0]) == 2
    assert level_of(user_of("vigia")[0]) == 1
    with pytest.raises(ValueError, match="SHA9"):
        user_of("vigia:SHA9:clave-larga-1")
