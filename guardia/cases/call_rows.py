"""Calls with what the telephone's pages show of them: open ones, one with its course, missed ones."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from guardia.calls.call import Call, CallTransfer, LeftAs, Measure, QueueVisit, RingAttempt, RingResult
from guardia.cases.phone_owed import AT_TECHNICAL
from guardia.cases.stages.reception_clocks import NOT_OWED
from guardia.clocks.clock import Clock
from guardia.config.sql_rows import raw_condition
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import ClockKind

MOST_OF_A_STATE = 50
MOST_MISSED = 20
MOST_BEFORE = 5
MISSED_FOR = timedelta(days=7)
OF_A_CALL = (
    *("procedure_version", "exchange", "reference", "from_number", "from_name", "dialled", "line", "desk", "desk_now"),
    *("after_hours", "measure", "arrived_at", "waiting_at", "answered_at", "answered_as", "abandoned_at", "left_as"),
    *("ended_at", "later", "waits_again_at", "held_as", "lost_again_at", "reached_at", "settled_at", "settled_as"),
    *("next_due_at", "customer__name", "customer__vip", "contact__title", "contact__name"),
    *("answered_by__name", "held_by__name"),
)
"""What a page shows of an open call."""
# Which open calls are shown, in the place of a call's condition: those that wait, are on the line, or are owed a
# call-back; whoever has a number already and was handed on waits for a person like any other. A call that was answered
# at another desk and is over owes nothing. By hand, since every page and poll of the desk asks it; as an array, since
# PostgreSQL would read all calls for a join.
SHOWN = f"""call.id = ANY(ARRAY(
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY CASE WHEN waits_again_at IS NOT NULL THEN 2
                              WHEN abandoned_at IS NOT NULL OR lost_again_at IS NOT NULL THEN 1
                              WHEN answered_at IS NOT NULL THEN 0 ELSE 2 END
            ORDER BY next_due_at NULLS LAST, waiting_at
        ) AS place
        FROM call
        WHERE (settled_at IS NULL OR (waits_again_at IS NOT NULL AND ended_at IS NULL))
        AND NOT (answered_at IS NOT NULL AND ended_at IS NOT NULL AND lost_again_at IS NULL
                 AND NOT ((desk_now = '' AND desk = '{TECHNICAL}') OR desk_now = '{TECHNICAL}'))
    ) AS placed WHERE place <= {MOST_OF_A_STATE}
))"""


def calls_with_clocks() -> list[Call]:
    """Return the open calls with their running clocks, first what breaks first: of each state fifty at most.

    Of each, so that after a storm of call-backs whoever rings now is shown, and so is the call that one has answered.
    """
    running = Prefetch("clocks", Clock.objects.filter(ended_at=None).order_by("due_at"), to_attr="running")
    calls = Call.objects.filter(raw_condition(SHOWN)).select_related("customer", "contact", "answered_by", "held_by")
    shown = calls.only(*OF_A_CALL).order_by(F("next_due_at").asc(nulls_last=True), "waiting_at")
    return list(shown.prefetch_related(running))


def reception_was_late(call: Call) -> bool:
    """Return whether this call waited longer than P1 promises."""
    return call.clocks.filter(kind=ClockKind.RECEPTION, outcome="breached").exists()


def ringing_telephones(calls: Iterable[Call]) -> dict[int, list[RingAttempt]]:
    """Return which telephones ring for each call now. Calls that no exchange announced are not asked for."""
    announced = [call.pk for call in calls if call.exchange_id]
    if not announced:
        return {}
    found: dict[int, list[RingAttempt]] = {}
    ringing = RingAttempt.objects.filter(visit__call__in=announced, result=RingResult.RINGING, ended_at=None)
    for attempt in ringing.select_related("visit", "staff").order_by("rang_at", "pk")[:100]:
        found.setdefault(attempt.visit.call_id, []).append(attempt)
    return found


def call_with_names(call_id: int) -> Call | None:
    """Return the call with this id, not locked, with its names."""
    named = Call.objects.select_related("contact", "customer", "answered_by", "held_by", "exchange", "case")
    return named.filter(pk=call_id).first()


def course_of(call: Call) -> tuple[list[QueueVisit], list[RingAttempt], list[CallTransfer]]:
    """Return what the exchange did with the call, in order."""
    visits = list(call.visits.select_related("staff").order_by("ordinal"))
    attempts = RingAttempt.objects.filter(visit__call=call).select_related("staff").order_by("rang_at", "pk")
    return visits, list(attempts[:100]), list(call.transfers.select_related("staff").order_by("ordinal"))


def calls_before(call: Call) -> list[Call]:
    """Return the last calls of the same number."""
    if not call.from_number:
        return []
    same = Call.objects.filter(from_number=call.from_number).exclude(pk=call.pk)
    return list(same.select_related("case", "answered_by", "contact").order_by("-arrived_at")[:MOST_BEFORE])


def calls_missed(desks: Sequence[str], at: datetime) -> list[Call]:
    """Return calls to these desks (not the technical one) that nobody answered and nobody has seen to; newest first.

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


