"""What each kind of monitoring sends, read into the same words: Zabbix, Icinga, LibreNMS, and any other by JSON.

Alertmanager has its own file. Each reads the object of one message; raises Unfit, which names the field.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from guardia.network.alert import SourceKind
from guardia.network.alert_message import (
    LONGEST_NAME,
    LONGEST_SEVERITY,
    LONGEST_SUMMARY,
    LONGEST_VALUE,
    MOST_ALERTS,
    AlertMessage,
    Message,
    Unfit,
    Unreadable,
    clean,
    fingerprint_of,
    hour_of,
    labels_of,
    needed,
)

Given = Mapping[str, Any]
FIRES = frozenset({"firing", "problem", "down", "critical", "warning", "unknown", "unreachable", "alert", "1", "true"})
IS_OVER = frozenset({"resolved", "ok", "up", "recovery", "recovered", "clear", "cleared", "0", "false"})
ICINGA_TYPES = frozenset({"problem", "recovery", "flappingstart", "flappingend", "flappingdisabled", "custom"})
ZABBIX_QUARANTINE = frozenset(
    {"event_value", "name", "severity", "opdata", "tags", "timestamp", "event_id", "trigger_id"}
)
LIBRENMS_QUARANTINE = frozenset({"state", "title", "severity", "msg", "uid", "id", "timestamp"})


def zabbix(said: Given) -> Message:
    """The script of docs/operations/alerts.md: a flat object of Zabbix' macros."""
    fires = fires_of(said, "event_value")
    trigger = clean(said.get("trigger_id"), LONGEST_VALUE) or needed(said.get("event_id"), "trigger_id", LONGEST_VALUE)
    host = known(said.get("host"))
    plain = {name: known(value) for name, value in said.items() if name not in ZABBIX_QUARANTINE}
    one = AlertMessage(
        fingerprint=fingerprint_of(("zabbix", trigger, host)),
        fires=fires,
        name=needed(said.get("name"), "name", LONGEST_NAME),
        at=hour_of(digits(said.get("timestamp")), "timestamp"),
        severity=clean(known(said.get("severity")), LONGEST_SEVERITY),
        summary=clean(known(said.get("opdata")), LONGEST_SUMMARY),
        labels=labels_of(plain, zabbix_tags(said.get("tags"))),
        group=host,
    )
    return Message((one,))


def zabbix_tags(written: Any) -> dict[str, str]:
    """``{EVENT.TAGSJSON}``: a list of tag and value, as text or as it is."""
    try:
        tags = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        return {}
    pairs = [tag for tag in tags if isinstance(tag, Mapping)] if isinstance(tags, list) else []
    return {clean(tag.get("tag"), LONGEST_VALUE): clean(tag.get("value"), LONGEST_VALUE) for tag in pairs}


def icinga(said: Given) -> Message:
    """The script of docs/operations/alerts.md. An acknowledgement or a downtime of Icinga's says nothing here."""
    if clean(said.get("type"), 40).lower() not in ICINGA_TYPES | {""}:
        return Message(())
    host, service = needed(said.get("host"), "host", LONGEST_VALUE), clean(said.get("service"), LONGEST_VALUE)
    state = needed(said.get("state"), "state", LONGEST_SEVERITY)
    extra = said.get("vars")
    one = AlertMessage(
        fingerprint=fingerprint_of(("icinga", host, service)),
        fires=fires_of(said, "state"),
        name=f"{host} {service}".strip()[:LONGEST_NAME],
        at=hour_of(said.get("since"), "since"),
        severity=state.lower(),
        summary=clean(said.get("output"), LONGEST_SUMMARY),
        labels=labels_of({name: said[name] for name in said.keys() - {"output", "since", "type", "vars"}}, extra),
        group=host,
    )
    return Message((one,))


