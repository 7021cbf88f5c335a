"""P1 Reception: a call waits, a person answers within the minute; an abandoned technical call is owed a call-back.

The call is a fact of ``calls``; what follows from it (its clocks) is decided here and written by one function.
"""

from collections.abc import Iterator
from datetime import datetime

from guardia.calls.call import Call
from guardia.cases import writes
from guardia.cases.desks import kind_of
from guardia.cases.refusals import AlreadySettled, AnsweredByAnother, TimeBeforeTheCase
from guardia.cases.verbs import PRESSED_TWICE, desk_hour
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.people.staff import Staff
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import Moment

SETTLED_AS = {"joined": Moment.ATTACHED, "not_a_fault": Moment.DISMISSED}


def ring(
    *, from_number: str, line: str, version: ProcedureVersion, at: datetime, contact: Contact | None = None
) -> Call:
    """The call waits for a desk: the reception clock starts (P1). ``contact`` is whom the number belongs to."""
    call = Call.objects.create(
        from_number=from_number,
        line=line,
        procedure_version=version,
        arrived_at=at,
        waiting_at=at,
        contact=contact,
        customer_id=contact.customer_id if contact else None,
    )
    keep_clocks(call, now=at)
    return call


def written_down(
    *, from_number: str, line: str, version: ProcedureVersion, at: datetime, contact: Contact | None = None
) -> Call:
    """A call as the desk writes it down. A number that began to ring half a minute ago is that call, pressed twice."""
    writes.take_turn(f"call {from_number}")
    waiting = Call.objects.filter(answered_at=None, abandoned_at=None, settled_at=None)
    near = waiting.filter(
        from_number=from_number, line=line, waiting_at__range=(at - PRESSED_TWICE, at + PRESSED_TWICE)
    )
    same = near.order_by("pk").first() if from_number else None
    return same or ring(from_number=from_number, line=line, version=version, at=at, contact=contact)


def locked(call_id: int) -> Call:
    """The call, locked until the transaction ends. Raises Call.DoesNotExist."""
    return Call.objects.select_for_update(of=("self",)).select_related("contact", "customer").get(pk=call_id)


def answer(call: Call, *, by: Staff, at: datetime) -> Call:
    """A person answers: reception stops, registration starts (P1, P2). Answering twice changes nothing.

    Raises AnsweredByAnother, AlreadySettled, TimeBeforeTheCase.
    """
    if call.answered_by and call.answered_by != by and not call.settled_at:
        raise AnsweredByAnother(who=call.answered_by.name)
    if call.answered_at or call.settled_at:
        return call
    if call.abandoned_at:
        raise AlreadySettled()
    _not_before(call, at)
    call.answered_at, call.answered_by = at, by
    return _kept(call, at)


def abandon(call: Call, *, at: datetime) -> Call:
    """The caller hung up unanswered: a call-back is owed (call-back D)."""
    if call.abandoned_at or call.answered_at or call.settled_at:
        return call
    _not_before(call, at)
    call.abandoned_at = at
    return _kept(call, at)


def reach(call: Call, *, by: Staff, at: datetime) -> Call:
    """The call-back found the person: it is on the line now and registration may follow. Raises AnsweredByAnother."""
    if call.reached_at and call.answered_by and call.answered_by != by and not call.settled_at:
        raise AnsweredByAnother(who=call.answered_by.name)
    if not call.is_owed_a_call_back:
        return call
    _not_before(call, at)
    call.reached_at = call.answered_at = at
    call.answered_by = by
    return _kept(call, at)


def settle(call: Call, *, as_: str, at: datetime) -> Call:
    """Nothing more is owed for this call: it was no fault (``not_a_fault``) or belongs to an open case (``joined``)."""
    if call.settled_at:
        return call
    call.settled_at, call.settled_as = at, as_
    return _kept(call, at)


def happenings(call: Call) -> Iterator[Happening]:
    """What happened to the call, in order, as its clocks (and later its case) see it."""
    if call.waiting_at:
        yield Happening(Moment.CALL_WAITING, "", call.waiting_at)
    if call.abandoned_at:
        yield Happening(Moment.CALL_ABANDONED, "", call.abandoned_at)
    if call.reached_at:
        yield Happening(Moment.CALLER_REACHED, "", call.reached_at)
    if call.answered_at:
        yield Happening(Moment.CALL_ANSWERED, "", call.answered_at)


def fold_of(call: Call) -> Fold:
    """The call's clocks as its facts alone give them: whether one fell due is not among them."""
    fold = Fold(effects_of(call.procedure_version_id, kind_of(call.desk))).apply_all(happenings(call))
    if call.settled_at:
        fold.apply(Happening(SETTLED_AS.get(call.settled_as, Moment.DISMISSED), "", call.settled_at))
    return fold


def fold_at(call: Call, now: datetime) -> Fold:
    """The call's clocks at ``now`` (UTC), each breach dated when it fell due: a call has no event that says so."""
    return fold_of(call).with_breaches(now)


def keep_clocks(call: Call, now: datetime) -> None:
    """Write the call's clocks as they follow from its facts, and its next due hour."""
    fold = fold_at(call, now)
    writes.upsert_call_clocks(call.pk, call.customer_id, fold.clocks.values())
    call.next_due_at = min((c.due_at for c in fold.running.values() if c.due_at), default=None)
    Call.objects.filter(pk=call.pk).update(next_due_at=call.next_due_at)


def _kept(call: Call, at: datetime) -> Call:
    facts = ("answered_at", "answered_by_id", "abandoned_at", "reached_at", "settled_at", "settled_as")
    Call.objects.filter(pk=call.pk).update(**{name: getattr(call, name) for name in facts})
    keep_clocks(call, now=at)
    return call


def _not_before(call: Call, at: datetime) -> None:
    if at < call.arrived_at:
        raise TimeBeforeTheCase(after=desk_hour(call.arrived_at))
