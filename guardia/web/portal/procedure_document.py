"""The published procedure as its customers read it: on a screen, on a telephone, on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.customers.cities import bands_counted
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS, levels_now
from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.directory import Desk, Line
from guardia.procedure.filling import filled
from guardia.procedure.labels import ANSWERER_NAMES, ITEM_NAMES, NOTICE_OCCASIONS
from guardia.procedure.rules import BandRule, LevelRule, NoticeItem, NoticeRule, StageRule
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken import bound, length, promised
from guardia.procedure.spoken_hours import dated, weekly
from guardia.procedure.texts import ClauseText, Text
from guardia.procedure.version import NoProcedure, ProcedureVersion, in_force
from guardia.procedure.vocabulary import CaseKind, ClockKind, Moment, WaitCause
from guardia.web.shared.reach import LevelRow, level_row


# --- notices ----------------------------------------------------------------------------------------------------------
# What a customer receives at a stage, in words.
@dataclass(frozen=True)
class NoticeView:
    """One notice: on what occasion (none for the one the stage itself owes), and what it tells."""

    occasion: str
    tells: str
    decision: bool


def notices_of(procedure: Procedure, stage: StageRule) -> list[NoticeView]:
    """The notices of a stage: those whose topic bears its name."""
    return [
        NoticeView(str(NOTICE_OCCASIONS.get(rule.moment, "")), tells_of(rule), rule.decision)
        for rule in procedure.notices
        if rule.topic == stage.stage.value and CaseKind.INCIDENT in rule.applies_to
    ]


def tells_of(rule: NoticeRule) -> str:
    """“The cause, the plan of solution, what happens next and by when.” Only the first says the number: all bear it."""
    items = [item for item in rule.must_contain if item is not NoticeItem.NUMBER or rule.moment == Moment.REGISTERED]
    *others, last = [str(ITEM_NAMES[item]) for item in items or rule.must_contain]
    words = gettext("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last} if others else last
    return f"{capfirst(words)}."


# --- clocks -----------------------------------------------------------------------------------------------------------
# The table of clocks, in words: what, from when to when, how long, what it may wait for, who answers.
@dataclass(frozen=True)
class TimeView:
    rule: ClockRule
    times: list[tuple[str, str]]
    waits: str
    answers: str

    @property
    def counts(self) -> str:
        return f"{capfirst(str(self.rule.counts_from))}, {self.rule.counts_until}."


def times_of(procedure: Procedure) -> list[TimeView]:
    names = {rule.cause: str(rule.name).lower() for rule in procedure.waits}
    return [
        TimeView(rule, promise_lines(rule, procedure), waits_of(rule, names), str(ANSWERER_NAMES[rule.answers]))
        for rule in procedure.clocks
    ]


def promise_lines(rule: ClockRule, procedure: Procedure) -> list[tuple[str, str]]:
    """For whom, and how long: one line, or one for each band or level."""
    if rule.target.by_band:
        return [(str(band.name), promised(rule, band.band)) for band in procedure.bands]
    if rule.target.by_level:
        levels = procedure.escalation.levels
        return [
            (str(level.name), bound(length(rule.target.by_level[level.level]), rule.comparison)) for level in levels
        ]
    return [("", promised(rule, None, procedure.hours(rule.calendar).minutes_of_a_day()))]


def waits_of(rule: ClockRule, names: dict[WaitCause, str]) -> str:
    return ", ".join(names[cause] for cause in rule.waits) or gettext("nothing")


# --- version ----------------------------------------------------------------------------------------------------------
# A version of the procedure, laid out for its document: what belongs together stands together, in words.
@dataclass(frozen=True)
class DeskView:
    desk: Desk
    hours: str
    weekly: list[tuple[str, str]]
    lines: list[Line]


@dataclass(frozen=True)
class ClauseView:
    """A clause with its promise, and what was decided where it is silent."""

    number: str
    promise: Text | None
    decisions: list[str]


@dataclass(frozen=True)
class StageView:
    rule: StageRule
    clauses: list[ClauseView]
    decisions: list[str]
    promised: list[NoticeView]
    decided: list[NoticeView]


@dataclass(frozen=True)
class BandView:
    rule: BandRule
    time: str
    cities: int


@dataclass(frozen=True)
class LevelView:
    rule: LevelRule
    acknowledges: str


class ProcedureView:
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
    def desks(self) -> list[DeskView]:
        return [self.desk(desk) for desk in self.procedure.desks]

    def desk(self, desk: Desk) -> DeskView:
        hours = self.procedure.hours(desk.hours)
        lines = [line for line in self.procedure.lines if line.desk == desk.key]
        return DeskView(desk, str(hours.name), weekly(hours) if not hours.always else [], lines)

    @property
    def calls(self) -> list[ClauseView]:
        """A1, L4: technical requests at any hour, and what a call begins."""
        return [self.clause(number) for number in ("A1", "L4")]

    @property
    def requests(self) -> list[ClauseView]:
        """A2, A3: administrative requests."""
        return [self.clause(number) for number in ("A2", "A3")]

    @property
    def news(self) -> ClauseView:
        return self.clause("P")

    @property
    def escalation(self) -> ClauseView:
        return self.clause("E1")

    @property
    def night(self) -> ClauseView:
        return self.clause("E5")

    @property
    def waits(self) -> ClauseView:
        return self.clause("W1")

    @property
    def offices(self) -> ClauseView:
        return self.clause("A4")

    def clause(self, number: str) -> ClauseView:
        return self.shown(self.procedure.clause(number))

    def shown(self, clause: ClauseText) -> ClauseView:
        return ClauseView(clause.clause, clause.promise, self.filled(clause.decisions))

    def filled(self, decisions: tuple[Text, ...]) -> list[str]:
        return [filled(text, self.procedure) for text in decisions]

    @property
    def stages(self) -> list[StageView]:
        return [self.stage(rule) for rule in self.procedure.stages]

    def stage(self, rule: StageRule) -> StageView:
        notices = notices_of(self.procedure, rule)
        return StageView(
            rule,
            [self.shown(clause) for clause in rule.clauses],
            self.filled(rule.decisions),
            [notice for notice in notices if not notice.decision],
            [notice for notice in notices if notice.decision],
        )

    @property
    def promised_times(self) -> list[TimeView]:
        return [time for time in self.times if not time.rule.decision]

    @property
    def decided_times(self) -> list[TimeView]:
        return [time for time in self.times if time.rule.decision and CaseKind.INCIDENT in time.rule.applies_to]

    @property
    def desk_times(self) -> list[TimeView]:
        """A3: what an administrative request may expect."""
        return [time for time in self.times if CaseKind.INCIDENT not in time.rule.applies_to]

    @property
    def has_samples(self) -> bool:
        return any(time.rule.sample for time in self.times)

    @property
    def bands(self) -> list[BandView]:
        travel = self.procedure.clock(ClockKind.TRAVEL)
        return [
            BandView(rule, promised(travel, rule.band), self.cities.get(rule.band, 0)) for rule in self.procedure.bands
        ]

    @property
    def levels(self) -> list[LevelView]:
        times = self.procedure.clock(ClockKind.ACKNOWLEDGEMENT)
        return [
            LevelView(rule, length(time))
            for rule in self.procedure.escalation.levels
            if (time := times.target_for(level=rule.level))
        ]

    @property
    def steps(self) -> list[tuple[Text, list[tuple[Text, str]]]]:
        """Stage by stage: each level with after how long it is called, from the first up; “at once” for no time."""
        names = {rule.level: rule.name for rule in self.procedure.escalation.levels}
        return [
            (
                stage.name,
                [(names[each.level], after_text(each.after.total_seconds(), length(each.after))) for each in steps],
            )
            for stage in self.procedure.stages
            if (steps := self.procedure.steps_for(stage.stage))
        ]

    @property
    def night_hours(self) -> list[tuple[str, str]]:
        return weekly(self.procedure.hours(self.procedure.escalation.night.hours))


def after_text(seconds: float, words: str) -> str:
    return words if seconds else gettext("at once")


# --- page -------------------------------------------------------------------------------------------------------------
@require_safe
def procedure_document(request: HttpRequest) -> HttpResponse:
    """The version in force, in the language of ``?lang=`` or of the request; a page that says so when there is none."""
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        response = document_in_force(request)
    response["Content-Language"] = language or settings.LANGUAGE_CODE
    return response


def document_in_force(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {"languages": settings.LANGUAGES}
    at = now()
    try:
        version = in_force(at)
    except NoProcedure:
        return render(request, "portal/no_procedure.html", context, status=404)
    cities = bands_counted()
    context["shown"] = ProcedureView(version, cities)
    context["people"] = published_people(version.procedure, at)
    return render(request, "portal/procedure_document.html", context)


def published_people(procedure: Procedure, at: datetime) -> list[LevelRow]:
    """E2 to E4: who answers at each level at ``at`` (UTC), with name, title, mobile, desk telephone and mailbox, as
    printed procedures have it. A level that the operator hides is left out; nothing is said of what was proven when.
    """
    levels = [level for level in levels_now(procedure.escalation.levels, at, KNOWN_TO_CUSTOMERS) if not level.hidden]
    return [level for level in (level_row(level, {}, at) for level in levels) if not level.is_empty]
