"""An alarm of TM Forum's Alarm Management (TMF642 v4), posted as it is or within an event of a listener."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    object_at,
)

CLEARED = "cleared"
SEVERITIES = ("critical", "major", "minor", "warning", "indeterminate", CLEARED)
"""ITU-T X.733, as the standard has them."""
OVER_STATES = frozenset({"cleared", "closed", "terminated"})
PLAIN = ("alarmType", "probableCause", "specificProblem", "sourceSystemId", "externalAlarmId", "alarmedObjectType")
"""Texts of an alarm that rules look at, and by which an alarm is found again."""
NEEDED = (
    *("alarmType", "perceivedSeverity", "probableCause", "alarmedObject", "sourceSystemId", "state", "alarmRaisedTime"),
)
"""What the standard asks of an alarm that is created."""
ABOUT_AN_ALARM = ("alarmcreateevent", "alarmattributevaluechangeevent", "alarmstatechangeevent")
ENDS_AN_ALARM = ("alarmdeleteevent", "alarmclearedevent", "alarmclearevent")
CLEARS_ALARMS = ("clearalarmscreateevent", "clearalarmsstatechangeevent")


def tmf642(said: Mapping[str, Any]) -> Message:
    """Read an Alarm, or an event about alarms. Acknowledgements, comments and groups say nothing here. Raises Unfit."""
    if "event" not in said and "eventType" not in said:
        return Message((alarm(said),))
    kind = needed(said.get("eventType"), "eventType", 80).lower()
    event = said.get("event")
    if not isinstance(event, Mapping):
        raise Unfit("event", _("%(field)s must be an object.") % {"field": "event"})
    at = hour_of(said.get("eventTime"), "eventTime")
    if kind in (*ABOUT_AN_ALARM, *ENDS_AN_ALARM):
        return Message((alarm(object_at(event, "alarm", "event.alarm"), kind in ENDS_AN_ALARM, at),))
    if kind in CLEARS_ALARMS:
        return Message(cleared(object_at(event, "clearAlarms", "event.clearAlarms"), at))
    return Message(())


def alarm(said: Mapping[str, Any], is_ended: bool = False, told_at: Any = None) -> AlertMessage:
    """``is_ended``: the event says so, whatever the alarm in it says. ``told_at``: when the event was (UTC)."""
    fires = not is_ended and is_raised(said)
    labels = labels_of_alarm(said)
    hour = "alarmRaisedTime" if fires else "alarmClearedTime"
    raised, at = hour_of(said.get("alarmRaisedTime"), "alarmRaisedTime"), hour_of(said.get(hour), hour)
    name = labels.get("specificProblem") or labels.get("probableCause") or labels.get("alarmType") or ""
    return AlertMessage(
        fingerprint=fingerprint_of_alarm(said, labels),
        fires=fires,
        name=clean(name, LONGEST_NAME) or _("alert without a name"),
        at=at or told_at or (raised if fires else None),
        severity="" if (severity := severity_of(said)) == CLEARED else severity,
        summary=clean(said.get("alarmDetails"), LONGEST_SUMMARY),
        labels=labels,
        group=labels.get("alarmedObject", ""),
    )


def severity_of(said: Mapping[str, Any]) -> str:
    severity = clean(said.get("perceivedSeverity"), LONGEST_SEVERITY).lower()
    if severity and severity not in SEVERITIES:
        words = _("perceivedSeverity is “%(word)s”: send one of %(values)s.")
        raise Unfit("perceivedSeverity", words % {"word": severity, "values": ", ".join(SEVERITIES)})
    return severity


def is_raised(said: Mapping[str, Any]) -> bool:
    """Raises Unfit for an alarm that says neither how severe it is nor in which state."""
    severity, state = severity_of(said), clean(said.get("state"), 40).lower()
    if not severity and not state:
        needed("", "perceivedSeverity", LONGEST_SEVERITY)
    return severity != CLEARED and state not in OVER_STATES


def labels_of_alarm(said: Mapping[str, Any]) -> dict[str, str]:
    """What rules look at; of several affected services the first is ``affectedService``."""
    plain = {name: said.get(name) for name in PLAIN}
    affected = said.get("affectedService")
    services = [one for one in affected if isinstance(one, Mapping)] if isinstance(affected, list) else []
    named = [clean(one.get("id"), LONGEST_VALUE) or clean(one.get("href"), LONGEST_VALUE) for one in services]
    place = {"alarmedObject": reference(said.get("alarmedObject")), "affectedService": next(filter(None, named), "")}
    return labels_of(plain, place)


def reference(value: Any) -> str:
    """The id of what is referred to, or the last part of where it stands."""
    if not isinstance(value, Mapping):
        return ""
    return clean(value.get("id"), LONGEST_VALUE) or clean(value.get("href"), 2000).rstrip("/").rpartition("/")[2]


def fingerprint_of_alarm(said: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """The alarm's own id, else that of the system it came from, else what X.733 knows an alarm by. Raises Unfit."""
    source = labels.get("sourceSystemId", "")
    for name in ("id", "externalAlarmId"):
        if found := clean(said.get(name), LONGEST_VALUE):
            return fingerprint_of(("tmf642", source if name == "externalAlarmId" else "", name, found))
    place = needed(labels.get("alarmedObject"), "alarmedObject", LONGEST_VALUE)
    known = (labels.get(name, "") for name in ("alarmType", "probableCause", "specificProblem"))
    return fingerprint_of(("tmf642", source, place, *known))


