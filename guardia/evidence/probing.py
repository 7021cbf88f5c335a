"""Probes are asked for, taken by one worker at a time, and settled. A worker that dies loses its lease, no probe."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, Exists, F, Max, OuterRef, Q, Value, When

from guardia.config.sql_rows import rows_of
from guardia.evidence.probe import UNDER_WAY, Occasion, Probe, ProbeState
from guardia.evidence.probes.measured import Measured, Question
from guardia.evidence.target import ProbeKind, ServiceTarget, secret_for
from guardia.people.staff import Staff

LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
NOT_WATCHED = (ProbeKind.PATH,)
"""A path shows where it ends; that it is the same every minute says nothing of the service."""
LAST = Case(When(occasion=Occasion.STABILITY, then=Value(1)), default=Value(0))
"""Whoever waits for a result goes before the watch."""


def targets_of(service_id: int | None) -> list[ServiceTarget]:
    """The targets in use of a service, in the order they were written down."""
    if service_id is None:
        return []
    return list(ServiceTarget.objects.filter(service=service_id, active=True).order_by("pk"))


def targets_at_registration(service_id: int | None) -> list[ServiceTarget]:
    """Those of them that want to be tested when a case is opened. Few services have one: of others nothing is read."""
    found = [pk for (pk,) in rows_of(AT_REGISTRATION, [service_id])] if service_id else []
    return list(ServiceTarget.objects.filter(pk__in=found).order_by("pk")) if found else []


# By hand, since each registration asks it.
AT_REGISTRATION = "SELECT id FROM service_target WHERE service_id = %s AND active AND at_registration"


def ask(
    case_id: int,
    targets: Iterable[ServiceTarget],
    occasion: Occasion,
    *,
    at: datetime,
    not_before: datetime | None = None,
    by: Staff | None = None,
) -> None:
    """Ask for a probe of each target; one that is under way already serves. ``at`` and ``not_before`` are UTC."""
    wanted = {target.pk: target for target in targets}
    if not wanted:
        return
    earliest = _when_each_may(wanted, not_before or at)
    if not_before is None:
        _hurry(case_id, earliest, occasion, by)
    _write([(case_id, target) for target in wanted.values()], earliest, occasion, at, by)


def targets_of_many(service_ids: Collection[int]) -> list[ServiceTarget]:
    """The targets in use of these services."""
    if not service_ids:
        return []
    return list(ServiceTarget.objects.filter(service__in=service_ids, active=True).order_by("pk"))


def ask_of_many(asked: Iterable[tuple[int, ServiceTarget]], occasion: Occasion, *, at: datetime) -> None:
    """Ask for a probe of each target for its case, at once for all; what is under way already serves. UTC."""
    pairs = list(asked)
    if not pairs:
        return
    _write(pairs, _when_each_may([target.pk for _case, target in pairs], at), occasion, at)


def _write(
    pairs: Sequence[tuple[int, ServiceTarget]],
    earliest: Mapping[int, datetime],
    occasion: Occasion,
    at: datetime,
    by: Staff | None = None,
) -> None:
    """A probe of each target for its case."""
    probes = [
        Probe(
            customer_id=target.customer_id,
            case_id=case_id,
            target=target,
            occasion=occasion.value,
            asked_at=at,
            asked_by=by,
            due_at=earliest[target.pk],
        )
        for case_id, target in pairs
    ]
    Probe.objects.bulk_create(probes, ignore_conflicts=True)


def _when_each_may(target_ids: Collection[int], at: datetime) -> dict[int, datetime]:
    """A target is not tested twice in a row: from when on each may be, ``at`` at the earliest."""
    begun = Probe.objects.filter(target__in=target_ids, due_at__lte=at).order_by()
    last = dict(begun.values_list("target").annotate(Max("due_at")))
    pause = timedelta(seconds=settings.PROBE_PAUSE_SECONDS)
    return {pk: max(at, last[pk] + pause) if pk in last else at for pk in target_ids}


def _hurry(case_id: int, earliest: Mapping[int, datetime], occasion: Occasion, by: Staff | None) -> None:
    """What the watch has planned for later is done now that somebody asks, and in that person's name."""
    for pk, due_at in earliest.items():
        planned = Probe.objects.filter(case=case_id, target=pk, state=ProbeState.ASKED, due_at__gt=due_at)
        planned.update(due_at=due_at, occasion=occasion.value, asked_by=by)


