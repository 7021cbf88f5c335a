"""What the film shows of one day: its cases, their promises, and each letter, page and call at its hour."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from guardia.shadow.level_holders import named, names_on_rota
from guardia.shadow.replayed_case import ReplayedCase

MOST_CASES = 2000
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
    rows = Case.objects.filter(opened_at__lt=begin + DAY, closed_at__gt=begin).select_related("customer")
    found = list(rows.order_by("opened_at", "pk")[: MOST_CASES + 1])
    film = Film(begin, found[:MOST_CASES], cases)
    happens = [*film.letters(), *film.pages(is_doubtful)]
    return {
        "day": day.isoformat(),
        "zone": zone,
        "left_out": len(found) > MOST_CASES,
        "cases": list(film.of_cases()),
        "clocks": list(film.clocks(version_id)),
        "happens": sorted(happens, key=lambda one: (one[0], one[1], one[2])),
    }


class Film:
    """The rows of one day from ``begin`` (UTC) on; a case is named by its place among those that are shown."""

    def __init__(self, begin: datetime, shown: Sequence[Case], cases: Mapping[int, ReplayedCase]) -> None:
        self.begin, self.shown, self.cases = begin, shown, cases
        self.places = {case.pk: place for place, case in enumerate(shown)}
        self.hours = begin, begin + DAY

    def second(self, at: datetime | None) -> int | None:
        return None if at is None else round((at - self.begin).total_seconds())

    def of_cases(self) -> Iterator[list[Any]]:
        for case in self.shown:
            number = self.cases[case.pk].subject.number
            hours = map(self.second, (case.opened_at, case.restored_at, case.closed_at))
            yield [number, case.customer.name, case.subject, *hours]

    def clocks(self, version_id: int) -> Iterator[list[Any]]:
        for one in judged_clocks({pk: self.cases[pk] for pk in self.places}, version_id):
            clock = one.clock
            if clock.kind in OF_THE_STAGES and not is_deaf(clock):
                due = clock.breached_at or clock.due_at or due_of(clock)
                hours = map(self.second, (clock.started_at, clock.warn_at, due, clock.ended_at))
                yield [self.places[clock.case_id or 0], clock.kind, *hours, one.verdict.value]

    def letters(self) -> Iterator[list[Any]]:
        owed = Notice.objects.filter(case__in=list(self.places), event__occurred_at__range=self.hours)
        owed = owed.exclude(contact=None).exclude(state=NoticeState.SUPPRESSED)
        for case, at, moment in owed.values_list("case_id", "event__occurred_at", "moment"):
            is_assumed = any((each.moment, each.at) == (moment, at) for each in self.cases[case].assumed)
            yield [self.second(at), "letter", self.places[case], moment, "", is_assumed]

    def pages(self, is_doubtful: Callable[[int, datetime], bool]) -> Iterator[list[Any]]:
        events = CaseEvent.objects.filter(case__in=list(self.places), occurred_at__range=self.hours)
        rows = events.filter(moment__in=(Moment.PAGED, Moment.CALL_OWED)).order_by("case_id", "seq")
        names = names_on_rota()
        for case, at, moment, data in rows.values_list("case_id", "occurred_at", "moment", "data"):
            if moment == Moment.PAGED and not data["staff"]:
                continue
            kind = "page" if moment == Moment.PAGED else "call"
            about = str(data["level"]), str(data.get("number", "")) or ", ".join(named(data, names))
            yield [self.second(at), kind, self.places[case], *about, is_doubtful(case, at)]


def due_of(clock: Clock) -> datetime | None:
    """When an ended clock would have fallen due, its waits left out."""
    if clock.target_seconds is None:
        return None
    waits = ((datetime.fromisoformat(begin), end and datetime.fromisoformat(end)) for begin, end in clock.waits)
    waited = sum(((end - begin) for begin, end in waits if end), timedelta())
    return clock.started_at + timedelta(seconds=clock.target_seconds) + waited
