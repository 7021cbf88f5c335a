"""A web page: whether it answers, how fast, and whether with the status that is expected. No redirect is followed."""

import asyncio
from time import perf_counter
from urllib.parse import urlsplit, urlunsplit

import httpx2

from guardia.evidence.probes.measured import Measured, Pace, Question, Sample, counted, judged
from guardia.evidence.test_result import Verdict

PACE = Pace(count=3, interval=0.2, timeout=5.0)
GOOD = range(200, 400)


async def probe(question: Question) -> Measured:
    """The connection goes to the pinned address; the name stands in the Host header and in the TLS greeting."""
    pace = question.pace or PACE
    parts = urlsplit(question.host)
    samples: list[Sample] = []
    status, trouble = 0, ""
    async with httpx2.AsyncClient(timeout=pace.timeout, follow_redirects=False, trust_env=False) as client:
        for number in range(pace.count):
            if number:
                await asyncio.sleep(pace.interval)
            begun = perf_counter()
            try:
                async with asyncio.timeout(pace.timeout):
                    status = await status_of(client, question, parts.hostname or "")
                samples.append((perf_counter() - begun) * 1000)
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError, ValueError) as wrong:
                trouble = type(wrong).__name__
                samples.append(None)
    return read(question, samples, status, trouble)


async def status_of(client: httpx2.AsyncClient, question: Question, name: str) -> int:
    """The status alone: nobody needs the page itself."""
    parts = urlsplit(question.host)
    headers = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "Guardia", "Connection": "close"}
    extensions = {"sni_hostname": name}
    async with client.stream("GET", at_address(question), headers=headers, extensions=extensions) as answer:
        return answer.status_code


def at_address(question: Question) -> str:
    """The same web address, at the pinned address in place of the name."""
    parts = urlsplit(question.host)
    host = f"[{question.address}]" if ":" in question.address else question.address
    return urlunsplit(
        (parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path or "/", parts.query, "")
    )


def read(question: Question, samples: list[Sample], status: int, trouble: str) -> Measured:
    """What the answers say. Pure."""
    if not status:
        return judged("http_silent", samples, question, trouble=trouble)
    is_expected = str(status) == question.expects if question.expects else status in GOOD
    if not is_expected:
        more = {"status": status, "expected": question.expects or "200-399"}
        return Measured(Verdict.BAD, "http_other", counted(samples) | more, samples)
    return judged("http", samples, question, status=status)
