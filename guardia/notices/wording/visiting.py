"""P4 in the field: decided, agreed, on the way, arrived, permit cleared, held up, decided again."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.notices.wording.fact_phrases import conditions, crew, expected, forecast
from guardia.notices.wording.next_step import tells_arrival
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import News, clause, letter_of, listed, rows_of
from guardia.procedure.vocabulary import Condition, Moment

HELD_UP = {
    Condition.FLIGHTS: gettext_lazy("The visit to %(site)s is held up because there is no flight."),
    Condition.WEATHER: gettext_lazy("The visit to %(site)s is held up by the weather."),
    Condition.PUBLIC_ORDER: gettext_lazy("The visit to %(site)s is held up by a disturbance of public order."),
    Condition.ROADS: gettext_lazy("The visit to %(site)s is held up by the state of the roads."),
    Condition.RIVER: gettext_lazy("The visit to %(site)s is held up by the river."),
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
            (_("It depends on"), listed(conditions(told))),
            (_("Contact at the site"), visit.get("site_contact", "")),
            (_("Access hours"), visit.get("access", "")),
            (_("Agreed by"), listed([visit.get("agreed_by_customer", ""), visit.get("agreed_by_operator", "")])),
        ),
    )


@letter_of(Moment.BLOCKED)
def blocked(told: NoticeFacts) -> News:
    return News(
        _("the visit is held up"),
        str(HELD_UP[Condition(told.variant)]) % {"site": told["site"]},
        (_("What we know: %(why)s.") % {"why": clause(told.text("why"))},),
        rows_of((_("It depends on"), listed(conditions(told))), (_("Expected arrival"), expected(told))),
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
        words, hour = _("We have set the hour of the next decision on the visit to %(site)s."), ""
    headline = words % {"site": told["site"], "hour": hour}
    why = clause(told.text("why"))
    return News(
        _("when we decide on the visit"),
        headline,
        (_("What we know: %(why)s.") % {"why": why},) if why else (),
        rows=rows_of((_("It depends on"), listed(conditions(told))), (_("Expected arrival"), expected(told))),
    )


def arrival(told: NoticeFacts) -> str:
    """The forecast, where the next step does not tell it: a letter tells one window; nothing once the crew is there."""
    return "" if tells_arrival(told) or told.visit.get("arrived_at") else forecast(told)


def access_text(told: NoticeFacts) -> str:
    return _("Please see to it that the crew can enter: it asks for %(contact)s.") % {
        "contact": clause(told.visit.get("site_contact", ""))
    }
