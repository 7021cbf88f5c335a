"""One call as its page shows it: who, how it stands, its course in words, and the acts that it allows now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call, CallTransfer, LeftAs, Measure, QueueVisit, RingAttempt, RingResult, VisitResult
from guardia.calls.recordings import link_of
from guardia.cases.call_rows import course_of
from guardia.cases.case import Case
from guardia.cases.labels import CLOCK_NAMES
from guardia.customers.phones import spoken
from guardia.intake import callers
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.case_page.links import CommonCause, probably
from guardia.web.desk.clock import ClockFace, hour, written
from guardia.web.desk.page import tag_of
from guardia.web.desk.phone.acting import TAKE, by_hand, dial_href, may_act
from guardia.web.desk.phone.calls import (
    KeyedCase,
    clock_of_call,
    closed_words,
    desk_of,
    desk_words,
    line_words,
    running_clock,
    when,
    who_calls,
)
from guardia.web.desk.phone.ringing import keyed
from guardia.web.phone import ami_acting
from guardia.web.shared.reach import tel

# --- course -----------------------------------------------------------------------------------------------------------
# The course of one call in words: arrived, waited, rang, answered, handed on, ended; and how its hours are known.
LEAST_BEFORE = timedelta(seconds=1)
"""A call that waited so soon after it arrived met neither menu nor announcement worth a word."""
MEASURED = {
    Measure.HAND: _("Times entered by hand at the desk."),
    Measure.EXCHANGE: _("Times by the exchange's own clock."),
    Measure.RECEIPT: _("Times are when the exchange's message was received: it sends none of its own."),
    Measure.LOG: _("Times read afterwards from the exchange's log, to the second."),
    Measure.GAP: _("No connection to the exchange: not measured, neither kept nor broken."),
}
RANG = {
    RingResult.RINGING: _("ringing at %(who)s"),
    RingResult.ANSWERED: _("rang at %(who)s, who answered"),
    RingResult.NOT_ANSWERED: _("rang at %(who)s, not answered"),
    RingResult.REJECTED: _("rang at %(who)s, refused or busy"),
    RingResult.CANCELLED: _("rang at %(who)s until somebody else answered or the caller hung up"),
}
LEFT = {
    LeftAs.ABANDONED: _("the caller hung up while waiting"),
    LeftAs.IN_MENU: _("the caller hung up in the menu"),
    LeftAs.TIMED_OUT: _("the queue timed out"),
    LeftAs.TURNED_AWAY: _("the exchange refused it"),
    LeftAs.RESTARTED: _("the exchange restarted"),
    LeftAs.UNSEEN: _("had ended by then; it was not seen whether it was answered"),
}
SETTLED = {
    "case": _("a case was opened"),
    "joined": _("joined to an open case"),
    "not_a_fault": _("not a fault"),
    "no_number": _("no number to call back"),
    "called_again": _("called again and was answered"),
    "spoken": _("answered, and no request came of it"),
    "not_owed": _("no call-back is promised"),
    "not_seen": _("ended, and it was not seen whether it was answered"),
    "same_caller": _("the same caller is rung back for another call"),
}


@dataclass(frozen=True, slots=True)
class Step:
    hour: str
    words: str
    beside: str = ""


def course(call: Call, at: datetime) -> list[Step]:
    """What happened, in order of its hours."""
    found = sorted(steps(call), key=lambda step: step[0])
    return [Step(hour(when, at, seconds=True), words, beside) for when, words, beside in found]


def measured(call: Call) -> str:
    return str(MEASURED[Measure(call.measure)])


def steps(call: Call) -> Iterator[tuple[datetime, str, str]]:
    visits, attempts, transfers = course_of(call)
    line = line_words(call)
    yield call.arrived_at, pgettext("call", "arrived"), line
    yield from waits(call, visits)
    for attempt in attempts:
        yield attempt.rang_at, str(RANG[RingResult(attempt.result)]) % {"who": telephone(attempt)}, lasted(attempt)
    yield from answers(call)
    for transfer in transfers:
        yield transfer.at, handed_on(transfer), ""
    for row in call.later:
        if row["taken_at"]:
            yield datetime.fromisoformat(row["taken_at"]), gettext("received by %(who)s") % {"who": row["name"]}, ""
    yield from ends(call)


def queue_words(call: Call, queue: str) -> str:
    """The desk's name where the exchange's queue is called by the key of a desk; else as the exchange calls it."""
    desk = desk_of(versions.of(call.procedure_version_id), queue)
    return str(desk.name) if desk else queue


def waits(call: Call, visits: Sequence[QueueVisit]) -> Iterator[tuple[datetime, str, str]]:
    for visit in visits:
        where = (
            gettext("waits in the queue %(queue)s") % {"queue": queue_words(call, visit.queue)}
            if visit.queue
            else gettext("waits while it rings")
        )
        beside = [position(visit), before(call) if visit.joined_at == call.waiting_at else ""]
        yield visit.joined_at, where, " · ".join(part for part in beside if part)
        if visit.queue and visit.left_at and visit.result == VisitResult.TIMED_OUT:
            yield (
                visit.left_at,
                gettext("the queue %(queue)s timed out") % {"queue": queue_words(call, visit.queue)},
                "",
            )
    if not visits and call.waiting_at and call.waiting_at != call.arrived_at:
        yield call.waiting_at, gettext("waits for a desk"), before(call)


def before(call: Call) -> str:
    """How long menu and announcement took before the call waited: no minute ran then (P1)."""
    if call.waiting_at is None or call.waiting_at - call.arrived_at < LEAST_BEFORE:
        return ""
    return gettext("after %(time)s of menu or announcement") % {
        "time": written(call.waiting_at - call.arrived_at, loose=True)
    }


def position(visit: QueueVisit) -> str:
    return gettext("place %(n)d") % {"n": visit.position} if visit.position else ""


def telephone(attempt: RingAttempt) -> str:
    return person(attempt.staff, attempt.member or attempt.interface)


def person(staff: Staff | None, named: str) -> str:
    """Our person; else as the exchange names that person."""
    return staff.name if staff else named or pgettext("call", "somebody")


def lasted(attempt: RingAttempt) -> str:
    return written(attempt.ended_at - attempt.rang_at, loose=True) if attempt.ended_at else ""


def answers(call: Call) -> Iterator[tuple[datetime, str, str]]:
    """Answered; or, where it was given up first, rung back and reached."""
    if not call.answered_at:
        return
    who = person(call.answered_by, call.answered_as)
    if call.reached_at and not call.lost_again_at:
        yield call.reached_at, gettext("called back and reached by %(who)s") % {"who": who}, ""
        return
    waited = written(call.answered_at - call.waiting_at, loose=True) if call.waiting_at else ""
    beside = gettext("after %(time)s") % {"time": waited} if waited and call.measure != Measure.GAP else ""
    yield call.answered_at, gettext("answered by %(who)s") % {"who": who}, beside


def handed_on(transfer: CallTransfer) -> str:
    whom = person(transfer.staff, transfer.to)
    if transfer.by:
        return gettext("transferred by %(who)s to %(whom)s") % {"who": transfer.by, "whom": whom}
    return gettext("transferred to %(whom)s") % {"whom": whom}


def ends(call: Call) -> Iterator[tuple[datetime, str, str]]:
    if call.abandoned_at:
        yield call.abandoned_at, str(LEFT[LeftAs(call.left_as or LeftAs.ABANDONED)]), ""
    if call.lost_again_at:
        yield call.lost_again_at, gettext("ended before anybody took it"), ""
        if call.reached_at:
            yield call.reached_at, gettext("called back and reached by %(who)s") % {"who": person(call.speaker, "")}, ""
    if call.ended_at and call.end_unseen and not call.lost_at:
        yield call.ended_at, gettext("had ended by then: its end was not seen"), ""
    elif call.ended_at and call.ended_at != call.lost_at:
        yield call.ended_at, pgettext("call", "the line is free again"), ""
    if call.settled_at:
        yield call.settled_at, str(SETTLED.get(call.settled_as, call.settled_as)), ""


# --- call shown -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallView:
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
    acts: dict[str, Any]
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


def call_view_of(call: Call, cases: Sequence[Case], at: datetime, staff: Staff) -> CallView:
    """``cases`` are the company's open ones; ``staff`` is who looks at it."""
    clock = running_clock(call) if not call.settled_at or call.is_waiting else None
    return CallView(
        id=call.pk,
        who=who_calls(call) if call.customer else (call.from_name or who_calls(call)),
        contact=contact_words(call),
        number=spoken(call.from_number) if call.from_number else gettext("hidden number"),
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
    return ", ".join(dict.fromkeys(part for part in (str(call.contact), call.contact.position) if part))


def stands(call: Call, at: datetime) -> str:
    """How the call stands now, in words."""
    if call.settled_at and not call.is_waiting:
        return str(SETTLED.get(call.settled_as, call.settled_as))
    if call.is_waiting or call.is_taken_up or call.lost_at:
        return when(call, at)
    return gettext("ended, and nobody answered") if call.ended_at else gettext("in the menu of the exchange")


def acts_of(call: Call, staff: Staff) -> dict[str, Any]:
    """What this person can do with a call as it stands; cases are the technical desk's."""
    if not may_act(staff, call):
        # Where each act goes; an empty one is not offered. ``first`` is the case or the request, by the desk called.
        return {}
    technical, speaks = call.at_desk == TECHNICAL, call.is_taken_up
    answered, given_up = by_hand(call)
    if call.settled_at and not callers.may_be_rung_back(call):
        return {"abandon": given_up if call.is_waiting else ""}
    taken_up = speaks or call.is_waiting
    request, handles = request_href(call) if taken_up else "", may(staff, Right.HANDLE_CASES)
    return {
        "case": f"{reverse('new_case')}?llamada={call.pk}" if taken_up and handles else "",
        "request": request,
        "request_first": bool(request) and not technical,
        "answer": answered,
        "take": step(call, TAKE) if ami_acting.may_be_taken(staff, [call]) else "",
        "dial": dial_href(staff, call),
        "abandon": given_up,
        "reached": step(call, "contactado") if callers.may_be_rung_back(call) else "",
        "not_a_fault": step(call, "no-es-falla") if not call.is_waiting else "",
        "joins": taken_up and handles,
    }


def step(call: Call, name: str) -> str:
    return reverse("call_step", args=[call.pk, name])


def request_href(call: Call) -> str:
    """Where a request of sales or billing is taken from this call; empty where that page is not installed."""
    try:
        return f"{reverse('new_request')}?llamada={call.pk}"
    except NoReverseMatch:
        return ""
