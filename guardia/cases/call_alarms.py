"""Calls that somebody on shift owes (E5): those to be made now, and those that were not made in time."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import cache

from django.db.models import F, Q, QuerySet

from guardia.config.kept import ANY_TIME, CompiledQuery
from guardia.escalation.call_task import CallTask
from guardia.escalation.escalation import Escalation

MOST = 20
SHOWN_FOR = timedelta(hours=1)
LATELY = ANY_TIME - SHOWN_FOR
"""The blank of so long ago."""


def owed(most: int = MOST) -> list[CallTask]:
    """The calls to be made, first what falls due first."""
    return _named(_owed(most).rows())


@cache
def _owed(most: int) -> CompiledQuery:
    return _first(lambda: CallTask.objects.filter(settled_at=None, case__closed_at=None), most)


def owed_for(case_id: int) -> CallTask | None:
    """The call that the escalation of one case owes (E5)."""
    return CallTask.objects.filter(case=case_id, settled_at=None, level__gt=0).order_by("due_at", "pk").first()


def voice_owed_for(case_id: int) -> CallTask | None:
    """The call to the company that is owed for one case (P D): its news reaches nobody by another way."""
    return CallTask.objects.filter(case=case_id, settled_at=None, level=0).order_by("due_at", "pk").first()


def same_call(task: CallTask) -> QuerySet[CallTask]:
    """The other cases that owe a call to this very number now: one conversation may speak for them too."""
    others = CallTask.objects.filter(settled_at=None, number=task.number, case__closed_at=None)
    others = others.filter(level__gt=0) if task.level else others.filter(level=0).exclude(number="")
    return _with_names(others.exclude(case=task.case_id)).order_by("case_id", "pk")


def undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """E5: calls that were not made in time and whose case nobody answers for yet, the oldest first.

    One that is still owed after its hour, and one that the escalation left behind within the last hour (UTC).
    """
    hours = {ANY_TIME: now, LATELY: now - SHOWN_FOR}
    return newest_of_each_case(_named(_undone(2 * most).rows(hours)))[:most]


@cache
def _undone(most: int) -> CompiledQuery:
    return _first(escalated_and_undone, most)


def escalated_and_undone() -> QuerySet[CallTask]:
    late = Q(settled_at=None, due_at__lt=ANY_TIME)
    left = Q(outcome="undone", settled_at__gt=LATELY)
    return CallTask.objects.filter(
        late | left,
        level__gt=0,
        case__closed_at=None,
        case__escalations__ended_at=None,
        case__escalations__acknowledged_at=None,
        case__escalations__began_at__lte=F("owed_at"),
    )


def voice_undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """P D: calls to a company that are still owed after their hour, the oldest first."""
    return _named(_voice_undone(most).rows({ANY_TIME: now}))


@cache
def _voice_undone(most: int) -> CompiledQuery:
    late = {"settled_at": None, "level": 0, "due_at__lt": ANY_TIME, "case__closed_at": None}
    return _first(lambda: CallTask.objects.filter(**late), most)


def silent() -> QuerySet[Escalation]:
    """The open escalations that nobody answers for."""
    return Escalation.objects.filter(ended_at=None, acknowledged_at=None, joined=None)


def newest_of_each_case(tasks: Iterable[CallTask]) -> list[CallTask]:
    """A case that owes another call meanwhile is named once."""
    return list({task.case_id: task for task in tasks}.values())


def _first(tasks: Callable[[], QuerySet[CallTask]], most: int) -> CompiledQuery:
    """The ids of what falls due first."""
    return CompiledQuery(lambda: tasks().order_by("due_at", "pk").values_list("pk", flat=True)[:most])


def _named(ids: Collection[int]) -> list[CallTask]:
    """Names are read of what is shown alone: in a storm a thousand calls are owed, and twenty shown."""
    return list(_with_names(CallTask.objects.filter(pk__in=ids)).order_by("due_at", "pk")) if ids else []


def _with_names(tasks: QuerySet[CallTask]) -> QuerySet[CallTask]:
    return tasks.select_related("case__customer", "case__site__city")
