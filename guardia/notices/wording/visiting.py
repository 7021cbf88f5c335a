"""P4 in the field: decided, agreed, on the way, arrived, permit cleared, held up, decided again."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.notices.wording.fact_phrases import conditions, crew, expected, forecast
from guardia.notices.wording.next_step import tells_arrival
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import News, clause, letter_of, listed, rows_of
from guardia.procedure.vocabulary import Condition, Moment

HELD_UP = {
    Condition.FLIGHTS: gettext_lazy("The visit to %(site)s is blocked because there is no flight."),
    Condition.WEATHER: gettext_lazy("The visit to %(site)s is blocked by the weather."),
    Condition.PUBLIC_ORDER: gettext_lazy("The visit to %(site)s is blocked by public disorder."),
    Condition.ROADS: gettext_lazy("The visit to %(site)s is blocked by the state of the roads."),
    Condition.RIVER: gettext_lazy("The visit to %(site)s is blocked by the river."),
}


@letter_of(Moment.DISPATCH_AGREED)
def dispatch_agreed(told: NoticeFacts) -> News:
    visit = told.visit
    return News(
        _("the visit is agreed"),
        _("The visit to %(site)s is agreed.") % {"site": told["site"]},
        (access_text(told),),
        rows_of(
            (_("Crew"), crew(told)),
            (_("Expected arrival"), arrival(told)),
            (_("Depends on"), listed(conditions(told))),
            (_("Contact at the site"), visit.get("site_contact", "")),
            (_("Access hours"), visit.get("access", "")),
            (_("Agreed by"), listed([visit.get("agreed_by_customer", ""), visit.get("agreed_by_operator", "")])),
        ),
    )


@letter_of(Moment.BLOCKED)
def blocked(told: NoticeFacts) -> News:
    return News(
        _("the visit is blocked"),
        str(HELD_UP[Condition(told.variant)]) % {"site": told["site"]},
        (_("What we know: %(why)s.") % {"why": clause(told.text("why"))},),
        rows_of((_("Depends on"), listed(conditions(told))), (_("Expected arrival"), expected(told))),
    )


@letter_of(Moment.DECISION_SET)
def decision_set(told: NoticeFacts) -> News:
    due_at = moment_of(told.data.get("due_at"))
    if due_at and due_at > told.now:
        words, hour = (
            _("We will decide again on the visit to %(site)s %(hour)s."),
            told.hours.zoned(told.hours.at(due_at)),
        )
    else:
        words, hour = _("We have set the time of the next decision on the visit to %(site)s."), ""
    headline = words % {"site": told["site"], "hour": hour}
    why = clause(told.text("why"))
    return News(
        _("when we decide on the visit"),
        headline,
        (_("What we know: %(why)s.") % {"why": why},) if why else (),
        rows=rows_of((_("Depends on"), listed(conditions(told))), (_("Expected arrival"), expected(told))),
    )


def arrival(told: NoticeFacts) -> str:
    """The forecast, where the next step does not tell it: a letter tells one window; nothing once the crew is there."""
    return "" if tells_arrival(told) or told.visit.get("arrived_at") else forecast(told)


def access_text(told: NoticeFacts) -> str:
    return _("Please make sure that the crew can enter: they will ask for %(contact)s.") % {
        "contact": clause(told.visit.get("site_contact", ""))
    }


# P4: a visit goes on after all, or has other hours or another crew; the letter for the guard; a crew that leaves.


CHANGED = {
    "forecast": gettext_lazy("the expected arrival"),
    "crew": gettext_lazy("the crew"),
    "site_contact": gettext_lazy("the contact at the site"),
    "access": gettext_lazy("the access hours"),
    "agreed_by": gettext_lazy("who agreed on it"),
    "people": gettext_lazy("who enters"),
    "plate": gettext_lazy("the vehicle"),
    "tools": gettext_lazy("the tools"),
}
"""What of an agreement the customer sees; parts and specialty are a matter of the operator."""


@letter_of(Moment.VISIT_RESUMED)
def visit_resumed(told: NoticeFacts) -> News:
    at_site = told.visit.get("arrived_at")
    return News(
        _("the visit resumes"),
        _("The visit to %(site)s resumes.") % {"site": told["site"]},
        (_("What blocked it is over."),),
        rows_of(
            (_("Crew"), crew(told)),
            (_("Expected arrival"), _("our crew is at the site") if at_site else arrival(told)),
        ),
    )


@letter_of(Moment.DISPATCH_CHANGED)
def dispatch_changed(told: NoticeFacts) -> News:
    visit = told.visit
    return News(
        _("the visit has changed"),
        _("What we agreed for the visit to %(site)s has changed.") % {"site": told["site"]},
        tuple(said for said in (what_is_new(told), forecast_before(told)) if said),
        rows_of(
            (_("Crew"), crew(told)),
            (_("Expected arrival"), arrival(told)),
            (_("Contact at the site"), visit.get("site_contact", "")),
            (_("Access hours"), visit.get("access", "")),
            (_("Agreed by"), listed([visit.get("agreed_by_customer", ""), visit.get("agreed_by_operator", "")])),
        ),
    )


def what_is_new(told: NoticeFacts) -> str:
    names = [str(CHANGED[name]) for name in CHANGED if name in told.data.get("changed", ())]
    return _("New: %(what)s.") % {"what": listed(names)} if names else ""


def forecast_before(told: NoticeFacts) -> str:
    """The hours that no longer hold, where they were changed."""
    was = told.data.get("was") or ()
    if "forecast" not in told.data.get("changed", ()) or len(was) != 2:
        return ""
    before = told.hours.between(*map(datetime.fromisoformat, was))
    return _("Before, we expected to arrive %(forecast)s.") % {"forecast": before}


@letter_of(Moment.LEFT_SITE)
def left_site(told: NoticeFacts) -> News:
    site = {"site": told["site"]}
    if told.variant == "done":
        headline = _("Our crew has left %(site)s, its work is done.") % site
        return News(_("our crew has left the site"), headline, rows=rows_of((_("Crew"), crew(told))))
    return News(
        _("the work continues in another visit"),
        _("Our crew has left %(site)s before the work was done.") % site,
        (_("What is left to do: %(reason)s.") % {"reason": clause(told.text("reason") or told.text("why"))},),
        rows_of((_("Crew"), crew(told))),
    )
