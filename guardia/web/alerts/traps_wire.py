"""The bytes of a trap of SNMP v1 or v2c: read, and where it asks for it, answered. Anything else is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from guardia.network.alerts_traps import TRAP_OID, TRAPS

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
