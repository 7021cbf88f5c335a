"""What nobody settles is settled by itself: what two transactions at the same instant left to each other (call-back D),
and what was said to sales and billing and asked for nothing (A3).
"""

from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from guardia.calls import journal, snapshot_words
from guardia.calls.call import Call
from guardia.calls.exchange import ExchangeEvent, ExchangeKind
from guardia.cases import phone, phone_owed
from guardia.cases.stages import reception
from guardia.clocks.aside import Aside

MOST = 100
ASIDE = Aside("call to settle")
SPOKEN = "spoken"
"""Settled so: a desk that owes no number answered it, and no request came of it."""

SILENT = Aside("call without an end")
RINGS_AT_MOST, TALKS_AT_MOST = timedelta(minutes=30), timedelta(hours=4)
"""After so long without a word of it a call that rings, or is talked on, is over: its end was lost on the way."""

AFTERWARDS = timedelta(hours=2)
"""So long after a call a desk may still write its request down."""


def settle_forgotten(now: datetime) -> list[Call]:
    """Calls that are owed a call-back although their number was answered since, or is owed another one; now (UTC).

    A person who presses waits for nobody: a call that something else writes at that instant is passed over. Nor does
    this wait. Returns the calls that it changed.
    """
    is_lost = Q(abandoned_at__isnull=False) | Q(lost_again_at__isnull=False)
    owed = phone_owed.AT_TECHNICAL & is_lost & Q(settled_at=None, reached_at=None)
    answered = Q(abandoned_at=None, answered_at__gte=OuterRef("lost"))
    others = Call.objects.filter(answered | owed, from_number=OuterRef("from_number")).exclude(pk=OuterRef("pk"))
    found = Call.objects.annotate(lost=Coalesce("lost_again_at", "abandoned_at")).filter(owed).exclude(from_number="")
    found = found.filter(Exists(others)).order_by("lost")
    found = found.exclude(pk__in=ASIDE.left_out(now))
    first: dict[str, int] = {}
    for pk, number in found.values_list("pk", "from_number")[:MOST]:
        first.setdefault(number, pk)
    changed: list[Call] = []

    def settle(number: str) -> None:
        changed.extend(phone_owed.settle_number(number, now, skip_locked=True))

    ASIDE.each(first, settle, now, key=first.__getitem__)
    return changed


def end_silent(now: datetime) -> list[Call]:
    """Calls of an exchange that pushes of which nothing was heard for so long that their end was lost; ``now`` in UTC.

    Kept among its own words, so that whatever it says later goes before it. Returns the calls that it ended.
    """
    open_ones = Call.objects.filter(Q(settled_at=None) | Q(waits_again_at__isnull=False), ended_at=None)
    pushed = open_ones.filter(exchange__kind=ExchangeKind.CTI, arrived_at__lte=now - RINGS_AT_MOST)
    pushed = pushed.exclude(pk__in=SILENT.left_out(now)).select_related("exchange").order_by("arrived_at")
    ended: list[Call] = []

    def end(call: Call) -> None:
        if ended:  # one in a round: each takes its turns in their order
            return
        if now - _last_word(call) < (TALKS_AT_MOST if call.is_taken_up else RINGS_AT_MOST):
            return
        assert call.exchange
        packet = snapshot_words.silent(call.reference)
        ended.extend(phone.follow(call.exchange, journal.keep(call.exchange, [packet], "snapshot", now), now))

    SILENT.each(list(pushed[:MOST]), end, now)
    return ended


def _last_word(call: Call) -> datetime:
    told = ExchangeEvent.objects.filter(exchange=call.exchange_id, reference=call.reference)
    return told.aggregate(last=Max("happened_at"))["last"] or call.arrived_at


def settle_spoken(now: datetime) -> int:
    """Calls that sales and billing answered and that were over two hours before ``now`` (UTC); returns how many.

    P2 owes a number to whoever rings the technical desk alone: such a call stays until somebody settles it.
    """
    over = Call.objects.exclude(phone_owed.AT_TECHNICAL).filter(settled_at=None, ended_at__lte=now - AFTERWARDS)
    spoken = over.filter(answered_at__isnull=False, waiting_at__isnull=False).order_by("waiting_at")
    spoken = spoken.exclude(pk__in=ASIDE.left_out(now))
    found = list(spoken.select_for_update(of=("self",), skip_locked=True)[:MOST])
    return ASIDE.each(found, lambda call: reception.settle(call, as_=SPOKEN, at=now), now)
