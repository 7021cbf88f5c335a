"""Whom the desk rings back: technical calls that were given up, with their clock; and who called out of hours."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.calls.call import Call, LeftAs
from guardia.customers.phones import spoken
from guardia.people.policy import DESK_OF_ROLE, Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk import areas
from guardia.web.desk.phone.lines import line_words
from guardia.web.desk.phone.shown import CallBack
from guardia.web.desk.shown.calls import clock_of_call, who_calls
from guardia.web.desk.shown.clock import hour
from guardia.web.shared.reach import tel

LEFT_WORDS = {
    LeftAs.ABANDONED: lambda: _("hung up at %(hour)s"),
    LeftAs.IN_MENU: lambda: _("hung up in the menu at %(hour)s"),
    LeftAs.TIMED_OUT: lambda: _("the queue gave up at %(hour)s"),
    LeftAs.TURNED_AWAY: lambda: _("was turned away at %(hour)s"),
    LeftAs.UNSEEN: lambda: _("was cut off from us by %(hour)s: the exchange was not heard, nobody saw an answer"),
    LeftAs.RESTARTED: lambda: _("was cut off at %(hour)s: the exchange restarted"),
}


def call_back(call: Call, at: datetime, dials: str = "") -> CallBack:
    """A call-back that is owed, with its clock (call-back D)."""
    left = LEFT_WORDS.get(LeftAs(call.left_as)) if call.left_as else None
    words = (left or LEFT_WORDS[LeftAs.ABANDONED])()
    return _call_back(call, words % {"hour": hour(call.lost_at or call.arrived_at, at, seconds=True)}, at, dials)


def missed_call(call: Call, at: datetime, dials: str = "") -> CallBack:
    """A call of a desk with office hours that nobody answered: no clock runs for it (A2)."""
    words = _("called out of hours, %(hour)s") if call.after_hours else _("was not answered, %(hour)s")
    return _call_back(call, words % {"hour": hour(call.arrived_at, at)}, at, dials)


def _call_back(call: Call, words: str, at: datetime, dials: str) -> CallBack:
    return CallBack(
        id=call.pk,
        who=who_calls(call) if call.customer else (call.from_name or who_calls(call)),
        contact=str(call.contact) if call.contact else "",
        number=spoken(call.from_number) if call.from_number else _("hidden number"),
        dial=tel(call.from_number) if call.from_number else "",
        words=words,
        page_href=reverse("call", args=[call.pk]),
        reached_href=reverse("call_step", args=[call.pk, "contactado"]),
        drop_href=reverse("call_step", args=[call.pk, "no-es-falla"]),
        dial_href=dials,
        clock=clock_of_call(call, at),
        vip=bool(call.customer and call.customer.vip),
        line=line_words(call),
    )


def other_desks_of(staff: Staff) -> list[str]:
    """The desks with office hours whose missed calls this person sees: one's own; a supervisor sees those of all."""
    if may(staff, Right.SUPERVISE):
        return list(DESK_OF_ROLE.values())
    return [own] if (own := areas.own(staff)) != TECHNICAL else []
