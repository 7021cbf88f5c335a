"""All events of all cases in the order of the log of histories, for a machine that reads on from where it stopped.

Ids are drawn before a transaction ends, so that an event with a smaller one may come later (§4.11). The log is written
by one process after the other, of what is committed already: whoever has read up to a leaf has missed none before it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from guardia.cases.event import CaseEvent
from guardia.config.sql_rows import rows_of
from guardia.proof import log

LOOKED_THROUGH = 10_000
"""Leaves of one page at most: where few events pass a filter, a page is shorter and says where to go on."""
PAGE = """
    SELECT leaf.index, event.id
    FROM history_leaf AS leaf
    JOIN case_event AS event ON event.id = leaf.event_id
    JOIN "case" ON "case".id = event.case_id
    WHERE leaf.index >= %s AND leaf.index < %s
    AND (%s::text[] IS NULL OR event.moment = ANY(%s)) AND (%s::bigint IS NULL OR event.customer_id = %s)
    AND (%s::text IS NULL OR "case".impact = %s) AND (%s::boolean IS NULL OR event.public = %s)
    ORDER BY leaf.index LIMIT %s
"""


@dataclass(frozen=True)
class FeedPage:
    """Events with their cases and texts, and the leaf after the last one that was looked at."""

    events: list[CaseEvent]
    end: int
    has_more: bool


def page_from(
    start: int,
    most: int,
    *,
    kinds: Collection[str] | None = None,
    company: int | None = None,
    impact: str | None = None,
    public: bool | None = None,
) -> FeedPage:
    """Return up to ``most`` events from the leaf ``start`` on that pass each filter; one that is None narrows nothing.

    ``impact`` is that of the case as it is now. What the caller's database role may not see is not among them.
    """
    newest = log.size()
    until = min(newest, start + LOOKED_THROUGH)
    narrowed = [list(kinds) if kinds else None, company, impact, public]
    found = rows_of(PAGE, [start, until, *(value for one in narrowed for value in (one, one)), most])
    by_id = {event.pk: event for event in _with_texts([pk for _index, pk in found])}
    end = found[-1][0] + 1 if len(found) == most else max(start, until)
    return FeedPage([by_id[pk] for _index, pk in found], end, end < newest)


def _with_texts(ids: Collection[int]) -> Collection[CaseEvent]:
    return CaseEvent.objects.filter(pk__in=ids).select_related("case").prefetch_related("texts")


def end_of_feed() -> int:
    """Return the leaf that the next event will be."""
    return log.size()
