"""The clocks of a call that has no case (yet), as they follow from its facts alone (P1, call-back D, P2)."""

from collections.abc import Iterator
from datetime import datetime

from guardia.calls.call import Call, Measure
from guardia.cases import phone_later, writes
from guardia.cases.desk_hours import kind_of
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.config.sql_rows import run
from guardia.procedure.vocabulary import ClockKind, Moment

SETTLED_AS = {"joined": Moment.ATTACHED, "not_a_fault": Moment.DISMISSED}
OF_A_CALL = frozenset({Moment.CALL_WAITING, Moment.CALL_ABANDONED, Moment.CALLER_REACHED, Moment.CALL_ANSWERED})
"""What ``happenings`` tells of a call."""
NOT_OWED = "not_owed"
"""Settled so: it ended unanswered, and no call-back is promised for it."""


def happenings(call: Call) -> Iterator[Happening]:
    """What happened to the call, in order, as its clocks (and later its case) see it.

    A wait that nobody saw begins and is judged no further: neither kept nor broken.
    """
    if call.waiting_at:
        unseen = {"not_measured": [ClockKind.RECEPTION.value]} if call.measure == Measure.GAP else {}
        yield Happening(Moment.CALL_WAITING, "", call.waiting_at, unseen)
    if call.abandoned_at and call.settled_as != NOT_OWED:
        yield Happening(Moment.CALL_ABANDONED, "", call.abandoned_at)
    if call.reached_at and not call.lost_again_at:
        yield Happening(Moment.CALLER_REACHED, "", call.reached_at)
    if call.answered_at:
        yield Happening(Moment.CALL_ANSWERED, "", call.answered_at)
    yield from phone_later.happenings(call)
    if call.lost_again_at and call.settled_as != NOT_OWED:
        yield Happening(Moment.CALL_ABANDONED, "", call.lost_again_at)
        if call.reached_at:
            yield Happening(Moment.CALLER_REACHED, "", call.reached_at)


def fold_of(call: Call) -> Fold:
    """The call's clocks as its facts alone give them: whether one fell due is not among them."""
    fold = Fold(effects_of(call.procedure_version_id, kind_of(call.desk))).apply_all(happenings(call))
    if call.settled_at:
        fold.apply(Happening(SETTLED_AS.get(call.settled_as, Moment.DISMISSED), "", call.settled_at))
        fold.lose(ClockKind.RECEPTION, call.settled_at)  # closed without an answer: nobody waits any more
    return fold


def fold_at(call: Call, now: datetime) -> Fold:
    """The call's clocks at ``now`` (UTC), each breach dated when it fell due: a call has no event that says so."""
    return fold_of(call).with_breaches(now)


def keep_clocks(call: Call, now: datetime) -> None:
    """Write the call's clocks as they follow from its facts, and its next due hour.

    A clock that was believed to run, and by what is known now never did, promises nothing any more.
    """
    fold = fold_at(call, now)
    writes.upsert_call_clocks(call.pk, call.customer_id, fold.clocks.values())
    writes.retire_call_clocks(call.pk, fold.clocks)
    call.next_due_at = min((c.due_at for c in fold.running.values() if c.due_at), default=None)
    run("UPDATE call SET next_due_at = %s WHERE id = %s", [call.next_due_at, call.pk])
