"""TM Forum's Alarm Management (TMF642 v4): alarms are sent by a source with its token, and read by a key.

A source posts an alarm, the events of a listener, and which alarms it has cleared. Nobody acknowledges an alarm here:
somebody of the desk takes the case or the outage that came of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guardia.config.database_roles import DatabaseRole, behind
from guardia.network import alerts_listed as listed
from guardia.network.alert import Alert, AlertSource, AlertState, SourceKind
from guardia.network.alert_message import MOST_ALERTS, AlertMessage, Message, hour_of
from guardia.network.alerts_kinds import object_in, read
from guardia.network.alerts_tmf642 import CLEARED, PLAIN, SEVERITIES, must_be_whole, must_have, patterns_in, tmf642
from guardia.people.policy import Right
from guardia.web.api.tmforum.errors import error, missing, other_method
from guardia.web.api.tmforum.key_view import (
    Reading,
    answer,
    answer_by_key,
    answer_list,
    chosen_fields,
    narrowed,
    query_of,
)
from guardia.web.api.v2.caller import Caller
from guardia.web.api.v2.desk_form import hour_here
from guardia.web.api.v2.problems import not_found, of_fields
from guardia.web.shared.posted_alerts import RETRY_SECONDS, MessageRefused, bearer_in, source_called, stored

HERE = "/tmf-api/alarm/v4"
READING = Reading("tmf642.read", Right.SEE_DESK)
STATES = {"raised": False, "cleared": True}
FILTERS = ("state", *PLAIN)
CLEARING_NEEDS = ("clearSystemId", "clearUserId", "alarmClearedTime")
SEVERITY_WORDS = {
    **{severity: severity for severity in SEVERITIES},
    **dict.fromkeys(("disaster", "down", "unreachable", "emergency", "error"), "critical"),
    "high": "major",
    **dict.fromkeys(("average", "degraded"), "minor"),
    **dict.fromkeys(("information", "info", "unusual"), "warning"),
}
"""The standard's severity for the words of other monitoring; what is none of these is indeterminate."""


# --- by a source ------------------------------------------------------------------------------------------------------
Answering = Callable[[AlertSource], HttpResponse]


def answer_to_source(request: HttpRequest, taken: Answering) -> HttpResponse:
    """What a source of this kind is answered; its token is in the header Authorization."""
    try:
        return taken(source_called(bearer_in(request), SourceKind.TMF642))
    except MessageRefused as refused:
        status = 400 if refused.status == 422 else refused.status
        message = f"{refused.field}: {refused.remedy}" if refused.field else refused.remedy
        headers = {"Retry-After": RETRY_SECONDS} if status == 503 else {}
        headers |= {"WWW-Authenticate": 'Bearer realm="guardia"'} if status == 401 else {}
        return error(request, status, refused.title, message, headers=headers)


