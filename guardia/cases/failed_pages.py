"""Pages that reached nobody by any way: each is written down once, and the escalation goes on (E D)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from guardia.cases import drills
from guardia.cases.case import Case
from guardia.cases.queries import with_names
from guardia.clocks.quarantine import Quarantine
from guardia.escalation import reachability
from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import Moment

BATCH = 200
QUARANTINE = Quarantine("page")
LONGEST_ANSWER = 500
GAVE_UP = (DeliveryState.REFUSED, DeliveryState.EXPIRED)


def record_failed(now: datetime) -> int:
    """Record the pages that no way delivered, at ``now`` (UTC); returns how many notices were looked at.

    Drills that nobody answered in time end here too. A case that somebody holds is left for the next round. Each notice
    goes by itself in a savepoint, and one that raises is set aside for an hour. Inside one transaction of its caller.
    """
    drills.end_over(now)
    waiting = _waiting().exclude(pk__in=QUARANTINE.left_out(now))
    found = list(waiting.order_by("owed_at", "pk").values_list("pk", "case_id")[:BATCH])
    cases = _locked({case_id for _, case_id in found if case_id})
    free = [pk for pk, case_id in found if case_id is None or case_id in cases]
    notices = waiting.filter(pk__in=free).select_related("staff").order_by("owed_at", "pk")
    held = list(notices.select_for_update(of=("self",), skip_locked=True))
    return QUARANTINE.each(held, lambda notice: _record(notice, cases.get(notice.case_id or 0), now), now)


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(
        staff__isnull=False, state__in=[NoticeState.FAILED, NoticeState.SUPPRESSED], moved_on=False
    )


def _locked(case_ids: Iterable[int]) -> dict[int, Case]:
    """The cases first, always in one order."""
    free = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return {case.pk: case for case in with_names(free).filter(pk__in=case_ids).order_by("pk")}


def _record(notice: Notice, case: Case | None, now: datetime) -> None:
    deliveries = [d for d in notice.deliveries.order_by("pk") if d.state in GAVE_UP]
    for delivery in deliveries:
        _is_disproven(notice, delivery)
    if case and case.is_open and notice.moment == Moment.PAGED and notice.event_id and notice.staff_id:
        case.page_failed(notice.staff_id, notice.event_id, answer_of(notice, deliveries), by=SYSTEM, at=now)
    Notice.objects.filter(pk=notice.pk).update(moved_on=True)


def _is_disproven(notice: Notice, delivery: Delivery) -> None:
    """A message carries many pages of a storm: the attempt at its address is written down once."""
    at = delivery.settled_at or delivery.created_at
    level = notice.facts.get("level")
    last = reachability.last_proven([delivery.address]).get(delivery.address)
    if last is None or last.at < at:
        reachability.put(delivery.address, how="page", reached=False, at=at, level=level, staff=notice.staff)


def answer_of(notice: Notice, deliveries: Sequence[Delivery]) -> str:
    """Which way said what; why there was no way where nothing could be sent."""
    said = "; ".join(f"{delivery.address}: {delivery.answer}".rstrip(": ") for delivery in deliveries)
    return (said or notice.reason)[:LONGEST_ANSWER]
