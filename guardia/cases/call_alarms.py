"""Calls that somebody on shift owes (E5): those to be made now, and those that were not made in time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from guardia.escalation.call_task import CallTask

MOST = 20
SHOWN_FOR = timedelta(hours=1)


def owed(most: int = MOST) -> list[CallTask]:
    """The calls to be made, first what falls due first."""
    tasks = CallTask.objects.filter(settled_at=None, case__closed_at=None)
    return list(_with_names(tasks).order_by("due_at", "pk")[:most])


def owed_for(case_id: int) -> CallTask | None:
    """The call that is owed for one case."""
    return CallTask.objects.filter(case=case_id, settled_at=None).order_by("due_at", "pk").first()


def undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """E5: calls that were not made in time and whose case nobody answers for yet, the oldest first.

    One that is still owed after its hour, and one that the escalation left behind within the last hour (UTC).
    """
    late = Q(settled_at=None, due_at__lt=now)
    left = Q(outcome="undone", settled_at__gt=now - SHOWN_FOR)
    tasks = CallTask.objects.filter(late | left, case__closed_at=None, case__answering=None)
    escalated = tasks.filter(case__escalations__ended_at=None, case__escalations__began_at__lte=F("owed_at")).distinct()
    return newest_of_each_case(_with_names(escalated).order_by("due_at", "pk")[: 2 * most])[:most]


def newest_of_each_case(tasks: Iterable[CallTask]) -> list[CallTask]:
    """A case that owes another call meanwhile is named once."""
    return list({task.case_id: task for task in tasks}.values())


def _with_names(tasks: QuerySet[CallTask]) -> QuerySet[CallTask]:
    return tasks.select_related("case__customer", "case__site__city")