LOST = Q(abandoned_at__isnull=False) | ~Q(left_as="")

NEVER_ANSWERED = Q(answered_at=None, ended_at=None, settled_at=None)

RESULTS: dict[str, Q] = {
    "contestada": Q(answered_at__isnull=False) & ~LOST,
    "colgo": LOST & Q(left_as__in=["", LeftAs.ABANDONED]),
    "menu": Q(left_as=LeftAs.IN_MENU),
    "cola": Q(left_as__in=[LeftAs.TIMED_OUT, LeftAs.RESTARTED, LeftAs.UNSEEN]),
    "rechazada": Q(left_as=LeftAs.TURNED_AWAY),
    "por-devolver": Q(reached_at=None, settled_at=None)
    & (Q(abandoned_at__isnull=False) | Q(lost_again_at__isnull=False)),
    "en-espera": ~LOST & NEVER_ANSWERED,
    "fuera-de-horario": Q(after_hours=True),
    "sin-medir": Q(measure=Measure.GAP),
    "sin-caso": Q(case=None, answered_at__isnull=False),
}
"""What became of a call, as the address names it."""


def last_calls_of(customer_id: int, count: int) -> list[Call]:
    """Return the last calls of one company, the latest first."""
    return last_of(calls_matching(companies=[customer_id]), count)


def call_with_exchange(call_id: int) -> Call | None:
    """Return the call with this id, not locked, with its exchange."""
    return Call.objects.select_related("exchange").filter(pk=call_id).first()


def call_of_an_exchange(call_id: int) -> Call | None:
    """Return the call with this id if an exchange told of it."""
    return Call.objects.filter(pk=call_id, exchange__isnull=False).first()


def calls_matching(
    result: str = "",
    number: str = "",
    companies: Collection[int] | None = None,
    line: str | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> QuerySet[Call]:
    """Return the calls with this result, number and line, of these companies, within these hours (UTC)."""
    found = Call.objects.filter(RESULTS[result]) if result else Call.objects.all()
    if number:
        found = found.filter(from_number=number)
    if companies is not None:
        found = found.filter(customer_id__in=companies)
    if line is not None:
        found = found.filter(line=line)
    if between:
        found = found.filter(arrived_at__range=between)
    return found


def calls_for_machines(
    result: str = "",
    number: str = "",
    *,
    is_open: bool | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    **columns: object,
) -> QuerySet[Call]:
    """Return the calls with their names, as ``calls_matching`` finds them; what is None narrows nothing.

    ``is_open``: something is still owed for it; ``since`` is included and ``before`` is not (UTC).
    """
    narrowed = {"settled_at__isnull": is_open, "arrived_at__gte": since, "arrived_at__lt": before, **columns}
    found = calls_matching(result, number).filter(**{name: one for name, one in narrowed.items() if one is not None})
    return found.select_related("contact", "customer", "answered_by", "held_by", "exchange", "case")


def last_of(
    calls: QuerySet[Call], most: int, *, before: tuple[datetime, int] | None = None, since: datetime | None = None
) -> list[Call]:
    """Return the latest of these calls with their names; ``before``: those after a call of this arrival and id."""
    if before:
        calls = calls.filter(arrived_at__lte=before[0]).exclude(arrived_at=before[0], pk__gte=before[1])
    if since:
        calls = calls.filter(arrived_at__gte=since)
    named = calls.select_related("contact", "customer", "answered_by", "case", "exchange")
    return list(named.order_by("-arrived_at", "-pk")[:most])


def has_calls_before(at: datetime) -> bool:
    """Return whether any call arrived before this hour (UTC)."""
    return Call.objects.filter(arrived_at__lt=at).exists()


def running_clocks_of(call: Call) -> list[Clock]:
    """Return the clocks that run for the call, first what breaks first."""
    return list(call.clocks.filter(ended_at=None).order_by("due_at"))
