"""Telephone calls as the desk sees them: who rings, how long, what to do."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.calls.call import Call
from guardia.cases import phone_later
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.customers.phones import spoken
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.shown.clock import ClockFace, hour
from guardia.web.desk.shown.clock_faces import face_of

STATE_WORDS = {
    "waiting": pgettext_lazy("call", "waits"),
    "on_the_line": pgettext_lazy("call", "on the line"),
    "to_register": gettext_lazy("over, without a number yet"),
    "call_back": gettext_lazy("to be rung back"),
    "over": gettext_lazy("over, and nobody answered"),
    "in_menu": gettext_lazy("in the menu of the exchange"),
}


@dataclass(frozen=True, slots=True)
class CallAct:
    href: str
    words: str
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class CallRow:
    id: int
    version: str
    promise: str
    from_number: str
    when: str
    who: str
    clock: ClockFace | None = None
    known: str = ""
    vip: bool = False
    href: str = ""
    words: str = ""
    acts: tuple[CallAct, ...] = ()


def running_clock(call: Call) -> Clock | None:
    """The call's running clock (read beforehand as ``running``): while it waits its minute, else what is due first."""
    if call.is_waiting and call.settled_at:
        return phone_later.minute_of(call)
    clocks = getattr(call, "running", None)
    if clocks is None:
        clocks = list(call.clocks.filter(ended_at=None).order_by("due_at"))
    if call.is_waiting:
        return next((clock for clock in clocks if clock.kind == ClockKind.RECEPTION), None)
    return clocks[0] if clocks else None


def clock_of_call(call: Call, at: datetime) -> ClockFace | None:
    clock = running_clock(call)
    return face_of(clock, at) if clock else None


def who_calls(call: Call) -> str:
    return call.customer.name if call.customer else _("Not known yet")


def state_of_call(call: Call) -> str:
    if call.is_waiting:
        return "waiting"
    if call.is_on_the_line:
        return "on_the_line"
    if call.is_owed_a_call_back:
        return "call_back"
    if call.is_taken_up and call.at_desk == TECHNICAL:
        return "to_register"
    return "over" if call.ended_at else "in_menu"


def row_of(call: Call, at: datetime) -> CallRow:
    clock = running_clock(call)
    return CallRow(
        id=call.pk,
        version=state_of_call(call),
        promise=str(CLOCK_NAMES[ClockKind(clock.kind)][0]) if clock else "",
        from_number=spoken(call.from_number) if call.from_number else _("no number"),
        when=when(call, at),
        who=who_calls(call),
        clock=face_of(clock, at) if clock else None,
        known=str(call.contact) if call.contact else "",
        vip=bool(call.customer and call.customer.vip),
        acts=acts_of(call),
        href=reverse("call", args=[call.pk]),
        words=str(STATE_WORDS.get(state_of_call(call), "")),
    )


def when(call: Call, at: datetime) -> str:
    if call.is_waiting and call.waits_again_at:
        since = {"hour": hour(call.waits_again_at, at, seconds=True), "who": handed_on_by(call)}
        return _("waits since %(hour)s, handed on by %(who)s") % since
    if call.lost_at and not call.reached_at:
        return _("hung up at %(hour)s") % {"hour": hour(call.lost_at, at, seconds=True)}
    if call.is_taken_up and call.speaks_since:
        who = call.speaker.name if call.speaker else call.speaker_as
        if call.is_on_the_line:
            return _("answered %(hour)s, %(who)s") % {"hour": hour(call.speaks_since, at, seconds=True), "who": who}
        ended = hour(call.ended_at or call.speaks_since, at, seconds=True)
        return _("over at %(hour)s; %(who)s gives the number") % {"hour": ended, "who": who}
    if call.abandoned_at:
        return _("hung up at %(hour)s") % {"hour": hour(call.abandoned_at, at, seconds=True)}
    if call.waiting_at is None:
        return _("arrived %(hour)s") % {"hour": hour(call.arrived_at, at, seconds=True)}
    return _("waits since %(hour)s") % {"hour": hour(call.waiting_at, at, seconds=True)}


def handed_on_by(call: Call) -> str:
    """Who had it before it began to wait again."""
    before = [row["name"] for row in call.later if row["taken_at"]]
    return before[-1] if before else call.answered_by.name if call.answered_by else call.answered_as


def acts_of(call: Call) -> tuple[CallAct, ...]:
    """What can be done from the list; that an exchange's call was answered or given up, the exchange says itself."""

    def step(name: str, words: str) -> CallAct:
        return CallAct(reverse("call_step", args=[call.pk, name]), words)

    see = CallAct(reverse("call", args=[call.pk]), _("See the call"), is_link=True)
    over = step("abandona", _("Hung up"))
    if call.is_waiting:
        return (see, over) if call.exchange_id else (step("contesta", _("Answer")), over)
    if call.is_owed_a_call_back:
        return step("contactado", _("Reached")), step("no-es-falla", _("Not a fault"))
    if call.is_taken_up:
        ends = (over,) if call.is_on_the_line and not call.is_reached_since else ()
        return register_act(call), step("no-es-falla", _("Not a fault")), *ends
    return (see,)


def register_act(call: Call) -> CallAct:
    """A technical call becomes a case; what another desk's call becomes is chosen on its page."""
    if call.at_desk != TECHNICAL:
        return CallAct(reverse("call", args=[call.pk]), _("See the call"), is_link=True)
    return CallAct(f"{reverse('new_case')}?llamada={call.pk}", _("Open the case"), is_link=True)
