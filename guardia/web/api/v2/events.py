"""The events of all cases, one page after the other, for a machine that cannot be called (docs/api.md)."""

from typing import Annotated
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from guardia.cases.event import CaseEvent
from guardia.cases.event_feed import end_of_feed, page_from
from guardia.people.policy import Right
from guardia.procedure.vocabulary import Impact, Moment
from guardia.web.api.v2.cases import EventAnswer, event_writer
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Fields, Limit
from guardia.web.api.v2.problems import ProblemRaised

router = Router()
END = "end"


class FeedEvent(EventAnswer):
    """An event with the case and the company that it is of."""

    case: int = Field(description="The number of the case.")
    company: int


class Feed(Schema):
    """A page of the feed; with a filter it may be empty although `has_more` is true."""

    items: list[FeedEvent]
    next_cursor: str = Field(description="Send it as `after` for what comes next, at once or later.")
    has_more: bool = Field(description="More is on record already: ask for the next page at once.")


@operation(
    router,
    "GET",
    "/events",
    "events.read",
    right=Right.SEE_DESK,
    answer=Feed,
    summary="Read the events of all cases, from a cursor on",
    description="In an order in which none comes before what was read. `after=end` answers the newest cursor alone. "
    "An event is here some seconds after it was recorded.",
)
def read_events(
    request: HttpRequest,
    limit: Limit,
    fields: Fields,
    after: Annotated[str, Query("", max_length=20, description="The `next_cursor` of the page before, or `end`.")],
    kind: Annotated[list[Moment] | None, Query(None, max_length=100, description="Any of these kinds.")] = None,
    company: Annotated[int | None, Query(None, ge=1, le=LARGEST_ID)] = None,
    impact: Annotated[Impact | None, Query(None, description="Of the case, as it is now.")] = None,
    public: Annotated[bool | None, Query(None, description="The customer may see it.")] = None,
) -> HttpResponse:
    start = end_of_feed() if after == END else leaf_in(after)
    page = page_from(start, limit, kinds=kind, company=company, impact=impact, public=public)
    items = [item(event).model_dump(mode="json") for event in page.events]
    body = {"items": items, "next_cursor": str(page.end), "has_more": page.has_more}
    return respond(body, fields=fields, request=request)


def leaf_in(cursor: str) -> int:
    """Raises ProblemRaised (422)."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or int(cursor) > LARGEST_ID:
        words = _("This cursor does not belong to this list. Ask for the first page again, without a cursor.")
        raise ProblemRaised(422, words, errors={"after": words})
    return int(cursor)


def item(event: CaseEvent) -> FeedEvent:
    one = event_writer(event.case.number, ZoneInfo(event.case.zone))(event)
    return FeedEvent(**one.model_dump(), case=event.case.number, company=event.customer_id)
