"""Escalations: the list, who answers now, and a drill of the matrix. Acknowledging is for people alone (ADR 76)."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases import escalating
from guardia.cases.escalation_rows import deciding_clocks, escalations_for_machines
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.escalation.escalation import Escalation
from guardia.escalation.roster import LevelNow, levels_now
from guardia.people.policy import Right
from guardia.procedure import version as versions
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_answer import Named, iso, named_person
from guardia.web.api.v2.cases import case_called
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.form_schema import Body
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import ProblemRaised, not_found, of_fields
from guardia.web.desk.escalation.who_answers import nobody_paged, not_in_the_matrix, noted, started

router = Router()


# --- the list ---------------------------------------------------------------------------------------------------------
class NextStep(Schema):
    """The clock after which the escalation moves on."""

    clock: str = Field(description="acknowledgement, movement or call_task.")
    due_at: str


class EscalationAnswer(Schema):
    """Who must answer for a case now."""

    id: int
    case: int = Field(description="The number of its case.")
    company: Named
    ordinal: int = Field(description="1 for the first one of the case.")
    source: str = Field(description="breach, engineer, customer or received.")
    clock: str = Field(description="The kind of the promise that it stands on.")
    level: int = Field(description="The highest level that was paged; 0: nobody yet.")
    began_at: str
    paged_at: str | None
    acknowledged_at: str | None
    acknowledged_by: Named | None
    commands: bool = Field(description="Who acknowledged has taken command.")
    joined: int | None = Field(description="The case in which it is paged together with this one.")
    next_step: NextStep | None
    ended_at: str | None


class EscalationPage(Page):
    items: list[EscalationAnswer]


def escalation_item(row: Escalation, clock: Clock | None) -> EscalationAnswer:
    zone = ZoneInfo(row.case.zone)
    due = iso(clock.due_at, zone) if clock else None
    return EscalationAnswer(
        id=row.pk,
        case=row.case.number,
        company=Named(id=row.customer_id, name=row.case.customer.name),
        ordinal=row.ordinal,
        source=row.source,
        clock=row.clock,
        level=row.level,
        began_at=iso(row.began_at, zone) or "",
        paged_at=iso(row.paged_at, zone),
        acknowledged_at=iso(row.acknowledged_at, zone),
        acknowledged_by=named_person(row.acknowledged_by),
        commands=row.commands,
        joined=row.joined.number if row.joined else None,
        next_step=NextStep(clock=clock.kind, due_at=due) if clock and due and row.ended_at is None else None,
        ended_at=iso(row.ended_at, zone),
    )


@operation(
    router,
    "GET",
    "/escalations",
    "escalations.list",
    right=Right.SEE_DESK,
    answer=EscalationPage,
    summary="List escalations, the newest first",
    description="`open=true&answered=false`: what nobody answers for now.",
)
def list_escalations(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    open: bool | None = None,
    answered: bool | None = None,
    level: Annotated[int | None, Query(None, ge=0, le=9)] = None,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    case: Annotated[str | None, Query(None, max_length=40, description="The number of a case.")] = None,
) -> HttpResponse:
    case_id = case_called(case).pk if case else None
    rows = escalations_for_machines(is_open=open, answered=answered, level=level, customer_id=company, case_id=case_id)
    clocks: dict[int, Clock] = {}

    def prepare(found: Sequence[Escalation]) -> None:
        clocks.update(deciding_clocks(one.case_id for one in found))

    def item(row: Escalation) -> EscalationAnswer:
        return escalation_item(row, clocks.get(row.case_id))

    return answer_page(request, rows, ("-id",), item, cursor=cursor, limit=limit, fields=fields, prepare=prepare)


# --- who answers ------------------------------------------------------------------------------------------------------
class OnDuty(Schema):
    """Somebody who holds a level now."""

    id: int
    name: str
    position: str
    mobile: str
    desk_phone: str
    email: str
    until: str | None = Field(description="null: nothing changes within a fortnight.")
    is_cover: bool


class LevelAnswer(Schema):
    """A level of the matrix (E2 to E4), with who holds it and its own telephone."""

    level: int
    clause: str
    name: str
    role: str
    phone: str
    phone_name: str
    persons: list[OnDuty]


class NightAnswer(Schema):
    """The one number for nights, weekends and rest days (E5)."""

    clause: str
    number: str = Field(description="As it is dialled.")
    address: str = Field(description="As the procedure writes it, and who_answers.dialled asks for it.")
    is_now: bool


class WhoAnswers(Schema):
    at: str
    procedure_version: int
    levels: list[LevelAnswer]
    night: NightAnswer


@operation(
    router,
    "GET",
    "/who_answers",
    "who_answers.read",
    right=Right.SEE_DESK,
    answer=WhoAnswers,
    summary="Read who answers now, level by level (E2 to E5)",
)
def read_who_answers(request: HttpRequest) -> HttpResponse:
    at = now()
    version = versions.version_at(at)
    if version is None:
        raise not_found(_("No procedure is published yet."), _("Publish one first."))
    procedure = version.procedure
    levels = levels_now(procedure.escalation.levels, at)
    night = procedure.escalation.night
    body = WhoAnswers(
        at=hour_here(at) or "",
        procedure_version=version.number,
        levels=[level_item(one) for one in levels],
        night=NightAnswer(
            clause=night.clause,
            number=night.digits(),
            address=night.number,
            is_now=escalating.is_night(procedure, at),
        ),
    )
    return respond(body)


def level_item(one: LevelNow) -> LevelAnswer:
    return LevelAnswer(
        level=one.number,
        clause=one.rule.clause,
        name=str(one.rule.name),
        role=str(one.rule.role),
        phone=one.phone,
        phone_name=one.phone_name,
        persons=[
            OnDuty(
                id=each.staff.pk,
                until=hour_here(each.until),
                is_cover=each.is_cover,
                **{name: getattr(each.staff, name) for name in OF_A_PERSON},
            )
            for each in one.persons
        ],
    )


OF_A_PERSON = ("name", "position", "mobile", "desk_phone", "email")


class Drill(Body):
    """One person of a level, or all who hold it now."""

    level: int = Field(ge=1, le=9)
    staff: int | None = Field(None, ge=1, le=LARGEST_ID)


class DrillAnswer(Schema):
    paged: int = Field(description="How many persons were paged.")


@operation(
    router,
    "POST",
    "/who_answers/drill",
    "who_answers.drill",
    right=Right.SUPERVISE,
    answer=DrillAnswer,
    summary="Try by a drill whether a level answers",
    example={"level": 1},
)
def drill(request: HttpRequest, body: Annotated[Drill, BodyOf(...)]) -> HttpResponse:
    at, staff = now(), caller_of(request).staff
    alarm = started({"level": body.level, "staff": body.staff}, staff, at)
    if alarm is None:
        raise ProblemRaised(409, nobody_paged())
    return respond(DrillAnswer(paged=alarm.notices.count()))


class Dialled(Body):
    address: str = Field(max_length=254, description="A number or mailbox of the matrix.")
    reached: bool
    answered_by: str = Field("", max_length=160)


@operation(
    router,
    "POST",
    "/who_answers/dialled",
    "who_answers.dialled",
    right=Right.SUPERVISE,
    answer=Dialled,
    summary="Note that a number of the matrix was dialled, and whether somebody answered",
    example={"address": "+593 2 400 5124", "reached": True, "answered_by": "Supervisor of the night"},
)
def dialled(request: HttpRequest, body: Annotated[Dialled, BodyOf(...)]) -> HttpResponse:
    staff = caller_of(request).staff
    if not noted(body.address.replace("\0", ""), body.reached, body.answered_by.replace("\0", ""), staff, now()):
        raise of_fields({"address": [not_in_the_matrix()]})
    return respond(body)
