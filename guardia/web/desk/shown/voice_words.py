"""What to say to the company that is rung: all that was not told yet, in the language of who is rung."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import translation

from guardia.cases.event import CaseEvent
from guardia.cases.voice_course import BREACHES_THAT_RING
from guardia.clocks.clock import Clock
from guardia.escalation.call_task import CallTask
from guardia.notices import short
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Moment


@dataclass(frozen=True, slots=True)
class Heard:
    """When somebody of the company was last told by voice, and which promises are broken since: kind and due hour."""

    at: datetime | None = None
    broken: tuple[tuple[str, datetime], ...] = ()


NOTHING_HEARD = Heard()


def what_to_say(notices: Sequence[Notice], contact_id: int | None, at: datetime, heard: Heard = NOTHING_HEARD) -> str:
    """``notices``: newest first. All that was not heard yet, or the last one; to this person rather than to another."""
    theirs = [notice for notice in notices if notice.contact_id]
    last = next((n for n in theirs if n.contact_id == contact_id), next(iter(theirs), None))
    if last is None:
        return ""
    untold = [n for n in theirs if n.contact_id == last.contact_id and is_new(n, heard)]
    newest = list({notice.moment: notice for notice in reversed(untold)}.values()) or [last]
    newest.sort(key=lambda notice: (notice.owed_at, notice.pk or 0))
    with translation.override(last.language):
        return short.spoken(short.told_by(newest, at), heard.broken)


def is_new(notice: Notice, heard: Heard) -> bool:
    """Not what was said in an earlier call, nor while it happened: the number, and a visit that they agreed on."""
    if heard.at and notice.owed_at <= heard.at:
        return False
    by_phone = notice.moment == Moment.REGISTERED and notice.facts.get("source") == "phone"
    return not by_phone and not (notice.facts.get("data") or {}).get("heard")


def heard_in(case_ids: Iterable[int]) -> dict[int, Heard]:
    """What the companies of these cases have heard by voice: two questions for all of them."""
    told = CaseEvent.objects.filter(case__in=case_ids, moment=Moment.VOICE_TOLD, variant="answered")
    last = dict(told.values_list("case").annotate(Max("occurred_at")))
    late = Clock.objects.filter(case__in=case_ids, ended_at=None, breached_at__isnull=False)
    broken: dict[int, list[tuple[str, datetime]]] = {}
    rows = late.filter(kind__in=BREACHES_THAT_RING).order_by("breached_at").values_list("case", "kind", "breached_at")
    for case_id, kind, breached_at in rows:
        if breached_at and (case_id not in last or breached_at > last[case_id]):
            broken.setdefault(case_id, []).append((kind, breached_at))
    return {pk: Heard(last.get(pk), tuple(broken.get(pk, ()))) for pk in case_ids}


def says_of(tasks: Iterable[CallTask], at: datetime) -> dict[int, str]:
    """What to say in each of these calls to companies, by the call's id: a few questions for all of them."""
    voices = [task for task in tasks if task.level == 0]
    if not voices:
        return {}
    heard = heard_in([task.case_id for task in voices])
    found = Notice.objects.filter(case__in=heard, contact__isnull=False)
    found = found.select_related("case__customer", "case__site__city", "case__service")
    theirs = list(found.filter(contact__in=[task.contact_id for task in voices if task.contact_id]))
    last = list(found.order_by("case", "contact", "-owed_at", "-pk").distinct("case", "contact"))
    once = {notice.pk: notice for notice in (*theirs, *last)}.values()
    newest_first = sorted(once, key=lambda notice: (notice.owed_at, notice.pk), reverse=True)
    return {
        task.pk: what_to_say(
            [n for n in newest_first if n.case_id == task.case_id], task.contact_id, at, heard[task.case_id]
        )
        for task in voices
    }
