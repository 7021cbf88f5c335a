"""Waits of cases, and the objections of customers to them (P7 D), as the desk's pages list them."""

from collections.abc import Collection

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.clocks.wait import Wait
from guardia.procedure.vocabulary import ClockKind, WaitCause

MOST_OBJECTIONS = 50
MOST_RULED = 20


def open_objections() -> list[tuple[Case, list[Wait], Clock | None]]:
    """Return the cases with a contested stop, first what must be ruled on first, with the stops and the ruling's clock.

    Fifty at most: what follows them comes up as they are ruled on.
    """
    contested = Wait.objects.filter(contested_at__isnull=False, ruled_at=None).order_by("started_at", "pk")
    running = Clock.objects.filter(kind=ClockKind.RULING, ended_at=None)
    due = running.filter(case=OuterRef("pk")).values("due_at")[:1]
    cases = Case.objects.filter(pk__in=list(contested.order_by().values_list("case", flat=True).distinct()))
    found = queries.with_names(cases).order_by(Subquery(due), "pk")[:MOST_OBJECTIONS]
    read = found.prefetch_related(
        Prefetch("waits", contested, to_attr="contested_waits"), Prefetch("clocks", running, to_attr="ruling_clocks")
    )
    return [(case, case.contested_waits, next(iter(case.ruling_clocks), None)) for case in read]


def last_rulings() -> list[Wait]:
    """Return the stops that were ruled on last, the newest first."""
    ruled = Wait.objects.filter(ruled_at__isnull=False).select_related("case__customer", "ruled_by")
    return list(ruled.order_by("-ruled_at", "-pk")[:MOST_RULED])


def waits_of(case: Case) -> QuerySet[Wait]:
    """Return all waits of the case, the first first."""
    return case.waits.order_by("started_at", "pk")


def standing_waits_of(case: Case) -> QuerySet[Wait]:
    """Return the waits of the case that have not ended, the first first."""
    return waits_of(case).filter(ended_at=None)


def promised_waits_of(case: Case) -> QuerySet[Wait]:
    """Return the waits for a third party that have not ended, the first first."""
    return standing_waits_of(case).filter(cause=WaitCause.THIRD_PARTY)


def unruled_waits_of(case: Case) -> QuerySet[Wait]:
    """Return the waits of the case that nobody has ruled on, the first first (P7 D)."""
    return waits_of(case).filter(ruled_at=None)


def waiting_kinds_of(case: Case, kinds: Collection[str], *, running: bool) -> list[str]:
    """Return the kinds of clock, among ``kinds``, that the case has; with ``running`` those that run now."""
    clocks = case.clocks.filter(kind__in=kinds)
    found = clocks.filter(ended_at=None) if running else clocks
    return sorted(kinds) if not running and not found else list(dict.fromkeys(found.values_list("kind", flat=True)))


def has_running_clock(case: Case, kinds: Collection[str]) -> bool:
    """Return whether a clock of one of these kinds runs for the case."""
    return case.clocks.filter(ended_at=None, kind__in=kinds).exists()


def first_answer_clock_of(case: Case) -> Clock | None:
    """Return the clock of the first answer that runs for a request (A4)."""
    return Clock.objects.filter(case=case, kind=ClockKind.FIRST_ANSWER, ended_at=None).first()


def next_promised_wait_of(case: Case) -> Wait | None:
    """Return the wait for a third party whose promise comes first."""
    return promised_waits_of(case).order_by("party_promise_at").first()


def waits_with_rulings_of(case: Case) -> QuerySet[Wait]:
    """Return all waits of the case with who has ruled on them."""
    return case.waits.select_related("ruled_by")
