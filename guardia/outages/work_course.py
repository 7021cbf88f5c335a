"""A planned work begins at its hour, ends, or is not over when it should be: an overrun is a breach, dated at its end.

Each verb is a step inside a transaction of its caller, who holds the work; hours are UTC. The worker's steps hold their
own, one work after the other, and leave those of another worker alone.
"""

from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from guardia.cases import alarms as pages
from guardia.cases import common_cause, ledger
from guardia.cases.case import Case
from guardia.clocks.quarantine import Quarantine
from guardia.escalation import alarms
from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Notice
from guardia.notices.work_facts import Telling
from guardia.outages import declaring, planned_work, proposing
from guardia.outages.outage import Declared, Origin, Outage, OutageState
from guardia.outages.planned_work import (
    PlannedWork,
    PlannedWorkService,
    TurnKind,
    WorkState,
    declares,
    must_not_be_over,
)
from guardia.outages.work_announcing import WORK_QUARANTINE, tell, window
from guardia.outages.work_drafting import touched
from guardia.outages.work_refusals import EndsBeforeItBegan, EndsInTheFuture, NotUnderWay
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM, Actor, Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Impact

AT_ONCE = 20
SAID_TO_THE_MINUTE = timedelta(minutes=1)


def start_due(now: datetime) -> int:
    """Announced works whose hour has come are under way since then; how many."""
    begun = PlannedWork.objects.filter(ended_at=None, state=WorkState.ANNOUNCED, starts_at__lte=now)
    due = _held(begun.exclude(pk__in=WORK_QUARANTINE.left_out(now)))
    return WORK_QUARANTINE.each(due, lambda work: _start(work, now), now)


def _start(work: PlannedWork, now: datetime) -> None:
    work.state, work.started_at = WorkState.UNDER_WAY, work.starts_at
    work.save(update_fields=["state", "started_at"])
    planned_work.write(work, TurnKind.STARTED, by=SYSTEM, at=work.starts_at, now=now)


def overrun_due(now: datetime) -> int:
    """Works not over at the end of their window have broken it since then: alarm, outage, letters; how many."""
    late = PlannedWork.objects.filter(ended_at=None, state=WorkState.UNDER_WAY, overran_at=None, ends_at__lte=now)
    due = _held(late.exclude(pk__in=WORK_QUARANTINE.left_out(now)))
    return WORK_QUARANTINE.each(due, lambda work: _overrun(work, now), now)


def _overrun(work: PlannedWork, now: datetime) -> None:
    work.overran_at = work.ends_at
    work.save(update_fields=["overran_at"])
    turn = planned_work.write(work, TurnKind.OVERRAN, by=SYSTEM, at=work.ends_at, now=now, **window(work))
    begin(work, now)
    of_overrun(work, now)  # before its cases: whoever acts on an outage holds it first
    overran(work, now)
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
    turn = planned_work.write(
        work, TurnKind.ENDED, by=by, at=work.ended_at, now=now, overran=work.overran_at is not None
    )
    if was_late:
        end_alarm(work, by, now)
    tell(work, Telling.ENDED, turn, by=by, at=now, ended_at=work.ended_at.isoformat())
    return work


def _lift(work: PlannedWork, by: Actor, at: datetime, now: datetime) -> None:
    """A late word says that it was over in time: the breach is lifted, and what it led to stays on record."""
    work.overran_at = None
    planned_work.write(work, TurnKind.OVERRUN_LIFTED, by=by, at=at, now=now)
    lifted(work, by, now)


def _held(works: QuerySet[PlannedWork]) -> list[PlannedWork]:
    held = works.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("element")
    return list(held.order_by("starts_at", "pk")[:AT_ONCE])


# A work that overran calls for its supervisor: an alarm of its own, from level 1 up, until it is over (E2).


KIND = alarms.WORK_OVERRAN
MOST = 50
ALARM_QUARANTINE = Quarantine("alarm")


def begin(work: PlannedWork, now: datetime) -> list[Notice]:
    """Since the end of its window; who is paged first. ``now`` in UTC."""
    alarm = alarms.begin(work.display_number, work.ends_at, KIND)
    return pages.page(alarm, now) if alarms.is_due(alarm, now) else []


def page_due(now: datetime) -> int:
    """The worker's step: the next level of each that nobody sees to; how many were paged for."""
    standing = Alarm.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    found = standing.filter(kind=KIND, ended_at=None).order_by("pk")
    free = found.exclude(pk__in=ALARM_QUARANTINE.left_out(now))
    due = list(islice(ALARM_QUARANTINE.only(free, lambda alarm: alarms.is_due(alarm, now), now), MOST))
    return ALARM_QUARANTINE.each(due, lambda alarm: pages.page(alarm, now), now)


