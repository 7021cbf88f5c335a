"""The alerts that are shown: what fires, newest first and no more than a page holds, and what was over last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from guardia.network import reach
from guardia.network.alert import Alert, AlertSource, AlertState, AlertTurn
from guardia.network.alert_store import last_of, write
from guardia.network.alerts_tmf642 import Pattern
from guardia.network.element import Element
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

ALERT = "alert"
MOST_SHOWN, LAST_OVER, MOST_TURNS = 200, 20, 30
OVER_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class Behind:
    """Alerts under one element; ``element`` is None for those of services that stand behind none, or lead nowhere."""

    element: Element | None
    alerts: tuple[Alert, ...]
    leads: bool = True


def with_names(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    return alerts.select_related("source", "element", "service__customer", "service__site__city", "outage", "case")


def firing(most: int = MOST_SHOWN) -> list[Alert]:
    """One more than ``most`` where there are more."""
    found = with_names(Alert.objects.exclude(state=AlertState.RESOLVED))
    return list(found.order_by("-since", "pk")[: most + 1])


def over_last(at: datetime) -> list[Alert]:
    """Those that were over within the last hours, the latest first."""
    found = with_names(Alert.objects.filter(state=AlertState.RESOLVED, last_at__gte=at - OVER_FOR))
    return list(found.order_by("-last_at", "pk")[:LAST_OVER])


def grouped(alerts: Sequence[Alert]) -> list[Behind]:
    """By the element they are of, or stand behind most nearly; what leads nowhere comes last."""
    nearest = reach.elements_above({alert.service_id for alert in alerts if alert.service_id and not alert.element_id})
    by_element: dict[int, list[Alert]] = {}
    for alert in alerts:
        ways = nearest.get(alert.service_id or 0, [])
        pk = alert.element_id or (ways[0] if ways else 0 if alert.service_id else -1)
        by_element.setdefault(pk, []).append(alert)
    elements = Element.objects.in_bulk([pk for pk in by_element if pk > 0])
    order = sorted(by_element, key=lambda pk: (pk <= 0, -pk if pk <= 0 else 0, -len(by_element[pk])))
    return [Behind(elements.get(pk), tuple(by_element[pk]), pk >= 0) for pk in order]


def last_of_source(source_id: int, most: int = 10) -> list[Alert]:
    """What this source said last, for whoever tries its rules."""
    return list(with_names(Alert.objects.filter(source=source_id)).order_by("-last_at", "-pk")[:most])


def turns_of(alert: Alert) -> list[AlertTurn]:
    """The latest first."""
    return list(AlertTurn.objects.filter(alert=alert).order_by("-at", "-pk")[:MOST_TURNS])


def close_by_hand(alert_id: int, *, by: Staff, at: datetime) -> Alert | None:
    """Somebody says that it is over: its source told it once and never will again. Over already: nothing happens.

    On record with who did. ``at`` is UTC; what follows from a resolved alert follows after the calm of its source.
    """
    found = Alert.objects.select_related("source").select_for_update(of=("self",), no_key=True)
    alert = found.filter(pk=alert_id).first()
    if alert is None or alert.state == AlertState.RESOLVED:
        return alert
    if last_of(alert)[0]:
        at = max(at, last_of(alert)[1])
        alert.turns = [*alert.turns, [at.isoformat(), False]][-MOST_TURNS:]
        AlertTurn.objects.bulk_create(
            [AlertTurn(alert=alert, fires=False, at=at, received_at=at)], ignore_conflicts=True
        )
        alert.resolved_at = at
    alert.state, alert.last_at = AlertState.RESOLVED, max(at, alert.last_at)
    alert.acts_at = (alert.resolved_at or at) + timedelta(seconds=alert.source.calm_seconds)
    write([alert])
    before, after = {"name": alert.name, "alert_state": AlertState.FIRING.value}, {"name": alert.name}
    put_on_record(ALERT, alert.pk, before, {**after, "alert_state": AlertState.RESOLVED.value}, by=by, at=at)
    return alert


def alert_of_id(pk: int) -> Alert | None:
    """Return the alert with this id, with its names."""
    return with_names(Alert.objects.filter(pk=pk)).first()


# What machines ask for and clear.


def alerts_for_machines(
    *, is_over: bool | None = None, labels: Mapping[str, str] | None = None, pk: int | None = None
) -> QuerySet[Alert]:
    """Return the alerts with their names, the newest first; each filter that is given narrows them."""
    found = with_names(Alert.objects.order_by("-pk"))
    if is_over is not None:
        over = Q(state=AlertState.RESOLVED)
        found = found.filter(over if is_over else ~over)
    if labels:
        found = found.filter(labels__contains=dict(labels))
    return found if pk is None else found.filter(pk=pk)


def alert_called(source: AlertSource, fingerprint: str) -> Alert:
    """Return the alert of this source with this fingerprint. Raises Alert.DoesNotExist."""
    return with_names(Alert.objects.all()).get(source=source, fingerprint=fingerprint)


def firing_matches(source: AlertSource, patterns: Sequence[Pattern], most: int) -> list[Alert]:
    """Return up to ``most`` alerts of this source that fire and match a pattern, in the order of their ids."""
    wanted = Q(pk__in=())
    for pattern in patterns:
        by_id = Q(pk=pattern.alert_id) if pattern.alert_id is not None else Q()
        wanted |= by_id & (Q(labels__contains=dict(pattern.labels)) if pattern.labels else Q())
    found = Alert.objects.filter(wanted, source=source).exclude(state=AlertState.RESOLVED)
    return list(found.order_by("pk")[:most])
