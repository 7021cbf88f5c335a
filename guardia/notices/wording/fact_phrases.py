"""Facts of a case in words, each said in one way wherever it stands: in a sentence, in the table, or asked for."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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
    RequestStage.TAKEN: gettext_lazy("%(desk)s attends to it"),
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
        since = told.hours.since(told.at)
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
