"""What travels with a closing report, and the whole history of a company: the events with their hashes, all that is
needed to compute every figure again, and the figures that Guardia claims.

``guardia/proof/offline/guardia_verify.py`` checks such a file, and needs nothing of Guardia; the format is written down
in ``docs/evidence.md``. Here is also the link by which a report is read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from operator import attrgetter
from typing import Any

from django.db.models import prefetch_related_objects

from guardia.cases.case import Case, Status
from guardia.cases.case_proofs import GRADE
from guardia.cases.closing_figures import Outage, excluded_span, excluded_waits, outages_of, windows_of
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.event import CaseEvent
from guardia.cases.stages.reopening import REOPENED, Reopening
from guardia.clocks.calendars import journal_entries
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.rest_days import feast_of
from guardia.events.history import INTERNAL, content_hash, format_in, mark_in, stamp
from guardia.outages.planned_work import PlannedWork
from guardia.people import signed
from guardia.procedure.version import ProcedureVersion, sha256_of
from guardia.procedure.vocabulary import Moment
from guardia.proof.log import inclusions_of
from guardia.reports.availability import cases_of_service, company_month, spans_of
from guardia.reports.closing_report import ClosingReport, ReportedEvent, WaitFacts, is_public_text, reopenings_in
from guardia.reports.closing_rows import excluded_in, promised, reported, wait_facts
from guardia.reports.month import Month

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


# --- what is needed to compute again ----------------------------------------------------------------------------------
REPORT, HISTORY = "guardia-closing-report/3", "guardia-history/1"
REPORT_OPENED_AGAIN, HISTORY_OPENED_AGAIN = "guardia-closing-report/4", "guardia-history/2"
REPORT_OF_REHEARSAL, HISTORY_OF_REHEARSAL = "guardia-closing-report/5", "guardia-history/3"
"""Of a file with a case that was opened again: a verifier of before, which knows no such rule, says so and no more."""
AT_ONCE = 200
"""Cases that are read together."""


@dataclass(frozen=True)
class Evidence:
    """The histories of some cases as they may leave the operator, by the number of the case, and what else stands in
    the file beside them. Read by a role that sees the operator's own events.
    """

    histories: Mapping[int, dict[str, Any]]
    beside: Mapping[str, Any]

    @property
    def was_opened_again(self) -> bool:
        """Whether one of these cases was opened again after its closing."""
        texts = (row.get("canonical", "") for history in self.histories.values() for row in history["events"])
        return any('"moment":"relapsed"' in text and f'"variant":"{REOPENED}"' in text for text in texts)

    @property
    def was_in_rehearsal(self) -> bool:
        """Whether one of these cases began in a rehearsal: no availability counts it."""
        texts = (row.get("canonical", "") for history in self.histories.values() for row in history["events"])
        return any('"rehearsal":true' in text for text in texts)

    @property
    def format(self) -> str:
        """Of the closing report: the lowest that says how all of its figures are computed."""
        if self.was_in_rehearsal:
            return REPORT_OF_REHEARSAL
        return REPORT_OPENED_AGAIN if self.was_opened_again else REPORT

    @property
    def checkpoint(self) -> str:
        """The signed state of the log that the histories are in; empty where none is."""
        log = self.beside["log"]
        return log["checkpoint"] if log and log["entries"] else ""


def evidence_of(case: Case, until: datetime) -> Evidence:
    """Of one case, and of the others of its service in the month of ``until`` (UTC): its availability needs them."""
    others = [] if case.service_id is None else cases_of_service(case.service_id, Month.of(until), until)
    return evidence_in([case, *(other for other in others if other.pk != case.pk)], with_prose=[case.pk])


def evidence_in(cases: Sequence[Case], with_prose: Sequence[int]) -> Evidence:
    """``with_prose``: the ids of the cases whose public texts are shown; the hashes of the others prove theirs."""
    gathered = Gathered()
    histories = {case.number: history for case, history in gathered.read(cases, with_prose)}
    return Evidence(histories, gathered.beside(cases))


class Gathered:
    """Reads histories, and remembers what else they name: the editions of the calendar.

    ``timelines``: by case, the public events of those that were read with their prose, as they happened.
    """

    def __init__(self) -> None:
        self.edition = 0
        self.timelines: dict[int, list[ReportedEvent]] = {}

    def read(self, cases: Sequence[Case], with_prose: Iterable[int]) -> Iterator[tuple[Case, dict[str, Any]]]:
        """The history of each case in the order given, a batch of cases at once."""
        prose = frozenset(with_prose)
        for some in batched(cases, AT_ONCE):
            events = CaseEvent.objects.filter(case__in=[case.pk for case in some]).order_by("case_id", "seq")
            rows: dict[int, list[dict[str, Any]]] = {}
            read = list(events)
            prefetch_related_objects([event for event in read if event.case_id in prose], "texts")
            self.timelines = {}
            for event in read:
                rows.setdefault(event.case_id, []).append(self.row_of(event, event.case_id in prose))
                if event.public and event.case_id in prose:
                    self.timelines.setdefault(event.case_id, []).append(reported(event))
            yield from ((case, history_of(case, rows.get(case.pk, []))) for case in some)

    def row_of(self, event: CaseEvent, with_prose: bool) -> dict[str, Any]:
        """Of each event its hash; of one that is public or counted its text, and of a public one what prose may be
        shown, with its salt; of any other the hash of its text, which binds it to the events before and after.
        """
        text = json.loads(event.canonical)
        self.edition = max(self.edition, event.data.get("edition") or 0)
        row: dict[str, Any] = {"seq": event.seq, "hash": bytes(event.hash).hex()}
        is_first_format = format_in(text) == 1
        if not is_first_format:
            row["mark"] = mark_in(text)
        if event.public or row.get("mark", INTERNAL) != INTERNAL:
            row["canonical"] = event.canonical
        elif not is_first_format:
            row["content"] = content_hash(event.canonical).hex()
        if event.public and with_prose:
            row["texts"] = {
                words.name: {"salt": bytes(words.salt or b"").hex(), "text": words.text}
                for words in sorted(event.texts.all(), key=attrgetter("name"))
                if words.text is not None and is_public_text(event.moment, words.name)
            }
        return row

    def beside(self, cases: Sequence[Case]) -> dict[str, Any]:
        """The published procedures, the calendar's journal with the days of its cantons, planned works that were over
        before their time, and how far the histories are in the signed log.
        """
        versions = ProcedureVersion.objects.filter(pk__in={case.procedure_version_id for case in cases})
        of_works = {case.within_work_id for case in cases if case.within_work_id}
        works = PlannedWork.objects.filter(pk__in=of_works).only("number", "ended_at")
        journal = journal_entries(self.edition) if self.edition else []
        return {
            "procedures": dict(versions.values_list("sha256", "document")),
            "journal": journal,
            "feasts": {each: feast_of(each) for each in {entry["canton"] for entry in journal if entry["canton"]}},
            "works": {work.display_number: stamp(work.ended_at) for work in works if work.ended_at},
            "log": inclusions_of({case.pk: case.number for case in cases}),
        }


def history_of(case: Case, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A case with its events as they were read together: nobody can have added one since. No event of the first format
    says which procedure the case promises.
    """
    by = {"procedure": sha256_of(case.procedure_version_id)} if case.history_format == 1 else {}
    head = rows[-1]["hash"] if rows else ""
    return {"case": case.number, "seq": len(rows), "head": head, **by, "events": rows}


