"""A version of the procedure, laid out for its document: what belongs together stands together, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from guardia.procedure.directory import Desk, Line
from guardia.procedure.escalation_rules import LevelRule
from guardia.procedure.field_rules import BandRule
from guardia.procedure.filling import filled
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken import length, promised
from guardia.procedure.spoken_hours import dated, weekly
from guardia.procedure.stage_rule import StageRule
from guardia.procedure.texts import ClauseText, Text
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import CaseKind, ClockKind
from guardia.web.portal.shown_notices import ShownNotice, notices_of
from guardia.web.portal.shown_times import ShownTime, times_of


@dataclass(frozen=True)
class ShownDesk:
    desk: Desk
    hours: str
    weekly: list[tuple[str, str]]
    lines: list[Line]


@dataclass(frozen=True)
class ShownClause:
    """A clause with its promise, and what was decided where it is silent."""

    number: str
    promise: Text | None
    decisions: list[str]


@dataclass(frozen=True)
class ShownStage:
    rule: StageRule
    clauses: list[ShownClause]
    decisions: list[str]
    promised: list[ShownNotice]
    decided: list[ShownNotice]


@dataclass(frozen=True)
class ShownBand:
    rule: BandRule
    time: str
    cities: int


@dataclass(frozen=True)
class ShownLevel:
    rule: LevelRule
    acknowledges: str


class ShownProcedure:
    """All that the document's template asks for."""

    def __init__(
        self, version: ProcedureVersion, cities: Mapping[str, int], procedure: Procedure | None = None
    ) -> None:
        """``procedure`` where the version is none yet, but a draft of one."""
        self.version = version
        self.procedure = procedure or version.procedure
        self.cities = cities
        self.times = times_of(self.procedure)

    @property
    def effective(self) -> str:
        return self.hour(self.version.effective_at)

    @property
    def published(self) -> str:
        return self.hour(self.version.published_at)

    def hour(self, at: datetime) -> str:
        return dated(at, self.procedure.provider)

    @property
    def desks(self) -> list[ShownDesk]:
        return [self.desk(desk) for desk in self.procedure.desks]

    def desk(self, desk: Desk) -> ShownDesk:
        hours = self.procedure.hours(desk.hours)
        lines = [line for line in self.procedure.lines if line.desk == desk.key]
        return ShownDesk(desk, str(hours.name), weekly(hours) if not hours.always else [], lines)

    @property
    def calls(self) -> list[ShownClause]:
        """A1, L4: technical requests at any hour, and what a call begins."""
        return [self.clause(number) for number in ("A1", "L4")]

    @property
    def requests(self) -> list[ShownClause]:
        """A2, A3: administrative requests."""
        return [self.clause(number) for number in ("A2", "A3")]

    @property
    def news(self) -> ShownClause:
        return self.clause("P")

    @property
    def escalation(self) -> ShownClause:
        return self.clause("E1")

    @property
    def night(self) -> ShownClause:
        return self.clause("E5")

    @property
    def waits(self) -> ShownClause:
        return self.clause("W1")

    @property
    def offices(self) -> ShownClause:
        return self.clause("A4")

    def clause(self, number: str) -> ShownClause:
        return self.shown(self.procedure.clause(number))

    def shown(self, clause: ClauseText) -> ShownClause:
        return ShownClause(clause.clause, clause.promise, self.filled(clause.decisions))

    def filled(self, decisions: tuple[Text, ...]) -> list[str]:
        return [filled(text, self.procedure) for text in decisions]

    @property
    def stages(self) -> list[ShownStage]:
        return [self.stage(rule) for rule in self.procedure.stages]

    def stage(self, rule: StageRule) -> ShownStage:
        notices = notices_of(self.procedure, rule)
        return ShownStage(
            rule,
            [self.shown(clause) for clause in rule.clauses],
            self.filled(rule.decisions),
            [notice for notice in notices if not notice.decision],
            [notice for notice in notices if notice.decision],
        )

    @property
    def promised_times(self) -> list[ShownTime]:
        return [time for time in self.times if not time.rule.decision]

    @property
    def decided_times(self) -> list[ShownTime]:
        return [time for time in self.times if time.rule.decision and CaseKind.INCIDENT in time.rule.applies_to]

    @property
    def desk_times(self) -> list[ShownTime]:
        """A3: what an administrative request may expect."""
        return [time for time in self.times if CaseKind.INCIDENT not in time.rule.applies_to]

    @property
    def has_samples(self) -> bool:
        return any(time.rule.sample for time in self.times)

    @property
    def bands(self) -> list[ShownBand]:
        travel = self.procedure.clock(ClockKind.TRAVEL)
        return [
            ShownBand(rule, promised(travel, rule.band), self.cities.get(rule.band, 0)) for rule in self.procedure.bands
        ]

    @property
    def levels(self) -> list[ShownLevel]:
        times = self.procedure.clock(ClockKind.ACKNOWLEDGEMENT)
        return [
            ShownLevel(rule, length(time))
            for rule in self.procedure.escalation.levels
            if (time := times.target_for(level=rule.level))
        ]

    @property
    def steps(self) -> list[tuple[Text, list[str]]]:
        """Stage by stage: after how long each level is called, from the first up; “at once” for no time at all."""
        return [
            (stage.name, [said_after(step.after.total_seconds(), length(step.after)) for step in steps])
            for stage in self.procedure.stages
            if (steps := self.procedure.steps_for(stage.stage))
        ]

    @property
    def night_hours(self) -> list[tuple[str, str]]:
        return weekly(self.procedure.hours(self.procedure.escalation.night.hours))


def said_after(seconds: float, words: str) -> str:
    return words if seconds else gettext("at once")
