"""Call-back D: what two transactions at the same instant left to each other is settled a few seconds later."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from guardia.calls.call import Call
from guardia.cases import phone_owed
from guardia.people.shifts import TECHNICAL

MOST = 100


def settle_forgotten(now: datetime) -> list[Call]:
    """Calls that are owed a call-back although their number was answered since, or is owed another one; now (UTC).

    A person who presses waits for nobody: a call that something else writes at that instant is passed over. Nor does
    this wait. Returns the calls that it changed.
    """
    owed = Q(settled_at=None, reached_at=None, abandoned_at__isnull=False, desk=TECHNICAL)
    answered = Q(abandoned_at=None, answered_at__gte=OuterRef("abandoned_at"))
    others = Call.objects.filter(answered | owed, from_number=OuterRef("from_number")).exclude(pk=OuterRef("pk"))
    found = Call.objects.filter(owed).exclude(from_number="").filter(Exists(others)).order_by(F("abandoned_at"))
    numbers = dict.fromkeys(found.values_list("from_number", flat=True)[:MOST])
    return [call for number in numbers for call in phone_owed.settle_number(number, now, skip_locked=True)]
