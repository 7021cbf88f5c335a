"""What each kind of monitoring sends, read into the same words: Zabbix, Icinga, LibreNMS, and any other by JSON.

Alertmanager has its own file. Each reads the object of one message; raises Unfit, which names the field.
"""

import json
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
    needed,
)

Given = Mapping[str, Any]
FIRES = frozenset({"firing", "problem", "down", "critical", "warning", "unknown", "unreachable", "alert", "1", "true"})
IS_OVER = frozenset({"resolved", "ok", "up", "recovery", "recovered", "clear", "cleared", "0", "false"})
ICINGA_TYPES = frozenset({"problem", "recovery", "flappingstart", "flappingend", "flappingdisabled", "custom"})
ZABBIX_ASIDE = frozenset({"event_value", "name", "severity", "opdata", "tags", "timestamp", "event_id", "trigger_id"})
LIBRENMS_ASIDE = frozenset({"state", "title", "severity", "msg", "uid", "id", "timestamp"})


def zabbix(said: Given) -> Message:
    """The script of docs/operations/alerts.md: a flat object of Zabbix' macros."""
    fires = fires_of(said, "event_value")
    trigger = clean(said.get("trigger_id"), LONGEST_VALUE) or needed(said.get("event_id"), "trigger_id", LONGEST_VALUE)
    host = known(said.get("host"))
    plain = {name: known(value) for name, value in said.items() if name not in ZABBIX_ASIDE}
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
        labels=labels_of({key: said[key] for key in said.keys() - LIBRENMS_ASIDE}),
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
