"""A drill: a page that says it is one, to prove that a number or mailbox reaches its person (E)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from guardia.cases import alarms, writes
from guardia.clocks.quarantine import Quarantine
from guardia.escalation import reachability
from guardia.escalation.alarms import DRILL, Alarm
from guardia.escalation.reachability import Proof
from guardia.notices.notice import Delivery, DeliveryState, Notice
from guardia.notices.notice_rows import without_letters
from guardia.people.staff import Staff

KIND = DRILL
QUARANTINE = Quarantine("drill")
LASTS = timedelta(minutes=30)
"""Whoever has not acknowledged by then was not reached."""


def start(persons: Sequence[Staff], level: int, *, by: Staff, at: datetime, desk: str = "technical") -> Alarm | None:
    """Page these persons by all their ways, marked as a drill. No case is touched.

    Somebody whose last drill still runs is not paged again, two who start one at once take turns. None where nobody is
    left to page. ``at`` is UTC.
    """
    writes.take_turn("drill")
    asked = [person for person in persons if person.is_reachable]
    busy = set(running(at).values_list("staff_id", flat=True))
    paged = [person for person in dict.fromkeys(asked) if person.pk not in busy]
    if not paged:
        return None
    alarm = Alarm.objects.create(kind=KIND, desk=desk, began_at=at, level=level, paged_at=at)
    facts = {"level": level, "by": by.name, "until": (at + LASTS).isoformat()}
    alarms.owe(alarm, 1, paged, alarms.ALARM, facts, at, variant=KIND)
    return alarm


def running(at: datetime) -> QuerySet[Notice]:
    """The pages of drills that may still be acknowledged at ``at`` (UTC)."""
    return Notice.objects.filter(alarm__kind=KIND, alarm__ended_at=None, alarm__began_at__gt=at - LASTS)


def acknowledge(notice: Notice, addresses: Sequence[str], at: datetime) -> Proof | None:
    """The person tapped the link: what it came by is proven. Tapped again, or after the drill, it changes nothing."""
    alarm = notice.alarm
    if alarm is None or notice.staff is None or alarm.ended_at is not None or at - alarm.began_at >= LASTS:
        return None
    if found := answered(notice):
        return found
    put = [
        reachability.put(
            address, how="drill", reached=True, at=at, level=alarm.level or None, staff=notice.staff, by=notice.staff
        )
        for address in dict.fromkeys(addresses)
    ]
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = at, notice.staff
        alarm.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return put[0] if put else None


def answered(notice: Notice) -> Proof | None:
    """The proof that this page of a drill brought, if it was acknowledged."""
    return answers([notice]).get(notice.pk)


def answers(pages: Sequence[Notice]) -> dict[int, Proof]:
    """The proofs that these pages of drills brought, by page, in one question; a page without one is absent."""
    of_alarms = [(page, page.alarm) for page in pages if page.alarm]
    if not of_alarms:
        return {}
    since = min(alarm.began_at for _, alarm in of_alarms)
    of_drills = Proof.objects.filter(how="drill", reached=True, at__gte=since)
    proofs = list(of_drills.filter(staff__in={page.staff_id for page, _ in of_alarms}).order_by("at", "pk"))
    found = ((page.pk, next((one for one in proofs if _is_of(one, page, alarm)), None)) for page, alarm in of_alarms)
    return {pk: proof for pk, proof in found if proof}


def _is_of(proof: Proof, page: Notice, alarm: Alarm) -> bool:
    is_within = alarm.began_at <= proof.at and (alarm.ended_at is None or proof.at <= alarm.ended_at)
    return is_within and proof.staff_id == page.staff_id


def end_over(at: datetime) -> int:
    """Close the drills that have lasted half an hour at ``at`` (UTC); who did not answer was not reached by them.

    Returns how many ended. Two workers take different ones.
    """
    over = Alarm.objects.select_for_update(skip_locked=True).filter(kind=KIND, ended_at=None, began_at__lte=at - LASTS)
    ended = list(over.exclude(pk__in=QUARANTINE.left_out(at)).order_by("pk")[:50])
    return QUARANTINE.each(ended, lambda alarm: _end(alarm, at), at)


def _end(alarm: Alarm, at: datetime) -> None:
    pages = list(Notice.objects.filter(alarm=alarm).select_related("staff", "alarm").order_by("pk"))
    proven_by = answers(pages)
    for page in pages:
        if page.pk not in proven_by:
            _nobody_answered(page, alarm, at)
    alarm.ended_at = at
    alarm.save(update_fields=["ended_at"])


def _nobody_answered(notice: Notice, alarm: Alarm, at: datetime) -> None:
    addresses = Delivery.objects.filter(notices=notice).exclude(state=DeliveryState.WAITING)
    for address in addresses.values_list("address", flat=True).distinct():
        reachability.put(address, how="drill", reached=False, at=at, level=alarm.level or None, staff=notice.staff)


def dialled(
    address: str, *, reached: bool, answered_by: str, by: Staff, at: datetime, level: int | None, staff: Staff | None
) -> Proof:
    """A telephone was tried by hand at ``at`` (UTC): whether somebody answered, and who."""
    return reachability.put(
        address, how="drill", reached=reached, at=at, level=level, staff=staff, answered_by=answered_by, by=by
    )


def last_pages(most: int) -> list[Notice]:
    """Return the pages of the last ``most`` drills, the newest first, with how they were delivered."""
    last = Alarm.objects.filter(kind=KIND).order_by("-pk").values_list("pk", flat=True)[:most]
    pages = Notice.objects.filter(alarm__in=list(last)).select_related("staff", "alarm")
    return list(pages.prefetch_related(without_letters()).order_by("-alarm_id", "pk")[:50])
