"""What a replay found, of the rows of its database: numbers, codes and hours, to be read in any language."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.clocks.clock import Wait
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice, NoticeState
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind, Moment
from guardia.shadow import load
from guardia.shadow.judgement import UNTIL_CLOSED, UNTIL_RESTORED, Judged, Verdict, is_deaf, judged_clocks, longest
from guardia.shadow.level_holders import named, names_on_rota
from guardia.shadow.replay import Replayed
from guardia.shadow.replayed_case import ReplayedCase

WORST = 12
FOLLOWS = (Moment.ESCALATED, Moment.PAGED, Moment.CALL_OWED, Moment.ESCALATION_ENDED)
"""What follows from the promise on which an escalation stands."""
MOST_COMPANIES = 40


@dataclass
class Tally:
    """Promises by what became of them; ``over``: the seconds by which they were broken, together and the worst."""

    kept: int = 0
    broken: int = 0
    not_judged: int = 0
    surely_kept: int = 0
    over: int = 0
    worst: int = 0
    target: int | None = None

    def add(self, one: Judged) -> None:
        match one.verdict:
            case Verdict.KEPT:
                self.kept += 1
            case Verdict.BROKEN:
                self.broken += 1
                self.over += one.over
                self.worst = max(self.worst, one.over)
            case Verdict.NOT_JUDGED:
                self.not_judged += 1
                self.surely_kept += one.surely_kept


@dataclass
class Together:
    """Promises that are judged as one: within what they allow together, surely over it, or unknown."""

    allowed: int
    within: int = 0
    over: int = 0
    unknown: int = 0

    def add(self, took: int | None) -> None:
        if took is None:
            self.unknown += 1
        elif took > self.allowed:
            self.over += 1
        else:
            self.within += 1


@dataclass
class Company:
    cases: int = 0
    letters: int = 0
    pages: int = 0
    promises: Tally = field(default_factory=Tally)


@dataclass
class Findings:
    """All numbers of one replay; hours are ISO 8601 UTC."""

    zone: str
    cases: int = 0
    promises: dict[str, Tally] = field(default_factory=dict)
    together: dict[str, Together] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    """How many promises each person of the file broke."""
    letters: dict[str, int] = field(default_factory=dict)
    news_owed: int = 0
    pages: dict[str, int] = field(default_factory=dict)
    """By level, of promises that are judged."""
    doubtful_pages: dict[str, int] = field(default_factory=dict)
    """By level, of promises that hang on an assumed hour."""
    pages_by_hour: list[int] = field(default_factory=lambda: [0] * 24)
    calls: int = 0
    doubtful_calls: int = 0
    heat: dict[str, list[int]] = field(default_factory=dict)
    """Openings by local day and hour."""
    hours: list[tuple[str, int, int]] = field(default_factory=list)
    worst: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[str, str, int]] = field(default_factory=list)
    by_whom: dict[str, Any] = field(default_factory=dict)
    """``guardia.shadow.by_whom``."""
    outages: list[dict[str, Any]] = field(default_factory=list)
    """``guardia.shadow.outage_findings``."""
    pile_up: tuple[int, int] = (0, 0)
    """By the procedure: so many services within so many seconds are proposed as an outage."""
    knows_causes: bool = False
    """Whether anything says what two services have in common."""


class Finder:
    """Reads the rows; the caller opens the transaction of the staff's database role."""

    def __init__(self, replayed: Replayed, version_id: int) -> None:
        self.replayed, self.version_id = replayed, version_id
        self.procedure = versions.of(version_id)
        self.zone = ZoneInfo(self.procedure.provider.zone)
        self.companies: dict[int, str] = {}
        self.doubtful: set[tuple[int, str]] = set()
        self.over: Counter[int] = Counter()
        self.escalations: dict[int, list[tuple[datetime, str]]] = {}
        self.broken: list[Judged] = []
        self.news_of: Counter[int] = Counter()
        """By case, how many pieces of news were owed by time alone."""
        self.found = Findings(self.zone.key, cases=len(replayed.cases))

    def find(self, news_every: int) -> Findings:
        """``news_every``: seconds between two pieces of news, by the operator's own procedure."""
        self._cases()
        self._promises(news_every)
        self._together()
        self._letters()
        self._pages()
        self._load()
        self._worst()
        self.found.refused = [(what, why, count) for (what, why), count in sorted(self.replayed.refused.items())]
        return self.found

    def _cases(self) -> None:
        rows = Case.objects.values_list("pk", "customer__name", "opened_at").order_by("pk")
        for pk, company, opened_at in rows.iterator(chunk_size=2000):
            self.companies[pk] = company
            self.found.companies.setdefault(company, Company()).cases += 1
            local = opened_at.astimezone(self.zone)
            self.found.heat.setdefault(local.date().isoformat(), [0] * 24)[local.hour] += 1

    def _promises(self, news_every: int) -> None:
        people: Counter[str] = Counter()
        for one in judged_clocks(self.replayed.cases, self.version_id):
            clock = one.clock
            tally = self.found.promises.setdefault(clock.kind, Tally(target=target_of(one)))
            tally.add(one)
            self.found.companies[self.companies[clock.case_id or 0]].promises.add(one)
            if one.verdict == Verdict.NOT_JUDGED:
                self.doubtful.add((clock.case_id or 0, clock.kind))
            if one.verdict == Verdict.BROKEN:
                self.over[clock.case_id or 0] += one.over
                self.broken.append(one)
                if one.who:
                    people[one.who] += 1
            if clock.kind == ClockKind.NEXT_NEWS and clock.ended_at and is_deaf(clock):
                self.news_of[clock.case_id or 0] += (
                    int((clock.ended_at - clock.started_at).total_seconds()) // news_every
                )
        self.found.news_owed = self.news_of.total()
        self.found.people = dict(people.most_common(MOST_COMPANIES))

    def _together(self) -> None:
        restoration = Together(longest(self.procedure, UNTIL_RESTORED))
        closing = Together(longest(self.procedure, UNTIL_CLOSED))
        for case in self.replayed.cases.values():
            restoration.add(case.subject.until_restored)
            closing.add(case.subject.until_closed)
        self.found.together = {"restored": restoration, "closed": closing}

    # --- letters, pages, calls ----------------------------------------------------------------------------------------
    def _letters(self) -> None:
        owed = Notice.objects.exclude(contact=None).exclude(state=NoticeState.SUPPRESSED)
        self.found.letters = dict(owed.values_list("moment").annotate(n=Count("pk")).order_by("-n", "moment"))
        for company, count in owed.values_list("customer__name").annotate(n=Count("pk")):
            self.found.companies[company].letters += count

    def _pages(self) -> None:
        pages: Counter[str] = Counter()
        doubtful: Counter[str] = Counter()
        self.escalations = self._clocks_of_escalations()
        rows = CaseEvent.objects.filter(moment=Moment.PAGED).order_by("case_id", "seq")
        for case, at, data in rows.values_list("case_id", "occurred_at", "data").iterator(chunk_size=2000):
            if not data["staff"]:  # nobody holds the level: somebody on shift calls (E5), which is counted below
                continue
            level = str(data["level"])
            (doubtful if self.is_doubtful(case, at) else pages)[level] += 1
            self.found.pages_by_hour[at.astimezone(self.zone).hour] += 1
            self.found.companies[self.companies[case]].pages += 1
        self.found.pages, self.found.doubtful_pages = dict(pages), dict(doubtful)
        calls = set()
        for case, at in CallTask.objects.values_list("case_id", "owed_at").order_by("owed_at"):
            calls.add(self.promise_at(case, at))
        self.found.doubtful_calls = len(calls & self.doubtful)
        self.found.calls = len(calls) - self.found.doubtful_calls

    def promise_at(self, case: int, at: datetime) -> tuple[int, str]:
        """The case, and the promise on which its escalation stood at an hour."""
        return case, clock_at(self.escalations.get(case, ()), at)

    def is_doubtful(self, case: int, at: datetime) -> bool:
        """Whether the escalation of this case that ran at an hour stands on a promise that is not judged."""
        return self.promise_at(case, at) in self.doubtful

    def _clocks_of_escalations(self) -> dict[int, list[tuple[datetime, str]]]:
        """By case, the promise on which each escalation stands, with the hour at which it began."""
        clocks: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        rows = CaseEvent.objects.filter(moment=Moment.ESCALATED).order_by("case_id", "seq")
        for case, at, data in rows.values_list("case_id", "occurred_at", "data").iterator(chunk_size=2000):
            clocks[case].append((at, str(data.get("clock", ""))))
        return clocks

    # --- load ---------------------------------------------------------------------------------------------------------
    def _load(self) -> None:
        hours = load.by_hour(self._lives())
        self.found.hours = [(hour.at.isoformat(), hour.open, hour.needed) for hour in hours]

    def _lives(self) -> Iterator[load.Life]:
        """P3 and P4 need somebody, but for the waits (W1)."""
        waits: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        for case, begin, end in Wait.objects.values_list("case_id", "started_at", "ended_at"):
            if end:
                waits[case].append((begin, end))
        rows = Case.objects.exclude(closed_at=None).values_list("pk", "opened_at", "closed_at", "outages")
        for pk, opened_at, closed_at, outages in rows.order_by("pk").iterator(chunk_size=2000):
            assert closed_at is not None
            spans = ((datetime.fromisoformat(a), datetime.fromisoformat(b) if b else closed_at) for a, b in outages)
            yield load.Life(opened_at, closed_at, tuple(span for each in spans for span in cut_out(each, waits[pk])))

    # --- the worst ----------------------------------------------------------------------------------------------------
    def _worst(self) -> None:
        """Those over by most; where nothing is judged, those that surely took longer than all promises together."""
        order = [pk for pk, _over in self.over.most_common(WORST)]
        if not order:
            taken = {pk: case.subject.until_restored or 0 for pk, case in self.replayed.cases.items()}
            order = sorted(taken, key=lambda pk: -taken[pk])[:WORST]
        names = names_on_rota()
        for pk in order:
            case, doubtful = self.replayed.cases[pk], {kind for case_id, kind in self.doubtful if case_id == pk}
            self.found.worst.append(
                {
                    "number": case.subject.number,
                    "company": self.companies[pk],
                    "subject": case.subject.subject,
                    "over": self.over[pk],
                    "course": list(course_of(pk, case, doubtful, names)),
                }
            )


