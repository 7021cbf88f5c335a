"""The report of a month to one company as it is frozen: codes, numbers and hours, so that what was sent stays what it
was. Hours are ISO 8601 in UTC and empty where there is none; lengths are whole seconds.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, fields
from typing import Any

# What a month's report says of requests and formal complaints (A3), as it is frozen: see `month_told`.


@dataclass(frozen=True)
class RequestFacts:
    """A request of sales or billing, or a formal complaint (A3): what was promised of it, and how long it took.

    A target of 0 promises nothing of that kind; ``taken`` is None while it is owed. ``state`` is running, kept,
    breached or dropped. Lengths are of the hours in which its desk is open, a complaint's solution excepted.
    """

    number: str
    subject: str
    is_complaint: bool
    opened_at: str
    closed_at: str
    answer_target: int
    answer_taken: int | None
    answer_state: str
    solution_target: int
    solution_taken: int | None
    solution_state: str


@dataclass(frozen=True)
class CountFacts:
    """Cases of one kind in the month; ``duplicates`` and ``withdrawn`` ended in it, and stand in no other number."""

    opened: int = 0
    closed: int = 0
    open_at_end: int = 0
    duplicates: int = 0
    withdrawn: int = 0

    @property
    def any(self) -> bool:
        return bool(self.opened or self.closed or self.open_at_end or self.duplicates or self.withdrawn)


NO_CASES = CountFacts()


@dataclass(frozen=True)
class LogFacts:
    """The newest signature over the log of all histories when the report was made; ``root`` in base64."""

    address: str = ""
    size: int = 0
    root: str = ""
    note: str = ""
    at: str = ""


NOT_SIGNED = LogFacts()


@dataclass(frozen=True)
class ServiceFacts:
    """A service that was affected. ``percent`` has three decimals and a point; ``excluded`` was left out as agreed,
    ``in_work`` lies within planned work that was announced: beside the affected time, and not in it.
    """

    circuit: str
    site: str
    city: str
    percent: str
    down: int
    excluded: int
    cases: int
    in_work: int = 0


@dataclass(frozen=True)
class PromiseFacts:
    """One kind of promise of the month. Times leave waits out."""

    kind: str
    kept: int
    breached: int
    target_from: int | None
    target_to: int | None
    median: int | None
    worst: int | None


@dataclass(frozen=True)
class CaseFacts:
    """``closed_at`` is empty where the case was open when the month ended; ``down`` is what counts of this month."""

    number: str
    subject: str
    circuit: str
    opened_at: str
    closed_at: str
    down: int
    excluded: int
    escalations: int
    in_work: int = 0


@dataclass(frozen=True)
class WaitFacts:
    """A stopped clock (W1). ``excluded``: seconds of this month that it leaves out; ``ruling``: upheld, rejected."""

    number: str
    cause: str
    party: str
    reason: str
    started_at: str
    ended_at: str
    excluded: int
    contested_at: str
    ruling: str
    ruling_reasons: str


@dataclass(frozen=True)
class BrokenPromiseFacts:
    """A promise that was broken; ``taken`` is None while it still runs."""

    number: str
    kind: str
    target: int
    due_at: str
    taken: int | None


@dataclass(frozen=True)
class SiteFacts:
    """A site that failed again and again: how often within thirty days at its worst."""

    site: str
    city: str
    times: int
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class CourseFacts:
    """An incident that went badly, as it is drawn: ``course`` holds hours and codes (``reports.month_courses``)."""

    number: str
    subject: str
    course: Mapping[str, Any]


@dataclass(frozen=True)
class MonthFacts:
    """``month`` as ``2026-10``; ``services`` counts all, ``affected`` are those that failed; ``percent`` is over all.

    ``left_off`` counts the rows beyond what a letter may carry. ``promises`` and ``late`` are of incidents alone; what
    sales and billing promised is ``request_promises`` (A3). What was made before a field was known lacks it, and is
    read with its default.
    """

    month: str
    company: str
    zone: str
    until: str
    lasts: bool
    opened: int
    closed: int
    open_at_end: int
    services: int
    percent: str
    down: int
    excluded: int
    escalations: int
    promises: tuple[PromiseFacts, ...]
    late: tuple[BrokenPromiseFacts, ...]
    affected: tuple[ServiceFacts, ...]
    cases: tuple[CaseFacts, ...]
    waits: tuple[WaitFacts, ...]
    sites: tuple[SiteFacts, ...]
    left_off: int
    operator: str = ""
    duplicates: int = 0
    withdrawn: int = 0
    asked: CountFacts = NO_CASES
    complained: CountFacts = NO_CASES
    requests: tuple[RequestFacts, ...] = ()
    request_promises: tuple[PromiseFacts, ...] = ()
    in_work: int = 0
    log: LogFacts = NOT_SIGNED
    courses: tuple[CourseFacts, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """No incident, no time without good service."""
        return not (self.cases or self.affected)

    @property
    def judged(self) -> int:
        return sum(each.kept + each.breached for each in self.promises)

    @property
    def kept(self) -> int:
        return sum(each.kept for each in self.promises)

    @property
    def requests_judged(self) -> int:
        return sum(each.kept + each.breached for each in self.request_promises)

    @property
    def requests_met(self) -> int:
        return sum(each.kept for each in self.request_promises)

    def facts(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "MonthFacts":
        """From what was kept."""
        own = {field.name: facts[field.name] for field in fields(cls) if field.name in facts or is_needed(field)}
        for name in own.keys() & ROWS.keys():
            own[name] = tuple(ROWS[name](**each) for each in facts[name])
        for name in own.keys() & {"asked", "complained"}:
            own[name] = CountFacts(**facts[name])
        if "log" in own:
            own["log"] = LogFacts(**facts["log"])
        return cls(**own)


def is_needed(field: Field) -> bool:
    return field.default is MISSING


ROWS: Mapping[str, type] = {
    "promises": PromiseFacts,
    "late": BrokenPromiseFacts,
    "affected": ServiceFacts,
    "cases": CaseFacts,
    "waits": WaitFacts,
    "sites": SiteFacts,
    "requests": RequestFacts,
    "request_promises": PromiseFacts,
    "courses": CourseFacts,
}
