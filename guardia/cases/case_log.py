"""The events of a case as its log and its visits show them, with their texts."""

from collections.abc import Iterable

from django.db.models import Count, Q

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.cases.in_the_field import MOST_STEPS
from guardia.procedure.vocabulary import Moment

LOG_MOMENTS = {
    "cliente": Q(moment=Moment.NEWS_SENT),
    "interno": Q(moment=Moment.NOTED),
    "pruebas": Q(moment=Moment.TESTED),
}


def log_of(case: Case, tab: str, most: int) -> list[CaseEvent]:
    """Return the last events of a tab by the hour they happened, newest first, with their texts."""
    events = case.events.filter(LOG_MOMENTS.get(tab, Q())).order_by("-occurred_at", "-seq")
    return list(events.prefetch_related("texts")[:most])


def log_counts(case: Case) -> dict[str, int]:
    """Return how many events each tab of the log holds."""
    counts = {tab: Count("pk", filter=condition) for tab, condition in LOG_MOMENTS.items()}
    return case.events.aggregate(todo=Count("pk"), **counts)


def events_since(case: Case, seq: int) -> list[CaseEvent]:
    """Return what happened to the case after its event number ``seq``, with its texts."""
    return list(case.events.filter(seq__gt=seq).order_by("seq").prefetch_related("texts")[:50])


def events_of_visits(case: Case, moments: Iterable[Moment]) -> list[CaseEvent]:
    """Return what is on record of the case's visits, as it happened, with its texts."""
    events = case.events.filter(moment__in=list(moments)).order_by("-seq").prefetch_related("texts")
    return sorted(events[:MOST_STEPS], key=lambda event: (event.occurred_at, event.seq))


def withdrawal_of(case: Case, file_id: int) -> CaseEvent | None:
    """Return the event that withdrew this file, with its texts."""
    events = case.events.filter(moment=Moment.FILE_WITHDRAWN, data__file=file_id)
    return events.prefetch_related("texts").first()


def opening_of(case: Case) -> CaseEvent | None:
    """Return the event that opened the case."""
    return case.events.filter(moment__in=[Moment.REGISTERED, Moment.ADMIN_TAKEN]).order_by("seq").first()
