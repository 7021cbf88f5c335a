"""How a case is written: to a machine of the operator, and the parts that a company's own key reads too."""

from datetime import datetime
from typing import Annotated, Literal, TypedDict
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from guardia.cases.case import Case
from guardia.people.staff import Staff
from guardia.web.api.v2.problems import ProblemRaised, not_found


class Named(Schema):
    """Another thing, by its id and name."""

    id: int
    name: str


class Promise(Schema):
    """The promise of a case that breaks first."""

    clock: str = Field(description="The kind of clock, such as diagnosis.")
    due_at: str = Field(description="ISO 8601 with the zone of the site.")


# --- clocks -----------------------------------------------------------------------------------------------------------
# What the clocks of a case or a call are written as (web/api/clocks.py), for the document. `from` is no name in Python.
class RestDay(Schema):
    """A day that would have been worked but for the law or a decree."""

    day: str = Field(description="ISO 8601.")
    name: str


ClockPart = TypedDict(
    "ClockPart",
    {
        "counts": Annotated[Literal["runs", "waits", "closed"], Field(description="What this time is to the clock.")],
        "from": str,
        "to": str,
        "seconds": float,
        "waits": Annotated[list[int], Field(description="Ids of the waits that hold it.")],
        "excluded_clocks": Annotated[list[str], Field(description="Kinds of clock that it leaves out while they run.")],
        "rest_days": list[RestDay],
    },
)


class ThirdParty(Schema):
    """Whom a wait waits for."""

    name: str
    ticket: str
    contact: str
    next_promise_at: str | None


class WaitCorrection(Schema):
    """What a wait was before it was corrected, and why it was."""

    at: str
    was_from: str | None
    was_to: str | None
    reason: str


class WaitObjection(Schema):
    """What the customer objected to a wait."""

    at: str
    by: str
    words: str


class WaitRuling(Schema):
    """How an objection was ruled on: upheld (it is right), rejected or in_part."""

    at: str
    ruling: str
    reasons: str


ClockWait = TypedDict(
    "ClockWait",
    {
        "id": int,
        "cause": str,
        "counts": Annotated[bool, Field(description="false: corrected or ruled void, it holds the clock no more.")],
        "clocks": list[str],
        "asked_by": str,
        "reason": str,
        "proof": str,
        "from": str,
        "to": str | None,
        "third_party": ThirdParty | None,
        "corrections": list[WaitCorrection],
        "objection": WaitObjection | None,
        "ruling": WaitRuling | None,
    },
)


class CalendarShift(Schema):
    """A rest day that was announced or withdrawn while the clock ran."""

    edition: int
    at: str
    kind: str
    day: str | None
    reason: str
    was_due_at: str | None
    due_at: str | None


class ClockAnswer(Schema):
    """A promise, running or ended, with the sum that leads to its hour. Lengths are seconds."""

    kind: str
    ordinal: int
    name: str
    clause: str
    state: Literal["running", "waiting", "breached", "kept", "dropped"]
    comparison: str
    started_at: str
    target_seconds: float | None
    calendar: str
    calendar_edition: int | None
    due_at: str | None
    waiting_since: str | None
    breached_at: str | None
    ended_at: str | None
    taken_seconds: float | None
    explained_until: str
    parts: list[ClockPart]
    waits: list[ClockWait]
    calendar_changes: list[CalendarShift]
    sentence: str
    explained: list[str]


# --- the case ---------------------------------------------------------------------------------------------------------
class CaseAnswer(Schema):
    """A case as it stands. `number` names it in every address; `seq` is the number of its last event."""

    number: int
    display_number: str
    desk: str
    stage: str
    status: str = Field(description="Of a trouble ticket (TMF621).")
    impact: str
    company: Named
    site: Named | None
    service: Named | None = Field(description="Its circuit.")
    assigned: Named | None
    subject: str
    symptoms: str
    cause: str
    plan: str
    solution: str
    reporter_name: str
    call_back_number: str
    customer_reference: str
    carrier_reference: str
    zone: str
    opened_at: str
    restored_at: str | None
    closed_at: str | None
    waiting_since: str | None
    next_promise: Promise | None
    escalated_level: int = Field(description="Of the open escalation (E2 to E4); 0: none is open.")
    seq: int
    head_hash: str = Field(description="Hash of its last event, hexadecimal; each notice bears its first half.")


def written(case: Case) -> CaseAnswer:
    zone = ZoneInfo(case.zone)
    return CaseAnswer(
        number=case.number,
        display_number=case.display_number,
        desk=case.desk,
        stage=case.stage,
        status=case.status,
        impact=case.impact,
        company=Named(id=case.customer_id, name=case.customer.name),
        site=Named(id=case.site_id, name=case.site.name) if case.site and case.site_id else None,
        service=Named(id=case.service_id, name=case.service.circuit) if case.service and case.service_id else None,
        assigned=named_person(case.assigned),
        **{name: getattr(case, name) for name in OF_TEXT},
        zone=case.zone,
        opened_at=iso(case.opened_at, zone) or "",
        restored_at=iso(case.restored_at, zone),
        closed_at=iso(case.closed_at, zone),
        waiting_since=iso(case.waiting_since, zone),
        next_promise=promise_of(case, zone),
        escalated_level=case.escalated_level,
        seq=case.seq,
        head_hash=bytes(case.head_hash).hex(),
    )


OF_TEXT = (
    *("subject", "symptoms", "cause", "plan", "solution", "reporter_name", "call_back_number"),
    *("customer_reference", "carrier_reference"),
)


def named_person(staff: Staff | None) -> Named | None:
    return Named(id=staff.pk, name=staff.name) if staff else None


def promise_of(case: Case, zone: ZoneInfo) -> Promise | None:
    if case.next_due_at is None:
        return None
    return Promise(clock=case.next_kind, due_at=iso(case.next_due_at, zone) or "")


def iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the offset of the zone."""
    return at.astimezone(zone).isoformat() if at else None


def etag_of(case: Case) -> str:
    """It changes with each event of the case."""
    return f'"{case.number}-{case.seq}"'


def no_such_case() -> ProblemRaised:
    return not_found(_("There is no case with this number."), _("Check the number and its last digit."))
