"""What follows from what monitoring says: the worker's step. Each alert in its time, and one cause opened once.

An alert acts once it has fired for its source's ``hold_seconds``, and again once it is quiet for ``calm_seconds``.
What is due is looked at in one transaction and followed in one for each cause: nobody waits for fifty of them, and one
that fails takes none with it. Alerts are locked first, then the outage, then its cases; what has changed meanwhile is
left to the next look. A second worker leaves the step to the first. Hours are UTC.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.clocks.quarantine import PASSES, Quarantine
from guardia.config.collisions import is_collision
from guardia.evidence.test_result import Verdict
from guardia.network import alert_store as damping
from guardia.network import reach
from guardia.network.alert import Alert, AlertState, AlertTurn
from guardia.network.alert_store import opens, write
from guardia.network.alerts_mapping import above
from guardia.outages.declaring import dismiss
from guardia.outages.from_alerts_opening import Cause, causes_of, hour_words, locked, open_cause, supporters, test_name
from guardia.outages.outage import ACTIVE, Origin, Outage, OutageState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.outages.restoring import alert_resolved
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM

log = logging.getLogger(__name__)

BATCH = 1000
QUARANTINE = Quarantine("alert")
MOST_CAUSES = 50
"""So many are opened before it is looked again: of a storm, newer alerts may tell the cause better."""

AGAIN = timedelta(minutes=1)
Alone = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Part:
    """What is followed in one transaction: ids of alerts, and what they lead to; of what is over together, nothing.

    One element that fires with a service or two behind it is a cause for each of them.
    """

    alerts: Sequence[int]
    causes: Sequence[Cause] = ()


def act(now: datetime, alone: Alone = transaction.atomic) -> int:
    """One step of what is due at ``now``; how many alerts it looked at. ``alone`` opens each of its transactions."""
    with alone(), translation.override(settings.LANGUAGE_CODE):
        looked, parts = _look(now)
    for part in parts:
        _follow(part, now, alone)
    return looked


def _is_my_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('guardia acts on alerts', 0))")
        return bool(cursor.fetchone()[0])


def _look(now: datetime) -> tuple[int, list[Part]]:
    """How many are due, and what is to be followed. Those stay due until they are: a worker may die on the way."""
    if not _is_my_turn():
        return 0, []
    free = Alert.objects.filter(acts_at__lte=now).exclude(pk__in=QUARANTINE.left_out(now)).order_by("acts_at", "pk")
    due = _held(free[:BATCH])
    try:
        with transaction.atomic():
            return len(due), _parted(due, now)
    except PASSES:
        raise
    except Exception:
        log.exception("one of %d alerts cannot be looked at; each is tried by itself", len(due))
        good = [alert.pk for alert in QUARANTINE.only(due, lambda alert: _is_well(alert, now), now)]
        if len(good) == len(due):  # only together do they raise
            raise
    return len(due), _parted(_held(free.filter(pk__in=good)), now)


def _is_well(alert: Alert, now: datetime) -> bool:
    """That it alone can be looked at; nothing is written. Raises what it raises."""
    with transaction.atomic():
        _parted([alert], now)
        transaction.set_rollback(True)
    return True


def _parted(due: Sequence[Alert], now: datetime) -> list[Part]:
    quiet = [alert for alert in due if damping.is_over(alert, now, alert.source)]
    firing = [alert for alert in due if damping.last_of(alert)[0]]
    _look_later([alert for alert in due if alert not in quiet and alert not in firing])
    for alert in quiet:  # written by who follows it
        alert.resolved_at = damping.last_of(alert)[1]
    ends = [Part([alert.pk for alert in alerts]) for alerts in together(quiet)]
    return [*ends, *_causes(firing, now)]


def _causes(firing: Sequence[Alert], now: datetime) -> list[Part]:
    """What they have in common. Those of a service that is being worked on wait for the end of the window."""
    waiting = inside_works(firing, now)
    ready = [alert for alert in firing if alert.pk not in waiting and opens(alert, alert.source)]
    others = supporters(firing) if ready else []
    worked_on = inside_works(others, now)
    causes = causes_of(ready, [alert for alert in others if alert.pk not in worked_on])
    of_a_cause = {alert.pk for cause in causes for alert in cause.alerts}
    led_nowhere = [alert for alert in firing if alert.pk not in of_a_cause]
    for alert in led_nowhere:
        alert.acts_at = waiting.get(alert.pk)
    write(led_nowhere)
    return _parts(causes)[:MOST_CAUSES]


def _parts(causes: Iterable[Cause]) -> list[Part]:
    """Causes that share an alert are followed together."""
    parts: list[tuple[dict[int, None], list[Cause]]] = []
    of_alert: dict[int, tuple[dict[int, None], list[Cause]]] = {}
    for cause in causes:
        ids = dict.fromkeys(alert.pk for alert in cause.alerts)
        part = next((of_alert[pk] for pk in ids if pk in of_alert), None)
        if part is None:
            parts.append(part := ({}, []))
        part[0].update(ids)
        part[1].append(cause)
        of_alert |= dict.fromkeys(ids, part)
    return [Part([*ids], found) for ids, found in parts]


def _follow(part: Part, now: datetime, alone: Alone) -> None:
    """One that cannot be followed stops no other; it is tried again in a minute, and the log says why."""
    try:
        with alone(), translation.override(settings.LANGUAGE_CODE):
            if _is_my_turn():
                _done(part, _held(Alert.objects.filter(pk__in=part.alerts)), now)
    except Exception as trouble:
        first, count = part.alerts[0], len(part.alerts)
        if is_collision(trouble):
            log.warning("%d alerts (the first is %s) gave way to somebody; again at once", count, first)
            return
        log.exception("%d alerts (the first is %s) cannot be followed", count, first)
        with alone():
            _later(part, _held(Alert.objects.filter(pk__in=part.alerts)), now)


def _held(alerts: QuerySet[Alert]) -> list[Alert]:
    """Those of them that nobody else holds: a message that is just being kept has newer words of them."""
    return list(alerts.select_related("source").select_for_update(of=("self",), no_key=True, skip_locked=True))


def _done(part: Part, held: Sequence[Alert], now: datetime) -> None:
    if part.causes:
        _open(part.causes, held, now)
    elif quiet := [alert for alert in held if damping.is_over(alert, now, alert.source)]:
        _is_over(quiet)
        follow(quiet, now)


def _open(causes: Iterable[Cause], held: Sequence[Alert], now: datetime) -> None:
    """Each with those of its alerts that still fire and are part of nothing."""
    free = {a.pk: a for a in held if damping.last_of(a)[0] and not (a.outage_id or a.case_id)}
    _look_later([alert for alert in held if alert.pk not in free])
    for cause in causes:
        if alerts := [free[alert.pk] for alert in cause.alerts if alert.pk in free]:
            open_cause(replace(cause, alerts=(*alerts,)), now)
    write([*free.values()])


def _is_over(quiet: Sequence[Alert]) -> None:
    """They count as resolved; the last turn of one that flapped is put on record."""
    turns = []
    for alert in quiet:
        _fires, since = damping.last_of(alert)
        if alert.state == AlertState.FLAPPING:
            turns.append(AlertTurn(alert=alert, fires=False, at=since, received_at=max(since, alert.last_at)))
        alert.state, alert.resolved_at, alert.acts_at = AlertState.RESOLVED, since, None
    AlertTurn.objects.bulk_create(turns, ignore_conflicts=True)
    write(quiet)


def _later(part: Part, held: Sequence[Alert], now: datetime) -> None:
    """Looked at again soon. What is over is over all the same, and holds no other's end up."""
    if not part.causes:
        _is_over([alert for alert in held if damping.is_over(alert, now, alert.source)])
    for alert in held:
        alert.acts_at = now + AGAIN
    write(held)


