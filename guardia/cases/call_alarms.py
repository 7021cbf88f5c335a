"""Calls that somebody on shift owes (E5): those to be made now, and those that were not made in time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from guardia.config.sql_rows import rows_of
from guardia.escalation.call_task import CallTask

MOST = 20
SHOWN_FOR = timedelta(hours=1)
OF_A_TASK = (
    *("level", "contact", "clause", "number", "number_name", "owed_at", "due_at", "settled_at"),
    *("case__number", "case__customer__name"),
)
"""What a page shows of a call that is owed."""

# By hand, since every page of the desk asks them.
OWED = """
    SELECT task.id FROM call_task AS task JOIN "case" ON "case".id = task.case_id
    WHERE task.settled_at IS NULL AND "case".closed_at IS NULL ORDER BY task.due_at, task.id LIMIT %s
"""
UNDONE = """
    SELECT task.id FROM call_task AS task JOIN "case" ON "case".id = task.case_id
    JOIN escalation ON escalation.case_id = "case".id
    WHERE ((task.settled_at IS NULL AND task.due_at < %s) OR (task.outcome = 'undone' AND task.settled_at > %s))
    AND task.level > 0 AND "case".closed_at IS NULL AND escalation.ended_at IS NULL
    AND escalation.acknowledged_at IS NULL AND escalation.began_at <= task.owed_at
    ORDER BY task.due_at, task.id LIMIT %s
"""
VOICE_UNDONE = """
    SELECT task.id FROM call_task AS task JOIN "case" ON "case".id = task.case_id
    WHERE task.settled_at IS NULL AND task.level = 0 AND task.due_at < %s AND "case".closed_at IS NULL
    ORDER BY task.due_at, task.id LIMIT %s
"""


def owed(most: int = MOST) -> list[CallTask]:
    """The calls to be made, first what falls due first."""
    return _shown(OWED, [most])


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
    return newest_of_each_case(_shown(UNDONE, [now, now - SHOWN_FOR, 2 * most]))[:most]


def voice_undone(now: datetime, most: int = MOST) -> list[CallTask]:
    """P D: calls to a company that are still owed after their hour, the oldest first."""
    return _shown(VOICE_UNDONE, [now, most])


def newest_of_each_case(tasks: Iterable[CallTask]) -> list[CallTask]:
    """A case that owes another call meanwhile is named once."""
    return list({task.case_id: task for task in tasks}.values())


def _shown(statement: str, values: Sequence[Any]) -> list[CallTask]:
    """Names are read of what is shown alone: in a storm a thousand calls are owed, and twenty shown."""
    ids = [pk for (pk,) in rows_of(statement, values)]
    if not ids:
        return []
    shown = CallTask.objects.filter(pk__in=ids).select_related("case__customer").only(*OF_A_TASK)
    return list(shown.order_by("due_at", "pk"))


def _with_names(tasks: QuerySet[CallTask]) -> QuerySet[CallTask]:
    return tasks.select_related("case__customer", "case__site__city")
