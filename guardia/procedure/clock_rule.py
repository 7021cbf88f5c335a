"""One row of the procedure's table of clocks: what is promised, from when, until when, who answers for it.

How a clock follows the events of its case, one event after the other:

1. While it runs, an event that is one of its
   ``stops`` ends it and it is judged: kept, or broken if its due hour had passed;
   ``drops`` ends it without a judgement (what it promised is no longer owed); if its due hour had already passed, it
   was broken at that hour all the same;
   ``restarts`` ends and judges it as ``stops`` does, and begins it again at the same hour. One that does not run is
   not begun by it.
2. Then, if it does not run, an event that is one of its ``starts`` begins it. If it runs, it goes on untouched: nobody
   gains time by doing a step twice. A moment in both ``stops`` (or ``drops``) and ``starts`` ends the old one and
   begins a new one.
   ``unless_running`` names, for one of the starts, other clocks whose running (before the event) makes that start
   void: a diagnosis that asks for a visit does not ask for a second one while the crew is on its way.

``excludes`` names a clock whose running time is not counted by this one (P4.4: the work permit).
A clock that was broken goes on running, counting how late it is, until it is stopped or dropped.
Moments without a variant name all their variants.
"""

from datetime import timedelta
from typing import Annotated, Any

from django.utils.translation import gettext
from pydantic import Field, StrictBool, StrictInt, model_validator

from guardia.procedure.durations import Unit, counts_office_hours
from guardia.procedure.problems import refusal
from guardia.procedure.targets import Target
from guardia.procedure.texts import ClauseNumber, Name, Part, Text
from guardia.procedure.triggers import Trigger, matches, overlap
from guardia.procedure.vocabulary import Answerer, Band, CaseKind, ClockKind, Comparison, Stage, WaitCause

ALWAYS = "always"
"""The weekly hours that know no calendar: 24×7 (A1)."""

Percent = Annotated[StrictInt, Field(gt=0, lt=100)]


class ClockRule(Part):
    """The rule of one clock. Lengths are of the clock's calendar: every hour, or only its office hours (A3)."""

    kind: ClockKind
    clause: ClauseNumber
    name: Text
    stage: Stage | None = None
    applies_to: tuple[CaseKind, ...] = (CaseKind.INCIDENT,)
    starts: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    unless_running: dict[Trigger, tuple[ClockKind, ...]] = {}
    restarts: tuple[Trigger, ...] = ()
    stops: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    drops: tuple[Trigger, ...] = ()
    excludes: ClockKind | None = None
    counts_from: Text
    counts_until: Text
    target: Target
    unit: Unit = Unit.ELAPSED
    comparison: Comparison
    warnings: tuple[Percent, Percent] = (50, 80)
    waits: tuple[WaitCause, ...] = ()
    answers: Answerer
    calendar: Name = ALWAYS
    escalates: StrictBool = True
    sample: StrictBool = False
    decision: StrictBool = False

    def target_for(self, band: Band | None = None, level: int | None = None) -> timedelta | None:
        """How long the promise lasts; None where no hour is promised (P4.3) or where the event carries it (as set)."""
        return self.target.length(band, level)

    def range_for(self, band: Band | None) -> tuple[timedelta, timedelta] | None:
        """From and to, where the text promises a range (P4.1: 1.5 h to 3 h); None elsewhere."""
        rule = self.target.by_band[band] if self.target.by_band and band else None
        return (rule.range_from, rule.target) if rule and rule.range_from and rule.target else None

    def is_started(self, moment: str, variant: str | None, running: frozenset[ClockKind]) -> bool:
        """Whether one of the starts is this event, and none of the clocks that would make it void runs."""
        named = [trigger for trigger in self.starts if matches(trigger, moment, variant)]
        return any(not running & set(self.unless_running.get(trigger, ())) for trigger in named)

    @model_validator(mode="before")
    @classmethod
    def take_unit_from_target(cls, value: Any) -> Any:
        """``target: 4 office h`` says both the length and that only the calendar's hours count."""
        target = value.get("target") if isinstance(value, dict) else None
        if not isinstance(target, str) or not counts_office_hours(target) or "unit" in value:
            return value
        return {**value, "target": target.replace("office ", ""), "unit": Unit.OFFICE}

    @model_validator(mode="after")
    def calendar_fits_unit(self) -> "ClockRule":
        if (self.unit is Unit.OFFICE) == (self.calendar == ALWAYS):
            raise refusal(
                gettext("The calendar “%s” and the target do not agree on which hours count") % self.calendar,
                gettext("Write the target in office hours (4 office h) with the name of their calendar, or neither"),
            )
        return self

    @model_validator(mode="after")
    def warns_in_order(self) -> "ClockRule":
        if self.warnings[0] >= self.warnings[1]:
            raise refusal(
                gettext("The second warning does not come after the first"),
                gettext("Write two rising percentages of the time gone by, such as [50, 80]"),
            )
        return self

    @model_validator(mode="after")
    def ends_one_way(self) -> "ClockRule":
        """One event cannot stop, drop and restart the same clock."""
        for one, other in (("stops", "drops"), ("stops", "restarts"), ("drops", "restarts")):
            for trigger in getattr(self, one):
                if any(overlap(trigger, second) for second in getattr(self, other)):
                    raise refusal(
                        gettext("“%(trigger)s” stands in both “%(one)s” and “%(other)s”")
                        % {"trigger": trigger, "one": one, "other": other},
                        gettext("Leave it in one of them"),
                    )
        return self