def end_alarm(work: PlannedWork, by: Actor, now: datetime) -> list[Notice]:
    """The work is over: those who were paged are told, each once."""
    alarm = alarms.open_alarm(work.display_number, KIND)
    if alarm is None or work.ended_at is None:
        return []
    alarms.end(alarm.desk, work.ended_at, KIND)
    paged = Staff.objects.filter(pages__alarm=alarm, is_active=True).distinct().order_by("pk")
    who = Staff.objects.filter(pk=by.id).first() if by.id else None
    facts = {"ended_at": work.ended_at.isoformat(), "by": who.name if who else ""}
    return pages.owe(alarm, pages.rounds_of(alarm) + 1, paged, pages.ALARM_ENDED, facts, now)


# What an overrun leads to: an outage over the services of the work, felt since the end of its window.


def of_overrun(work: PlannedWork, now: datetime) -> Outage | None:
    """Proposed to the desk, or declared at once, as the work's version of the procedure says. ``now`` in UTC."""
    services = tuple(touched(work).order_by("service").values_list("service", flat=True))
    if not services:
        return None
    outage = proposing.propose(
        element=work.element,
        site=None,
        services=services,
        name=f"{work.display_number} {work.name}"[:160],
        signs={"work": work.pk, "since": work.ends_at.isoformat()},
        started_at=work.ends_at,
        origin=Origin.WORK,
        impact=Impact.DOWN,
        now=now,
    )
    if outage.work_id is None:
        outage.work = work
        outage.save(update_fields=["work"])
    if declares(versions.of(work.procedure_version_id)):
        outage = declaring.declare(outage, declared(work, services), by=SYSTEM, at=now)
    return outage


def declared(work: PlannedWork, services: tuple[int, ...]) -> Declared:
    return Declared(
        name=f"{work.display_number} {work.name}"[:160],
        element=work.element,
        services=services,
        public_name=work.public_name,
        impact=Impact.DOWN,
        started_at=work.ends_at,
        is_public=work.is_public,
        origin=Origin.WORK,
        work=work,
    )


def lifted(work: PlannedWork, by: Actor, now: datetime) -> None:
    """It was over in time after all: what was only proposed is none; what was declared is the desk's to end."""
    proposed = Outage.objects.select_for_update(no_key=True).filter(work=work, state=OutageState.PROPOSED)
    proposed = proposed.filter(origin=Origin.WORK)  # what alerts or cases stand behind is not answered by this
    for outage in proposed.order_by("pk"):
        declaring.dismiss(outage, f"{work.display_number}: OK", by=by, at=now)


# Cases of services that a planned work touches while it is under way: linked to it, so that its time is counted apart.
#
# The worker's step links them; a case whose fault began before the window, or whose company objected to it, is its
# own.


INSIDE, OVERRAN = "inside", "overran"
CASES_AT_ONCE = 200
CASES_QUARANTINE = Quarantine("case of a work")


def link_due(now: datetime) -> int:
    """The next open cases that began inside a running window are part of it; how many. ``now`` in UTC."""
    linked, without = 0, CASES_QUARANTINE.left_out(now)
    running = PlannedWork.objects.filter(ended_at=None, state=WorkState.UNDER_WAY).order_by("starts_at", "pk")
    for work in running:
        cases = to_link(work).exclude(pk__in=without)[: CASES_AT_ONCE - linked]
        linked += CASES_QUARANTINE.each(cases, lambda case, work=work: link(case, work, now), now)  # type: ignore[misc]
    return linked


def to_link(work: PlannedWork) -> QuerySet[Case]:
    """Open incidents of its services that began within the window, locked."""
    concerned = PlannedWorkService.objects.filter(work=work, taken_out_at=None).exclude(answer="objected")
    began = Coalesce("outage_started_at", "opened_at")
    found = Case.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(
        Q(opened_at__gte=work.starts_at, opened_at__lt=work.ends_at),
        service__in=concerned.values("service"),
        within_work=None,
        closed_at=None,
        desk=TECHNICAL,
    )
    related = found.select_related("customer", "site__city", "service")
    return related.annotate(began=began).filter(began__gte=work.starts_at).order_by("pk")


def link(case: Case, work: PlannedWork, now: datetime) -> None:
    """The case is held by its caller; the customer is told, and sees its window beside the affected time."""
    ledger.record([common_cause.within(case, work, INSIDE, SYSTEM, max(now, case.opened_at))], now)


def overran(work: PlannedWork, now: datetime) -> int:
    """The open cases of a work that is late know it: from the window's end on their time counts; how many."""
    held = Case.objects.select_for_update(of=("self",), no_key=True).filter(within_work=work, closed_at=None)
    related = held.select_related("customer", "site__city", "service")
    cases = list(related.order_by("pk"))
    if cases:
        ledger.record([common_cause.within(case, work, OVERRAN, SYSTEM, now) for case in cases], now)
    return len(cases)
