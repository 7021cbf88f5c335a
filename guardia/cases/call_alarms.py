"""Calls that somebody on shift owes (E5): those to be made now, and those that were not made in time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from guardia.escalation.call_task import CallTask
from guardia.escalation.escalation import Escalation

MOST = 20
SHOWN_FOR = timedelta(hours=1)


def owed(most: int = MOST) -> list[CallTask]:
    """The calls to be made, first what falls due first."""
    tasks = CallTask.objects.filter(settled_at=None, case__closed_at=None)
    return list(_with_names(tasks).order_by("due_at", "pk")[:most])


def owed_for(case_id: int) -> CallTask | None:
    """The call that is owed for one case."""
    return CallTask.objects.filter(case=case_id, settled_at=None).order_by("due_at", "pk").first()


def same_call(task: CallTask) -> QuerySet[CallTask]:
    """The other cases that owe a call to this very number now: one conversation may speak for them too."""
    others = CallTask.objects.filter(settled_at=None, number=task.number, case__closed_at=None)
    return _with_names(others.exclude(case=task.case_id)).order_by("case_id", "pk")


def undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """E5: calls that were not made in time and whose case nobody answers for yet, the oldest first.

    One that is still owed after its hour, and one that the escalation left behind within the last hour (UTC).
    """
    late = Q(settled_at=None, due_at__lt=now)
    left = Q(outcome="undone", settled_at__gt=now - SHOWN_FOR)
    escalated = CallTask.objects.filter(
        late | left,
        case__closed_at=None,
        case__escalations__ended_at=None,
        case__escalations__acknowledged_at=None,
        case__escalations__began_at__lte=F("owed_at"),
    )
    return newest_of_each_case(_with_names(escalated).order_by("due_at", "pk")[: 2 * most])[:most]


def unanswered() -> int:
    """How many open escalations nobody answers for, counted no further than a hundred."""
    silent = Escalation.objects.filter(ended_at=None, acknowledged_at=None, joined=None)
    return silent.order_by()[:100].values("pk").count()


def newest_of_each_case(tasks: Iterable[CallTask]) -> list[CallTask]:
    """A case that owes another call meanwhile is named once."""
    return list({task.case_id: task for task in tasks}.values())


def _with_names(tasks: QuerySet[CallTask]) -> QuerySet[CallTask]:
    return tasks.select_related("case__customer", "case__site__city")
