"""What a trap says: that an interface of a device went down or came back (RFC 3418, IF-MIB). Nothing else is taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from guardia.network.alert_message import (
    LONGEST_SEVERITY,
    LONGEST_VALUE,
    AlertMessage,
    Message,
    clean,
    fingerprint_of,
    labels_of,
)

TRAPS = "1.3.6.1.6.3.1.1.5."
LINK_DOWN, LINK_UP = TRAPS + "3", TRAPS + "4"
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
COLUMNS: Mapping[str, str] = {
    "1.3.6.1.2.1.2.2.1.1": "ifIndex",
    "1.3.6.1.2.1.2.2.1.2": "ifDescr",
    "1.3.6.1.2.1.2.2.1.7": "ifAdminStatus",
    "1.3.6.1.2.1.2.2.1.8": "ifOperStatus",
    "1.3.6.1.2.1.31.1.1.1.1": "ifName",
    "1.3.6.1.2.1.31.1.1.1.18": "ifAlias",
}
STATUS = {
    "1": "up",
    "2": "down",
    "3": "testing",
    "4": "unknown",
    "5": "dormant",
    "6": "notPresent",
    "7": "lowerLayerDown",
}


@dataclass(frozen=True, slots=True)
class Trap:
    """``address``: from where it came; ``kind``: its object identifier; ``values``: by object identifier, as text."""

    address: str
    kind: str
    values: Mapping[str, str]


def alert_of_trap(trap: Trap) -> Message:
    """A link's trap as an alert of its interface; of any other trap, nothing."""
    if trap.kind not in {LINK_DOWN, LINK_UP}:
        return Message(())
    labels = labels_in(trap)
    interface = labels.get("ifIndex", "")
    shown = labels.get("ifName") or labels.get("ifDescr") or interface
    # Whoever shut it down by hand knows it: its severity says so, for a rule to leave it aside.
    by_hand = labels.get("ifAdminStatus") == "down"
    one = AlertMessage(
        fingerprint=fingerprint_of(("snmp", trap.address, interface)),
        fires=trap.kind == LINK_DOWN,
        name=clean(f"linkDown {shown}", LONGEST_VALUE)[:160].strip(),
        severity=clean("admin" if by_hand else "major" if trap.kind == LINK_DOWN else "", LONGEST_SEVERITY),
        summary=labels.get("ifAlias", ""),
        labels=labels,
        group=trap.address,
    )
    return Message((one,))


def labels_in(trap: Trap) -> dict[str, str]:
    found: dict[str, str] = {"address": trap.address}
    for oid, value in trap.values.items():
        column, _dot, index = oid.rpartition(".")
        if name := COLUMNS.get(column):
            found[name] = STATUS.get(value, value) if name.endswith("Status") else value
            found.setdefault("ifIndex", index)
        elif oid == SYS_NAME:
            found["host"] = value
    if "ifIndex" in found:
        found["interface"] = f"{trap.address}#{found['ifIndex']}"
    return labels_of(found)
