"""Facts of a case in words, each said in one way wherever it stands: in a sentence, in the table, or asked for."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from guardia.events.kinds import letter_of_kind
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import listed
from guardia.people.shifts import TECHNICAL
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Condition, Impact, Moment, RequestStage

IMPACT_SINCE = {
    Impact.DOWN: gettext_lazy("No service %(since)s"),
    Impact.REPORTED: gettext_lazy("Fault reported, %(since)s"),
    Impact.DEGRADED: gettext_lazy("Degraded %(since)s"),
    Impact.INTERMITTENT: gettext_lazy("Intermittent %(since)s"),
}
IMPACT_IN = {
    Impact.DOWN: gettext_lazy("No service in %(city)s"),
    Impact.REPORTED: gettext_lazy("Fault reported in %(city)s"),
    Impact.DEGRADED: gettext_lazy("Degraded service in %(city)s"),
    Impact.INTERMITTENT: gettext_lazy("Intermittent service in %(city)s"),
}
REQUEST_STATES = {
    RequestStage.TAKEN: gettext_lazy("%(desk)s is handling it"),
    RequestStage.ANSWERED: gettext_lazy("Answered by %(desk)s"),
    RequestStage.SOLVED: gettext_lazy("Solved by %(desk)s"),
}
CONDITIONS = {
    Condition.FLIGHTS: pgettext_lazy("what a visit depends on", "the flights"),
    Condition.WEATHER: pgettext_lazy("what a visit depends on", "the weather"),
    Condition.PUBLIC_ORDER: pgettext_lazy("what a visit depends on", "public order"),
    Condition.ROADS: pgettext_lazy("what a visit depends on", "the state of the roads"),
    Condition.RIVER: pgettext_lazy("what a visit depends on", "the river"),
}

SUBJECT_SIGNS = 40
SHORTEST_PLACE = 8


def is_request(told: NoticeFacts) -> bool:
    """Whether it is an administrative request: no service is out (A2, A3)."""
    return not told["impact"]


def desk_name(told: NoticeFacts) -> str:
    """``Billing``: who attends to it, as the procedure names it."""
    return name_of(told.procedure, told["desk"] or TECHNICAL)


def name_of(procedure: Procedure, key: str) -> str:
    desk = next((desk for desk in procedure.desks if desk.key == key), None)
    return str(desk.name) if desk else key


def opens(told: NoticeFacts) -> str:
    """``on Monday November 30 at 08:30 (Ecuador time)``; empty while its desk is open, or once that hour has passed."""
    hour = told.hour("opens_at")
    return told.hours.zoned(told.hours.on(hour)) if hour and hour > told.now else ""


def field_texts(told: NoticeFacts) -> list[tuple[str, str]]:
    """What the desk asks for, each by its name with what was answered."""
    known = told["fields"] or {}
    desk = next((desk for desk in told.procedure.desks if desk.key == told["desk"]), None)
    return [(str(field.name), known.get(field.key, "")) for field in (desk.fields if desk else ())]


def subject(told: NoticeFacts) -> str:
    """``[104-273-8] Cuenca · ENL-0042``: the same for each letter of the case, so that mailboxes keep one conversation.

    A telephone shows 40 signs: a long city gives way, number and circuit never. Of a request: number and desk.
    """
    number, place = f"[{told['number']}]", desk_name(told) if is_request(told) else told["city"]
    circuit = "" if is_request(told) else told["circuit"]
    end = f" · {circuit}" if circuit else ""
    room = max(SHORTEST_PLACE, SUBJECT_SIGNS - len(number) - 1 - len(end))
    place = place if len(place) <= room else place[: room - 1].rstrip() + "…"
    return f"{number} {place}{end}"


def what_is_wrong(told: NoticeFacts) -> str:
    """``No service in Cuenca``: how the few words of the news begin; of a request its desk."""
    if is_request(told):
        return desk_name(told)
    return str(IMPACT_IN[Impact(told["impact"])]) % {"city": told["city"]}


def service(told: NoticeFacts) -> str:
    """``ENL-0042, main link 100 Mbps, head office, Cuenca``."""
    return ", ".join(part for part in (told["circuit"], told["service"], told["site"], told["city"]) if part)


def state(told: NoticeFacts) -> str:
    """How the service was at the hour of the event, and since when; of a request how far it is."""
    if is_request(told):
        return request_state(told)
    since = told.hours.since(datetime.fromisoformat(told["outage_started_at"]))
    if told["restored_at"]:
        return _("Restored %(at)s; affected %(since)s") % {"at": restored_hour(told), "since": since}
    if told.moment == Moment.RELAPSED:
        since = told.hours.since(moment_of(told.data.get("affected_since")) or told.at)
    return str(IMPACT_SINCE[Impact(told["impact"])]) % {"since": since}


def request_state(told: NoticeFacts) -> str:
    if opens(told):
        return _("Waits until %(desk)s opens") % {"desk": desk_name(told)}
    words = REQUEST_STATES.get(told["stage"], REQUEST_STATES[RequestStage.TAKEN])
    return str(words) % {"desk": desk_name(told)}


def restored_hour(told: NoticeFacts) -> str:
    """``at 05:20``: when the service came back."""
    return told.hours.at(told.hour("restored_at") or told.at)


def crew(told: NoticeFacts) -> str:
    return told.visit.get("crew") or _("a field crew of ours")


def forecast(told: NoticeFacts) -> str:
    """Between which hours the crew is expected; empty where there is no forecast, or its hours have passed."""
    start, end = moment_of(told.visit.get("forecast_from")), moment_of(told.visit.get("forecast_to"))
    if start is None or end is None or end <= told.now:
        return ""
    return told.hours.between(start, end)


def expected(told: NoticeFacts) -> str:
    """When the crew is expected. A visit that is held up has no false hour: its forecast, as far as it may still come
    true after the next decision (P4.3 D).
    """
    found = forecast(told)
    if not letter_of_kind(told.moment).holds_up:
        return found
    if told.visit.get("arrived_at"):
        return _("our crew is at the site")
    decision, end = moment_of(told.data.get("due_at")), moment_of(told.visit.get("forecast_to"))
    if not found or (decision and end and end <= decision):
        return _("no forecast for now: it depends on the conditions")
    return _("%(forecast)s, if the conditions allow it") % {"forecast": found}


def conditions(told: NoticeFacts) -> list[str]:
    """What holds the visit up; where no condition is named, all that the site depends on (P4.3)."""
    held_by = told.variant if told.moment == Moment.BLOCKED else told.visit.get("condition")
    if held_by:
        return [str(CONDITIONS[Condition(held_by)])]
    band = next((band for band in told.procedure.bands if band.band == told["band"]), None)
    return [str(CONDITIONS[condition]) for condition in (band.conditions if band else ())]


def clocks(told: NoticeFacts) -> str:
    """The promises a wait or a change is about, as the procedure publishes them; empty rather than wrong."""
    moved = [moved["clock"] for moved in told.data.get("moved") or ()]
    kinds = told.data.get("clocks") or moved or waited_for(told)
    return listed(f"“{told.clock_name(kind)}”" for kind in kinds)


def waited_for(told: NoticeFacts) -> list[str]:
    """At the end of a wait: the promise that now runs first, if it may wait for this cause at all."""
    kind = told["next"] and told["next"]["kind"]
    return [kind] if kind and told.variant in told.procedure.clock(ClockKind(kind)).waits else []


# Tests and what they prove (P3, P5, P6): what Guardia measured in the language of the reader, the rest as written.


WITHOUT_EVIDENCE = {
    "none": gettext_lazy("We have no good test that proves that your service is stable."),
    "few": gettext_lazy("We have fewer tests than we promise to prove that your service is stable."),
    "bad": gettext_lazy("The last test of your service was not good."),
}


def tests(told: NoticeFacts, found: Iterable[dict[str, Any]]) -> str:
    """``Ping: 100 % loss (03:04); OTDR: cut at 1.2 km (03:11)``."""
    measured_one, typed_one = _("%(name)s: %(result)s (%(hour)s)"), _("%(name)s: %(result)s (%(hour)s, typed by hand)")
    return "; ".join(
        (typed_one if t.get("typed") else measured_one)
        % {
            "name": capfirst(in_own_language(t.get("names"), t["name"])),
            "result": result_of(t),
            "hour": told.hours.stamp(measured(t)),
        }
        for t in found
    )


def result_of(test: dict[str, Any]) -> str:
    return in_own_language(test.get("results"), test["result"])


def in_own_language(said: Mapping[str, str] | None, otherwise: str) -> str:
    """What the operator said by itself, in the active language; what a person wrote, as it was written."""
    return (said or {}).get(get_language() or "", "") or otherwise


def what_was_seen(told: NoticeFacts) -> str:
    """By a probe, in the active language; by a person, as it was written."""
    return in_own_language(told["saw"] or None, told.text("what"))


def measured(test: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(test["at"])


def tests_to_show(told: NoticeFacts) -> list[dict[str, Any]]:
    """Those on record; once the service is back, only those that were taken since."""
    back = told.hour("restored_at")
    return [test for test in told["tests"] or () if back is None or measured(test) >= back]


def evidence(told: NoticeFacts) -> list[dict[str, Any]]:
    """The good tests of the green window (P6)."""
    since = moment_of(told.data.get("green_since"))
    return [t for t in told["tests"] or () if t["verdict"] == "good" and (since is None or measured(t) >= since)]


def no_evidence(told: NoticeFacts) -> str:
    """That nothing proves the stability, in one honest sentence; empty where something does (P6, P7)."""
    words = WITHOUT_EVIDENCE.get(told.data.get("without_evidence", ""))
    return str(words) if words else ""


def evidence_text(told: NoticeFacts) -> str:
    """The tests that prove it, or that there are none."""
    return no_evidence(told) or tests(told, evidence(told))
