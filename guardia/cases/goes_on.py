"""Where a duplicate goes on (P2 D): its reader is told of the other case, and what is written to it belongs there."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from guardia.cases.link import CaseLink, LinkKind

MOST_STEPS = 10
"""A duplicate of a duplicate of …: further than this nobody goes."""


def leads_to(case_id: int) -> int:
    """The case under whose number this one goes on; itself where it is nobody's duplicate."""
    for _step in range(MOST_STEPS):
        found = _duplicates().filter(case=case_id).values_list("other_id", flat=True).first()
        if found is None:
            break
        case_id = found
    return case_id


def also_reported(case_ids: Iterable[int]) -> dict[int, set[int]]:
    """Who reported the duplicates of each of these cases: the contacts by their ids; one question for all."""
    found: dict[int, set[int]] = {}
    if not (wanted := set(case_ids)):
        return found
    reporters = _duplicates().filter(other__in=wanted, case__reporter__isnull=False)
    for case_id, contact_id in reporters.values_list("other_id", "case__reporter_id"):
        found.setdefault(case_id, set()).add(contact_id)
    return found


def also_of(case_id: int) -> Collection[int]:
    return also_reported([case_id]).get(case_id, ())


def _duplicates() -> QuerySet[CaseLink]:
    return CaseLink.objects.filter(kind=LinkKind.DUPLICATE, ended_at=None)
