"""The procedure: a promise as data.

A file in ``procedures/`` is read by ``load`` and either becomes a ``Procedure`` or is refused with every mistake named.
A ``Procedure`` is a value: it does not change, reads no clock and asks no database. What the words of its parts mean
stands beside each part; how clocks follow events stands in ``clock_rule``.
"""

from functools import cached_property, lru_cache
from typing import Any

from pydantic import ValidationError, ValidationInfo, field_validator

from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.coherence import numbers_in_words, problems_in
from guardia.procedure.directory import Desk, Line, Office, Provider
from guardia.procedure.durations import office_days
from guardia.procedure.filling import with_numbers
from guardia.procedure.problems import Problem, ProcedureFileRefused
from guardia.procedure.refusals import problems_of
from guardia.procedure.rules import (
    BandRule,
    Escalation,
    LevelRule,
    NoticeRule,
    OutageRules,
    PlannedWorkRules,
    Requirements,
    StageRule,
    Step,
    WaitRule,
)
from guardia.procedure.texts import ClauseText, Name, Part, Text, Words
from guardia.procedure.vocabulary import Band, CaseKind, ClockKind, Stage
from guardia.procedure.weekly_hours import WeeklyHours
from guardia.procedure.yaml_file import Document

__all__ = ["ClockRule", "Problem", "Procedure", "ProcedureFileRefused", "load"]


class Procedure(Part):
    """All that is promised, and all that was decided beside it."""

    code: Words
    title: Text
    provider: Provider
    weekly_hours: dict[Name, WeeklyHours]
    offices: tuple[Office, ...]
    desks: tuple[Desk, ...]
    lines: tuple[Line, ...]
    clauses: tuple[ClauseText, ...]
    stages: tuple[StageRule, ...]
    requirements: Requirements
    clocks: tuple[ClockRule, ...]
    bands: tuple[BandRule, ...]
    waits: tuple[WaitRule, ...]
    notices: tuple[NoticeRule, ...]
    escalation: Escalation
    outages: OutageRules = OutageRules()
    planned_work: PlannedWorkRules = PlannedWorkRules()

    @cached_property
    def notices_found(self) -> dict[tuple[str, str | None, CaseKind], NoticeRule | None]:
        """What ``notice_for`` has answered already: a storm asks the same ten thousand times."""
        return {}

    @field_validator("clocks", mode="before")
    @classmethod
    def count_office_days(cls, clocks: Any, info: ValidationInfo) -> Any:
        """``2 office days`` becomes office minutes, by the length of a day of the clock's own calendar (A3 D)."""
        hours = info.data.get("weekly_hours", {})
        return [in_office_minutes(clock, hours) for clock in clocks] if isinstance(clocks, list) else clocks

    def clock(self, kind: ClockKind) -> ClockRule:
        """The rule of this clock. Every kind has one: ``load`` refuses a file without it."""
        return next(rule for rule in self.clocks if rule.kind == kind)

    def clocks_for(self, kind: CaseKind) -> tuple[ClockRule, ...]:
        """The clocks that a case of this kind may have: an incident seven stages', a request its desk's (A2, A3)."""
        return tuple(rule for rule in self.clocks if kind in rule.applies_to)

    def stage(self, stage: Stage) -> StageRule:
        return next(rule for rule in self.stages if rule.stage == stage)

    def band(self, band: Band) -> BandRule:
        return next(rule for rule in self.bands if rule.band == band)

    def desk(self, key: str) -> Desk:
        return next(desk for desk in self.desks if desk.key == key)

    def hours(self, name: str) -> WeeklyHours:
        return self.weekly_hours[name]

    def clause(self, number: str) -> ClauseText:
        return next(clause for clause in self.clauses if clause.clause == number)

    def notice_for(
        self, moment: str, variant: str | None = None, of: CaseKind = CaseKind.INCIDENT
    ) -> NoticeRule | None:
        """What this event owes to the customer; None when it owes nothing. The rule with the variant goes first."""
        asked = (moment, variant, of)
        if asked not in self.notices_found:
            owed = [rule for rule in self.notices if of in rule.applies_to and rule.is_for(moment, variant)]
            self.notices_found[asked] = max(owed, key=lambda rule: len(rule.moment), default=None)
        return self.notices_found[asked]

    def level(self, level: int) -> LevelRule | None:
        return next((rule for rule in self.escalation.levels if rule.level == level), None)

    def steps_for(self, stage: Stage) -> tuple[Step, ...]:
        """Which level is called after how long, when a promise of this stage is broken (E D)."""
        return next((rule.steps for rule in self.escalation.by_stage if rule.stage == stage), ())


def in_office_minutes(clock: Any, hours: dict[str, WeeklyHours]) -> Any:
    """The clock as it was written, its office days counted out where its calendar's days are equally long."""
    target = clock.get("target") if isinstance(clock, dict) else None
    days = office_days(target) if isinstance(target, str) else None
    calendar = hours.get(str(clock.get("calendar"))) if days else None
    minutes = calendar.minutes_of_a_day() if calendar else None
    return {**clock, "target": f"{round(days * minutes)} office min"} if days and minutes else clock


@lru_cache(maxsize=16)
def load(text: str, file: str) -> Procedure:
    """The procedure that a YAML text says. ``file`` is the name that problems are reported under.

    The same text gives the same value again: a procedure does not change, and reading 1,300 lines takes 30 ms.
    Raises ProcedureFileRefused with every mistake found; nothing of a refused text is used.
    """
    document = Document(text, file)
    try:
        procedure = Procedure.model_validate(document.content, context={"file": file})
    except ValidationError as wrong:
        raise ProcedureFileRefused(problems_of(wrong, document, Procedure)) from wrong
    if problems := list(problems_in(procedure, document)):
        raise ProcedureFileRefused(problems)
    procedure = with_numbers(procedure)
    if problems := list(numbers_in_words(procedure, document)):
        raise ProcedureFileRefused(problems)
    return procedure