def librenms(said: Given) -> Message:
    """The API transport with the body of docs/operations/alerts.md. State 0 is over; 2 (acknowledged) still fires."""
    state = needed(said.get("state"), "state", 10)
    if state not in {"0", "1", "2", "3", "4", "5"}:
        raise Unfit("state", _("state is “%(state)s”: send LibreNMS' own, 0 to 5.") % {"state": state})
    device = clean(said.get("device_id"), LONGEST_VALUE) or needed(said.get("hostname"), "device_id", LONGEST_VALUE)
    name = clean(said.get("name"), LONGEST_NAME) or needed(said.get("title"), "name", LONGEST_NAME)
    one = AlertMessage(
        fingerprint=fingerprint_of(("librenms", device, name)),
        fires=state != "0",
        name=name,
        severity=clean(said.get("severity"), LONGEST_SEVERITY),
        summary=clean(said.get("msg") or said.get("title"), LONGEST_SUMMARY),
        labels=labels_of({key: said[key] for key in said.keys() - LIBRENMS_QUARANTINE}),
        group=device,
    )
    return Message((one,))


def generic(said: Given) -> Message:
    """One alert, or ``{"alerts": […]}``; docs/operations/alerts.md has its fields."""
    alerts = said.get("alerts", [said])
    if not isinstance(alerts, list) or not all(isinstance(one, Mapping) for one in alerts):
        raise Unfit("alerts", _("alerts must be a list of objects."))
    if len(alerts) > MOST_ALERTS:
        raise Unfit("alerts", _("alerts holds more than %(most)d: send them in parts.") % {"most": MOST_ALERTS})
    group = clean(said.get("group"), LONGEST_VALUE)
    return Message(tuple(generic_one(one, group) for one in alerts))


def generic_one(said: Given, group: str) -> AlertMessage:
    return AlertMessage(
        fingerprint=fingerprint_of(("generic", needed(said.get("fingerprint"), "fingerprint", LONGEST_VALUE))),
        fires=fires_of(said, "status"),
        name=needed(said.get("name"), "name", LONGEST_NAME),
        at=hour_of(said.get("at"), "at"),
        severity=clean(said.get("severity"), LONGEST_SEVERITY),
        summary=clean(said.get("summary"), LONGEST_SUMMARY),
        labels=labels_of(said.get("labels")),
        group=clean(said.get("group"), LONGEST_VALUE) or group,
    )


def fires_of(said: Given, name: str) -> bool:
    """Raises Unfit where the word is none of those that are known."""
    word = needed(said.get(name), name, 40).lower()
    if word not in FIRES | IS_OVER:
        words = _("%(field)s is “%(word)s”: send firing or resolved.")
        raise Unfit(name, words % {"field": name, "word": word})
    return word in FIRES


def known(value: Any) -> str:
    """A macro that Zabbix could not fill in says nothing."""
    written = clean(value, LONGEST_VALUE)
    return "" if written == "*UNKNOWN*" or (written.startswith("{") and written.endswith("}")) else written


def digits(value: Any) -> str:
    """Seconds since 1970 where the macro was filled in."""
    written = known(value)
    return written if written.isascii() and written.isdigit() else ""


# A message of Prometheus Alertmanager's webhook (version 4) or of Grafana's (version 1): a group, each alert firing or
# resolved for itself. Grafana sends the same fields, and more of its own, which are left aside.


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


# The bytes of a message into what it says, by the kind of its source. Whatever comes is read or refused, in words.


MOST_FIELDS = 200
READERS: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    SourceKind.ALERTMANAGER: alertmanager,
    SourceKind.ZABBIX: zabbix,
    SourceKind.ICINGA: icinga,
    SourceKind.LIBRENMS: librenms,
    SourceKind.GENERIC: generic,
}


def read(kind: str, body: bytes) -> Message:
    """JSON where it begins like JSON, else a form. Raises Unreadable, and Unfit naming the field."""
    text = body.decode("utf-8-sig", errors="replace").strip()
    if not text:
        raise Unreadable(_("The message is empty."))
    return READERS[kind](object_in(text) if text[0] in '{["' else form_in(text))


def object_in(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(_("The message is not JSON.")) from wrong
    if not isinstance(said, dict):
        raise Unreadable(_("The message must be one JSON object."))
    return said


def form_in(text: str) -> Mapping[str, Any]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as wrong:
        raise Unreadable(_("The message has more than %(most)s values.") % {"most": MOST_FIELDS}) from wrong
    if not pairs:
        raise Unreadable(_("The message is neither JSON nor a form."))
    return dict(pairs)
