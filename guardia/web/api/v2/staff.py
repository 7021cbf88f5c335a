"""The operator's people, as a case or a visit names them; they are written at the desk."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.config.now import now
from guardia.people.lookup import staff_with
from guardia.people.policy import Right
from guardia.people.shifts import desks_of_shifts
from guardia.people.staff import Role, Staff
from guardia.web.api.v2.operations import operation
from guardia.web.api.v2.pages import Cursor, Fields, Limit, Page, answer_page

router = Router()


class StaffAnswer(Schema):
    id: int
    name: str
    position: str
    role: str
    active: bool
    on_shift_at: str | None = Field(description="The desk at which this person is on shift now (A1); null: at none.")


class StaffPage(Page):
    items: list[StaffAnswer]


@operation(
    router, "GET", "/staff", "staff.list", right=Right.SEE_DESK, answer=StaffPage, summary="List the operator's people"
)
def list_staff(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    role: Role | None = None,
    active: bool | None = None,
    on_shift_at: Annotated[str | None, Query(None, max_length=40, description="The key of a desk.")] = None,
) -> HttpResponse:
    desks = desks_of_shifts(now())

    def item(person: Staff) -> StaffAnswer:
        return StaffAnswer(
            id=person.pk,
            name=person.name,
            position=person.position,
            role=person.role,
            active=person.is_active,
            on_shift_at=desks.get(person.pk),
        )

    among = None if on_shift_at is None else [pk for pk, desk in desks.items() if desk == on_shift_at]
    rows = staff_with(among, role=role, is_active=active)
    return answer_page(request, rows, ("id",), item, cursor=cursor, limit=limit, fields=fields)
