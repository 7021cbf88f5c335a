"""One call as its page shows it: who, how it stands, its course, and the acts that it allows now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.calls.recordings import link_of
from guardia.cases import callers
from guardia.cases.case import Case
from guardia.cases.words import CLOCK_NAMES
from guardia.customers.phones import spoken
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.page import tag_of
from guardia.web.desk.phone.acting import TAKE, dial_href
from guardia.web.desk.phone.course import SETTLED, Step, course, measured
from guardia.web.desk.phone.lines import closed_words, desk_words, line_words
from guardia.web.desk.phone.probably import probably
from guardia.web.desk.phone.rights import may_act
from guardia.web.desk.phone.ringing import keyed
from guardia.web.desk.phone.shown import KeyedCase
from guardia.web.desk.phone.trying import by_hand
from guardia.web.desk.shown.calls import clock_of_call, running_clock, when, who_calls
from guardia.web.desk.shown.clock import ClockFace
from guardia.web.desk.shown.common_cause import CommonCause
from guardia.web.phone import ami_acting
from guardia.web.shared.reach import tel


@dataclass(frozen=True, slots=True)
class CallActs:
    """Where each act goes; an empty one is not offered. ``first`` is the case or the request, by the desk called."""

    case: str = ""
    request: str = ""
    request_first: bool = False
    answer: str = ""
    take: str = ""
    dial: str = ""
    abandon: str = ""
    reached: str = ""
    not_a_fault: str = ""
    joins: bool = False


@dataclass(frozen=True, slots=True)
class CallShown:
    id: int
    who: str
    contact: str
    number: str
    dial: str
    line: str
    desk: str
    stands: str
    promise: str
    measured: str
    recording: str
    acts: CallActs
    clock: ClockFace | None = None
    company_href: str = ""
    vip: bool = False
    is_stranger: bool = False
    closed: str = ""
    case_number: str = ""
    case_href: str = ""
    course: Sequence[Step] = ()
    cases: Sequence[KeyedCase] = ()
    probably: Sequence[CommonCause] = ()

    @property
    def tag(self) -> str:
        due = self.clock.due_at if self.clock else None
        cases = [case.tag for case in self.cases]
        how = (self.stands, due, self.recording, self.acts)
        return tag_of([self.who, self.contact, *how, self.case_number, *self.course, *cases])


def call_shown(call: Call, cases: Sequence[Case], at: datetime, staff: Staff) -> CallShown:
    """``cases`` are the company's open ones; ``staff`` is who looks at it."""
    clock = running_clock(call) if not call.settled_at or call.is_waiting else None
    return CallShown(
        id=call.pk,
        who=who_calls(call) if call.customer else (call.from_name or who_calls(call)),
        contact=contact_words(call),
        number=spoken(call.from_number) if call.from_number else _("hidden number"),
        dial=tel(call.from_number) if call.from_number else "",
        line=line_words(call),
        desk=desk_words(call),
        stands=stands(call, at),
        promise=str(CLOCK_NAMES[ClockKind(clock.kind)][1]) if clock else "",
        measured=measured(call),
        recording=link_of(call),
        acts=acts_of(call, staff),
        clock=clock_of_call(call, at) if clock else None,
        company_href=reverse("company", args=[call.customer_id]) if call.customer_id else "",
        vip=bool(call.customer and call.customer.vip),
        is_stranger=call.contact is None,
        closed=closed_words(call, at) if not call.settled_at else "",
        case_number=call.case.display_number if call.case else "",
        case_href=reverse("case", args=[call.case.number]) if call.case else "",
        course=course(call, at),
        cases=keyed(cases, at),
        probably=probably([call], at).get(call.pk, ()) if not call.settled_at else (),
    )


def contact_words(call: Call) -> str:
    if call.contact is None:
        return ""
    return ", ".join(part for part in (str(call.contact), call.contact.position) if part)


def stands(call: Call, at: datetime) -> str:
    """How the call stands now, in words."""
    if call.settled_at and not call.is_waiting:
        return str(SETTLED.get(call.settled_as, call.settled_as))
    if call.is_waiting or call.is_taken_up or call.lost_at:
        return when(call, at)
    return _("over, and nobody answered") if call.ended_at else _("in the menu of the exchange")


def acts_of(call: Call, staff: Staff) -> CallActs:
    """What this person can do with a call as it stands; cases are the technical desk's."""
    if not may_act(staff, call):
        return CallActs()
    technical, speaks = call.at_desk == TECHNICAL, call.is_taken_up
    answered, given_up = by_hand(call)
    if call.settled_at and not callers.may_be_rung_back(call):
        return CallActs(abandon=given_up if call.is_waiting else "")
    taken_up = speaks or call.is_waiting
    request, handles = request_href(call) if taken_up else "", may(staff, Right.HANDLE_CASES)
    return CallActs(
        case=f"{reverse('new_case')}?llamada={call.pk}" if taken_up and handles else "",
        request=request,
        request_first=bool(request) and not technical,
        answer=answered,
        take=step(call, TAKE) if ami_acting.may_be_taken(staff, [call]) else "",
        dial=dial_href(staff, call),
        abandon=given_up,
        reached=step(call, "contactado") if callers.may_be_rung_back(call) else "",
        not_a_fault=step(call, "no-es-falla") if not call.is_waiting else "",
        joins=taken_up and handles,
    )


def step(call: Call, name: str) -> str:
    return reverse("call_step", args=[call.pk, name])


def request_href(call: Call) -> str:
    """Where a request of sales or billing is taken from this call; empty where that page is not installed."""
    try:
        return f"{reverse('new_request')}?llamada={call.pk}"
    except NoReverseMatch:
        return ""