# --- what is claimed --------------------------------------------------------------------------------------------------
def file_of(number: int, figures: Mapping[str, Any], evidence: Evidence, language: str) -> bytes:
    """The closing report of the case with this number as UTF-8 JSON, readable to a person too; ``figures``: what it
    claims. The database is not asked.
    """
    found = {
        "format": evidence.format,
        "language": language,
        "case": number,
        "cases": [
            evidence.histories[number] | {"report": figures},
            *(history for other, history in evidence.histories.items() if other != number),
        ],
        **evidence.beside,
    }
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode()


def figures_of(report: ClosingReport) -> dict[str, Any]:
    """What a closing report claims of its case."""
    case = report.case
    return claims(case, report.until, report.timeline, report.waits, clocks_in_file([case.pk]).get(case.pk, [])) | {
        "outages": [outage_row(each) for each in report.outages],
        "affected_seconds": report.affected,
        "availability": {
            "start": stamp(report.availability.start),
            "end": stamp(report.availability.end),
            "down": report.availability.down,
            "percent": str(report.availability.percent),
        },
        "timeline": [[said.seq, said.moment, stamp(said.at)] for said in report.timeline],
    }


def claims(
    case: Case, until: datetime, timeline: Sequence[ReportedEvent], waits: Iterable[WaitFacts], clocks: Iterable[Clock]
) -> dict[str, Any]:
    """What is claimed of any case, up to ``until`` (UTC)."""
    said = [event for event in timeline if event.moment == Moment.CONFIRMED]
    return {
        "until": stamp(until),
        "closed_at": stamp(case.closed_at) if case.closed_at else None,
        "fault": case.fault,
        "solution": case.solution,
        "prevention": case.prevention,
        **edition_claim(timeline),
        "confirmed": (
            {name: said[-1].text(name) for name in ("name", "position")} | {GRADE: said[-1].data.get(GRADE, "")}
            if said
            else None
        ),
        "without_evidence": [
            {"seq": event.seq, "at": stamp(event.at), "reason": event.text("reason"), "who": event.text("who")}
            for event in timeline
            if event.data.get("without_evidence")
        ],
        "waits": [wait_row(wait) for wait in waits],
        "promises": [promise_row(clock, until) for clock in clocks],
    }


