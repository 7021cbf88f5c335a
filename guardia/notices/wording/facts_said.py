"""Facts of a case in words, each said in one way wherever it stands: in a sentence, in the table, or asked for."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.notices.wording.prose import listed
from guardia.notices.wording.told import Told, moment_of
from guardia.procedure.vocabulary import ClockKind, Condition, Impact, Moment

IMPACT_SINCE = {
    Impact.DOWN: gettext_lazy("No service %(since)s"),
    Impact.DEGRADED: gettext_lazy("Degraded %(since)s"),
    Impact.INTERMITTENT: gettext_lazy("Intermittent %(since)s"),
}
IMPACT_IN = {
    Impact.DOWN: gettext_lazy("No service in %(city)s"),
    Impact.DEGRADED: gettext_lazy("Degraded service in %(city)s"),
    Impact.INTERMITTENT: gettext_lazy("Intermittent service in %(city)s"),
}
CONDITIONS = {
    Condition.FLIGHTS: pgettext_lazy("what a visit depends on", "the flights"),
    Condition.WEATHER: pgettext_lazy("what a visit depends on", "the weather"),
    Condition.PUBLIC_ORDER: pgettext_lazy("what a visit depends on", "public order"),
    Condition.ROADS: pgettext_lazy("what a visit depends on", "the state of the roads"),
}


def what_is_wrong(told: Told) -> str:
    """``No service in Cuenca``: the part of the subject that stays the same."""
    return str(IMPACT_IN[Impact(told["impact"])]) % {"city": told["city"]}


def service(told: Told) -> str:
    """``ENL-0042, main link 100 Mbps, head office, Cuenca``."""
    return ", ".join(part for part in (told["circuit"], told["service"], told["site"], told["city"]) if part)


def state(told: Told) -> str:
    """How the service was at the hour of the event, and since when."""
    since = told.hours.since(datetime.fromisoformat(told["outage_started_at"]))
    if told["restored_at"]:
        return _("Restored %(at)s; affected %(since)s") % {"at": restored_hour(told), "since": since}
    if told.moment == Moment.RELAPSED:
        since = told.hours.since(told.at)
    return str(IMPACT_SINCE[Impact(told["impact"])]) % {"since": since}


def restored_hour(told: Told) -> str:
    """``at 05:20``: when the service came back."""
    return told.hours.at(told.hour("restored_at") or told.at)


def tests(told: Told, found: Iterable[dict[str, str]]) -> str:
    """``Ping: 100 % loss (03:04); OTDR: cut at 1.2 km (03:11)``."""
    words = _("%(name)s: %(result)s (%(hour)s)")
    return "; ".join(
        words
        % {
            "name": capfirst(t["name"]),
            "result": t["result"],
            "hour": told.hours.stamp(measured(t)),
        }
        for t in found
    )


def measured(test: dict[str, str]) -> datetime:
    return datetime.fromisoformat(test["at"])


def tests_to_show(told: Told) -> list[dict[str, str]]:
    """Those on record; once the service is back, only those that were taken since."""
    back = told.hour("restored_at")
    return [test for test in told["tests"] or () if back is None or measured(test) >= back]


def evidence(told: Told) -> list[dict[str, str]]:
    """The good tests of the green window (P6)."""
    since = moment_of(told.data.get("green_since"))
    return [t for t in told["tests"] or () if t["verdict"] == "good" and (since is None or measured(t) >= since)]


def crew(told: Told) -> str:
    return told.visit.get("crew") or _("a field crew of ours")


def forecast(told: Told) -> str:
    """Between which hours the crew is expected; empty where there is no forecast, or its hours have passed."""
    start, end = moment_of(told.visit.get("forecast_from")), moment_of(told.visit.get("forecast_to"))
    if start is None or end is None or end <= told.now:
        return ""
    return told.hours.between(start, end)


def conditions(told: Told) -> list[str]:
    """What holds the visit up; where no condition is named, all that the site depends on (P4.3)."""
    if told.moment == Moment.BLOCKED and told.variant:
        return [str(CONDITIONS[Condition(told.variant)])]
    band = next((band for band in told.procedure.bands if band.band == told["band"]), None)
    return [str(CONDITIONS[condition]) for condition in (band.conditions if band else ())]


def clocks(told: Told) -> str:
    """The promises a wait or a change is about, as the procedure publishes them; empty rather than wrong."""
    moved = [moved["clock"] for moved in told.data.get("moved") or ()]
    kinds = told.data.get("clocks") or moved or waited_for(told)
    return listed(f"“{told.clock_name(kind)}”" for kind in kinds)


def waited_for(told: Told) -> list[str]:
    """At the end of a wait: the promise that now runs first, if it may wait for this cause at all."""
    kind = told["next"] and told["next"]["kind"]
    return [kind] if kind and told.variant in told.procedure.clock(ClockKind(kind)).waits else []
