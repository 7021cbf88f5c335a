"""What fell due is found and recorded, dated when it fell due. Cost grows with what is due."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import ledger, written
from guardia.cases.case import Case
from guardia.cases.queries import number_of, with_names
from guardia.cases.stages import reception
from guardia.clocks.clock import Clock
from guardia.clocks.quarantine import Quarantine

BATCH = 500


CASES, CALLS, REQUESTS = Quarantine("case", number_of), Quarantine("call"), Quarantine("request")


def sweep(now: datetime) -> int:
    """Record what is due at ``now`` (UTC) of up to a batch of cases, calls and requests; returns how many had any.

    Breaches, and the next steps of escalations. A case that somebody holds is left for the next second. The batch is
    one step; where a row spoils it, each goes by itself in a savepoint, and the bad one is set aside for an hour.
    """
    without = {aside: aside.left_out(now) for aside in (CASES, CALLS, REQUESTS)}
    due = Clock.objects.filter(ended_at=None, breached_at=None, due_at__lte=now).order_by("due_at")
    steps = Case.objects.filter(next_step_at__lte=now).order_by("next_step_at")
    if without[CASES]:
        due = due.exclude(case_id__in=without[CASES], case_id__isnull=False)
        steps = steps.exclude(pk__in=without[CASES])
    if without[CALLS]:
        due = due.exclude(call_id__in=without[CALLS], call_id__isnull=False, case_id=None)
    if without[REQUESTS]:
        due = due.exclude(request_id__in=without[REQUESTS], request_id__isnull=False, case_id=None)
    found = list(due.values_list("case_id", "call_id", "request_id")[:BATCH])
    of_steps = steps.values_list("pk", flat=True)[:BATCH]
    cases = list(dict.fromkeys([*(case_id for case_id, *_ in found if case_id), *of_steps]))[:BATCH]
    calls = list(dict.fromkeys(call_id for case_id, call_id, _ in found if call_id and not case_id))
    requests = list(dict.fromkeys(pk for case_id, _, pk in found if pk and not case_id))
    together = ((_look_at_cases, cases, CASES), (_look_at_calls, calls, CALLS), (_look_at_requests, requests, REQUESTS))
    return sum(aside.together(partial(look, now=now), pks, now) for look, pks, aside in together)


def _look_at_cases(case_ids: Sequence[int], now: datetime) -> int:
    free = Case.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    cases = list(with_names(free).filter(pk__in=case_ids).order_by("pk"))
    return ledger.record_breaches(cases, now)


def _look_at_calls(call_ids: Sequence[int], now: datetime) -> int:
    calls = Call.objects.select_for_update(skip_locked=True).filter(pk__in=call_ids, case=None).order_by("pk")
    for call in calls:
        reception.keep_clocks(call, now)
    return len(calls)


def _look_at_requests(request_ids: Sequence[int], now: datetime) -> int:
    free = WrittenRequest.objects.select_for_update(skip_locked=True)
    requests = free.filter(pk__in=request_ids, case=None).order_by("pk")
    for request in requests:
        written.keep_clocks(request, now)
    return len(requests)
