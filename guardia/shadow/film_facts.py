"""What the film shows of one day: its cases, their promises, and each letter, page and call at its hour."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.clocks.clock import Clock
from guardia.notices.notice import Notice, NoticeState
from guardia.procedure.vocabulary import Moment
from guardia.shadow.findings import Findings
from guardia.shadow.judgement import OF_THE_STAGES, is_deaf, judged_clocks
from guardia.shadow.replayed_case import ReplayedCase

MOST_CASES = 400
DAY = timedelta(days=1)


def busiest_day(findings: Findings) -> date | None:
    """The local day with most openings; the first of them."""
    days = {day: sum(hours) for day, hours in findings.heat.items()}
    return date.fromisoformat(max(sorted(days), key=lambda day: days[day])) if days else None


def film_facts(
    day: date,
    zone: str,
    cases: Mapping[int, ReplayedCase],
    version_id: int,
    is_doubtful: Callable[[int, datetime], bool],
) -> dict[str, Any]:
    """Hours are seconds since the beginning of the day; what lies outside it is cut.

    ``is_doubtful``: whether the pages of a case at an hour hang on a promise that is not judged.
    """
    begin = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    end = begin + DAY
    rows = Case.objects.filter(opened_at__lt=end, closed_at__gt=begin).select_related("customer")
    shown = list(rows.order_by("opened_at", "pk")[: MOST_CASES + 1])
    left_out = len(shown) > MOST_CASES
    shown = shown[:MOST_CASES]
    places = {case.pk: place for place, case in enumerate(shown)}

    def second(at: datetime | None) -> int | None:
        return None if at is None else round((at - begin).total_seconds())

    def of_cases() -> Iterator[list[Any]]:
        for case in shown:
            number = cases[case.pk].subject.number
            hours = second(case.opened_at), second(case.restored_at), second(case.closed_at)
            yield [number, case.customer.name, case.subject, *hours]

    def of_clocks() -> Iterator[list[Any]]:
        for one in judged_clocks({pk: cases[pk] for pk in places}, version_id):
            clock = one.clock
            if clock.kind in OF_THE_STAGES and not is_deaf(clock):
                due = clock.breached_at or clock.due_at or due_of(clock)
                hours = second(clock.started_at), second(clock.warn_at), second(due), second(clock.ended_at)
                yield [places[clock.case_id or 0], clock.kind, *hours, one.verdict.value]

    events = CaseEvent.objects.filter(case__in=list(places), occurred_at__range=(begin, end))
    letters = Notice.objects.filter(case__in=list(places), event__occurred_at__range=(begin, end))
    letters = letters.exclude(contact=None).exclude(state=NoticeState.SUPPRESSED)
    happens = [
        [
            second(at),
            "letter",
            places[case],
            moment,
            "",
            any((a.moment, a.at) == (moment, at) for a in cases[case].assumed),
        ]
        for case, at, moment in letters.values_list("case_id", "event__occurred_at", "moment")
    ]
    for case, at, moment, data in events.filter(moment__in=(Moment.PAGED, Moment.CALL_OWED)).values_list(
        "case_id", "occurred_at", "moment", "data"
    ):
        kind = "page" if moment == Moment.PAGED else "call"
        happens.append(
            [second(at), kind, places[case], str(data["level"]), str(data.get("number", "")), is_doubtful(case, at)]
        )
    return {
        "day": day.isoformat(),
        "zone": zone,
        "left_out": left_out,
        "cases": list(of_cases()),
        "clocks": list(of_clocks()),
        "happens": sorted(happens, key=lambda one: (one[0], one[1], one[2])),
    }


def due_of(clock: Clock) -> datetime | None:
    """When an ended clock would have fallen due, its waits left out."""
    if clock.target_seconds is None:
        return None
    waits = ((datetime.fromisoformat(begin), end and datetime.fromisoformat(end)) for begin, end in clock.waits)
    waited = sum(((end - begin) for begin, end in waits if end), timedelta())
    return clock.started_at + timedelta(seconds=clock.target_seconds) + waited
