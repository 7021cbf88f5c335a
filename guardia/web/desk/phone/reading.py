"""What the telephone's screens read: few questions, each of what is shown and no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from guardia.calls.call import Call
from guardia.calls.queue_visit import CallTransfer, QueueVisit, RingAttempt, RingResult
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.phone_owed import AT_TECHNICAL
from guardia.cases.stages.reception_clocks import NOT_OWED

MOST_CASES = 9  # one key each
MOST_MISSED = 20
MOST_BEFORE = 5
MISSED_FOR = timedelta(days=7)


def ringing_telephones(calls: Iterable[Call]) -> dict[int, list[RingAttempt]]:
    """Which telephones ring for each call now. Calls that no exchange announced are not asked for."""
    announced = [call.pk for call in calls if call.exchange_id]
    if not announced:
        return {}
    found: dict[int, list[RingAttempt]] = {}
    ringing = RingAttempt.objects.filter(visit__call__in=announced, result=RingResult.RINGING, ended_at=None)
    for attempt in ringing.select_related("visit", "staff").order_by("rang_at", "pk")[:100]:
        found.setdefault(attempt.visit.call_id, []).append(attempt)
    return found


def open_cases_of(company_ids: Iterable[int]) -> dict[int, list[Case]]:
    """The open cases of each company, newest first: those that one key attaches a call to, and one more."""
    opened = queries.with_names(queries.open_cases()).order_by("-opened_at")
    return {pk: list(opened.filter(customer=pk)[: MOST_CASES + 1]) for pk in dict.fromkeys(company_ids)}


def call_with_names(call_id: int) -> Call | None:
    """One call, not locked, with its names."""
    named = Call.objects.select_related("contact", "customer", "answered_by", "held_by", "exchange", "case")
    return named.filter(pk=call_id).first()


def course_of(call: Call) -> tuple[list[QueueVisit], list[RingAttempt], list[CallTransfer]]:
    """What the exchange did with it, in order."""
    visits = list(call.visits.select_related("staff").order_by("ordinal"))
    attempts = RingAttempt.objects.filter(visit__call=call).select_related("staff").order_by("rang_at", "pk")
    return visits, list(attempts[:100]), list(call.transfers.select_related("staff").order_by("ordinal"))


def calls_before(call: Call) -> list[Call]:
    """The last calls of the same number."""
    if not call.from_number:
        return []
    same = Call.objects.filter(from_number=call.from_number).exclude(pk=call.pk)
    return list(same.select_related("case", "answered_by", "contact").order_by("-arrived_at")[:MOST_BEFORE])


def last_cases_of(company_id: int) -> list[Case]:
    """The last cases of the company that are closed."""
    closed = queries.with_names(Case.objects.filter(customer=company_id, closed_at__isnull=False))
    return list(closed.order_by("-opened_at")[:MOST_BEFORE])


def missed(desks: Sequence[str], at: datetime) -> list[Call]:
    """Calls to these desks (not the technical one) that nobody answered and nobody has seen to; newest first.

    No clock runs for them: no hour is promised, and they are rung back all the same. Whoever called again and was
    answered is not among them.
    """
    if not desks:
        return []
    theirs = Q(desk_now="", desk__in=desks) | Q(desk_now__in=desks)
    unanswered = Q(answered_at=None) | Q(lost_again_at__isnull=False)
    recent = Call.objects.filter(theirs, unanswered, arrived_at__range=(at - MISSED_FOR, at))
    over = recent.exclude(AT_TECHNICAL).exclude(abandoned_at=None, ended_at=None)
    again = Call.objects.filter(
        from_number=OuterRef("from_number"), arrived_at__gt=OuterRef("arrived_at"), answered_at__isnull=False
    )
    open_ones = over.filter(Q(settled_at=None) | Q(settled_as=NOT_OWED)).exclude(from_number="")
    return list(
        open_ones.exclude(Exists(again)).select_related("customer", "contact").order_by("-arrived_at")[:MOST_MISSED]
    )
