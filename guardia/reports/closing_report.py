"""The closing report as data (P7): what happened, what was promised and what was kept. It has no words of a language.

Hours are UTC, lengths whole seconds; prose is as it was written. ``closing_rows`` fills it from the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardia.cases.case import Case
from guardia.cases.case_proofs import is_lacking
from guardia.cases.closing_figures import Availability, Outage
from guardia.events.kinds import NOT_REPORTED, texts_of_kind
from guardia.evidence.measured_sentences import Compared
from guardia.procedure.vocabulary import Moment, Stage
from guardia.reports.recurring import Recurring
from guardia.reports.visit_facts import VisitFacts


@dataclass(frozen=True)
class ReportedEvent:
    """One public event. A text that was erased is None."""

    seq: int
    moment: str
    variant: str
    at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]
    texts: Mapping[str, str | None]

    def text(self, name: str) -> str:
        return self.texts.get(name) or ""


@dataclass(frozen=True)
class Promised:
    """One promise: from start to end it lasted, less what stood still it took, and that is what is judged."""

    kind: str
    ordinal: int
    stage: Stage
    started_at: datetime
    ended_at: datetime | None
    target: int | None
    comparison: str
    calendar: str
    stood: Sequence[tuple[datetime, datetime]]
    lasted: int
    taken: int
    kept: bool

    @property
    def stood_still(self) -> int:
        """Waits, and the hours in which its calendar does not count."""
        return self.lasted - self.taken


@dataclass(frozen=True)
class WaitFacts:
    """A stop as it stands now (W1). ``excluded``: the affected time leaves it out too; ``void``: it holds nothing."""

    cause: str
    clocks: Sequence[str]
    start: datetime
    end: datetime
    seconds: int
    asked_by: str
    reason: str
    proof: str
    party: str
    ticket: str
    excluded: bool
    void: bool
    contested_at: datetime | None
    contested_by: str
    contest_reason: str
    ruled_at: datetime | None
    ruling: str
    ruling_reasons: str


@dataclass(frozen=True)
class TestFacts:
    """What was measured before the service came back for good, and after; by the name of the test."""

    name: str
    before: tuple[datetime, str, str] | None
    after: tuple[datetime, str, str] | None


@dataclass(frozen=True)
class ClosingReport:
    """``until`` is the hour up to which all figures count: the closing, or now while the case is open."""

    case: Case
    until: datetime
    timeline: Sequence[ReportedEvent]
    promises: Sequence[Promised]
    waits: Sequence[WaitFacts]
    outages: Sequence[Outage]
    visits: Sequence[VisitFacts]
    tests: Sequence[TestFacts]
    availability: Availability
    recurring: Recurring
    compared: Sequence[Compared] = ()
    news_owed: int = 0
    news_kept: int = 0

    @property
    def affected(self) -> int:
        return sum(each.counted for each in self.outages)

    @property
    def excluded(self) -> int:
        return sum(each.excluded for each in self.outages)

    @property
    def in_work(self) -> int:
        """Within planned work that was announced: beside the affected time, and not in it."""
        return sum(each.in_work for each in self.outages)

    @property
    def kept(self) -> int:
        return sum(promise.kept for promise in self.promises)

    @property
    def confirmation(self) -> ReportedEvent | None:
        return self.last(Moment.CONFIRMED)

    @property
    def diagnoses(self) -> list[ReportedEvent]:
        """Cause and plan with all that corrected them, in order; every round of a case that relapsed."""
        return self.all(Moment.DIAGNOSED, Moment.CAUSE_CORRECTED, Moment.PLAN_CHANGED, Moment.RECOVERED)

    @property
    def shown(self) -> list[ReportedEvent]:
        return [said for said in self.timeline if said.moment not in NOT_REPORTED]

    @property
    def without_evidence(self) -> list[ReportedEvent]:
        """The steps that a supervisor took although no good test proved the stability (P6, P7)."""
        return [said for said in self.all(Moment.STABILISED, Moment.CLOSED) if is_lacking(said.data)]

    def all(self, *moments: Moment) -> list[ReportedEvent]:
        return [said for said in self.timeline if said.moment in moments]

    def last(self, *moments: Moment) -> ReportedEvent | None:
        return next(iter(self.all(*moments)[::-1]), None)


def is_public_text(moment: str, name: str) -> bool:
    """Whether the customer reads this text of an event: of a public one alone."""
    return name in texts_of_kind(moment)
