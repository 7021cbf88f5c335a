"""How a case is written to a company's own key: as its page in the portal has it, and nothing that is internal."""

from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import Field

from guardia.cases.case import Case
from guardia.cases.explaining import state_of
from guardia.cases.facts import OWED
from guardia.clocks.clock import Clock
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Stage
from guardia.reports.company_cases import disclosed
from guardia.web.api.v2.case_answer import Named, Promise, iso
from guardia.web.api.v2.pages import Page


class CompanyCase(Schema):
    """A case as its company sees it in the portal. What is internal is not in it."""

    number: int
    display_number: str
    desk: str
    stage: str
    status: str = Field(description="Of a trouble ticket (TMF621).")
    impact: str
    company: Named
    site: Named | None
    service: Named | None = Field(description="Its circuit.")
    subject: str
    symptoms: str
    cause: str = Field(description="Empty until it is known.")
    cause_is_probable: bool
    plan: str
    answer: str
    solution: str
    prevention: str
    confirmed_by: str
    needs_confirmation: bool = Field(description="The company is to confirm that it works (P5): cases.confirm.")
    customer_reference: str
    zone: str
    opened_at: str
    restored_at: str | None
    closed_at: str | None
    waiting_since: str | None
    next_promise: Promise | None
    escalated_level: int = Field(description="Of the open escalation (E2 to E4); 0: none is open.")
    seq: int


class CompanyCasePage(Page):
    items: list[CompanyCase]


def written(case: Case) -> CompanyCase:
    zone = ZoneInfo(case.zone)
    found = disclosed(case)
    is_promised = case.next_due_at is not None and case.next_kind in OWED
    return CompanyCase(
        number=case.number,
        display_number=case.display_number,
        desk=case.desk,
        stage=case.stage,
        status=case.status,
        impact=case.impact,
        company=Named(id=case.customer_id, name=case.customer.name),
        site=Named(id=case.site_id, name=case.site.name) if case.site and case.site_id else None,
        service=Named(id=case.service_id, name=case.service.circuit) if case.service and case.service_id else None,
        subject=case.subject,
        **found,
        cause_is_probable=bool(found["cause"]) and case.cause_is_probable,
        needs_confirmation=case.is_open and case.stage == Stage.VERIFICATION,
        customer_reference=case.customer_reference,
        zone=case.zone,
        opened_at=iso(case.opened_at, zone) or "",
        restored_at=iso(case.restored_at, zone),
        closed_at=iso(case.closed_at, zone),
        waiting_since=iso(case.waiting_since, zone),
        next_promise=Promise(clock=case.next_kind, due_at=iso(case.next_due_at, zone) or "") if is_promised else None,
        escalated_level=case.escalated_level,
        seq=case.seq,
    )


class CompanyEvent(Schema):
    """What happened to a case, in the words of its page in the portal."""

    id: str = Field(description="The case's number and `seq`: it never changes.")
    seq: int
    kind: str
    occurred_at: str
    recorded_at: str
    title: str
    text: str
    from_company: bool = Field(description="One of the company's people, or its key, did it.")


class CompanyEventPage(Page):
    items: list[CompanyEvent]


class CompanyClock(Schema):
    """A promise to the company, running or ended."""

    kind: str
    ordinal: int
    name: str
    clause: str
    state: str = Field(description="running, waiting, breached, kept or dropped.")
    started_at: str
    target_seconds: int | None
    due_at: str | None
    waiting_since: str | None
    ended_at: str | None
    taken_seconds: int | None


class CompanyWait(Schema):
    """A stop of the clocks, in the words of the portal: who asked for it, why, and what was objected to it."""

    id: int
    title: str
    span: str
    why: str
    clocks: str
    excluded: bool = Field(description="It is left out of the time without service.")
    objection: str


class CompanyClocks(Schema):
    """What is promised to the company in a case, and the stops of its clocks."""

    case: int
    zone: str
    at: str
    clocks: list[CompanyClock]
    waits: list[CompanyWait]


def clock_written(clock: Clock, procedure: Procedure, zone: ZoneInfo) -> CompanyClock:
    rule = procedure.clock(ClockKind(clock.kind))
    return CompanyClock(
        kind=clock.kind,
        ordinal=clock.ordinal,
        name=str(rule.name),
        clause=rule.clause,
        state=state_of(clock),
        started_at=iso(clock.started_at, zone) or "",
        target_seconds=clock.target_seconds,
        due_at=iso(clock.due_at, zone),
        waiting_since=iso(clock.waiting_since, zone),
        ended_at=iso(clock.ended_at, zone),
        taken_seconds=clock.taken_seconds,
    )


class CompanyReportAnswer(Schema):
    """What was received. It gets the number of a case once somebody has taken it (P2): `GET /cases?report=<report>`."""

    report: int
    desk: str
    subject: str
    received_at: str
    number_due_at: str | None = Field(description="By when it has its number.")
    case: int | None = Field(description="The number of its case, where it has one already.")


class CompanyDone(Schema):
    """The case after an act, and the event that it wrote; no event where it was done before."""

    case: CompanyCase
    event_seq: int | None = Field(description="The number of the event in the case's history.")
    event_kind: str | None
