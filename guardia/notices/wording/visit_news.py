"""P4: a visit goes on after all, or has other hours or another crew; the letter for the guard; a crew that leaves."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.notices.wording.fact_phrases import crew
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import News, clause, letter_of, listed, rows_of
from guardia.notices.wording.visiting import arrival
from guardia.procedure.vocabulary import Moment

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
"""What of an agreement the customer sees; parts and specialty are a matter of the house."""


@letter_of(Moment.VISIT_RESUMED)
def visit_resumed(told: NoticeFacts) -> News:
    at_site = told.visit.get("arrived_at")
    return News(
        _("the visit goes on"),
        _("The visit to %(site)s goes on.") % {"site": told["site"]},
        (_("What held it up is over."),),
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
    return _("New is: %(what)s.") % {"what": listed(names)} if names else ""


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
        _("the work goes on in another visit"),
        _("Our crew has left %(site)s before the work was done.") % site,
        (_("What is left to do: %(reason)s.") % {"reason": clause(told.text("reason") or told.text("why"))},),
        rows_of((_("Crew"), crew(told))),
    )
