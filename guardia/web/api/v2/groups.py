"""Resolver groups: the list with what each holds, and the open cases that one has now."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from guardia.cases.resolver_group import (
    GroupHold,
    ResolverGroup,
    group_of_id,
    groups_for_machines,
    holds_of_group,
    queues,
)
from guardia.config.languages import active as active_language
from guardia.config.now import now
from guardia.people.policy import Right
from guardia.web.api.v2.case_answer import Named
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.operations import operation
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import not_found

router = Router()


class GroupAnswer(Schema):
    """A group to which cases are passed. `held` and `late` count to 100."""

    id: int
    name: str
    names: dict[str, str] = Field(description="By language.")
    target_seconds: int | None = Field(description="For how long it may hold a case; null: no target.")
    members: list[Named]
    active: bool
    held: int = Field(description="Open cases that it has now.")
    late: int = Field(description="Of these, past its target.")


class GroupPage(Page):
    items: list[GroupAnswer]


@operation(
    router,
    "GET",
    "/groups",
    "groups.list",
    right=Right.SEE_DESK,
    answer=GroupPage,
    summary="List resolver groups, with what each holds",
)
def list_groups(
    request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields, active: bool | None = None
) -> HttpResponse:
    counts: dict[int, tuple[int, int]] = {}

    def prepare(found: Sequence[ResolverGroup]) -> None:
        counts.update({one["id"]: (one["held"], one["late"]) for one in queues("", active_language(), now())})

    def item(row: ResolverGroup) -> GroupAnswer:
        held, late = counts.get(row.pk, (0, 0))
        minutes = row.target_minutes
        return GroupAnswer(
            id=row.pk,
            name=row.name,
            names=row.names,
            target_seconds=None if minutes is None else minutes * 60,
            members=[Named(id=one.pk, name=one.name) for one in row.members.all()],
            active=row.active,
            held=held,
            late=late,
        )

    rows = groups_for_machines(active=active)
    return answer_page(request, rows, ("id",), item, cursor=cursor, limit=limit, fields=fields, prepare=prepare)


class HoldAnswer(Schema):
    """An open case that the group has."""

    id: int
    case: int = Field(description="Its number.")
    company: Named
    subject: str
    since: str
    due_at: str | None = Field(description="The end of the group's target.")


class HoldPage(Page):
    items: list[HoldAnswer]


def hold_item(row: GroupHold) -> HoldAnswer:
    return HoldAnswer(
        id=row.pk,
        case=row.case.number,
        company=Named(id=row.case.customer_id, name=row.case.customer.name),
        subject=row.case.subject,
        since=hour_here(row.since) or "",
        due_at=hour_here(row.due_at),
    )


@operation(
    router,
    "GET",
    "/groups/{group}/queue",
    "groups.queue",
    right=Right.SEE_DESK,
    answer=HoldPage,
    summary="List the open cases that a resolver group has",
)
def list_queue(request: HttpRequest, group: int, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    found = group_of_id(group) if 0 < group <= LARGEST_ID else None
    if found is None:
        raise not_found(_("There is no group with this id."), _("Look in /api/v2/groups for those there are."))
    return answer_page(request, holds_of_group(found), ("id",), hold_item, cursor=cursor, limit=limit, fields=fields)
