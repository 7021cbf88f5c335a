"""Escalations with what the desk's pages show of them, and the open cases that one may be asked for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.finding import found_by
from guardia.clocks.clock import Clock
from guardia.customers.customer import Customer
from guardia.escalation.escalation import Escalation

MOST_OPEN, MOST_CLOSED, MOST_CHOICES = 100, 12, 8
LATELY = timedelta(hours=12)
LAST_ESCALATIONS = 60
LAST_NUMBERS = 2000
"""Among so many of the newest cases the last digits are looked for: no search reads all that is open (§4.11)."""


def _with_names(escalations: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return escalations.select_related("case__customer", "case__site__city", "acknowledged_by", "joined")


def open_escalations(most: int = MOST_OPEN) -> list[Escalation]:
    """Return the open escalations: first those that nobody answers, then by the highest level, then the oldest."""
    order = (F("acknowledged_at").asc(nulls_first=True), "-level", "began_at", "pk")
    # First which, then their names: a storm has thousands of which a hundred are shown.
    first = Escalation.objects.filter(ended_at=None).order_by(*order).values_list("pk", flat=True)[: most + 1]
    return list(_with_names(Escalation.objects.filter(pk__in=list(first))).order_by(*order))


def escalations_for_machines(
    *, is_open: bool | None = None, answered: bool | None = None, **equal: object
) -> QuerySet[Escalation]:
    """Return the escalations with their names whose columns have these values; one that is None narrows nothing.

    ``answered``: somebody has acknowledged, and it has not expired.
    """
    found = _with_names(Escalation.objects.filter(**{name: one for name, one in equal.items() if one is not None}))
    if is_open is not None:
        found = found.filter(ended_at__isnull=is_open)
    return found if answered is None else found.filter(acknowledged_at__isnull=not answered)


def last_ended(most: int = MOST_CLOSED) -> list[Escalation]:
    """Return the escalations that ended last, among the newest: no page reads all that ever was (§4.11)."""
    newest = _with_names(Escalation.objects.filter(ended_at__isnull=False)).order_by("-pk")[: 4 * most]
    return sorted(newest, key=lambda each: (each.ended_at, each.pk), reverse=True)[:most]


def deciding_clocks(case_ids: Iterable[int]) -> dict[int, Clock]:
    """Return, by case, the clock after which its escalation moves on."""
    running = Clock.objects.filter(case__in=set(case_ids), ended_at=None, due_at__isnull=False)
    clocks = running.filter(kind__in=OF_THE_ESCALATION)
    return {clock.case_id: clock for clock in clocks.order_by("case_id", "-due_at") if clock.case_id}


def open_escalations_of(customer: Customer) -> list[Escalation]:
    """Return the open escalations of a company, the oldest first."""
    found = _with_names(Escalation.objects.filter(customer=customer, ended_at=None))
    return list(found.order_by("began_at", "pk")[:MOST_CHOICES])


def cases_to_choose(words: str, at: datetime) -> list[Case]:
    """Return open cases by number (or its end), company or circuit; for no words, those escalated and due first."""
    if words:
        return found_open(words)
    newest = Escalation.objects.order_by("-pk").values_list("case_id", "ended_at")[:LAST_ESCALATIONS]
    lately = (case_id for case_id, ended_at in newest if ended_at is None or ended_at > at - LATELY)
    ids = list(dict.fromkeys(lately))[:MOST_CHOICES]
    escalated = list(queries.with_names(queries.open_cases().filter(pk__in=ids)))
    escalated.sort(key=lambda case: ids.index(case.pk))
    if len(escalated) < MOST_CHOICES:
        others = queries.with_names(queries.next_first(queries.promised(at).exclude(pk__in=ids)))
        escalated += list(others[: MOST_CHOICES - len(escalated)])
    return escalated


def found_open(words: str) -> list[Case]:
    """Return open cases by what the caller says first; digits alone are the end of a number."""
    digits = "".join(sign for sign in words if sign.isdigit())
    found = found_by(words, MOST_CHOICES, only_open=True)
    if not found and 2 <= len(digits) <= 12 and len(digits) >= len(words) - 2:
        last = list(Case.objects.order_by("-number").values_list("number", flat=True)[:LAST_NUMBERS])
        ending = [number for number in last if str(number).endswith(digits)]
        cases = queries.with_names(queries.open_cases().filter(number__in=ending))
        found = list(cases.order_by("-number")[:MOST_CHOICES])
    return found
