"""The file that travels with a closing report: written, linked to, and checked against itself without the database."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from guardia.cases.case import Case
from guardia.cases.case_proofs import DENIES, GRADE, is_lacking
from guardia.events.history import chained, chained_content, content_hash, format_of, stamp, text_digest
from guardia.people import signed
from guardia.procedure.vocabulary import Moment
from guardia.proof.log import Inclusion
from guardia.proof.merkle import ProofIsWrong, check_inclusion, leaf_hash
from guardia.proof.note import NoteIsWrong, Verifier, read_checkpoint, read_verifier, signatures_of
from guardia.reports.closing_report import ClosingReport, is_public_text

# --- report link ------------------------------------------------------------------------------------------------------
# The link by which a contact reads the closing report of one case: signed, for that company alone, good for a year.
SALT = "guardia.reports.report_history"
GOOD_FOR = timedelta(days=366)


def token(customer_id: int, case_id: int, contact_id: int) -> str:
    """What names this report and this contact in the address of the page; good for a year from now."""
    return signed.token(SALT, customer_id, case_id, contact_id)


def read_link(token: str) -> signed.LetterLink:
    """Whom and what a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    return signed.LetterLink(*signed.read(token, SALT, GOOD_FOR, ids=3))


# --- report history ---------------------------------------------------------------------------------------------------
# The file that travels with a closing report: its figures, and the chained history as far as the customer may see it.
# Whoever has it can check both without the database (``report_check``): the hash of an event covers the hash before
# it and its own canonical text, in which prose stands as sha256(salt‖text).
FORMAT = "guardia-closing-report/2"
READABLE = (FORMAT, "guardia-closing-report/1")


class Hashed(NamedTuple):
    """Of one event what may leave the operator in any case: its hash, and that of its text, as hexadecimal digits.

    ``content`` is empty for an event of the first format, whose hash cannot be proven without its text.
    """

    hash: str
    content: str


Hashes = Mapping[int, Hashed]
"""The hashes of every event by its seq: also of those whose content stays in the operator."""


def hashes_of(case: Case) -> Hashes:
    """Read under the staff's database role: the company's own hides the events that are not public."""
    rows = case.events.order_by("seq").values_list("seq", "hash", "canonical")
    return {seq: Hashed(bytes(digest).hex(), _content_of(canonical)) for seq, digest, canonical in rows}


def _content_of(canonical: str) -> str:
    return "" if format_of(canonical) == 1 else content_hash(canonical).hex()


