"""An interface by SNMP (IF-MIB): whether it is up, and whether its errors grow while one looks."""

import asyncio
from typing import Any

from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    get_cmd,
)

from guardia.evidence.addresses import may_hear_a_secret
from guardia.evidence.probes.measured import Measured, Pace, Question, unclear
from guardia.evidence.snmp_access import access
from guardia.evidence.test_result import Verdict

PACE = Pace(count=2, interval=2.0, timeout=2.0)
# ifOperStatus, ifInErrors, ifOutErrors
COLUMNS = {"state": "1.3.6.1.2.1.2.2.1.8", "in": "1.3.6.1.2.1.2.2.1.14", "out": "1.3.6.1.2.1.2.2.1.20"}
STATES = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}


async def probe(question: Question) -> Measured:
    if not may_hear_a_secret(question.address):
        return unclear("snmp_outside", address=question.address)
    if not question.secret:
        return unclear("snmp_no_access", name=question.expects) if question.expects else unclear("snmp_no_community")
    pace = question.pace or PACE
    engine = SnmpEngine()
    try:
        looks = []
        for number in range(pace.count):
            if number:
                await asyncio.sleep(pace.interval)
            looks.append(await look(engine, question, pace))
        return read(question, looks)
    finally:
        engine.close_dispatcher()


async def look(engine: SnmpEngine, question: Question, pace: Pace) -> dict[str, Any] | None:
    """The three values of the interface; None where nobody answers or there is no such interface."""
    transport = Udp6TransportTarget if ":" in question.address else UdpTransportTarget
    where = await transport.create((question.address, question.port or 161), timeout=pace.timeout, retries=1)
    asked = [ObjectType(ObjectIdentity(f"{oid}.{question.asks}")) for oid in COLUMNS.values()]
    trouble, status, _index, values = await get_cmd(engine, access(question.secret), where, ContextData(), *asked)
    if trouble or status:
        return None
    try:
        return dict(zip(COLUMNS, (int(value[1]) for value in values), strict=True))
    except (TypeError, ValueError):
        return {}


def read(question: Question, looks: list[dict[str, Any] | None]) -> Measured:
    """What the looks say: silence is unclear, since a filter may be in the way. Pure."""
    answered = [each for each in looks if each]
    if not answered:
        code = "snmp_no_interface" if {} in looks else "snmp_silent"
        return unclear(code, interface=question.asks)
    last = answered[-1]
    errors = sum(max(0, last[way] - answered[0][way]) for way in ("in", "out"))
    state = STATES.get(last["state"], str(last["state"]))
    numbers = {"interface": question.asks, "state": state, "errors": errors, "total": last["in"] + last["out"]}
    is_good = last["state"] == 1 and not errors
    return Measured(Verdict.GOOD if is_good else Verdict.BAD, "snmp", numbers)
