"""What each kind of monitoring sends, read into the same words.

TMF642 and the kind whose fields are found by paths have files of their own. Each function reads the object of one
message, and raises Unfit, which names the field.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
    fires_of,
    hour_of,
    labels_of,
    needed,
    object_at,
)
from guardia.network.alerts_by_path import by_path
from guardia.network.alerts_tmf642 import tmf642

Given = Mapping[str, Any]
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


CHECKMK_TYPES = frozenset({"problem", "recovery", "flappingstart", "flappingstop", "flappingdisabled", "custom"})
CHECKMK_LABELS = ("servicelabel_", "hostlabel_", "service_", "host_", "hosttag_")
"""How the variables begin that an operator defines: labels, own attributes and tags."""


def checkmk(said: Given) -> Message:
    """The notification script of docs/operations/alerts.md: Checkmk's variables, with NOTIFY_ before them or without.

    An acknowledgement or a downtime of Checkmk's says nothing here.
    """
    given = {name.lower().removeprefix("notify_"): value for name, value in said.items()}
    if clean(given.get("notificationtype"), 40).lower() not in CHECKMK_TYPES | {""}:
        return Message(())
    host, service = (
        needed(given.get("hostname"), "HOSTNAME", LONGEST_VALUE),
        clean(given.get("servicedesc"), LONGEST_VALUE),
    )
    what = "SERVICE" if service else "HOST"
    state = {f"{what}STATE": given.get(f"{what}STATE".lower())}
    since = f"LAST{what}STATECHANGE"
    own = {
        name.removeprefix(start): given[name] for start in CHECKMK_LABELS for name in given if name.startswith(start)
    }
    one = AlertMessage(
        fingerprint=fingerprint_of(("checkmk", host, service)),
        fires=fires_of(state, f"{what}STATE"),
        name=f"{host} {service}".strip()[:LONGEST_NAME],
        at=hour_of(given.get(since.lower()), since),
        severity=clean(state[f"{what}STATE"], LONGEST_SEVERITY).lower(),
        summary=clean(given.get(f"{what}OUTPUT".lower()), LONGEST_SUMMARY),
        labels=labels_of(
            {"host": host, "service": service, "address": given.get("hostaddress"), "alias": given.get("hostalias")},
            own,
        ),
        group=host,
    )
    return Message((one,))


PRTG_FIRES, PRTG_IS_OVER = frozenset({"down", "warning", "unusual", "error"}), frozenset({"up", "ok"})
PRTG_SAYS_NOTHING = frozenset({"paused", "unknown", "none", "collecting"})
PRTG_NOW = re.compile(r"\(now: *(\w+)", re.IGNORECASE)
PRTG_LABELS = ("device", "deviceid", "host", "name", "group", "probe", "sensorid", "circuit", "element")


def prtg(said: Given) -> Message:
    """The payload of docs/operations/alerts.md for *Execute HTTP Action*: PRTG's placeholders as a form.

    ``state`` (firing or resolved) goes before ``status``, for a PRTG whose words are not English. A sensor that is
    paused or unknown says nothing; one that somebody acknowledged still fires.
    """
    sensor, is_plain = needed(known(said.get("sensorid")), "sensorid", LONGEST_VALUE), bool(known(said.get("state")))
    word = prtg_word(known(said.get("status"))[:80] if is_plain else needed(known(said.get("status")), "status", 80))
    if not is_plain and word in PRTG_SAYS_NOTHING:
        return Message(())
    if not is_plain and word not in PRTG_FIRES | PRTG_IS_OVER:
        words = _("status is “%(word)s”: add state=firing or state=resolved to the payload of this notification.")
        raise Unfit("status", words % {"word": word})
    device, name = known(said.get("device")), known(said.get("name"))
    one = AlertMessage(
        fingerprint=fingerprint_of(("prtg", sensor)),
        fires=fires_of(said, "state") if is_plain else word in PRTG_FIRES,
        name=f"{device} {name}".strip()[:LONGEST_NAME] or sensor[:LONGEST_NAME],
        severity=word[:LONGEST_SEVERITY],
        summary=clean(known(said.get("message")), LONGEST_SUMMARY),
        labels=labels_of({key: known(said.get(key)) for key in PRTG_LABELS}),
        group=device,
    )
    return Message((one,))


def prtg_word(status: str) -> str:
    """The state within *Down*, *Down (before: Warning)*, *Down ESCALATION* or *Down ended (now: Up)*."""
    words = status.lower().split()
    if found := PRTG_NOW.search(status):
        return found[1].lower()
    return "up" if "ended" in words else "".join(words[:1])


KUMA_DOWN, KUMA_UP, KUMA_OTHERS = "0", "1", frozenset({"2", "3"})
"""The status of a heartbeat; 2 is pending and 3 is maintenance, of which neither says anything here."""


def uptime_kuma(said: Given) -> Message:
    """The webhook with the type application/json. A trial, or a certificate that expires, has no heartbeat."""
    if said.get("heartbeat") is None and said.get("monitor") is None and "msg" in said:
        return Message(())
    beat, monitor = object_at(said, "heartbeat", "heartbeat"), object_at(said, "monitor", "monitor")
    status = needed(beat.get("status"), "heartbeat.status", 10)
    if status in KUMA_OTHERS:
        return Message(())
    if status not in {KUMA_DOWN, KUMA_UP}:
        raise Unfit("heartbeat.status", _("heartbeat.status is “%(status)s”: 0 to 3 are known.") % {"status": status})
    name = needed(monitor.get("name"), "monitor.name", LONGEST_NAME)
    one = AlertMessage(
        fingerprint=fingerprint_of(("uptime_kuma", needed(monitor.get("id"), "monitor.id", LONGEST_VALUE))),
        fires=status == KUMA_DOWN,
        name=name,
        at=hour_of(in_utc(beat.get("time")), "heartbeat.time"),
        summary=clean(beat.get("msg") or said.get("msg"), LONGEST_SUMMARY),
        labels=labels_of(
            {
                "monitor": name,
                "hostname": host_in(monitor),
                "type": monitor.get("type"),
                "path": monitor.get("pathName"),
            },
            kuma_tags(monitor.get("tags")),
        ),
    )
    return Message((one,))


def kuma_tags(tags: Any) -> dict[str, Any]:
    """The values of a monitor's tags by their names."""
    pairs = [tag for tag in tags if isinstance(tag, Mapping)] if isinstance(tags, list) else []
    return {clean(tag.get("name"), LONGEST_VALUE): tag.get("value") for tag in pairs}


