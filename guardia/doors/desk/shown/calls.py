"""Telephone calls as the desk sees them: who rings, how long, what to do."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases.words import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.customers.phones import spoken
from guardia.doors.desk.shown.clock import ClockFace, hour
from guardia.doors.desk.shown.clock_faces import face_of
from guardia.procedure.vocabulary import ClockKind


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
    acts: tuple[CallAct, ...] = ()


def running_clock(call: Call) -> Clock | None:
    """The call's running clock (read beforehand as ``running``) that falls due first."""
    clocks = getattr(call, "running", None)
    if clocks is None:
        clocks = list(call.clocks.filter(ended_at=None).order_by("due_at"))
    return clocks[0] if clocks else None


def clock_of_call(call: Call, at: datetime) -> ClockFace | None:
    clock = running_clock(call)
    return face_of(clock, at) if clock else None


def who_calls(call: Call) -> str:
    return call.customer.name if call.customer else _("Not known yet")


def state_of_call(call: Call) -> str:
    if call.is_waiting:
        return "waiting"
    return "on_the_line" if call.is_on_the_line else "call_back"


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
    )


def when(call: Call, at: datetime) -> str:
    if call.is_on_the_line and call.answered_at:
        who = call.answered_by.name if call.answered_by else ""
        return _("answered %(hour)s, %(who)s") % {"hour": hour(call.answered_at, at, seconds=True), "who": who}
    if call.abandoned_at:
        return _("hung up at %(hour)s") % {"hour": hour(call.abandoned_at, at, seconds=True)}
    return _("waits since %(hour)s") % {"hour": hour(call.waiting_at, at, seconds=True)}


def acts_of(call: Call) -> tuple[CallAct, ...]:
    def step(name: str, words: str) -> CallAct:
        return CallAct(reverse("call_step", args=[call.pk, name]), words)

    register = CallAct(f"{reverse('new_case')}?llamada={call.pk}", _("Open the case"), is_link=True)
    not_a_fault = step("no-es-falla", _("Not a fault"))
    if call.is_waiting:
        return step("contesta", _("Answer")), step("abandona", _("Hung up"))
    if call.is_on_the_line:
        return register, not_a_fault
    return step("contactado", _("Reached")), not_a_fault
