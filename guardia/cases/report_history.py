"""The file that travels with a closing report: its figures, and the chained history as far as the customer may see it.

Whoever has it can check both without the database (``report_check``): the hash of an event covers the hash before it
and its own canonical text, in which prose stands as sha256(salt‖text) (design §4.7).
"""

import json
from collections.abc import Mapping
from typing import Any

from guardia.cases.case import Case
from guardia.cases.closing_report import ClosingReport, may_be_shown
from guardia.cases.confirmation_proof import GRADE
from guardia.cases.ledger import stamp
from guardia.procedure.vocabulary import Moment

FORMAT = "guardia-closing-report/1"

Hashes = Mapping[int, str]
"""The bare hash of every event by its seq: also of those whose content stays in the house."""


def hashes_of(case: Case) -> Hashes:
    """Read behind the house's wall: the company's own hides the events that are not public."""
    return {seq: bytes(digest).hex() for seq, digest in case.events.order_by("seq").values_list("seq", "hash")}


def file_of(report: ClosingReport, hashes: Hashes, language: str) -> bytes:
    """The report as UTF-8 JSON, readable to a person too."""
    case = report.case
    found = {
        "format": FORMAT,
        "case": case.number,
        "language": language,
        "seq": case.seq,
        "head": bytes(case.head_hash).hex(),
        "report": figures_of(report),
        "events": events_of(case, hashes),
    }
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode()


def figures_of(report: ClosingReport) -> dict[str, Any]:
    case, confirmed = report.case, report.last(Moment.CONFIRMED)
    return {
        "closed_at": stamp(case.closed_at) if case.closed_at else None,
        "fault": case.fault,
        "solution": case.solution,
        "prevention": case.prevention,
        "without_evidence": [
            {"seq": said.seq, "at": stamp(said.at), "reason": said.text("reason"), "who": said.text("who")}
            for said in report.without_evidence
        ],
        "affected_seconds": report.affected,
        "confirmed": (
            {name: confirmed.text(name) for name in ("name", "position")} | {GRADE: confirmed.data.get(GRADE, "")}
            if confirmed
            else None
        ),
        "outages": [
            {
                "start": stamp(o.start),
                "end": stamp(o.end),
                "excluded": o.excluded,
                "counted": o.counted,
                **({"in_planned_work": o.in_work} if o.in_work else {}),
            }
            for o in report.outages
        ],
        "promises": [
            {
                "kind": p.kind,
                "ordinal": p.ordinal,
                "started_at": stamp(p.started_at),
                "ended_at": stamp(p.ended_at) if p.ended_at else None,
                "target": p.target,
                "lasted": p.lasted,
                "stood_still": p.stood_still,
                "taken": p.taken,
                "kept": p.kept,
            }
            for p in report.promises
        ],
        "availability": {
            "start": stamp(report.availability.start),
            "end": stamp(report.availability.end),
            "down": report.availability.down,
            "percent": str(report.availability.percent),
        },
        "timeline": [[said.seq, said.moment, stamp(said.at)] for said in report.timeline],
    }


def events_of(case: Case, hashes: Hashes) -> list[dict[str, Any]]:
    """Of each event its hash; of a public one also its canonical text, and what prose may be shown, with its salt."""
    public = {event.seq: event for event in case.events.filter(public=True).prefetch_related("texts")}
    found = []
    for seq, digest in sorted(hashes.items()):
        row: dict[str, Any] = {"seq": seq, "hash": digest}
        if event := public.get(seq):
            row["canonical"] = event.canonical
            row["texts"] = {
                text.name: {"salt": bytes(text.salt or b"").hex(), "text": text.text}
                for text in event.texts.all()
                if text.text is not None and may_be_shown(event.moment, text.name)
            }
        found.append(row)
    return found
