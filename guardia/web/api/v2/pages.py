"""A page of a list as its answer: the rows, and the cursor of the next one."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import BaseModel, Field

from guardia.config.keyset import CursorRefused, page_of
from guardia.web.api.v2.operations import respond
from guardia.web.api.v2.problems import ProblemRaised

LARGEST_ID = 2**62
Cursor = Annotated[str, Query("", max_length=400, description="The `next_cursor` of the page before.")]
Limit = Annotated[int, Query(50, ge=1, le=200, description="How many rows a page has.")]
Fields = Annotated[str, Query("", max_length=1000, description="Names with commas: nothing but these, and its id.")]


class Page(Schema):
    """What each list has beside its ``items``."""

    next_cursor: str | None = Field(None, description="Send it as `cursor` for the next page; null on the last one.")


def nothing_more(rows: Sequence[Any]) -> None:
    """For rows that bear all that their item says."""


def answer_page[Row: Model](
    request: HttpRequest,
    rows: QuerySet[Row],
    order: tuple[str, ...],
    item: Callable[[Row], BaseModel],
    *,
    cursor: str,
    limit: int,
    fields: str,
    prepare: Callable[[Sequence[Row]], None] = nothing_more,
) -> HttpResponse:
    """One page of ``rows`` in this order (``config/keyset.py``), each made by ``item``.

    ``prepare`` is given the rows of the page first, to ask once for all what each of them needs beside itself.
    """
    try:
        found, following = page_of(rows, order, cursor, limit)
    except CursorRefused as refused:
        words = _("This cursor does not belong to this list. Ask for the first page again, without a cursor.")
        raise ProblemRaised(422, words, errors={"cursor": words}) from refused
    prepare(found)
    body: dict[str, Any] = {"items": [item(row).model_dump(mode="json") for row in found], "next_cursor": following}
    return respond(body, fields=fields, request=request)
