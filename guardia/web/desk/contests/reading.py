"""What the page of objections reads: the cases with a stop that waits for a ruling, and the rulings given last."""

from collections.abc import Iterable

from django.db.models import OuterRef, Prefetch, Subquery

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.clocks.clock import Clock
from guardia.clocks.wait import Wait
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind

MOST_SHOWN = 50
MOST_RULED = 20


def open_objections() -> list[tuple[Case, list[Wait], Clock | None]]:
    """The cases with a contested stop, first what must be ruled on first, with those stops and the ruling's clock.

    Fifty at most: what follows them comes up as they are ruled on.
    """
    contested = Wait.objects.filter(contested_at__isnull=False, ruled_at=None).order_by("started_at", "pk")
    running = Clock.objects.filter(kind=ClockKind.RULING, ended_at=None)
    due = running.filter(case=OuterRef("pk")).values("due_at")[:1]
    cases = Case.objects.filter(pk__in=list(contested.order_by().values_list("case", flat=True).distinct()))
    found = queries.with_names(cases).order_by(Subquery(due), "pk")[:MOST_SHOWN]
    read = found.prefetch_related(
        Prefetch("waits", contested, to_attr="contested_waits"), Prefetch("clocks", running, to_attr="ruling_clocks")
    )
    return [(case, case.contested_waits, next(iter(case.ruling_clocks), None)) for case in read]


def drafts_of(staff: Staff, keys: Iterable[str]) -> dict[str, Draft]:
    """What this person was writing, by key."""
    return {draft.key: draft for draft in Draft.objects.filter(staff=staff, key__in=list(keys))}


def last_rulings() -> list[Wait]:
    """The stops that were ruled on last, the newest first."""
    ruled = Wait.objects.filter(ruled_at__isnull=False).select_related("case__customer", "ruled_by")
    return list(ruled.order_by("-ruled_at", "-pk")[:MOST_RULED])
