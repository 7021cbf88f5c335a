"""The path to an address, hop by hop. It shows where it ends; by itself it is no proof that a service is well."""

import asyncio

from icmplib import Hop, traceroute
from icmplib.exceptions import ICMPLibError, SocketPermissionError

from guardia.evidence.probes.measured import Measured, Pace, Question, unclear
from guardia.evidence.test_result import Verdict

PACE = Pace(count=1, interval=0.0, timeout=1.0)
MOST_HOPS = 20


async def probe(question: Question) -> Measured:
    pace = question.pace or PACE
    try:
        hops = await asyncio.to_thread(trace, question.address, pace)
    except SocketPermissionError:
        return unclear("path_not_permitted")
    except (ICMPLibError, OSError) as trouble:
        return unclear("path_not_possible", what=type(trouble).__name__)
    return read(question.address, hops)


def trace(address: str, pace: Pace) -> list[Hop]:
    """Raises SocketPermissionError, ICMPLibError, OSError."""
    return traceroute(
        address, count=pace.count, interval=pace.interval, timeout=pace.timeout, max_hops=MOST_HOPS, fast=True
    )


def read(address: str, hops: list[Hop]) -> Measured:
    """Good where the last hop is the address itself. Pure."""
    reached = bool(hops) and hops[-1].address == address
    last = hops[-1].address if hops else ""
    path = " > ".join(f"{hop.distance} {hop.address} {hop.avg_rtt:.1f}" for hop in hops)
    numbers = {"hops": hops[-1].distance if hops else 0, "last": last, "path": path[:1500]}
    verdict = Verdict.GOOD if reached else Verdict.BAD
    return Measured(verdict, "path" if reached else "path_ends", numbers, [hop.avg_rtt for hop in hops])
