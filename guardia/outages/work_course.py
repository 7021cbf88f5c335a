"""A planned work begins at its hour, ends, or is not over when it should be: an overrun is a breach, dated at its end.

Each verb is a step inside a transaction of its caller, who holds the work; hours are UTC. The worker's steps hold their
own, one work after the other, and leave those of another worker alone.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from guardia.notices.work_facts import Telling
from guardia.outages import work_alarm, work_outage, work_turns
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.outages.work_announcing import ASIDE, window
from guardia.outages.work_cases import overran as cases_overran
from guardia.outages.work_refusals import EndsBeforeItBegan, EndsInTheFuture, NotUnderWay
from guardia.outages.work_telling import tell
from guardia.outages.work_turns import TurnKind, must_not_be_over
from guardia.people.actor import SYSTEM, Actor

AT_ONCE = 20
SAID_TO_THE_MINUTE = timedelta(minutes=1)


def start_due(now: datetime) -> int:
    """Announced works whose hour has come are under way since then; how many."""
    begun = PlannedWork.objects.filter(ended_at=None, state=WorkState.ANNOUNCED, starts_at__lte=now)
    due = _held(begun.exclude(pk__in=ASIDE.left_out(now)))
    return ASIDE.each(due, lambda work: _start(work, now), now)


def _start(work: PlannedWork, now: datetime) -> None:
    work.state, work.started_at = WorkState.UNDER_WAY, work.starts_at
    work.save(update_fields=["state", "started_at"])
    work_turns.write(work, TurnKind.STARTED, by=SYSTEM, at=work.starts_at, now=now)


def overrun_due(now: datetime) -> int:
    """Works not over at the end of their window have broken it since then: alarm, outage, letters; how many."""
    late = PlannedWork.objects.filter(ended_at=None, state=WorkState.UNDER_WAY, overran_at=None, ends_at__lte=now)
    due = _held(late.exclude(pk__in=ASIDE.left_out(now)))
    return ASIDE.each(due, lambda work: _overrun(work, now), now)


def _overrun(work: PlannedWork, now: datetime) -> None:
    work.overran_at = work.ends_at
    work.save(update_fields=["overran_at"])
    turn = work_turns.write(work, TurnKind.OVERRAN, by=SYSTEM, at=work.ends_at, now=now, **window(work))
    work_alarm.begin(work, now)
    work_outage.of_overrun(work, now)  # before its cases: whoever acts on an outage holds it first
    cases_overran(work, now)
    tell(work, Telling.OVERRAN, turn, by=SYSTEM, at=now)


def end(work: PlannedWork, *, by: Actor, at: datetime, now: datetime | None = None) -> PlannedWork:
    """It is over since ``at``; the companies are told. Where that was within the window, an overrun is lifted.

    Raises NotUnderWay, EndsInTheFuture, EndsBeforeItBegan. Over already: it stays as it is.
    """
    now = now or at
    if work.state == WorkState.ENDED:
        return work
    must_not_be_over(work)
    if work.state != WorkState.UNDER_WAY or work.started_at is None:
        raise NotUnderWay(number=work.display_number)
    if at > now:
        raise EndsInTheFuture()
    if at + SAID_TO_THE_MINUTE <= work.started_at:
        raise EndsBeforeItBegan()
    work.state, work.ended_at = WorkState.ENDED, max(at, work.started_at)
    was_late = work.overran_at is not None
    if was_late and at <= work.ends_at:
        _lift(work, by, at, now)
    work.save(update_fields=["state", "ended_at", "overran_at"])
    turn = work_turns.write(work, TurnKind.ENDED, by=by, at=work.ended_at, now=now, overran=work.overran_at is not None)
    if was_late:
        work_alarm.end(work, by, now)
    tell(work, Telling.ENDED, turn, by=by, at=now, ended_at=work.ended_at.isoformat())
    return work


def _lift(work: PlannedWork, by: Actor, at: datetime, now: datetime) -> None:
    """A late word says that it was over in time: the breach is lifted, and what it led to stays on record."""
    work.overran_at = None
    work_turns.write(work, TurnKind.OVERRUN_LIFTED, by=by, at=at, now=now)
    work_outage.lifted(work, by, now)


def _held(works: QuerySet[PlannedWork]) -> list[PlannedWork]:
    held = works.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("element")
    return list(held.order_by("starts_at", "pk")[:AT_ONCE])
