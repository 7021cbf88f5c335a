"""What fell due is found and recorded, dated when it fell due (design §3, §4.5). Cost grows with what is due."""

import logging
from datetime import datetime

from django.db import transaction

from guardia.calls.call import Call
from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.queries import with_names
from guardia.cases.stages import reception
from guardia.clocks.clock import Clock

log = logging.getLogger(__name__)

BATCH = 500


def sweep(now: datetime) -> int:
    """Record the breaches of up to a batch of clocks that are due at ``now`` (UTC); returns how many cases and calls.

    A case that somebody holds is left for the next second. Each has its own savepoint: one bad row stops no other.
    """
    due = Clock.objects.filter(ended_at=None, breached_at=None, due_at__lte=now).order_by("due_at")[:BATCH]
    found = list(due.values_list("case_id", "call_id"))
    cases = {case_id for case_id, _ in found if case_id}
    calls = {call_id for case_id, call_id in found if call_id and not case_id}
    return sum(_quietly(_breach_case, pk, now) for pk in cases) + sum(_quietly(_breach_call, pk, now) for pk in calls)


def _quietly(breach, pk: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            return breach(pk, now)
    except Exception:
        log.exception("%s of %s failed; the others go on", breach.__name__, pk)
        return 0


def _breach_case(case_id: int, now: datetime) -> int:
    free = Case.objects.select_for_update(of=("self",), skip_locked=True)
    case = with_names(free).filter(pk=case_id).first()
    return len(ledger.record_breaches(case, now)) if case else 0


def _breach_call(call_id: int, now: datetime) -> int:
    call = Call.objects.select_for_update(skip_locked=True).filter(pk=call_id, case=None).first()
    if call is None:
        return 0
    reception.keep_clocks(call, now)
    return 1