@csrf_exempt
def alarms(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return answer_to_source(request, partial(create, request))
    if request.method in {"GET", "HEAD"}:
        return answer_by_key(request, READING, lambda caller: list_alarms(request, caller))
    return other_method(request, ("GET", "POST"))


def create(request: HttpRequest, source: AlertSource) -> HttpResponse:
    """The alarm as it stands then. Sent again, it is the same one, and nothing is opened twice."""

    def whole(body: bytes) -> Message:
        said = object_in(body.decode("utf-8-sig", errors="replace").strip())
        must_be_whole(said)
        return tmf642(said)

    message, _counts = stored(source, request, whole)
    with behind(DatabaseRole.WORKER):
        body = alarm_written(listed.alert_called(source, message.alerts[0].fingerprint))
    return answer(narrowed(body, frozenset()), status=201, headers={"Location": body["href"]})


@csrf_exempt
def listener(request: HttpRequest, event: str) -> HttpResponse:
    """An event of a hub of the source's. The event itself says which it is; the address repeats it."""
    if request.method != "POST":
        return other_method(request, ("POST",))

    def taken(source: AlertSource) -> HttpResponse:
        stored(source, request, partial(read, source.kind))
        callback = f"{settings.PUBLIC_URL.rstrip('/')}{HERE}/listener/{event}"
        return answer({"id": str(source.pk), "callback": callback}, status=201)

    return answer_to_source(request, taken)


@csrf_exempt
def clear_alarms(request: HttpRequest) -> HttpResponse:
    """The task of the standard: it is done when it is answered. A pattern that fits no alarm that fires clears none."""
    if request.method != "POST":
        return other_method(request, ("POST",), _("Only the source itself clears its alarms; tasks are not kept."))

    def taken(source: AlertSource) -> HttpResponse:
        sent: dict[str, Any] = {}
        found: list[Alert] = []

        def clearing(body: bytes) -> Message:
            sent.update(object_in(body.decode("utf-8-sig", errors="replace").strip()))
            must_have(sent, CLEARING_NEEDS)
            at = hour_of(sent["alarmClearedTime"], "alarmClearedTime")
            patterns = patterns_in(sent)
            with behind(DatabaseRole.WORKER):
                found.extend(listed.firing_matches(source, patterns, MOST_ALERTS))
            return Message(tuple(clearing_message(one, at) for one in found))

        stored(source, request, clearing)
        task = {name: str(sent[name]) for name in CLEARING_NEEDS} | {"alarmPattern": sent["alarmPattern"]}
        refs = [{"@type": "Alarm", "id": one.pk, "href": f"{HERE}/alarm/{one.pk}"} for one in found]
        return answer({"@type": "ClearAlarms", "state": "done", **task, "clearedAlarm": refs}, status=201)

    return answer_to_source(request, taken)


def clearing_message(alert: Alert, at: datetime | None) -> AlertMessage:
    """What the source would say of this alert to end it. ``at`` is UTC."""
    return AlertMessage(alert.fingerprint, False, alert.name, at, labels=alert.labels)


@csrf_exempt
def acknowledged(request: HttpRequest) -> HttpResponse:
    words = _("Nobody acknowledges an alarm here: take the case or the outage that came of it.")
    return error(request, 405, _("This address does not know this method."), words, headers={"Allow": "OPTIONS"})


# --- by a key ---------------------------------------------------------------------------------------------------------
@csrf_exempt
def alarm(request: HttpRequest, number: str) -> HttpResponse:
    words = _("Send the alarm again, an event about it, or clearAlarms.")
    return answer_by_key(request, READING, lambda caller: read_alarm(request, number), read_only=words)


def list_alarms(request: HttpRequest, caller: Caller) -> HttpResponse:
    asked = query_of(request, FILTERS)
    state, labels = asked.pop("state", []), {name: ",".join(values) for name, values in asked.items()}
    if unknown := [one for one in state if one not in STATES]:
        words = _("Send one of: %(values)s.") % {"values": ", ".join(STATES)}
        raise of_fields({"state": [f"“{unknown[0]}”: {words}"]})
    wanted = {STATES[one] for one in state}
    rows = listed.alerts_for_machines(is_over=wanted.pop() if len(wanted) == 1 else None, labels=labels)
    return answer_list(request, rows, written)


def written(found: Sequence[Alert]) -> Iterable[Mapping[str, Any]]:
    return map(alarm_written, found)


def read_alarm(request: HttpRequest, number: str) -> HttpResponse:
    query_of(request, is_list=False)
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    found = listed.alerts_for_machines(pk=int(number)).first() if is_number else None
    if found is None:
        words = _("Look in %(address)s for those there are.") % {"address": f"{HERE}/alarm"}
        raise not_found(_("There is no alarm with this id."), words)
    return answer(narrowed(alarm_written(found), chosen_fields(request)))


def alarm_written(alert: Alert) -> dict[str, Any]:
    """An alert of any source as an Alarm of the standard."""
    is_over = alert.state == AlertState.RESOLVED
    labels, element, service = alert.labels or {}, alert.element, alert.service
    place = element.code if element else labels.get("alarmedObject", "")
    severity = SEVERITY_WORDS.get(alert.severity.lower(), "indeterminate")
    return {
        "@type": "Alarm",
        "id": alert.pk,
        "href": f"{HERE}/alarm/{alert.pk}",
        **{name: labels.get(name, "") for name in PLAIN},
        "sourceSystemId": labels.get("sourceSystemId") or alert.source.name,
        "reportingSystemId": alert.source.name,
        "specificProblem": labels.get("specificProblem") or alert.name,
        "alarmDetails": alert.summary,
        "perceivedSeverity": CLEARED if is_over else severity,
        "state": "cleared" if is_over else "raised",
        "ackState": "unacknowledged",
        "alarmRaisedTime": hour_here(alert.since),
        "alarmReportingTime": hour_here(alert.first_at),
        "alarmChangedTime": hour_here(alert.last_at),
        "alarmClearedTime": hour_here(alert.resolved_at) if is_over else None,
        "alarmedObject": {"@type": "AlarmedObject", "id": place} if place else None,
        "serviceAffecting": service is not None,
        "affectedService": [{"@type": "AffectedService", "id": str(service.pk)}] if service else [],
    }


urlpatterns = [
    path("alarm", alarms, name="tmf_alarms"),
    path("alarm/<str:number>", alarm, name="tmf_alarm"),
    path("listener/<str:event>", listener, name="tmf_alarm_listener"),
    path("clearAlarms", clear_alarms, name="tmf_clear_alarms"),
    path("ackAlarms", acknowledged, name="tmf_acknowledge_alarms"),
    re_path("", missing, name="tmf_alarms_missing"),
]
