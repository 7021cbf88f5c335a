"""What ended as the duplicate of another case, or was withdrawn: how each counts where promises are added up (P2 D).

A duplicate's promises are those of the case that goes on, made a second time: they count nowhere, and how many such
cases there were is said beside. What was withdrawn counts with what had been decided until then, so that no broken
promise goes away by being withdrawn; what ran at that moment is judged by nobody, and it has affected nobody (P7).
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from guardia.cases.case import Case, Status
from guardia.cases.link import CaseLink, LinkKind
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import CaseKind
from guardia.reports.month import Month

OF_A_DUPLICATE = """EXISTS (
    SELECT FROM case_link d WHERE d.case_id = decided.case_id AND d.kind = 'duplicate' AND d.ended_at IS NULL
)"""
"""Of a row of ``decided``, in SQL: its case ended as the duplicate of another."""


@dataclass(frozen=True)
class EndedOtherwise:
    """Cases that ended without being closed: ``duplicates`` of another, and ``withdrawn`` for another reason."""

    duplicates: int = 0
    withdrawn: int = 0


def is_duplicate(case: str = "pk") -> Exists:
    """The same for a queryset: ``case`` is the field that names the case."""
    return Exists(CaseLink.objects.filter(case=OuterRef(case), kind=LinkKind.DUPLICATE, ended_at=None))


def ended_otherwise(
    month: Month, customer_id: int | None = None, of: CaseKind = CaseKind.INCIDENT, complaints: bool | None = None
) -> EndedOtherwise:
    """The cases of the month that ended so, of one company or of all; ``complaints``: formal ones alone, or none."""
    found = Case.objects.filter(status=Status.CANCELLED, closed_at__gte=month.start, closed_at__lt=month.end)
    found = found.filter(desk=TECHNICAL) if of == CaseKind.INCIDENT else found.exclude(desk=TECHNICAL)
    found = found if customer_id is None else found.filter(customer=customer_id)
    found = found if complaints is None else found.filter(is_complaint=complaints)
    counts = found.annotate(doubled=is_duplicate()).aggregate(
        duplicates=Count("pk", filter=Q(doubled=True)), withdrawn=Count("pk", filter=Q(doubled=False))
    )
    return EndedOtherwise(**counts)
