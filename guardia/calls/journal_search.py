"""Found in the journal by what the exchange said, not by the call: of a short time only, since no index helps."""

from datetime import datetime

from django.db.models import TextField
from django.db.models.functions import Cast

from guardia.calls.cti_messages import EVENTS
from guardia.calls.exchange import ExchangeEvent

FEWEST_DIGITS = 6
MOST = 20
BEGINNINGS = ("Newchannel", "DialEnd")
"""Of the manager interface: a number is dialled, and how that ended."""


def numbers_rung(digits: str, since: datetime, until: datetime) -> list[tuple[int, str]]:
    """Exchange and reference of calls, told between the two hours (UTC), whose packets hold these digits.

    Whether they went out, and were answered, their courses tell. Fewer than six digits name nobody.
    """
    if len(digits) < FEWEST_DIGITS:
        return []
    told = ExchangeEvent.objects.filter(received_at__range=(since, until), source__in=("ami", "cti"))
    told = told.exclude(reference="").annotate(words=Cast("packet", TextField())).filter(words__contains=digits)
    named = told.filter(name__in=[*BEGINNINGS, *_spellings()])
    return list(named.order_by().values_list("exchange_id", "reference").distinct()[:MOST])


def _spellings() -> list[str]:
    """The webhook's events as their exchanges write them; only its first message and the answer tell a number."""
    return ["newCall", "OutgoingCall", "answer", "CallAccepted", *EVENTS]