def target_of(one: Judged) -> int | None:
    return None if one.clock.target_seconds is None else one.clock.target_seconds


def clock_at(clocks: Sequence[tuple[datetime, str]], at: datetime) -> str:
    """The promise of the last escalation that had begun at this hour."""
    return next((kind for began, kind in reversed(clocks) if began <= at), "")


def cut_out(
    span: tuple[datetime, datetime], waits: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a stretch without the waits."""
    begin, end = span
    for start, over in sorted(waits):
        if start < end and over > begin:
            if begin < start:
                yield begin, start
            begin = max(begin, over)
    if begin < end:
        yield begin, end


def course_of(
    pk: int, case: ReplayedCase, doubtful: set[str], on_rota: Mapping[int, str]
) -> Iterator[tuple[str, str, str, dict[str, Any], bool]]:
    """Event by event: hour, moment, variant, facts, and whether it hangs on an hour that is assumed.

    ``doubtful``: the kinds of the promises that are not judged; what follows from such a one is doubtful too.
    """
    assumed = {(each.moment.value, each.at) for each in case.assumed}
    rows = CaseEvent.objects.filter(case=pk).order_by("occurred_at", "seq")
    escalated = ""
    for at, moment, variant, data in rows.values_list("occurred_at", "moment", "variant", "data"):
        facts = {name: data[name] for name in ("clock", "level", "number") if name in data}
        if moment == Moment.PAGED:
            facts["names"] = named(data, on_rota)
        if moment == Moment.ESCALATED:
            escalated = str(data.get("clock", ""))
        about = escalated if moment in FOLLOWS else str(data.get("clock", ""))
        yield at.isoformat(), moment, variant, facts, (moment, at) in assumed or about in doubtful


def as_json(findings: Findings) -> dict[str, Any]:
    return asdict(findings)
