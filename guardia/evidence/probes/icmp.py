"""Ping. Where the system lets this process send none, connections are timed instead, and the result says so."""

from icmplib import async_ping
from icmplib.exceptions import ICMPLibError, SocketPermissionError

from guardia.evidence.probes import tcp
from guardia.evidence.probes.measured import Measured, Pace, Question, Sample, judged, unclear

PACE = Pace()
INSTEAD = 443


async def probe(question: Question) -> Measured:
    pace = question.pace or PACE
    for privileged in (False, True):
        try:
            return judged("icmp", await series(question.address, pace, privileged), question)
        except SocketPermissionError:
            continue
        except ICMPLibError as trouble:
            return unclear("trouble", what=type(trouble).__name__)
    return await by_connections(question, pace)


async def series(address: str, pace: Pace, privileged: bool) -> list[Sample]:
    """Raises SocketPermissionError. The library keeps times without their order's gaps: what is lost stands last."""
    host = await async_ping(
        address, count=pace.count, interval=pace.interval, timeout=pace.timeout, privileged=privileged
    )
    came: list[Sample] = list(host.rtts)
    return came + [None] * (host.packets_sent - len(came))


async def by_connections(question: Question, pace: Pace) -> Measured:
    """Without ICMP: what answers a connection, even by refusing it, is there; what does not may only be silent."""
    port = question.port or INSTEAD
    samples = await tcp.series(question.address, port, pace, refusal_answers=True)
    if not any(sample is not None for sample in samples):
        return unclear("icmp_not_permitted", port=port)
    return judged("icmp_by_tcp", samples, question, port=port)
