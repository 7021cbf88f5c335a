"""Who took a step by link: a crew without an account is no person of the house, and the log names it all the same."""

from collections.abc import Sequence
from datetime import datetime

from guardia.cases.event import CaseEvent
from guardia.field.visit import FieldAct
from guardia.people.actor import ActorKind

BY_TELEPHONE = "field"


def crews_named(events: Sequence[CaseEvent]) -> dict[int, str]:
    """By event, the crew whose telephone said it; nothing is asked where no such event is shown."""
    theirs = {event.pk: event for event in events if said_by_link(event)}
    if not theirs:
        return {}
    visits = {event.data["visit"] for event in theirs.values()}
    acts = FieldAct.objects.filter(visit__in=visits, staff=None, refused="").exclude(applied_at=None)
    named: dict[tuple[int, datetime], str] = {}
    of_visit: dict[int, str] = {}
    for visit, happened_at, name in acts.order_by("pk").values_list("visit", "happened_at", "by_name"):
        named[visit, happened_at] = of_visit[visit] = name
    return {
        pk: named.get((event.data["visit"], event.occurred_at)) or of_visit.get(event.data["visit"], "")
        for pk, event in theirs.items()
    }


def said_by_link(event: CaseEvent) -> bool:
    by_nobody = event.actor_kind == ActorKind.SYSTEM
    return by_nobody and event.data.get("source") == BY_TELEPHONE and isinstance(event.data.get("visit"), int)
