"""What to say to the company that is rung: the short text of the last notice, in the language of who is rung."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import translation

from guardia.escalation.call_task import CallTask
from guardia.notices import short
from guardia.notices.notice import Notice


def what_to_say(notices: Sequence[Notice], contact_id: int | None, at: datetime) -> str:
    """``notices``: newest first. The text of the last one; to this person rather than to another."""
    theirs = [notice for notice in notices if notice.contact_id]
    last = next((n for n in theirs if n.contact_id == contact_id), next(iter(theirs), None))
    if last is None:
        return ""
    with translation.override(last.language):
        return short.spoken(short.told_by([last], at))


def says_of(tasks: Iterable[CallTask], at: datetime) -> dict[int, str]:
    """What to say in each of these calls to companies, by the call's id: one question for all of them."""
    voices = [task for task in tasks if task.level == 0]
    if not voices:
        return {}
    found = Notice.objects.filter(case__in={task.case_id for task in voices}, contact__isnull=False)
    found = found.select_related("case__customer", "case__site__city", "case__service")
    last = found.order_by("case", "contact", "-owed_at", "-pk").distinct("case", "contact")
    newest_first = sorted(last, key=lambda notice: (notice.owed_at, notice.pk), reverse=True)
    return {
        task.pk: what_to_say([n for n in newest_first if n.case_id == task.case_id], task.contact_id, at)
        for task in voices
    }
