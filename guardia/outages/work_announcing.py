"""A planned work is announced, told again before it begins, moved, cancelled: the companies are told each time.

Each verb is a step inside a transaction of its caller, who holds the work (``work_turns.held``); hours are UTC. A
repeat is harmless: what is so already is given back, and nobody is told twice.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import need
from guardia.clocks.quarantine import Quarantine
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.announcing import ToEach, announce_each
from guardia.notices.work_facts import AffectedServiceFacts, Telling, WorkFacts
from guardia.outages import planned_work
from guardia.outages.planned_work import (
    PlannedWork,
    PlannedWorkService,
    PlannedWorkTurn,
    TurnKind,
    WorkState,
    must_not_be_over,
)
from guardia.outages.work_drafting import must_be_a_window, touched
from guardia.outages.work_refusals import (
    AnnouncedTooLate,
    NotAnnounced,
    NothingTouched,
    SameWindow,
    UnderWay,
    WindowIsOver,
)
from guardia.people.staff import SYSTEM, Actor, ActorKind

MOST_REMINDED = 20
WORK_QUARANTINE = Quarantine("planned work")
LONGEST_AGAIN = timedelta(days=31)


def announce(work: PlannedWork, reason: str = "", *, by: Actor, at: datetime) -> PlannedWork:
    """Every contact of every company that is touched has a letter owed; ``reason`` where that is later than promised.

    Raises WindowIsOver, NothingTouched, ToldTooLate where the reason is missing.
    """
    must_not_be_over(work)
    if work.state != WorkState.DRAFT:
        return work
    if work.starts_at <= at:
        raise WindowIsOver()
    if not touched(work).exists():
        raise NothingTouched()
    late = late_reason(work, work.starts_at, reason, at)
    work.state, work.announced_at, work.short_notice_reason = WorkState.ANNOUNCED, at, late
    work.save(update_fields=["state", "announced_at", "short_notice_reason"])
    turn = planned_work.write(work, TurnKind.ANNOUNCED, by=by, at=at, **window(work), late_because=late)
    tell(work, Telling.ANNOUNCED, turn, by=by, at=at, asks=work.needs_agreement, late_because=late)
    return work


def is_short_notice(work: PlannedWork, starts_at: datetime, at: datetime) -> bool:
    """Whether telling it at ``at`` is later than the procedure promises."""
    return starts_at - at < timedelta(hours=work.notice_hours)


def late_reason(work: PlannedWork, starts_at: datetime, reason: str, at: datetime) -> str:
    """The reason, where one is owed; empty where they are told in good time. Raises ToldTooLate."""
    if not is_short_notice(work, starts_at, at):
        return ""
    if not reason.strip():
        raise AnnouncedTooLate(hours=work.notice_hours)
    return reason.strip()[:300]


def window(work: PlannedWork) -> dict[str, Any]:
    return {"starts_at": work.starts_at.isoformat(), "ends_at": work.ends_at.isoformat()}


# --- told once more ---------------------------------------------------------------------------------------------------


def to_remind(now: datetime) -> QuerySet[PlannedWork]:
    """The announced works that may be told once more by ``now``, the first to begin first."""
    soon = PlannedWork.objects.filter(ended_at=None, state=WorkState.ANNOUNCED, reminded_at=None, again_hours__gt=0)
    return soon.filter(starts_at__gt=now, starts_at__lte=now + LONGEST_AGAIN).order_by("starts_at", "pk")


def remind_due(now: datetime) -> int:
    """The worker's step: works whose second letter is due have it written; how many. Another worker's are left alone.

    A work that was announced, or moved, so late that the second hour was past already has had its letter.
    """
    held = to_remind(now).select_for_update(of=("self",), skip_locked=True, no_key=True)
    held = held.exclude(pk__in=WORK_QUARANTINE.left_out(now))
    found = WORK_QUARANTINE.only(held.select_related("element"), lambda work: is_due_again(work, now), now)
    due = list(islice(found, MOST_REMINDED))
    return WORK_QUARANTINE.each(due, lambda work: _remind(work, now), now)


def _remind(work: PlannedWork, now: datetime) -> None:
    work.reminded_at = now
    work.save(update_fields=["reminded_at"])
    turn = planned_work.write(work, TurnKind.REMINDED, by=SYSTEM, at=now, **window(work))
    unanswered = work.needs_agreement and touched(work).filter(answer="").exists()
    tell(work, Telling.REMINDED, turn, by=SYSTEM, at=now, asks=unanswered)


def is_due_again(work: PlannedWork, now: datetime) -> bool:
    again_at = work.starts_at - timedelta(hours=work.again_hours)
    last_told = work.turns.filter(moment__in=[TurnKind.ANNOUNCED, TurnKind.MOVED]).order_by("-pk").first()
    return again_at <= now and last_told is not None and last_told.at < again_at


# --- moved, cancelled -------------------------------------------------------------------------------------------------


def move(
    work: PlannedWork, starts_at: datetime, ends_at: datetime, why: str, reason: str = "", *, by: Actor, at: datetime
) -> PlannedWork:
    """Other hours, told anew; whoever had agreed is asked again. ``reason`` where the new ones are told late.

    Raises WorkIsOver, UnderWay, NotAnnounced, SameWindow, Missing, ToldTooLate, WindowReversed.
    """
    must_be_announced(work)
    if (starts_at, ends_at) == (work.starts_at, work.ends_at):
        raise SameWindow()
    must_be_a_window(starts_at, ends_at, at)
    why = need("", "why", why, _("why it is moved"))[:300]
    late = late_reason(work, starts_at, reason, at)
    was: dict[str, Any] = {"was_starts_at": work.starts_at.isoformat(), "was_ends_at": work.ends_at.isoformat()}
    work.starts_at, work.ends_at, work.reminded_at, work.short_notice_reason = starts_at, ends_at, None, late
    longest = round((ends_at - starts_at).total_seconds() / 60)
    work.expected_minutes = None if work.expected_minutes is None else min(work.expected_minutes, longest)
    work.save(update_fields=["starts_at", "ends_at", "reminded_at", "short_notice_reason", "expected_minutes"])
    forget_answers(work)
    turn = planned_work.write(work, TurnKind.MOVED, by=by, at=at, **window(work), **was, why=why, late_because=late)
    tell(work, Telling.MOVED, turn, by=by, at=at, asks=work.needs_agreement, why=why, late_because=late, **was)
    return work


def forget_answers(work: PlannedWork) -> None:
    """What was answered was about other hours; it stays in the turns."""
    answered = PlannedWorkService.objects.filter(work=work).exclude(answer="")
    answered.update(answer="", answered_at=None, answered_by=None, answer_words="")


def cancel(work: PlannedWork, why: str, *, by: Actor, at: datetime) -> PlannedWork:
    """It is not done after all; the companies are told, of a draft nobody is. Raises WorkIsOver, UnderWay, Missing."""
    if work.state == WorkState.CANCELLED:
        return work
    must_not_be_over(work)
    if work.state == WorkState.UNDER_WAY:
        raise UnderWay(number=work.display_number)
    why = need("", "why", why, _("why it is cancelled"))[:300]
    was_told = work.state == WorkState.ANNOUNCED
    work.state, work.ended_at, work.why_cancelled = WorkState.CANCELLED, at, why
    work.save(update_fields=["state", "ended_at", "why_cancelled"])
    turn = planned_work.write(work, TurnKind.CANCELLED, by=by, at=at, **window(work), why=why)
    if was_told:
        tell(work, Telling.CANCELLED, turn, by=by, at=at, why=why)
    return work


def must_be_announced(work: PlannedWork) -> None:
    """Raises WorkIsOver, UnderWay, NotAnnounced."""
    must_not_be_over(work)
    if work.state == WorkState.UNDER_WAY:
        raise UnderWay(number=work.display_number)
    if work.state == WorkState.DRAFT:
        raise NotAnnounced(number=work.display_number)


# The letters of a planned work: one for each company, with its own services alone, for each turn that is told.


def tell(
    work: PlannedWork,
    telling: Telling,
    turn: PlannedWorkTurn,
    *,
    by: Actor,
    at: datetime,
    rows: Iterable[PlannedWorkService] | None = None,
    only: Collection[int] | None = None,
    **more: Any,
) -> int:
    """Every company that is touched, or those of ``only`` by id; how many contacts are written to. ``at`` is UTC.

    ``rows``: the services that it is about, where these are not those that are touched. ``more`` are facts of WorkTold.
    """
    found = list(rows) if rows is not None else list(read(work, only))
    sequence = PlannedWorkTurn.objects.filter(work=work, pk__lte=turn.pk).count()
    facts = {**facts_of(work), "sequence": sequence, **more}
    by_company: dict[int, list[AffectedServiceFacts]] = {}
    for row in found:
        by_company.setdefault(row.customer_id, []).append(affected_service_facts(row))
    told = [
        ToEach(pk, f"{turn.pk}/{pk}", WorkFacts(telling=telling.value, services=tuple(services), **facts).facts())
        for pk, services in by_company.items()
    ]
    person = by.id if by.kind is ActorKind.STAFF else None
    return announce_each(AnnouncementKind.WORK, work.procedure_version, told, by=person, at=at)


def read(work: PlannedWork, only: Collection[int] | None = None) -> Iterable[PlannedWorkService]:
    found = touched(work).select_related("service__site__city").order_by("service__circuit")
    return found if only is None else found.filter(customer__in=only)


def affected_service_facts(row: PlannedWorkService) -> AffectedServiceFacts:
    site = row.service.site
    return AffectedServiceFacts(row.service.circuit, f"{site.name}, {site.city.name}", site.zone)


def facts_of(work: PlannedWork) -> Mapping[str, Any]:
    return {
        "work": work.pk,
        "number": work.display_number,
        "names": dict(work.public_name),
        "zone": work.zone,
        "starts_at": work.starts_at.isoformat(),
        "ends_at": work.ends_at.isoformat(),
        "expected_minutes": work.expected_minutes,
        "carrier": work.carrier,
    }


def letters(work: PlannedWork) -> QuerySet[Announcement]:
    """What was told of this work, the first letter first: by the turns that they are keyed under."""
    turns = PlannedWorkTurn.objects.filter(work=work).order_by("pk").values_list("pk", flat=True)
    companies = PlannedWorkService.objects.filter(work=work).values_list("customer", flat=True).distinct()
    keys = [f"{turn}/{company}" for turn in turns for company in companies]
    return Announcement.objects.filter(kind=AnnouncementKind.WORK, key__in=keys).order_by("pk")
