"""How long a TCP connection takes to stand, and how many do not."""

import asyncio
from time import perf_counter

from guardia.evidence.probes.measured import Measured, Pace, Question, Sample, judged

PACE = Pace()


async def probe(question: Question) -> Measured:
    """A connection after the other, each closed at once; nothing is sent."""
    pace = question.pace or PACE
    samples = await series(question.address, question.port or 443, pace)
    return judged("tcp", samples, question, port=question.port or 443)


async def series(address: str, port: int, pace: Pace, *, refusal_answers: bool = False) -> list[Sample]:
    """Milliseconds of each connection. ``refusal_answers``: a refused one proves that the machine is there."""
    samples = []
    for number in range(pace.count):
        if number:
            await asyncio.sleep(pace.interval)
        samples.append(await once(address, port, pace.timeout, refusal_answers))
    return samples


async def once(address: str, port: int, timeout: float, refusal_answers: bool) -> Sample:
    begun = perf_counter()
    try:
        async with asyncio.timeout(timeout):
            _reader, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return (perf_counter() - begun) * 1000 if refusal_answers else None
    except (OSError, TimeoutError):
        return None
    took = (perf_counter() - begun) * 1000
    writer.transport.abort()
    return took