def _look_later(alerts: Sequence[Alert]) -> None:
    for alert in alerts:
        alert.acts_at = damping.looked_at_next(alert, alert.source, opens=opens(alert, alert.source))
    write(alerts)


# Alerts of services that are being worked on: what was announced is no outage until the window is over.


def inside_works(alerts: Sequence[Alert], now: datetime) -> dict[int, datetime]:
    """By alert, until when (UTC) it waits: the end of the planned work that its service or element is part of now."""
    if not alerts:
        return {}
    running = Q(state=WorkState.UNDER_WAY) | Q(state=WorkState.ANNOUNCED, starts_at__lte=now)
    works = {work.pk: work for work in PlannedWork.objects.filter(running, ended_at=None, ends_at__gt=now)}
    if not works:
        return {}
    services = {alert.service_id for alert in alerts if alert.service_id}
    rows = PlannedWorkService.objects.filter(work__in=works, service__in=services, taken_out_at=None)
    by_service = latest((pk, works[work].ends_at) for pk, work in rows.values_list("service_id", "work_id"))
    by_element = latest((work.element_id, work.ends_at) for work in works.values() if work.element_id)
    ways = above({alert.element_id for alert in alerts if alert.element_id}) if by_element else {}
    found: dict[int, datetime] = {}
    for alert in alerts:
        ends = [by_service.get(alert.service_id or 0)]
        if alert.element_id:
            ends += [by_element.get(pk) for pk in (alert.element_id, *ways.get(alert.element_id, ()))]
        if known := [end for end in ends if end]:
            found[alert.pk] = max(known)
    return found


