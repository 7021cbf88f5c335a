"""The calls of one page of the history, found by index: fifty, and never the whole past.

A filter that an index finds (a number, a company, a day) is asked of all calls. Any other looks through one stretch of
days at a time: a rare result years ago costs a page more, not a scan of the table.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from guardia.calls.call import Call, LeftAs, Measure
from guardia.cases.reception_report_span import Length, Span
from guardia.customers import lookup
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.call_history.asking import AskedCalls, Cursor

PAGE = 50
STRETCH = timedelta(days=31)
MOST_COMPANIES = 50

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


@dataclass(frozen=True)
class Found:
    """``older``: where the next page begins; ``looked_until``: how far back was looked, where that was not all."""

    calls: list[Call]
    older: Cursor | None
    looked_until: datetime | None = None


def calls_of(asked: AskedCalls, at: datetime) -> Found:
    """The calls that are asked for, the latest first, before ``asked.before``; ``at`` is now (UTC)."""
    found = matching(asked)
    if asked.before:
        found = found.filter(arrived_at__lte=asked.before.at).exclude(
            arrived_at=asked.before.at, pk__gte=asked.before.pk
        )
    since = None
    if not asked.is_narrow and (asked.line is not None or asked.result):
        since = (asked.before.at if asked.before else at) - STRETCH
        found = found.filter(arrived_at__gte=since)
    named = found.select_related("contact", "customer", "answered_by", "case", "exchange")
    rows = list(named.order_by("-arrived_at", "-pk")[: PAGE + 1])
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        return Found(rows[:PAGE], Cursor(last.arrived_at, last.pk))
    if since and Call.objects.filter(arrived_at__lt=since).exists():
        return Found(rows, Cursor(since, 0), since)
    return Found(rows, None)


def matching(asked: AskedCalls) -> QuerySet[Call]:
    found = Call.objects.filter(RESULTS[asked.result]) if asked.result else Call.objects.all()
    if asked.number:
        found = found.filter(from_number=asked.number)
    if asked.company:
        found = found.filter(customer_id__in=companies(asked.company))
    if asked.line is not None:
        found = found.filter(line=asked.line)
    if asked.day:
        found = found.filter(arrived_at__range=whole(asked.day))
    return found


def whole(day: date) -> tuple[datetime, datetime]:
    """The first and the last instant of a day in the operator's zone."""
    span = Span.of(Length.DAY, day)
    return span.start, span.end - timedelta(microseconds=1)


def companies(written: str) -> list[int]:
    """By id, where the address was made by a link; else by words of the name."""
    if written.isascii() and written.isdigit() and len(written) < 19:
        return [min(int(written), LARGEST_ID)]
    return list(lookup.found_by(written).values_list("pk", flat=True)[:MOST_COMPANIES])


def last_calls_of(customer_id: int, count: int) -> list[Call]:
    """The last calls of one company, the latest first."""
    found = Call.objects.filter(customer=customer_id).select_related("contact", "customer", "answered_by", "case")
    return list(found.order_by(F("arrived_at").desc(), F("pk").desc())[:count])