def file_of(report: ClosingReport, hashes: Hashes, logged: Inclusion | None, language: str) -> bytes:
    """The report as UTF-8 JSON, readable to a person too. ``logged``: how far the history is in the signed log."""
    case = report.case
    found = {
        "format": FORMAT,
        "case": case.number,
        "language": language,
        "seq": case.seq,
        "head": bytes(case.head_hash).hex(),
        "report": figures_of(report),
        "events": events_of(case, hashes),
        "log": logged._asdict() if logged else None,
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
    """Of each event its hash; of a public one its canonical text, and what prose may be shown, with its salt; of any
    other the hash of its text, which binds it to the events before and after.
    """
    public = {event.seq: event for event in case.events.filter(public=True).prefetch_related("texts")}
    found = []
    for seq, hashed in sorted(hashes.items()):
        row: dict[str, Any] = {"seq": seq, "hash": hashed.hash}
        if event := public.get(seq):
            row["canonical"] = event.canonical
            row["texts"] = {
                text.name: {"salt": bytes(text.salt or b"").hex(), "text": text.text}
                for text in event.texts.all()
                if text.text is not None and is_public_text(event.moment, text.name)
            }
        elif hashed.content:
            row["content"] = hashed.content
        found.append(row)
    return found


# --- report check -----------------------------------------------------------------------------------------------------
# Checks a closing report's file against itself, without the database: is its history whole, do its figures follow?
# What nobody can rewrite unseen: an event in the middle changes every hash after it, and each notice that the
# customer got bears the hash of its own event. So the verdict names the last hash, to be compared with such a notice.
LARGEST = 64_000_000
EMBEDDED = re.compile(rb"<<[^\r\n]{0,400}/EmbeddedFile[^\r\n]{0,400}>>\s*stream\r?\n")


class NotAReport(ValueError):
    """The file is no closing report of ours, or carries none."""


@dataclass(frozen=True)
class Finding:
    """What is wrong: of which event (0: of the report itself), and which rule it breaks."""

    seq: int
    rule: str


@dataclass(frozen=True)
class Logged:
    """How far the history is in the signed log: up to event ``seq``, which is leaf ``leaf`` of ``size``.

    ``signed_by``: the keys whose signature holds. ``is_trusted``: by a key that whoever checks has from elsewhere;
    otherwise by one that the file itself names, to be compared with what the operator publishes.
    """

    seq: int
    leaf: int
    size: int
    signed_by: list[str]
    is_trusted: bool


@dataclass
class Checked:
    """``whole`` events were checked with their content, ``bound`` ones by the hash of theirs; ``bare`` ones, of an
    older history, show a hash that nothing but the next event proves.

    ``unproven``: why a step was taken without green evidence, and by whom.
    """

    case: int
    seq: int
    head: str
    language: str
    whole: int = 0
    bound: int = 0
    bare: int = 0
    unproven: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    logged: Logged | None = None

    @property
    def is_sound(self) -> bool:
        return not self.findings


def check(content: bytes, keys: Sequence[Verifier] = ()) -> Checked:
    """The verdict on a PDF or JSON. ``keys``: by which the log is signed, where one knows them. Raises NotAReport."""
    said = read(content)
    try:
        checked = Checked(int(said["case"]), int(said["seq"]), str(said["head"]), str(said["language"]))
        history = list(chain(said, checked))
        checked.findings += [*history, *figures(said), *log(said, checked, keys)]
        rows = said["report"].get("without_evidence", ())
        checked.unproven = list(dict.fromkeys((str(row["reason"]), str(row["who"])) for row in rows))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        raise NotAReport(f"{type(wrong).__name__}: {wrong}") from wrong
    return checked


def read(content: bytes) -> Mapping[str, Any]:
    """What the file says: the JSON itself, or the one that the PDF carries. Raises NotAReport."""
    if content.startswith(b"%PDF-"):
        content = carried_by(content)
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise NotAReport("no JSON") from wrong
    if not isinstance(said, dict) or said.get("format") not in READABLE:
        raise NotAReport("no closing report")
    return said


def carried_by(pdf: bytes) -> bytes:
    """The file attached to the PDF. Raises NotAReport where there is none."""
    for found in EMBEDDED.finditer(pdf):
        content = pdf[found.end() : found.end() + LARGEST]
        if b"FlateDecode" in found[0]:
            try:
                content = zlib.decompressobj().decompress(content, LARGEST)
            except zlib.error as wrong:
                raise NotAReport("the attached file is damaged") from wrong
        else:
            content = content.partition(b"\nendstream")[0]
        if any(one.encode() in content for one in READABLE):
            return content
    raise NotAReport("nothing is attached")


def chain(said: Mapping[str, Any], checked: Checked) -> Iterator[Finding]:
    """Every event follows the one before; canonical texts and shown prose are those that were hashed."""
    previous, begun_by = b"", history_format(said)
    for place, event in enumerate(said["events"], 1):
        if event["seq"] != place:
            yield Finding(place, "missing")
        if event.get("canonical") is not None:
            checked.whole += 1
            yield from whole(event, said["case"], previous)
        elif content := event.get("content"):
            checked.bound += 1
            if chained_content(previous, bytes.fromhex(content)).hex() != event["hash"]:
                yield Finding(place, "hash")
        else:
            checked.bare += 1
            if begun_by > 1:
                yield Finding(place, "hash")
        previous = bytes.fromhex(event["hash"])
    if (len(said["events"]), previous.hex()) != (said["seq"], said["head"]):
        yield Finding(said["seq"], "head")


def whole(event: Mapping[str, Any], case: int, previous: bytes) -> Iterator[Finding]:
    """One event that is shown with its text and its prose."""
    canonical = event["canonical"]
    if chained(previous, canonical).hex() != event["hash"]:
        yield Finding(event["seq"], "hash")
    hashed = json.loads(canonical)
    if (hashed["seq"], hashed["case"]) != (event["seq"], case) or not hashed.get("public", True):
        yield Finding(event["seq"], "place")
    for name, text in event.get("texts", {}).items():
        if text_digest(bytes.fromhex(text["salt"]), text["text"]) != hashed["texts"].get(name):
            yield Finding(event["seq"], "text")


def log(said: Mapping[str, Any], checked: Checked, keys: Sequence[Verifier]) -> Iterator[Finding]:
    """The history stands in the log that was signed, as far as the file says so."""
    logged = said.get("log")
    if not logged:
        return
    try:
        state = read_checkpoint(logged["checkpoint"])
        own = [read_verifier(words) for words in logged["keys"]]
        found = signatures_of(logged["checkpoint"], list(keys or own))
    except NoteIsWrong:
        yield Finding(0, "signature")
        return
    by = [str(each.by) for each in found]
    checked.logged = Logged(logged["seq"], logged["leaf"], state.size, by, bool(keys))
    digest = next((event["hash"] for event in said["events"] if event["seq"] == logged["seq"]), "")
    proof = [bytes.fromhex(each) for each in logged["proof"]]
    try:
        check_inclusion(leaf_hash(bytes.fromhex(digest)), logged["leaf"], state.size, proof, state.root)
    except ProofIsWrong:
        yield Finding(logged["seq"], "log")


def history_format(said: Mapping[str, Any]) -> int:
    """The format of the case: that of its public events, which are all of one."""
    return max((format_of(event["canonical"]) for event in said["events"] if event.get("canonical")), default=1)


def figures(said: Mapping[str, Any]) -> Iterator[Finding]:
    """What the report says is what its history says, and its sums add up."""
    report = said["report"]
    told = {e["seq"]: (json.loads(e["canonical"]), e.get("texts", {})) for e in said["events"] if e.get("canonical")}
    for seq, moment, at in report["timeline"]:
        event = told[seq][0] if seq in told else None
        if event is None or (event["moment"], event["occurred_at"]) != (moment, at):
            yield Finding(seq, "timeline")
    yield from closing(report, told)
    yield from evidence(report, told)
    if sum(outage["counted"] for outage in report["outages"]) != report["affected_seconds"]:
        yield Finding(0, "affected")
    broken = broken_promises(told)
    for promise in report["promises"]:
        if promise["lasted"] - promise["stood_still"] != promise["taken"] or differs(promise):
            yield Finding(0, "sum")
        if promise["kept"] == ((promise["kind"], promise["ordinal"]) in broken):
            yield Finding(0, "kept")


def closing(report: Mapping[str, Any], told: Mapping[int, Any]) -> Iterator[Finding]:
    """Fault, solution and affected time as they were closed last; the time also as a ruling has changed it. Of a case
    that was opened again nothing is closed yet.
    """
    ends = [(seq, said) for seq, said in sorted(told.items()) if said[0]["moment"] in (Moment.CLOSED, Moment.RELAPSED)]
    is_open_again = bool(ends) and DENIES in ends[-1][1][0]["data"]
    for seq, (event, texts) in ends[-1:] if ends and ends[-1][1][0]["moment"] == Moment.CLOSED else ():
        for name in ("fault", "solution"):
            if name in texts and texts[name]["text"].strip() != report[name]:
                yield Finding(seq, name)
        if not agrees(report.get("prevention", ""), "prevention", event, texts):
            yield Finding(seq, "prevention")
    counted = [
        e["data"]["affected_seconds"] for _seq, (e, _t) in sorted(told.items()) if "affected_seconds" in e["data"]
    ]
    if counted and not is_open_again and counted[-1] != report["affected_seconds"]:
        yield Finding(0, "affected")
    confirmed = [said for _seq, said in sorted(told.items()) if said[0]["moment"] == Moment.CONFIRMED]
    if confirmed and report["confirmed"]:
        event, texts = confirmed[-1]
        shown = {name: texts.get(name, {}).get("text", "") for name in ("name", "position")}
        if shown | {GRADE: event["data"].get(GRADE, "")} != {GRADE: ""} | report["confirmed"]:
            yield Finding(0, "confirmed")


def evidence(report: Mapping[str, Any], told: Mapping[int, Any]) -> Iterator[Finding]:
    """Who went on without green evidence, and why, as it is on record: none is left out and none is added."""
    lacking = [(seq, said) for seq, said in sorted(told.items()) if is_lacking(said[0].get("data") or {})]
    rows = {row["seq"]: row for row in report.get("without_evidence", ())}
    if set(rows) != {seq for seq, _said in lacking}:
        yield Finding(0, "evidence")
        return
    for seq, (event, texts) in lacking:
        if not all(agrees(rows[seq][name], name, event, texts) for name in ("reason", "who")):
            yield Finding(seq, "evidence")


def agrees(shown: str, name: str, event: Mapping[str, Any], texts: Mapping[str, Any]) -> bool:
    """Whether what the report shows is this text of the event; one that was erased is shown by nobody's word."""
    if name in texts:
        return bool(texts[name]["text"].strip() == shown)
    return name in event["texts"] or not shown


def broken_promises(told: Mapping[int, Any]) -> set[tuple[str, int]]:
    broken: set[tuple[str, int]] = set()
    for _seq, (event, _texts) in sorted(told.items()):
        if event["moment"] in (Moment.BREACHED, Moment.BREACH_LIFTED):
            key = (event["data"]["clock"], event["data"]["ordinal"])
            (broken.add if event["moment"] == Moment.BREACHED else broken.discard)(key)
    return broken


def differs(promise: Mapping[str, Any]) -> bool:
    if not promise["ended_at"]:
        return False
    lasted = datetime.fromisoformat(promise["ended_at"]) - datetime.fromisoformat(promise["started_at"])
    return round(lasted.total_seconds()) != promise["lasted"]
