"""The course of one call in words: arrived, waited, rang, answered, handed on, ended; and how its hours are known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.queue_visit import CallTransfer, QueueVisit, RingAttempt, RingResult, VisitResult
from guardia.people.staff import Staff
from guardia.web.desk.phone import reading
from guardia.web.desk.phone.lines import line_words
from guardia.web.desk.shown.clock import hour, written

LEAST_BEFORE = timedelta(seconds=1)
"""A call that waited so soon after it arrived met neither menu nor announcement worth a word."""
MEASURED = {
    Measure.HAND: gettext_lazy("Hours pressed by hand at the desk."),
    Measure.EXCHANGE: gettext_lazy("Hours by the exchange's own clock."),
    Measure.RECEIPT: gettext_lazy("Hours by when the exchange's message came in: it says none of its own."),
    Measure.LOG: gettext_lazy("Hours read afterwards in the exchange's log, to the second."),
    Measure.GAP: gettext_lazy("The exchange was not heard: not measured, neither kept nor broken."),
}
RANG = {
    RingResult.RINGING: gettext_lazy("rings at %(who)s"),
    RingResult.ANSWERED: gettext_lazy("rang at %(who)s, who took it up"),
    RingResult.NOT_ANSWERED: gettext_lazy("rang at %(who)s, not taken up"),
    RingResult.REJECTED: gettext_lazy("rang at %(who)s, refused or busy"),
    RingResult.CANCELLED: gettext_lazy("rang at %(who)s until somebody else was quicker or the caller gave up"),
}
LEFT = {
    LeftAs.ABANDONED: gettext_lazy("the caller hung up while waiting"),
    LeftAs.IN_MENU: gettext_lazy("the caller hung up in the menu"),
    LeftAs.TIMED_OUT: gettext_lazy("the queue gave up"),
    LeftAs.TURNED_AWAY: gettext_lazy("the exchange did not let it in"),
    LeftAs.RESTARTED: gettext_lazy("the exchange restarted"),
    LeftAs.UNSEEN: gettext_lazy("over by then; nobody saw whether it was answered"),
}
SETTLED = {
    "case": gettext_lazy("a case was opened"),
    "joined": gettext_lazy("joined to an open case"),
    "not_a_fault": gettext_lazy("not a fault"),
    "no_number": gettext_lazy("no number to ring back"),
    "called_again": gettext_lazy("called again and was answered"),
    "spoken": gettext_lazy("answered, and no request came of it"),
    "not_owed": gettext_lazy("no call-back is promised"),
    "not_seen": gettext_lazy("over, and nobody saw whether it was answered"),
    "same_caller": gettext_lazy("the same caller is rung back for another call"),
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
    visits, attempts, transfers = reading.course_of(call)
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
            yield datetime.fromisoformat(row["taken_at"]), _("taken by %(who)s") % {"who": row["name"]}, ""
    yield from ends(call)


def waits(call: Call, visits: Sequence[QueueVisit]) -> Iterator[tuple[datetime, str, str]]:
    for visit in visits:
        where = _("waits in the queue %(queue)s") % {"queue": visit.queue} if visit.queue else _("waits while it rings")
        beside = [position(visit), before(call) if visit.joined_at == call.waiting_at else ""]
        yield visit.joined_at, where, " · ".join(part for part in beside if part)
        if visit.queue and visit.left_at and visit.result == VisitResult.TIMED_OUT:
            yield visit.left_at, _("the queue %(queue)s gave up") % {"queue": visit.queue}, ""
    if not visits and call.waiting_at and call.waiting_at != call.arrived_at:
        yield call.waiting_at, _("waits for a desk"), before(call)


def before(call: Call) -> str:
    """How long menu and announcement took before the call waited: no minute ran then (P1)."""
    if call.waiting_at is None or call.waiting_at - call.arrived_at < LEAST_BEFORE:
        return ""
    return _("after %(time)s of menu or announcement") % {
        "time": written(call.waiting_at - call.arrived_at, loose=True)
    }


def position(visit: QueueVisit) -> str:
    return _("place %(n)d") % {"n": visit.position} if visit.position else ""


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
        yield call.reached_at, _("rung back and reached by %(who)s") % {"who": who}, ""
        return
    waited = written(call.answered_at - call.waiting_at, loose=True) if call.waiting_at else ""
    beside = _("after %(time)s") % {"time": waited} if waited and call.measure != Measure.GAP else ""
    yield call.answered_at, _("answered by %(who)s") % {"who": who}, beside


def handed_on(transfer: CallTransfer) -> str:
    whom = person(transfer.staff, transfer.to)
    if transfer.by:
        return _("handed on by %(who)s to %(whom)s") % {"who": transfer.by, "whom": whom}
    return _("handed on to %(whom)s") % {"whom": whom}


def ends(call: Call) -> Iterator[tuple[datetime, str, str]]:
    if call.abandoned_at:
        yield call.abandoned_at, str(LEFT[LeftAs(call.left_as or LeftAs.ABANDONED)]), ""
    if call.lost_again_at:
        yield call.lost_again_at, _("over before anybody took it"), ""
        if call.reached_at:
            yield call.reached_at, _("rung back and reached by %(who)s") % {"who": person(call.speaker, "")}, ""
    if call.ended_at and call.end_unseen and not call.lost_at:
        yield call.ended_at, _("over by then: nobody heard it end"), ""
    elif call.ended_at and call.ended_at != call.lost_at:
        yield call.ended_at, pgettext("call", "the line is free again"), ""
    if call.settled_at:
        yield call.settled_at, str(SETTLED.get(call.settled_as, call.settled_as)), ""
