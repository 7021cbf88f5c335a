"""Who is owed a call-back (call-back D): of several calls that one number made in vain the first; and who no longer is.

What is settled here is settled by rule and follows from what is known of all calls of the number, in whatever order it
became known. What a person settled stays as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.db.models import Q

from guardia.calls.call import Call, LeftAs
from guardia.calls.exchange import Exchange
from guardia.cases import writes
from guardia.cases.stages.reception_clocks import NOT_OWED, keep_clocks
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions

NO_NUMBER = "no_number"  # withheld: there is nothing to dial
SAME_CALLER = "same_caller"  # another call of the number is owed the call-back
CALLED_AGAIN = "called_again"  # the person rang again and was answered
NOT_SEEN = "not_seen"  # over, and nobody saw whether anybody answered
OF_ONE = frozenset({NOT_OWED, NO_NUMBER, NOT_SEEN})
OF_SEVERAL = frozenset({SAME_CALLER, CALLED_AGAIN})
IN_ORDER = ("owed", "answered", "closed")
AT_TECHNICAL = Q(desk_now="", desk=TECHNICAL) | Q(desk_now=TECHNICAL)
"""Calls that the technical desk has now, wherever they came in."""
LOOKS_BACK = timedelta(days=30)
MOST = 200

type Settled = tuple[str, datetime | None, datetime | None]
"""As what, when, and when the person was reached (UTC); all empty: the call-back is owed."""
OPEN: Settled = ("", None, None)


def is_owed_one(call: Call) -> bool:
    """A technical call that ended unanswered; in the menu, where the line leads to the technical desk by itself."""
    if call.at_desk != TECHNICAL:
        return False
    in_menu = call.left_as == LeftAs.IN_MENU or (call.left_as == LeftAs.UNSEEN and call.waiting_at is None)
    if not in_menu:
        return True
    lines = versions.of(call.procedure_version_id).lines
    return any(line.key == call.line and line.option is None for line in lines)


def settle_alone(call: Call) -> None:
    """What the call's own facts settle, on the object only: nothing is owed, nothing can be, or nobody knows."""
    if call.settled_at and call.settled_as not in OF_ONE | OF_SEVERAL:
        return
    as_, at = "", None
    if call.reached_at and call.settled_as != CALLED_AGAIN:
        pass
    elif call.lost_at:
        as_ = NOT_OWED if not is_owed_one(call) else "" if call.from_number else NO_NUMBER
        at = call.lost_at if as_ else None
    elif call.ended_at and not call.answered_at:
        as_, at = NOT_SEEN, call.ended_at
    keeps = call.settled_as in OF_SEVERAL and call.lost_at and not as_
    if not keeps:
        if call.settled_as == CALLED_AGAIN:
            call.reached_at = None
        call.settled_as, call.settled_at = as_, at


@dataclass(frozen=True)
class Fact:
    """Something that opens or closes what is owed to a number."""

    at: datetime
    what: str  # owed, answered, closed
    call: Call


def settle_caller(call: Call, now: datetime) -> None:
    """The same, where a person has just pressed something: what another transaction holds is left to that one."""
    if call.from_number and call.at_desk == TECHNICAL:
        settle_number(call.from_number, now, skip_locked=True)


def settle_number(number: str, now: datetime, skip_locked: bool = False) -> list[Call]:
    """Settle what follows for all calls of this number; returns those that it changed.

    Only what changes is locked. What somebody has changed meanwhile is left: whoever did so comes by here too.
    """
    newest = list(Call.objects.filter(from_number=number).order_by("-arrived_at", "-pk")[: MOST + 1])
    calls = [call for call in newest[:MOST] if call.arrived_at >= now - LOOKS_BACK]
    before = {call.pk: call for call in calls}
    wanted = settlements(calls, cut=len(calls) < len(newest))
    differing = [pk for pk, settled in wanted.items() if _stands(before[pk]) != settled]
    if not differing:
        return []
    locked = Call.objects.select_for_update(of=("self",), skip_locked=skip_locked)
    changed = []
    for call in locked.filter(pk__in=differing).order_by("pk"):
        if (_stands(call), call.lost_at) != (_stands(before[call.pk]), before[call.pk].lost_at):
            continue
        call.settled_as, call.settled_at, call.reached_at = wanted[call.pk]
        facts = {name: getattr(call, name) for name in ("settled_as", "settled_at", "reached_at")}
        Call.objects.filter(pk=call.pk).update(**facts)
        keep_clocks(call, now)
        changed.append(call)
    return changed


def _stands(call: Call) -> Settled:
    return call.settled_as, call.settled_at, call.reached_at


def settlements(calls: Sequence[Call], cut: bool = False) -> dict[int, Settled]:
    """How each call that the rule may settle stands, by all facts of the number in the order of their hours.

    ``cut``: there are older calls that are not among these. Then the first ones may be done with by one of those, and
    stay so.
    """
    found: dict[int, Settled] = {}
    debt: Call | None = None
    for fact in sorted(_facts(calls), key=lambda one: (one.at, IN_ORDER.index(one.what), one.call.pk)):
        if fact.what == "owed":
            if cut and fact.call.settled_as == SAME_CALLER:
                continue
            cut = False
            if debt is None:
                debt = fact.call
                found[fact.call.pk] = OPEN
            else:
                found[fact.call.pk] = (SAME_CALLER, fact.at, None)
        elif fact.what == "answered" and debt is not None:
            found[debt.pk] = (CALLED_AGAIN, fact.at, fact.at)
            debt = None
        elif fact.what == "closed" and debt is not None and debt.pk == fact.call.pk:
            debt = None
    return {pk: settled for pk, settled in found.items() if pk in {call.pk for call in calls if _is_ruled(call)}}


def _facts(calls: Iterable[Call]) -> Iterable[Fact]:
    for call in calls:
        if call.answered_at and not call.abandoned_at and (call.desk == TECHNICAL or call.after_hours):
            yield Fact(call.answered_at, "answered", call)
        if call.lost_at and call.at_desk == TECHNICAL and call.settled_as != NOT_OWED:
            yield Fact(call.lost_at, "owed", call)
            if not _is_ruled(call):
                yield Fact(call.reached_at or call.settled_at or call.lost_at, "closed", call)


def _is_ruled(call: Call) -> bool:
    """Neither a person settled it, nor was it called back."""
    if not call.lost_at or call.at_desk != TECHNICAL or call.settled_as in OF_ONE:
        return False
    if call.settled_as in OF_SEVERAL:
        return True
    return call.settled_at is None and call.reached_at is None


# Who folds a call, or settles what a number is owed, does so alone; the others wait for their turn.
#
# Turns are shared by a few calls each: after a long silence thousands are folded in one transaction, and a turn for
# each would be more locks than a database has.


SHARES = 256


def take_calls(exchange: Exchange | int, references: Iterable[str]) -> None:
    """The turns of these calls of one exchange, until the transaction ends. Before any turn of a number."""
    pk = exchange.pk if isinstance(exchange, Exchange) else exchange
    writes.take_turns({f"call {pk} {_share(reference)}" for reference in references})


def take_numbers(numbers: Iterable[str]) -> None:
    writes.take_turns({f"number {_share(number)}" for number in numbers})


def _share(name: str) -> int:
    return crc32(name.encode(errors="replace")) % SHARES
