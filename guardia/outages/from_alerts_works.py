"""Alerts of services that are being worked on: what was announced is no outage until the window is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from guardia.network.alert import Alert
from guardia.network.alerts_reach import above
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState


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