def cleared(said: Mapping[str, Any], told_at: Any) -> tuple[AlertMessage, ...]:
    """The alarms that a system says it has cleared."""
    found = said.get("clearedAlarm") or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Unfit("event.clearAlarms.clearedAlarm", _("alerts must be a list of objects."))
    if len(found) > MOST_ALERTS:
        words = _("alerts holds more than %(most)d: send them in parts.") % {"most": MOST_ALERTS}
        raise Unfit("event.clearAlarms.clearedAlarm", words)
    at = hour_of(said.get("alarmClearedTime"), "event.clearAlarms.alarmClearedTime") or told_at
    return tuple(alarm(one, True, at) for one in found)


LARGEST_ID = 2**62
MOST_PATTERNS = 100


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which alarms are meant: by the id that Guardia gave, and by what must be equal of their texts."""

    alert_id: int | None
    labels: Mapping[str, str]


def patterns_in(said: Mapping[str, Any]) -> list[Pattern]:
    """The ``alarmPattern`` of a task such as clearAlarms. Raises Unfit for one that would mean every alarm."""
    given = said.get("alarmPattern")
    if not isinstance(given, list) or not given or not all(isinstance(one, Mapping) for one in given):
        raise Unfit("alarmPattern", _("alarmPattern must be a list of objects, with at least one."))
    if len(given) > MOST_PATTERNS:
        raise Unfit("alarmPattern", _("More than %d patterns do not fit.") % MOST_PATTERNS)
    return [pattern_in(one, f"alarmPattern[{place}]") for place, one in enumerate(given)]


def pattern_in(given: Mapping[str, Any], where: str) -> Pattern:
    for name in given:
        if not name.startswith("@") and name not in {*PLAIN, "id", "alarmedObject", "href"}:
            raise Unfit(f"{where}.{name}", _("Alarms are not found by %(field)s here.") % {"field": name})
    written, labels = clean(given.get("id"), 20), labels_of_alarm(given)
    for name in (*PLAIN, "alarmedObject"):
        if name in given and name not in labels:  # left out, the pattern would mean more alarms than were named
            needed("", f"{where}.{name}", LONGEST_VALUE)
    if written and not (written.isascii() and written.isdigit() and int(written) <= LARGEST_ID):
        raise Unfit(f"{where}.id", _("id must be the number that Guardia gave the alarm."))
    if not written and not labels:
        raise Unfit(where, _("This pattern says nothing: it would mean every alarm."))
    return Pattern(int(written) if written else None, labels)


def must_be_whole(said: Mapping[str, Any]) -> None:
    """What is created has all that the standard asks for. Raises Unfit naming the first that is missing."""
    must_have(said, NEEDED)


def must_have(said: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raises Unfit naming the first of these that is missing."""
    for name in names:
        if name == "alarmedObject":
            needed(reference(object_at(said, name, name)), "alarmedObject.id", LONGEST_VALUE)
        else:
            needed(said.get(name), name, LONGEST_VALUE)
