"""The visits of a case as its report tells them: crews, steps, what held them up, what was put in, who signed (P4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardia.field.visit import Visit
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.reports.closing_report import ReportedEvent

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
