"""The technical desk's shift and its hand-overs, to be read."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from guardia.cases.handing_over import handovers_for_machines, signed_lines_of, signed_one
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.people.shifts import Handover, HandoverLine, Shift
from guardia.web.api.v2.case_answer import Named, named_person
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found
from guardia.web.desk.handover.standing import standing_at

router = Router()


class OnShift(Schema):
    person: Named
    since: str


class ShiftAnswer(Schema):
    """The shift that runs at the technical desk (A1)."""

    at: str
    began_at: str
    ends_at: str
    people: list[OnShift]
    is_overdue: bool = Field(description="A shift runs on beyond its change, and was not handed over.")
    is_deserted: bool = Field(description="Nobody is there, and nobody is merely late.")


def on_shift(row: Shift) -> OnShift:
    return OnShift(person=Named(id=row.staff_id, name=row.staff.name), since=hour_here(row.started_at) or "")


@operation(
    router,
    "GET",
    "/shift",
    "shifts.read",
    right=Right.SEE_DESK,
    answer=ShiftAnswer,
    summary="Read who is at the technical desk now",
)
def read_shift(request: HttpRequest) -> HttpResponse:
    at = now()
    found = standing_at(at)
    return respond(
        ShiftAnswer(
            at=hour_here(at) or "",
            began_at=hour_here(found.began_at) or "",
            ends_at=hour_here(found.ends_at) or "",
            people=[on_shift(row) for row in found.there],
            is_overdue=found.is_overdue,
            is_deserted=found.is_deserted,
        )
    )


class HandoverAnswer(Schema):
    """A hand-over, signed by who came in."""

    id: int
    due_at: str = Field(description="The change of shift that it belongs to.")
    signed_at: str
    outgoing: Named | None
    incoming: Named | None
    note: str


class HandoverPage(Page):
    items: list[HandoverAnswer]


class LineAnswer(Schema):
    """An open case of a hand-over, as it stood when it was signed."""

    case: int
    company: Named
    next_step: str
    clock: str = Field(description="The kind of the promise that would break first.")
    due_at: str | None
    was: Named | None = Field(description="Who answered for it before.")
    responsible: Named | None


class WholeHandover(HandoverAnswer):
    lines: list[LineAnswer]


def handover_item(row: Handover) -> HandoverAnswer:
    return HandoverAnswer(
        id=row.pk,
        due_at=hour_here(row.due_at) or "",
        signed_at=hour_here(row.signed_at) or "",
        outgoing=named_person(row.outgoing),
        incoming=named_person(row.incoming),
        note=row.note,
    )


def line_item(row: HandoverLine) -> LineAnswer:
    return LineAnswer(
        case=row.case.number,
        company=Named(id=row.customer_id, name=row.customer.name),
        next_step=row.next_step,
        clock=row.promise,
        due_at=hour_here(row.due_at),
        was=named_person(row.was),
        responsible=named_person(row.responsible),
    )


@operation(
    router,
    "GET",
    "/handovers",
    "handovers.list",
    right=Right.SEE_DESK,
    answer=HandoverPage,
    summary="List hand-overs, the newest first",
)
def list_handovers(request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    rows = handovers_for_machines()
    return answer_page(request, rows, ("-id",), handover_item, cursor=cursor, limit=limit, fields=fields)


@operation(
    router,
    "GET",
    "/handovers/{handover}",
    "handovers.read",
    right=Right.SEE_DESK,
    answer=WholeHandover,
    summary="Read a hand-over with its cases",
)
def read_handover(request: HttpRequest, handover: int, fields: Fields) -> HttpResponse:
    found = signed_one(handover) if 0 < handover <= LARGEST_ID else None
    if found is None:
        raise not_found(_("There is no hand-over with this id."), _("Look in /api/v2/handovers."))
    lines = [line_item(row) for row in signed_lines_of(found)]
    body = WholeHandover(**handover_item(found).model_dump(), lines=lines)
    return respond(body, fields=fields, request=request)
