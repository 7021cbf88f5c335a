"""A case as a trouble ticket (TMF621): what every version of the standard says of it, read for many cases at once.

Everybody reads the same public facts. What the operator alone wrote down (internal notes, files that are not shown, who
reported) is added for the operator's own keys.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.closing_figures import UPHELD
from guardia.cases.event import CaseEvent
from guardia.cases.explaining import state_of
from guardia.cases.facts import OWED
from guardia.clocks.clock import Clock, Wait
from guardia.events.kinds import KINDS, TicketStatus
from guardia.evidence.files import CaseFile
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Impact, Moment, Stage, WaitCause

INCIDENT = "incident"
"""The ticket type of a case of the technical desk; of another desk it is that desk's code."""
REPORT_PREFIX = "R"
"""The id of a ticket that has no number yet (P1): ``R17`` is the report in writing of id 17."""
REJECTED = "rejected"
"""The status of a report that turned out to be none; no case has it."""
SEVERITIES: Mapping[str, str] = {
    Impact.DOWN: "Critical",
    Impact.REPORTED: "Critical",
    Impact.DEGRADED: "Major",
    Impact.INTERMITTENT: "Minor",
}
"""A fault of which nobody has said how it is felt counts as one that is out."""
IMPACTS: Mapping[str, Impact] = {
    "critical": Impact.DOWN,
    "major": Impact.DEGRADED,
    "minor": Impact.INTERMITTENT,
    "down": Impact.DOWN,
    "degraded": Impact.DEGRADED,
    "intermittent": Impact.INTERMITTENT,
}
"""What may be sent as a severity, in small letters."""
STATUS_MOMENTS = frozenset({moment for moment, kind in KINDS.items() if kind.status}) | {
    Moment.WAIT_STARTED,
    Moment.WAIT_ENDED,
    Moment.RULED,
}
NOTES = (Moment.MESSAGE_RECEIVED, Moment.NEWS_SENT, Moment.NOTED)


@dataclass(frozen=True)
class StatusChange:
    status: str
    at: datetime
    reason: str
    seq: int


@dataclass(frozen=True)
class TicketNote:
    id: str
    author: str
    at: datetime
    text: str


@dataclass(frozen=True)
class TicketFile:
    id: int
    name: str
    type: str
    size: int
    caption: str


@dataclass(frozen=True)
class Ticket:
    """A trouble ticket. Hours are aware; an empty text or None is left out of what is written."""

    id: str
    name: str
    description: str
    status: str
    severity: str
    kind: str
    channel: str
    reference: str
    zone: str
    created_at: datetime
    updated_at: datetime
    promised_at: datetime | None = None
    resolved_at: datetime | None = None
    company: tuple[str, str] = ("", "")
    service: tuple[str, str] | None = None
    reporter: str = ""
    changes: Sequence[StatusChange] = ()
    notes: Sequence[TicketNote] = ()
    files: Sequence[TicketFile] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the standard has no word for, by its name: the stage, the clocks, the waits."""

    def hour(self, at: datetime | None) -> str | None:
        """ISO 8601 with the offset of the ticket's zone."""
        return at.astimezone(ZoneInfo(self.zone)).isoformat() if at else None

    def as_of(self, seq: int) -> "Ticket":
        """The status and its history as they stood once the event of this number was recorded."""
        changes = [change for change in self.changes if change.seq <= seq]
        return replace(self, changes=changes, status=changes[-1].status if changes else self.status)


