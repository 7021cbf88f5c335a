"""The bytes of a trap: SNMP v1 and v2c read and answered where it asks for it; SNMPv3 by the users of the settings."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.hlapi.v3arch.asyncio import UsmUserData
from pysnmp.proto import api
from pysnmp.proto.rfc1902 import OctetString

from guardia.evidence.snmp_access import access
from guardia.network.alerts_traps import TRAP_OID, TRAPS

# --- SNMP v1 and v2c --------------------------------------------------------------------------------------------------
MOST_VALUES = 60
ENTERPRISE_SPECIFIC = 6
V3 = 3


class NoTrap(ValueError):
    """These bytes are no trap that can be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """``answer``: what an inform waits for; empty for a trap."""

    community: str
    kind: str
    values: Mapping[str, str]
    answer: bytes = b""


def version_of(packet: bytes) -> int:
    """0 for v1, 1 for v2c, 3 for v3. Raises NoTrap."""
    try:
        return int(api.decodeMessageVersion(packet))
    except Exception as wrong:
        raise NoTrap from wrong


def read(packet: bytes) -> Read:
    """Raises NoTrap. Whatever a stranger sends ends here: the decoder raises anything."""
    try:
        return _read(packet)
    except NoTrap:
        raise
    except Exception as wrong:
        raise NoTrap(type(wrong).__name__) from wrong


def _read(packet: bytes) -> Read:
    words: Any = api.PROTOCOL_MODULES[version_of(packet)]
    message, _rest = decoder.decode(packet, asn1Spec=words.Message())
    community = bytes(words.apiMessage.get_community(message)).decode("latin-1")
    pdu = words.apiMessage.get_pdu(message)
    if pdu.isSameTypeWith(words.TrapPDU()):
        return _trap(words, pdu, community)
    inform = getattr(words, "InformRequestPDU", None)
    if inform is None or not pdu.isSameTypeWith(inform()):
        raise NoTrap
    values = values_in(words.apiPDU.get_varbinds(pdu))
    return Read(community, values.get(TRAP_OID, ""), values, encoder.encode(_answer(words, message, pdu)))


def _trap(words: Any, pdu: Any, community: str) -> Read:
    if words is not api.PROTOCOL_MODULES[api.SNMP_VERSION_1]:
        values = values_in(words.apiPDU.get_varbinds(pdu))
        return Read(community, values.get(TRAP_OID, ""), values)
    generic = int(words.apiTrapPDU.get_generic_trap(pdu))
    # RFC 3584 §3.1: the generic traps of v1 are numbered from 0, those of v2 from 1.
    kind = f"{TRAPS}{generic + 1}" if generic < ENTERPRISE_SPECIFIC else ""
    return Read(community, kind, values_in(words.apiTrapPDU.get_varbinds(pdu)))


def _answer(words: Any, message: Any, pdu: Any) -> Any:
    answer, body = words.apiMessage.get_response(message), words.apiPDU.get_response(pdu)
    words.apiPDU.set_varbinds(body, words.apiPDU.get_varbinds(pdu))
    words.apiMessage.set_pdu(answer, body)
    return answer


def values_in(pairs: Any) -> dict[str, str]:
    """By object identifier; bytes as the text they are, everything else as it is printed."""
    return {str(name): text_of(value) for name, value in list(pairs)[:MOST_VALUES]}


def text_of(value: Any) -> str:
    if hasattr(value, "asOctets"):
        return bytes(value).decode("utf-8", errors="replace")
    return str(value.prettyPrint())


# --- SNMPv3 -----------------------------------------------------------------------------------------------------------
# Traps and informs of SNMPv3: who may send them stands in the installation's settings, never in a table.
OnPacket = Callable[[bytes, tuple], None]
OnTrap = Callable[[str, str, str, dict[str, str]], None]
"""Address, user, kind and values of a trap that was signed as its user's settings say."""

REQUEST = "rfc3412.receiveMessage:request"


class Datagrams:
    """What comes in on the port: v3 goes on to the engine, everything else to ``on_packet``."""

    on_packet: OnPacket

    def datagram_received(self, datagram: bytes, transportAddress: Any) -> None:
        try:
            is_v3 = version_of(datagram) == V3
        except NoTrap:
            return
        if is_v3:
            super().datagram_received(datagram, transportAddress)  # type: ignore[misc]
        else:
            self.on_packet(datagram, transportAddress)


class Udp(Datagrams, udp.UdpTransport):
    pass


class Udp6(Datagrams, udp6.Udp6Transport):
    pass


def user_of(written: str) -> tuple[UsmUserData, bytes | None]:
    """``USER:SHA256:PASSWORD:AES:PASSWORD@ENGINE``. Raises ValueError."""
    how, _at, engine = written.partition("@")
    found = access(f"v3:{how}")
    assert isinstance(found, UsmUserData)
    return found, bytes.fromhex(engine.removeprefix("0x")) if engine else None


def level_of(user: UsmUserData) -> int:
    """How well what this user sends must be guarded: as well as its settings allow."""
    return 1 + bool(user.authentication_key) + bool(user.privacy_key)


def opened(host: str, port: int, users: Sequence[str], on_packet: OnPacket, on_trap: OnTrap, sock: Any = None) -> Any:
    """The engine, which listens from now on in the running loop, and its transport. Raises ValueError."""
    engine = SnmpEngine()
    is_six = ":" in host
    transport = Udp6(loop=asyncio.get_running_loop()) if is_six else Udp(loop=asyncio.get_running_loop())
    transport.on_packet = on_packet
    transport.open_server_mode(None if sock else (host, port), sock=sock)
    config.add_transport(engine, udp6.DOMAIN_NAME if is_six else udp.DOMAIN_NAME, transport)
    levels: dict[str, int] = {}
    for written in users:
        user, sender = user_of(written)
        levels[str(user.userName)] = level_of(user)
        config.add_v3_user(
            engine,
            user.userName,
            user.authentication_protocol,
            user.authentication_key,
            user.privacy_protocol,
            user.privacy_key,
            securityEngineId=OctetString(sender) if sender else None,
        )
    ntfrcv.NotificationReceiver(engine, heard(levels, on_trap))
    return engine, transport


def heard(levels: dict[str, int], on_trap: OnTrap) -> Callable[..., None]:
    """A message whose user signs, and that came unsigned, is not that user's."""

    def callback(engine: Any, _state: Any, _id: Any, _name: Any, pairs: Any, _context: Any) -> None:
        seen = engine.observer.get_execution_context(REQUEST)
        user = str(seen["securityName"])
        if int(seen["securityLevel"]) < levels.get(user, 4):
            return
        values = values_in(pairs)
        on_trap(str(seen["transportAddress"][0]), user, values.get(TRAP_OID, ""), values)

    return callback