def host_in(monitor: Given) -> str:
    """Whom a monitor looks at; of an address the host alone, since a name and a password may stand in it."""
    try:
        found = urlsplit(clean(monitor.get("url"), 2000)).hostname or ""
    except ValueError:
        found = ""
    return clean(monitor.get("hostname"), LONGEST_VALUE) or found


def in_utc(value: Any) -> str:
    """An hour that is written without its zone is one of UTC, as Uptime Kuma writes them."""
    written = clean(value, 60)
    return f"{written}+00:00" if re.fullmatch(r"[\d-]+[ T][\d:.]+", written) else written


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
    SourceKind.CHECKMK: checkmk,
    SourceKind.PRTG: prtg,
    SourceKind.UPTIME_KUMA: uptime_kuma,
    SourceKind.TMF642: tmf642,
    SourceKind.GENERIC: generic,
}


def read(kind: str, body: bytes, paths: Mapping[str, str] | None = None) -> Message:
    """JSON where it begins like JSON, else a form. Raises Unreadable, and Unfit naming the field.

    ``paths``: of the kind *by_path*, where each field stands (``alerts_by_path.py``).
    """
    text = body.decode("utf-8-sig", errors="replace").strip()
    if not text:
        raise Unreadable(_("The message is empty."))
    if kind == SourceKind.BY_PATH:
        return by_path(json_in(text) if text[0] in '{["' else form_in(text), paths or {})
    return READERS[kind](object_in(text) if text[0] in '{["' else form_in(text))


def json_in(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Unreadable(_("The message is not JSON.")) from wrong


def object_in(text: str) -> Mapping[str, Any]:
    """The one JSON object of a message. Raises Unreadable."""
    said = json_in(text)
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
