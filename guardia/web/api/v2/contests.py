"""Objections of customers to a stop, and the quality manager's rulings (P7 D)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Body as BodyOf
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases.case_rows import contests_for_machines, ruling_hours
from guardia.cases.contesting import Ruling
from guardia.clocks.clock import Wait
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.case_acts import Done
from guardia.web.api.v2.case_answer import Named, etag_of, iso, written
from guardia.web.api.v2.case_evidence import WaitAnswer, wait_item
from guardia.web.api.v2.cases import case_called
from guardia.web.api.v2.desk_form import done
from guardia.web.api.v2.form_schema import Body
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page

router = Router()


class ContestAnswer(Schema):
    """A stop to which a customer objects."""

    id: int = Field(description="Of the wait.")
    case: int = Field(description="The number of its case.")
    company: Named
    rule_by: str | None = Field(description="By when it must be ruled on.")
    wait: WaitAnswer


class ContestPage(Page):
    items: list[ContestAnswer]


@operation(
    router,
    "GET",
    "/contests",
    "contests.list",
    right=Right.SEE_DESK,
    answer=ContestPage,
    summary="List objections to stops of the clock (P7 D)",
)
def list_contests(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    ruled: bool = False,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
) -> HttpResponse:
    due: dict[int, datetime] = {}

    def prepare(found: Sequence[Wait]) -> None:
        due.update(ruling_hours(one.case_id for one in found))

    def item(row: Wait) -> ContestAnswer:
        zone = ZoneInfo(row.case.zone)
        return ContestAnswer(
            id=row.pk,
            case=row.case.number,
            company=Named(id=row.customer_id, name=row.customer.name),
            rule_by=iso(due.get(row.case_id), zone),
            wait=wait_item(zone)(row),
        )

    rows = contests_for_machines(ruled=ruled, customer_id=company)
    return answer_page(request, rows, ("id",), item, cursor=cursor, limit=limit, fields=fields, prepare=prepare)


class OneRuling(Body):
    wait: int = Field(ge=1, le=LARGEST_ID, description="Its id, as the case's waits have it.")
    ruling: Literal["upheld", "rejected"] = Field(description="upheld: the objection is right, and the stop is void.")
    reasons: str = Field(max_length=4000)


class Rulings(Body):
    rulings: list[OneRuling] = Field(min_length=1, max_length=50, description="One for each contested stop.")


@operation(
    router,
    "POST",
    "/cases/{number}/rule",
    "contests.rule",
    right=Right.RULE,
    answer=Done,
    summary="Rule on every contested stop of a case (P7 D)",
    example={"rulings": [{"wait": 1, "ruling": "rejected", "reasons": "The key was asked for twice"}]},
)
def rule(request: HttpRequest, number: str, body: Annotated[Rulings, BodyOf(...)]) -> HttpResponse:
    caller, case = caller_of(request), case_called(number, locked=True)
    must_match(request, etag_of(case))
    at, before = now(), case.seq
    rulings = {one.wait: Ruling(one.ruling == "upheld", one.reasons.replace("\0", "")) for one in body.rulings}
    event = done(lambda: case.rule(rulings, by=caller.by, at=at, now=at))
    case = case_called(number)
    wrote = case.seq > before
    kind = str(event.moment) if wrote else None
    answer = Done(case=written(case), event_seq=event.seq if wrote else None, event_kind=kind)
    return respond(answer, etag=etag_of(case))
