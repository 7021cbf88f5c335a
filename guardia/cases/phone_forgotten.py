"""What nobody settles is settled by itself: what two transactions at the same instant left to each other (call-back D),
and what was said to sales and billing and asked for nothing (A3).
"""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from guardia.calls.call import Call
from guardia.cases import phone_owed
from guardia.cases.stages import reception
from guardia.clocks.aside import Aside
from guardia.people.shifts import TECHNICAL

MOST = 100
ASIDE = Aside("call to settle")
SPOKEN = "spoken"
"""Settled so: a desk that owes no number answered it, and no request came of it."""

AFTERWARDS = timedelta(hours=2)
"""So long after a call a desk may still write its request down."""


def settle_forgotten(now: datetime) -> list[Call]:
    """Calls that are owed a call-back although their number was answered since, or is owed another one; now (UTC).

    A person who presses waits for nobody: a call that something else writes at that instant is passed over. Nor does
    this wait. Returns the calls that it changed.
    """
    owed = Q(settled_at=None, reached_at=None, abandoned_at__isnull=False, desk=TECHNICAL)
    answered = Q(abandoned_at=None, answered_at__gte=OuterRef("abandoned_at"))
    others = Call.objects.filter(answered | owed, from_number=OuterRef("from_number")).exclude(pk=OuterRef("pk"))
    found = Call.objects.filter(owed).exclude(from_number="").filter(Exists(others)).order_by(F("abandoned_at"))
    found = found.exclude(pk__in=ASIDE.left_out(now))
    first: dict[str, int] = {}
    for pk, number in found.values_list("pk", "from_number")[:MOST]:
        first.setdefault(number, pk)
    changed: list[Call] = []

    def settle(number: str) -> None:
        changed.extend(phone_owed.settle_number(number, now, skip_locked=True))

    ASIDE.each(first, settle, now, key=first.__getitem__)
    return changed


def settle_spoken(now: datetime) -> int:
    """Calls that sales and billing answered and that were over two hours before ``now`` (UTC); returns how many.

    P2 owes a number to whoever rings the technical desk alone: such a call stays until somebody settles it.
    """
    over = Call.objects.exclude(desk=TECHNICAL).filter(settled_at=None, ended_at__lte=now - AFTERWARDS)
    spoken = over.filter(answered_at__isnull=False, waiting_at__isnull=False).order_by("waiting_at")
    spoken = spoken.exclude(pk__in=ASIDE.left_out(now))
    found = list(spoken.select_for_update(of=("self",), skip_locked=True)[:MOST])
    return ASIDE.each(found, lambda call: reception.settle(call, as_=SPOKEN, at=now), now)