def take(at: datetime, most: int) -> list[Probe]:
    """Lease what is due at ``at`` (UTC), and what a dead worker left; nobody else has them. The watch comes last.

    What was left too often is given up as failed.
    """
    left = Q(state=ProbeState.RUNNING, leased_until__lt=at)
    due = Probe.objects.filter(Q(state=ProbeState.ASKED) | left, due_at__lte=at)
    by_turn = due.order_by(LAST, "due_at", "pk").select_related("target", "asked_by")
    free = by_turn.select_for_update(of=("self",), skip_locked=True)
    found = list(free[:most])
    tired = [probe.pk for probe in found if probe.attempts >= MOST_ATTEMPTS]
    if tired:
        Probe.objects.filter(pk__in=tired).update(state=ProbeState.FAILED, code="given_up", measured_at=at)
    taken = [probe for probe in found if probe.attempts < MOST_ATTEMPTS]
    until = at + LEASE
    Probe.objects.filter(pk__in=[probe.pk for probe in taken]).update(
        state=ProbeState.RUNNING, leased_until=until, attempts=F("attempts") + 1
    )
    for probe in taken:
        probe.state, probe.leased_until = ProbeState.RUNNING, until
    return taken


def settle(probe: Probe, measured: Measured, at: datetime) -> bool:
    """Keep what was measured at ``at`` (UTC); False if the lease was lost meanwhile, and nothing is kept."""
    kept = {
        "state": ProbeState.DONE,
        "measured_at": at,
        "verdict": measured.verdict.value,
        "code": measured.code,
        "numbers": dict(measured.numbers),
        "samples": [None if sample is None else round(sample, 2) for sample in measured.samples],
    }
    held = Probe.objects.filter(pk=probe.pk, state=ProbeState.RUNNING, leased_until=probe.leased_until)
    if not held.update(**kept):
        return False
    for name, value in kept.items():
        setattr(probe, name, value)
    return True


def question_of(target: ServiceTarget) -> Question:
    """What its probe needs to know. SNMP's access is the installation's secret and stands in no table."""
    return Question(
        kind=target.kind,
        address=target.pinned,
        host=target.address,
        port=target.port,
        asks=target.asks,
        expects=target.expects,
        max_loss=target.max_loss,
        max_ms=target.max_ms,
        secret=secret_for(target),
    )


def under_way(case_id: int) -> list[Probe]:
    """What is waiting or running for a case."""
    found = Probe.objects.filter(case=case_id, state__in=UNDER_WAY)
    return list(found.select_related("target").order_by("pk"))


# Old rounds of a watch are let go: a case of a week leaves thousands of them, and its closing told what they said.
#
# What is on record stays: every probe that became a test, and of each target the last one.


BATCH = 5_000


def over_before(at: datetime) -> datetime:
    """Until when (UTC) a case must have been closed for its rounds to be let go at ``at``."""
    return at - timedelta(days=settings.WATCH_KEPT_DAYS)


def thin(closed_before: datetime, closed_since: datetime | None = None, most: int = BATCH) -> int:
    """Delete rounds of the cases closed in between (UTC); returns how many.

    ``closed_since`` keeps a look as short as what has grown old since the last one; without it all cases are looked at.
    """
    later = Probe.objects.filter(case=OuterRef("case"), target=OuterRef("target"), pk__gt=OuterRef("pk"))
    old = Probe.objects.filter(
        Exists(later),
        case__closed_at__lt=closed_before,
        occasion=Occasion.STABILITY,
        state__in=(ProbeState.DONE, ProbeState.FAILED),
        test=None,
    )
    if closed_since is not None:
        old = old.filter(case__closed_at__gte=closed_since)
    chosen = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    return Probe.objects.filter(pk__in=chosen).delete()[0] if chosen else 0
