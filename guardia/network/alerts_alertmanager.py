"""A message of Prometheus Alertmanager's webhook (version 4) or of Grafana's (version 1): a group, each alert firing or
resolved for itself. Grafana sends the same fields, and more of its own, which are left aside.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from guardia.network.alert_message import (
    LONGEST_NAME,
    LONGEST_SEVERITY,
    LONGEST_SUMMARY,
    LONGEST_VALUE,
    MOST_ALERTS,
    AlertMessage,
    Message,
    Unfit,
    clean,
    fingerprint_of,
    hour_of,
    labels_of,
)

VERSIONS = ("4", "1")
WORDS = ("summary", "description", "message")
"""Annotations that say in prose what is wrong, the best first; they lead nowhere."""


def alertmanager(said: Mapping[str, Any]) -> Message:
    """Raises Unfit. The state of the group is not looked at: half of it may be resolved."""
    version = clean(said.get("version"), 10)
    if version not in VERSIONS:
        words = _("version is “%(version)s”: the webhooks of Alertmanager (4) and of Grafana (1) are read here.")
        raise Unfit("version", words % {"version": version})
    alerts = said.get("alerts")
    if not isinstance(alerts, list) or not all(isinstance(one, Mapping) for one in alerts):
        raise Unfit("alerts", _("alerts must be a list of objects."))
    if len(alerts) > MOST_ALERTS:
        raise Unfit("alerts", _("alerts holds more than %(most)d: set max_alerts.") % {"most": MOST_ALERTS})
    group = clean(said.get("groupKey"), 10_000)
    return Message(tuple(one_alert(one, group) for one in alerts), cut_off(said.get("truncatedAlerts")))


def one_alert(said: Mapping[str, Any], group: str) -> AlertMessage:
    status = said.get("status")
    if status not in {"firing", "resolved"}:
        raise Unfit("status", _("status must be firing or resolved."))
    labels, notes = labels_of(said.get("labels")), labels_of(said.get("annotations"))
    if not labels:
        raise Unfit("labels", _("labels is missing: an alert has at least its alertname."))
    fires = status == "firing"
    hour = "startsAt" if fires else "endsAt"
    shown = {name: value for name, value in notes.items() if name not in WORDS}
    return AlertMessage(
        fingerprint=fingerprint_of(("alertmanager", clean(said.get("fingerprint"), LONGEST_VALUE) or spelt(labels))),
        fires=fires,
        name=clean(labels.get("alertname", ""), LONGEST_NAME) or _("alert without a name"),
        at=hour_of(said.get(hour), hour),
        severity=clean(labels.get("severity"), LONGEST_SEVERITY),
        summary=next((clean(prose, LONGEST_SUMMARY) for name in WORDS if (prose := prose_of(said, name))), ""),
        labels=labels_of(labels, shown),
        group=group,
    )


def prose_of(said: Mapping[str, Any], name: str) -> Any:
    notes = said.get("annotations")
    return notes.get(name) if isinstance(notes, Mapping) else None


def spelt(labels: Mapping[str, str]) -> str:
    """Older ones send no fingerprint: an alert is the set of its labels."""
    return "\x1e".join(f"{name}={labels[name]}" for name in sorted(labels))


def cut_off(number: Any) -> str:
    if not isinstance(number, int) or number <= 0:
        return ""
    words = _("%(number)d alerts of a group were cut off by max_alerts of Alertmanager: raise it, or set it to 0.")
    return words % {"number": number}