def edition_claim(timeline: Sequence[ReportedEvent]) -> dict[str, Any]:
    """Which edition of the closing report it is, and why there is more than one; nothing of the first."""
    found = reopenings_in(timeline)
    if not found:
        return {}
    facts = ((event, Reopening.of(event)) for event in found)
    rows = [
        {
            "seq": each.seq,
            "closing": each.closing,
            "at": stamp(each.at),
            "since": stamp(each.since),
            "what": event.text("what").strip(),
        }
        for event, each in facts
    ]
    return {"edition": len(rows) + 1, "reopenings": rows}


def clocks_in_file(case_ids: Sequence[int]) -> dict[int, list[Clock]]:
    """By case, every promise to the customer that was not dropped: all but those of the escalation (E)."""
    clocks = Clock.objects.filter(case__in=case_ids).exclude(outcome="dropped").exclude(kind__in=OF_THE_ESCALATION)
    found: dict[int, list[Clock]] = {}
    for clock in clocks.order_by("started_at", "pk"):
        found.setdefault(clock.case_id or 0, []).append(clock)
    return found


def wait_row(wait: WaitFacts) -> dict[str, Any]:
    return {
        "wait": wait.id,
        "cause": wait.cause,
        "clocks": list(wait.clocks),
        "start": stamp(wait.start),
        "end": stamp(wait.end),
        "excluded": wait.excluded,
        "void": wait.void,
    }


def promise_row(clock: Clock, until: datetime) -> dict[str, Any]:
    said = promised(clock, until)
    return {
        "kind": said.kind,
        "ordinal": said.ordinal,
        "started_at": stamp(said.started_at),
        "ended_at": stamp(said.ended_at) if said.ended_at else None,
        "target": said.target,
        "lasted": said.lasted,
        "stood_still": said.stood_still,
        "taken": said.taken,
        "kept": said.kept,
    }


