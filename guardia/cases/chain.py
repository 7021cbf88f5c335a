"""The proof that nothing was rewritten: every event's hash covers the one before it and its own stored text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.ledger import chained, stamp, text_digest


@dataclass(frozen=True)
class Break:
    """Where a chain is not whole: the case's number, the event's place in it, and what is wrong there."""

    case: int
    seq: int
    what: str


def breaks() -> Iterator[Break]:
    """Every place where a case's history does not match its hashes; nothing if all is whole.

    Checks each event's hash and canonical text against its columns, its texts against their digests (an erased text
    keeps its digest and names its tombstone), the sequence without gaps, and the head that the case itself bears. Reads
    case by case.
    """
    for case in Case.objects.order_by("pk").only("pk", "number", "seq", "head_hash").iterator(chunk_size=500):
        yield from breaks_of(case)


def breaks_of(case: Case) -> Iterator[Break]:
    previous, expected = b"", 0
    texts = texts_of(case)
    for event in case.events.order_by("seq"):
        expected += 1
        if event.seq != expected:
            yield Break(case.number, expected, "an event is missing")
            expected = event.seq
        if bytes(event.hash) != chained(previous, event.canonical):
            yield Break(case.number, event.seq, "the hash does not match")
        if difference := differs(event, texts.get(event.pk, {})):
            yield Break(case.number, event.seq, difference)
        previous = bytes(event.hash)
    if (case.seq, bytes(case.head_hash)) != (expected, previous):
        yield Break(case.number, case.seq, "the last event is not the one the case names")


def texts_of(case: Case) -> dict[int, dict[str, EventText]]:
    found: dict[int, dict[str, EventText]] = {}
    for text in EventText.objects.filter(event__case=case):
        found.setdefault(text.event_id, {})[text.name] = text
    return found


def differs(event: CaseEvent, texts: dict[str, EventText]) -> str:
    """What in the event's columns or texts is not what was hashed; empty if nothing."""
    said = json.loads(event.canonical)
    columns = {
        "seq": event.seq,
        "moment": event.moment,
        "variant": event.variant,
        "occurred_at": stamp(event.occurred_at.astimezone(UTC)),
        "recorded_at": stamp(event.recorded_at.astimezone(UTC)),
        "by": [event.actor_kind, event.actor_id],
        "data": event.data,
    }
    for name, value in columns.items():
        if said[name] != value:
            return f"{name} was changed"
    for name, digest in said["texts"].items():
        text = texts.get(name)
        if text is None:
            return f"the text {name} is missing"
        if text.text is None and text.erasure_id is None:
            return f"the text {name} went without a tombstone"
        if text.text is not None and text_digest(bytes(text.salt or b""), text.text) != digest:
            return f"the text {name} was changed"
    return ""