# --- reading ----------------------------------------------------------------------------------------------------------
def tickets_of(cases: Sequence[Case], *, internal: bool) -> list[Ticket]:
    """The cases as tickets, in their order; five questions for all of them. ``internal``: for the operator itself."""
    ids = [case.pk for case in cases]
    events: dict[int, list[CaseEvent]] = {pk: [] for pk in ids}
    for event in events_of(ids, internal):
        events[event.case_id].append(event)
    last = dict(visible(ids, internal).values("case").annotate(last=Max("recorded_at")).values_list("case", "last"))
    clocks, waits, files = of_each(clocks_of(ids)), of_each(waits_of(ids)), of_each(files_of(ids, internal))
    return [
        ticket_of(
            case,
            events[case.pk],
            Beside(last.get(case.pk, case.opened_at), clocks[case.pk], waits[case.pk], files[case.pk], internal),
        )
        for case in cases
    ]


@dataclass(frozen=True)
class Beside:
    """What stands beside a case and its events: when it last changed, its clocks, waits and files."""

    updated_at: datetime
    clocks: Sequence[Clock]
    waits: Sequence[Wait]
    files: Sequence[CaseFile]
    internal: bool


def of_each[Row: (Clock, Wait, CaseFile)](rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    """Rows by the id of their case; of a case without any, none."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case_id or 0].append(row)
    return found


def visible(case_ids: Sequence[int], internal: bool) -> QuerySet[CaseEvent]:
    found = CaseEvent.objects.filter(case__in=case_ids)
    return found if internal else found.filter(public=True)


def events_of(case_ids: Sequence[int], internal: bool) -> QuerySet[CaseEvent]:
    """The events that bring a status or are a note, with their texts, as they were recorded."""
    found = visible(case_ids, internal).filter(moment__in=[*STATUS_MOMENTS, *NOTES])
    return found.order_by("case", "seq").defer("canonical").prefetch_related("texts")


def clocks_of(case_ids: Sequence[int]) -> QuerySet[Clock]:
    return Clock.objects.filter(case__in=case_ids, kind__in=list(OWED)).order_by("started_at", "pk")


def waits_of(case_ids: Sequence[int]) -> QuerySet[Wait]:
    return Wait.objects.filter(case__in=case_ids).order_by("started_at", "pk")


def files_of(case_ids: Sequence[int], internal: bool) -> QuerySet[CaseFile]:
    found = CaseFile.objects.filter(case__in=case_ids, withdrawn_at=None)
    return (found if internal else found.filter(shown=True)).order_by("pk")


def ticket_of(case: Case, events: Sequence[CaseEvent], beside: Beside) -> Ticket:
    procedure = versions.of(case.procedure_version_id)
    changes = list(status_changes(events))
    promised = case.next_due_at if case.next_kind in OWED else None
    is_over = case.status in (TicketStatus.RESOLVED, TicketStatus.CLOSED)
    return Ticket(
        id=str(case.number),
        name=case.subject,
        description=case.symptoms,
        status=case.status,
        severity=SEVERITIES.get(case.impact, ""),
        kind=INCIDENT if case.desk == TECHNICAL else case.desk,
        channel=case.source,
        reference=case.customer_reference,
        zone=case.zone,
        created_at=case.opened_at,
        updated_at=beside.updated_at,
        promised_at=promised if case.is_open else None,
        resolved_at=(case.restored_at or case.closed_at) if is_over else None,
        company=(str(case.customer_id), case.customer.name),
        service=(str(case.service_id), case.service.circuit) if case.service else None,
        reporter=case.reporter_name if beside.internal else "",
        changes=changes,
        notes=[note for note in (note_of(event, procedure.provider.name) for event in events) if note],
        files=[TicketFile(one.pk, one.name, one.type, one.size, one.caption) for one in beside.files],
        facts=facts_of(case, beside),
    )


def status_changes(events: Iterable[CaseEvent]) -> Iterator[StatusChange]:
    """Each change of status, as the events bring them: while a wait stands the newest decides (W1, ``ledger.settle``).

    The reason is the name of the event, in the language of the moment.
    """
    waits: dict[int, str] = {}
    own, last = "", ""
    for event in events:
        moment = Moment(event.moment)
        own = KINDS[moment].status or own
        if own in (TicketStatus.CLOSED, TicketStatus.CANCELLED):
            waits.clear()
        elif moment == Moment.WAIT_STARTED:
            waits[event.data["wait"]] = event.variant
        elif moment == Moment.WAIT_ENDED:
            waits.pop(event.data["wait"], None)
        elif moment == Moment.RULED:
            for pk in event.data.get(UPHELD, ()):
                waits.pop(pk, None)
        status = own
        if waits:
            cause = list(waits.values())[-1]
            status = TicketStatus.PENDING if cause == WaitCause.CUSTOMER else TicketStatus.HELD
        elif last in (TicketStatus.PENDING, TicketStatus.HELD) and own == TicketStatus.ACKNOWLEDGED:
            own = status = TicketStatus.IN_PROGRESS
        if status and status != last:
            last = status
            yield StatusChange(str(status), event.occurred_at, str(KINDS[moment].name), event.seq)


def note_of(event: CaseEvent, operator: str) -> TicketNote | None:
    """A word of the customer, a word to the customer, or an internal note; None for what has no text of these."""
    if event.moment not in NOTES:
        return None
    texts = {text.name: text.text for text in event.texts.all() if text.text}
    words = texts.get("text", "")
    author = texts.get("from", "") if event.moment == Moment.MESSAGE_RECEIVED else operator
    return TicketNote(str(event.seq), author, event.occurred_at, words) if words else None


def facts_of(case: Case, beside: Beside) -> dict[str, Any]:
    """What the standard has no word for: lists are of objects, hours ISO 8601 with the zone of the case."""
    zone = ZoneInfo(case.zone)
    procedure = versions.of(case.procedure_version_id)
    facts: dict[str, Any] = {
        "stage": case.stage,
        "impact": case.impact,
        "desk": case.desk,
        "number": case.display_number,
    }
    facts["clocks"] = [
        without_none(
            {
                "kind": clock.kind,
                "ordinal": clock.ordinal,
                "name": str(procedure.clock(ClockKind(clock.kind)).name),
                "clause": procedure.clock(ClockKind(clock.kind)).clause,
                "state": state_of(clock),
                "targetSeconds": clock.target_seconds,
                "startedAt": iso(clock.started_at, zone),
                "dueAt": iso(clock.due_at, zone),
                "waitingSince": iso(clock.waiting_since, zone),
                "endedAt": iso(clock.ended_at, zone),
                "takenSeconds": clock.taken_seconds,
            }
        )
        for clock in beside.clocks
    ]
    facts["waits"] = [
        without_none(
            {
                "cause": wait.cause,
                "askedBy": wait.asked_by,
                "reason": wait.reason,
                "clocks": wait.clocks,
                "from": iso(wait.started_at, zone),
                "to": iso(wait.ended_at, zone),
                "ruling": wait.ruling or None,
            }
        )
        for wait in beside.waits
        if wait.clocks
    ]
    return {name: value for name, value in facts.items() if value not in ("", [])}


def iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat() if at else None


def without_none(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def ticket_of_report(report: WrittenRequest) -> Ticket:
    """A report in writing that waits for its number (P1): acknowledged, in the stage of reception; or it was none."""
    procedure = versions.of(report.procedure_version_id)
    status = REJECTED if report.settled_at else str(TicketStatus.ACKNOWLEDGED)
    assert report.customer
    return Ticket(
        id=f"{REPORT_PREFIX}{report.pk}",
        name=report.subject,
        description=report.text,
        status=status,
        severity="",
        kind=INCIDENT if report.desk == TECHNICAL else report.desk,
        channel=report.way,
        reference=report.customer_reference,
        zone=procedure.provider.zone,
        created_at=report.received_at,
        updated_at=report.settled_at or report.received_at,
        promised_at=report.next_due_at,
        company=(str(report.customer_id), report.customer.name),
        facts={"stage": str(Stage.RECEPTION), "desk": report.desk},
    )