def outage_row(outage: Outage) -> dict[str, Any]:
    return {
        "start": stamp(outage.start),
        "end": stamp(outage.end),
        "excluded": outage.excluded,
        "counted": outage.counted,
        **({"in_planned_work": outage.in_work} if outage.in_work else {}),
    }


# --- the whole history of a company -----------------------------------------------------------------------------------
def company_history(customer_id: int, name: str, at: datetime, language: str) -> Iterator[bytes]:
    """All cases of a company as one file, in pieces: so many cases fit into no letter. ``at`` is UTC, now.

    Read by a role that sees the operator's own events of this company.
    """
    cases = list(Case.objects.filter(customer=customer_id).defer("search").order_by("pk"))
    gathered, prose = Gathered(), [case.pk for case in cases]
    again = CaseEvent.objects.filter(case__customer=customer_id, moment=Moment.RELAPSED, variant=REOPENED).exists()
    rehearsed = any(case.in_rehearsal for case in cases)
    begun = {
        "format": HISTORY_OF_REHEARSAL if rehearsed else HISTORY_OPENED_AGAIN if again else HISTORY,
        "language": language,
        "company": name,
        "written_at": stamp(at),
    }
    yield (json.dumps(begun, ensure_ascii=False)[:-1] + ', "cases": [').encode()
    between = "\n"
    for some in batched(gathered.read(cases, prose), AT_ONCE):
        told = claims_of([case for case, _history in some], gathered.timelines, at)
        for case, history in some:
            # Of what a former tool handled nothing is claimed: its events are there, and are proven.
            found = history if case.is_history else history | {"report": told[case.pk]}
            yield (between + json.dumps(found, ensure_ascii=False)).encode()
            between = ",\n"
    months = [*months_of(customer_id, cases, at)]
    ended = {"months": months, **gathered.beside(cases)}
    yield ("],\n" + json.dumps(ended, ensure_ascii=False)[1:]).encode()


def claims_of(
    cases: Sequence[Case], public: Mapping[int, list[ReportedEvent]], at: datetime
) -> dict[int, dict[str, Any]]:
    """By case, what is claimed of it: a batch of cases in as many questions as for one. ``public``: their events."""
    ids = [case.pk for case in cases]
    timelines = {pk: sorted(events, key=lambda event: (event.at, event.seq)) for pk, events in public.items()}
    clocks, holes, work = clocks_in_file(ids), excluded_waits(ids), windows_of(ids)
    waits: dict[int, list[Wait]] = {}
    for wait in Wait.objects.filter(case__in=ids).order_by("started_at", "pk"):
        waits.setdefault(wait.case_id, []).append(wait)
    found = {}
    for case in cases:
        until, timeline = case.closed_at or at, timelines.get(case.pk, [])
        facts = [wait_facts(wait, excluded_in(timeline), until) for wait in waits.get(case.pk, [])]
        excluded = [excluded_span(wait, until) for wait in holes[case.pk]]
        spans = [] if case.status == Status.CANCELLED else spans_of(case)
        outages = outages_of(spans, excluded, until, work[case.pk])
        found[case.pk] = claims(case, until, timeline, facts, clocks.get(case.pk, [])) | {
            "outages": [outage_row(each) for each in outages],
            "affected_seconds": sum(each.counted for each in outages),
        }
    return found


def months_of(customer_id: int, cases: Sequence[Case], at: datetime) -> Iterator[dict[str, Any]]:
    """The availability of each service in each month in which it was affected."""
    begun = [case.outage_started_at for case in cases if case.outage_started_at]
    if not begun:
        return
    month = Month.of(min(begun))
    while month.start < at:
        for service, each in company_month(customer_id, month, at).items():
            if service is not None:
                figures = each.figures
                row = {"start": stamp(figures.start), "end": stamp(figures.end), "down": figures.down}
                yield {"service": service, **row, "percent": str(figures.percent)}
        month = month.moved(1)
