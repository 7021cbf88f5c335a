"""What fell due is found and recorded, dated when it fell due. Cost grows with what is due."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import ledger, written
from guardia.cases.queries import free_cases, number_of
from guardia.cases.stages import reception
from guardia.clocks.quarantine import Quarantine
from guardia.config.sql_rows import rows_of

BATCH = 500
IS_DUE = "ended_at IS NULL AND breached_at IS NULL AND due_at <= %(now)s"
# By hand, since a worker asks them whenever something is due.
DUE = f"""
    SELECT case_id, call_id, request_id FROM clock
    WHERE {IS_DUE}
    AND (case_id IS NULL OR case_id <> ALL(%(cases)s::bigint[]))
    AND (case_id IS NOT NULL OR call_id IS NULL OR call_id <> ALL(%(calls)s::bigint[]))
    AND (case_id IS NOT NULL OR request_id IS NULL OR request_id <> ALL(%(requests)s::bigint[]))
    ORDER BY due_at LIMIT {BATCH}
"""
STEPS = f"""
    SELECT id FROM "case" WHERE next_step_at <= %(now)s AND id <> ALL(%(cases)s::bigint[])
    ORDER BY next_step_at LIMIT {BATCH}
"""
STILL_DUE = f"""
    SELECT count(DISTINCT {{owner}}) FROM clock WHERE case_id IS NULL AND {{owner}} = ANY(%(pks)s) AND {IS_DUE}
"""


CASES, CALLS, REQUESTS = Quarantine("case", number_of), Quarantine("call"), Quarantine("request")


def sweep(now: datetime) -> int:
    """Record what is due at ``now`` (UTC) of up to a batch of cases, calls and requests; returns how many it settled.

    Breaches, and the next steps of escalations. A case that somebody holds is left for the next second. The batch is
    one step; where a row spoils it, each goes by itself in a savepoint, and the bad one is set aside for an hour.
    """
    without = {
        name: list(aside.left_out(now)) for name, aside in (("cases", CASES), ("calls", CALLS), ("requests", REQUESTS))
    }
    found = rows_of(DUE, {**without, "now": now})
    of_steps = [case_id for (case_id,) in rows_of(STEPS, {"cases": without["cases"], "now": now})]
    cases = list(dict.fromkeys([*(case_id for case_id, *_ in found if case_id), *of_steps]))[:BATCH]
    calls = list(dict.fromkeys(call_id for case_id, call_id, _ in found if call_id and not case_id))
    requests = list(dict.fromkeys(pk for case_id, _, pk in found if pk and not case_id))
    together = ((_look_at_cases, cases, CASES), (_look_at_calls, calls, CALLS), (_look_at_requests, requests, REQUESTS))
    return sum(aside.together(partial(look, now=now), pks, now) for look, pks, aside in together)


def _look_at_cases(case_ids: Sequence[int], now: datetime) -> int:
    return ledger.record_breaches(free_cases(case_ids), now)


def _look_at_calls(call_ids: Sequence[int], now: datetime) -> int:
    calls = Call.objects.select_for_update(skip_locked=True).filter(pk__in=call_ids, case=None).order_by("pk")
    for call in calls:
        reception.keep_clocks(call, now)
    return _settled("call_id", [call.pk for call in calls], now)


def _look_at_requests(request_ids: Sequence[int], now: datetime) -> int:
    free = WrittenRequest.objects.select_for_update(skip_locked=True)
    requests = free.filter(pk__in=request_ids, case=None).order_by("pk")
    for request in requests:
        written.keep_clocks(request, now)
    return _settled("request_id", [request.pk for request in requests], now)


def _settled(owner: str, pks: Sequence[int], now: datetime) -> int:
    """How many of these calls or requests have nothing due any more. A clock that follows from nothing known of its own
    stays due: it is looked at once a second, and not again at once.
    """
    return len(pks) - rows_of(STILL_DUE.format(owner=owner), {"pks": pks, "now": now})[0][0] if pks else 0
