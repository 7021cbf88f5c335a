"""A name asked of a DNS server: whether it answers, how fast, and whether with the record that is expected."""

import asyncio
from time import perf_counter

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

from guardia.evidence.probes.measured import Measured, Pace, Question, Sample, counted, judged
from guardia.evidence.test_result import Verdict

PACE = Pace(count=3, interval=0.2, timeout=2.0)


async def probe(question: Question) -> Measured:
    """``asks`` is ``name`` or ``name TYPE`` (A unless it says another)."""
    pace = question.pace or PACE
    name, _blank, record = question.asks.partition(" ")
    query = dns.message.make_query(name, record.strip() or "A")
    samples: list[Sample] = []
    answer: dns.message.Message | None = None
    for number in range(pace.count):
        if number:
            await asyncio.sleep(pace.interval)
        begun = perf_counter()
        try:
            answer = await dns.asyncquery.udp(query, question.address, pace.timeout, question.port or 53)
            samples.append((perf_counter() - begun) * 1000)
        except (dns.exception.DNSException, OSError):
            samples.append(None)
    return read(question, samples, answer)


def read(question: Question, samples: list[Sample], answer: dns.message.Message | None) -> Measured:
    """What the answers say. Pure."""
    if answer is None:
        return judged("dns_silent", samples, question, asked=question.asks)
    said = sorted(record.to_text() for part in answer.answer for record in part)
    more = {"asked": question.asks, "said": ", ".join(said)[:200]}
    if answer.rcode() != dns.rcode.NOERROR or not said:
        numbers = counted(samples) | more | {"rcode": dns.rcode.to_text(answer.rcode())}
        return Measured(Verdict.BAD, "dns_no_record", numbers, samples)
    if question.expects and question.expects not in said:
        return Measured(Verdict.BAD, "dns_other", counted(samples) | more | {"expected": question.expects}, samples)
    return judged("dns", samples, question, **more)