def latest(pairs: Iterable[tuple[int, datetime]]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for pk, at in pairs:
        found[pk] = max(at, found.get(pk, at))
    return found


# What follows once alerts count as resolved: their cases have it as a good test (P5, P6), each at its own hour.


MOST_CASES = 50
SECOND = timedelta(seconds=1)


def together(alerts: Iterable[Alert]) -> list[list[Alert]]:
    """Those of one outage that were over within one second; of no outage, each by itself. The first end comes first.

    So a service for which several fired is back with the last of them.
    """
    groups: dict[tuple, list[Alert]] = defaultdict(list)
    for alert in sorted(alerts, key=over_at):
        key = (alert.outage_id, over_at(alert)) if alert.outage_id else (None, alert.pk)
        groups[key].append(alert)
    return list(groups.values())


def over_at(alert: Alert) -> datetime:
    """Its last second of failing is over: never before it was."""
    at = alert.resolved_at or alert.last_at
    whole = at.replace(microsecond=0)
    return whole if whole == at else whole + SECOND


def follow(alerts: Sequence[Alert], now: datetime) -> None:
    """``alerts`` are one of ``together``'s. ``now`` is UTC."""
    outage = Outage.objects.filter(pk=alerts[0].outage_id).first() if alerts[0].outage_id else None
    if outage and outage.state == OutageState.PROPOSED:
        withdraw(outage, now)
    elif outage and outage.state in ACTIVE:
        back = services_back(alerts)
        if back:
            alert_resolved(outage, back, min(over_at(alerts[0]), now), now)
    else:
        for alert in alerts:
            good_test(alert, now)


def services_back(alerts: Sequence[Alert]) -> list[int]:
    """The services that nothing fired for any more by then: neither they themselves nor what they stand behind."""
    found = {alert.service_id for alert in alerts if alert.service_id}
    if elements := [alert.element_id for alert in alerts if alert.element_id]:
        found |= set(reach.services_behind(elements))
    not_yet = ~Q(state=AlertState.RESOLVED) | Q(resolved_at__gt=over_at(alerts[0]))
    firing = Alert.objects.filter(not_yet, outage=alerts[0].outage_id)
    still = set(firing.exclude(service=None).values_list("service_id", flat=True))
    if down := list(firing.exclude(element=None).values_list("element_id", flat=True)):
        still |= set(reach.services_behind(down))
    return sorted(pk for pk in found - still if pk)


def withdraw(outage: Outage, now: datetime) -> None:
    """Nobody has decided on the proposal, and everything that it stood on is over."""
    still = Alert.objects.filter(outage=outage).exclude(state=AlertState.RESOLVED).exists()
    if not still and outage.origin == Origin.ALERTS and not (outage.signs or {}).get("cases"):
        dismiss(outage, _("All its alerts ended before anybody decided."), by=SYSTEM, at=now)


def good_test(alert: Alert, now: datetime) -> None:
    """On record with the open incidents of what it was about."""
    at = min(alert.resolved_at or now, now)
    words = _("back since %(hour)s, by monitoring") % {"hour": hour_words(at)}
    for case in locked(open_cases(alert)):
        case.add_test(test_name(alert), words, Verdict.GOOD, by=SYSTEM, at=at, now=now)


def open_cases(alert: Alert) -> list[int]:
    services = [alert.service_id] if alert.service_id else []
    if alert.element_id and not services:
        services = list(reach.services_behind([alert.element_id]))
    found = Case.objects.filter(service__in=services, closed_at=None, desk=TECHNICAL)
    if alert.resolved_at:
        found = found.filter(opened_at__lte=alert.resolved_at) | found.filter(pk=alert.case_id or 0)
    return list(found.order_by("pk").values_list("pk", flat=True)[:MOST_CASES])
