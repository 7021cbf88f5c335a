"""The closing report as data (P7): what happened, what was promised and what was kept. It has no words of a language.

Hours are UTC, lengths whole seconds; prose is as it was written. ``closing_rows`` fills it from the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardia.cases.case import Case
from guardia.cases.case_proofs import is_lacking
from guardia.cases.closing_figures import Availability, Outage
from guardia.cases.stages.reopening import REOPENS
from guardia.events.kinds import NOT_REPORTED, texts_of_kind
from guardia.evidence.measured_sentences import Compared
from guardia.field.visit import Visit
from guardia.procedure.vocabulary import Moment, Stage
from guardia.reports.recurring import Recurring

STEPS = ("decided_at", "agreed_at", "departed_at", "arrived_at", "permit_cleared_at", "restored_at", "left_at")
GOES_ON = frozenset({Moment.VISIT_RESUMED, Moment.DEPARTED, Moment.ARRIVED, Moment.LEFT_SITE, Moment.RESTORED})
"""What ends the time for which a condition holds a visit up; another condition takes the place of the one before."""


@dataclass(frozen=True)
class HeldUp:
    """For how long, and by which condition of P4.3. Hours in UTC."""

    condition: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class HandedOver:
    crew: str
    before: str
    at: datetime


@dataclass(frozen=True)
class VisitFacts:
    """``crew`` is the one that had it last; ``left_undone`` why it left before the work was done."""

    crew: str
    steps: Sequence[tuple[str, datetime]]
    forecast: tuple[datetime, datetime] | None
    agreed_by: tuple[str, str]
    outcome: str = ""
    held_up: Sequence[HeldUp] = ()
    handed_over: Sequence[HandedOver] = ()
    parts_used: Sequence[Mapping[str, Any]] = ()
    signed_by: tuple[str, str] = ("", "")
    signed_at: datetime | None = None
    left_undone: str = ""


def visit_facts(visit: Visit, crew: str, timeline: Sequence["ReportedEvent"], until: datetime) -> VisitFacts:
    """``timeline``: the public events in the order in which they happened; ``until``: up to when the report counts."""
    said = [each for each in timeline if each.data.get("visit") == visit.pk]
    left = next((each for each in said if each.moment == Moment.LEFT_SITE and each.variant == "unfinished"), None)
    return VisitFacts(
        crew=crew,
        steps=[*steps_of(visit)],
        forecast=(visit.forecast_from, visit.forecast_to) if visit.forecast_from and visit.forecast_to else None,
        agreed_by=(visit.agreed_by_operator, visit.agreed_by_customer),
        outcome=visit.outcome,
        held_up=[*held_up_in(said, visit.ended_at or until)],
        handed_over=[
            HandedOver(each.text("crew"), each.text("before"), each.at)
            for each in said
            if each.moment == Moment.CREW_CHANGED
        ],
        parts_used=visit.parts_used,
        signed_by=(visit.signed_by, visit.signed_position),
        signed_at=visit.signed_at,
        left_undone=left.text("reason") if left else "",
    )


def steps_of(visit: Visit) -> Iterator[tuple[str, datetime]]:
    """With its hour each; the end only of a visit that ended neither with the service nor with its crew's leaving."""
    yield from ((name, at) for name in STEPS if (at := getattr(visit, name)))
    if visit.ended_at and not visit.restored_at and visit.ended_at != visit.left_at:
        yield "ended_at", visit.ended_at


def held_up_in(said: Sequence["ReportedEvent"], end: datetime) -> Iterator[HeldUp]:
    """In the order in which it became known: a crew that had arrived before, and says so later, ends it too."""
    since: ReportedEvent | None = None
    for each in sorted(said, key=lambda one: one.seq):
        if since and (each.moment in GOES_ON or each.moment == Moment.BLOCKED):
            if each.at > since.at:
                yield HeldUp(since.variant, since.at, each.at)
            since = None
        if each.moment == Moment.BLOCKED:
            since = each
    if since:
        yield HeldUp(since.variant, since.at, max(since.at, end))


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

    id: int
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
    def reopenings(self) -> list[ReportedEvent]:
        """Each time it was opened again after a closing (P7): the report has one edition more."""
        return reopenings_in(self.timeline)

    @property
    def edition(self) -> int:
        return len(self.reopenings) + 1

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


def reopenings_in(timeline: Sequence[ReportedEvent]) -> list[ReportedEvent]:
    """The events by which a closed case was opened again, in the order in which they were recorded."""
    return sorted((each for each in timeline if REOPENS in each.data), key=lambda each: each.seq)


def is_public_text(moment: str, name: str) -> bool:
    """Whether the customer reads this text of an event: of a public one alone."""
    return name in texts_of_kind(moment)
