"""What follows once alerts count as resolved: their cases have it as a good test (P5, P6), each at its own hour."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.evidence.test_result import Verdict
from guardia.network import reach
from guardia.network.alert import Alert, AlertState
from guardia.outages.declaring import dismiss
from guardia.outages.from_alerts_opening import hour_words, locked, test_name
from guardia.outages.outage import ACTIVE, Origin, Outage, OutageState
from guardia.outages.restoring import alert_resolved
from guardia.people.actor import SYSTEM
from guardia.people.shifts import TECHNICAL

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
        dismiss(outage, _("Every alert of it was over before anybody decided."), by=SYSTEM, at=now)


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
