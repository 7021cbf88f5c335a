"""What the affected time leaves out (P7 D): waits that were agreed as excluded, as they stand now."""

from collections.abc import Collection
from datetime import datetime

from guardia.cases.event import CaseEvent
from guardia.clocks.intervals import Interval
from guardia.clocks.wait import Wait
from guardia.procedure.vocabulary import Moment

UPHELD = "upheld"


def excluded_waits(case_ids: Collection[int]) -> dict[int, list[Wait]]:
    """By case, the waits that were agreed as left out of the affected time and that no ruling undid (P7 D)."""
    agreed = CaseEvent.objects.filter(case__in=case_ids, moment=Moment.WAIT_STARTED, data__excluded=True)
    ids = [data["wait"] for data in agreed.values_list("data", flat=True)]
    found: dict[int, list[Wait]] = {pk: [] for pk in case_ids}
    for wait in Wait.objects.filter(pk__in=ids).exclude(ruling=UPHELD).order_by("started_at", "pk"):
        found[wait.case_id].append(wait)
    return found


def excluded_span(wait: Wait, at: datetime) -> Interval:
    """The time that such a wait leaves out, until ``at`` (UTC)."""
    return wait.started_at, min(wait.ended_at or at, at)
