"""The rules of a procedure beside its clocks: stages, what must be written down, notices, escalation, field,
outages, works.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from django.utils.translation import gettext
from pydantic import Field, StrictBool, StrictInt, model_validator

from guardia.procedure.clock_rule import Trigger, matches
from guardia.procedure.directory import Number, dialled
from guardia.procedure.durations import Length, RealLength
from guardia.procedure.problems import refusal
from guardia.procedure.texts import ClauseNumber, ClauseText, Name, Part, Text
from guardia.procedure.vocabulary import Band, CaseKind, Condition, Stage, Topic, WaitCause

# Closed lists of what must be written down at a stage, and of what a notice must tell.


class Record(StrEnum):
    """What a stage must leave on record before it is left."""

    SYMPTOMS = "symptoms"  # P2
    REPORTER = "reporter"  # P2 D: who reports
    CALL_BACK_NUMBER = "call_back_number"  # P2 D
    SITE_CONTACT = "site_contact"  # P2 D, P4 D
    ACCESS_HOURS = "access_hours"  # P2 D, P4 D
    MAINS_POWER = "mains_power"  # P2 D: whether there is mains power
    CAUSE = "cause"  # P3; it may be probable
    PLAN = "plan"  # P3
    TESTS = "tests"  # P3, P5
    AGREED_BY = "agreed_by"  # P4 D: both persons who agreed on the dispatch
    FORECAST = "forecast"  # P4 D: when the crew is expected, from and to
    PLAN_EXECUTED = "plan_executed"  # P5
    RESTORED_HOUR = "restored_hour"  # P5
    CONFIRMER = "confirmer"  # P5: name, position, telephone, channel
    EVIDENCE = "evidence"  # P6
    FAULT = "fault"  # P7
    SOLUTION = "solution"  # P7
    AFFECTED_TIME = "affected_time"  # P7


class NoticeItem(StrEnum):
    """What a notice must tell; a notice that lacks one of its items is not sent but shown to its author."""

    NUMBER = "number"
    SYMPTOMS = "symptoms"
    NEXT = "next"  # what happens next
    BY_WHEN = "by_when"  # and until what hour, with its zone
    CAUSE = "cause"
    PLAN = "plan"
    CREW = "crew"
    SITE_CONTACT = "site_contact"
    ACCESS_HOURS = "access_hours"
    FORECAST = "forecast"  # from and to
    CONDITIONS = "conditions"  # P4.3: which of them hold the visit up
    NEXT_DECISION = "next_decision"  # P4.3: the hour of the next decision
    PLAN_EXECUTED = "plan_executed"
    HOUR = "hour"  # when the service was restored, came back, or failed again
    CONFIRMER = "confirmer"
    ATTEMPTS = "attempts"  # P5 D: tries to reach who confirms
    EVIDENCE = "evidence"
    FAULT = "fault"
    SOLUTION = "solution"
    AFFECTED_TIME = "affected_time"
    NEWS = "news"
    CLOCK = "clock"  # W1: which clock stops
    ASKED_BY = "asked_by"  # W1: who asked for it
    REASON = "reason"  # W1, and why a case was withdrawn
    PROOF = "proof"  # W1
    DESK = "desk"  # A3: which desk attends to it
    DESK_OPENS = "desk_opens"  # A3 D
    ANSWER = "answer"  # A3


class Recipients(StrEnum):
    """Who is told."""

    CONFIGURED_CONTACTS = "configured_contacts"  # P: the company's contacts who follow the topic
    REPORTER = "reporter"  # who reported, when that person is a contact of the company


class WaitProof(StrEnum):
    """W1: what each wait must say."""

    CLOCK = "clock"
    ASKED_BY = "asked_by"
    REASON = "reason"
    PROOF = "proof"
    THIRD_PARTY_NAME = "third_party_name"
    THIRD_PARTY_TICKET = "third_party_ticket"
    THIRD_PARTY_CONTACT = "third_party_contact"
    THIRD_PARTY_PROMISE = "third_party_promise"  # its next promise, chased by a clock


class BandNeed(StrEnum):
    """P4.3 D: what is told instead of an hour that nobody could keep."""

    FORECAST_RANGE = "forecast_range"
    CONDITIONS = "conditions"
    NEXT_DECISION = "next_decision"


# The seven stages as they are published, and the numbers that a stage requires (P1 to P7).


Count = Annotated[StrictInt, Field(ge=1, le=99)]


class StageRule(Part):
    """One stage: its published promise and time, its sub-clauses, what was decided, what it leaves on record."""

    stage: Stage
    clause: ClauseNumber
    name: Text
    promise: Text
    time: Text
    clauses: tuple[ClauseText, ...] = ()
    decisions: tuple[Text, ...] = ()
    records: tuple[Record, ...] = ()


class Requirements(Part):
    """Numbers that the verbs of a stage ask for. ``sample`` names those that are the operator's to set."""

    tests_to_diagnose: Count  # P3 D
    tests_to_confirm: Count = 2  # P5 D: good ones, since the restoration
    tests_of_stability: Count = 2  # P6 D: good ones within the green window, one of them at its end
    confirmation_attempts: Count  # P5 D: before a supervisor may go on
    green_window: RealLength  # P6 D: at least
    night_call: RealLength  # E5 D: until the call-it-now task is done
    ruling_office_days: Count  # P7 D: the quality manager rules on what is contested
    reopening_days: Count = 30  # P7 D: within so many days after the closing the company may open a case again
    sample: tuple[str, ...] = ()

    @model_validator(mode="after")
    def samples_are_numbers_of_ours(self) -> "Requirements":
        for name in self.sample:
            if name == "sample" or name not in type(self).model_fields:
                raise refusal(
                    gettext("“%s” is not a requirement") % name,
                    gettext("Name requirements from this list whose value is a sample"),
                )
        return self


# What is owed to whom when something happens to a case (P, P2 to P7, W1).


class NoticeRule(Part):
    """One notice: the moment that owes it, who is told, and what it must contain."""

    moment: Trigger
    clause: ClauseNumber
    topic: Topic
    applies_to: tuple[CaseKind, ...] = (CaseKind.INCIDENT,)
    recipients: Annotated[tuple[Recipients, ...], Field(min_length=1)]
    must_contain: Annotated[tuple[NoticeItem, ...], Field(min_length=1)]
    decision: StrictBool = False

    def is_for(self, moment: str, variant: str | None) -> bool:
        return matches(self.moment, moment, variant)


# Who is called when a promise is broken: levels, and after how long, stage by stage (E1 to E5). No persons here.


LevelNumber = Annotated[StrictInt, Field(ge=1, le=9)]


class LevelRule(Part):
    """E2 to E4: a level is a function, held by persons who are live data; ``together`` pages all of them at once."""

    level: LevelNumber
    clause: ClauseNumber
    name: Text
    role: Text
    persons: Annotated[StrictInt, Field(ge=1, le=20)] = 1
    together: StrictBool = False


class Step(Part):
    """This level is called once the stage's promise has been broken for ``after`` and still is.

    It is called sooner when the level below does not acknowledge, or acknowledges and moves nothing.
    """

    level: LevelNumber
    after: Length


class StageSteps(Part):
    """The steps of one stage, from the first level up."""

    stage: Stage
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def rises(self) -> "StageSteps":
        levels, hours = [step.level for step in self.steps], [step.after for step in self.steps]
        if levels != sorted(set(levels)) or hours != sorted(hours):
            raise refusal(
                gettext("The steps of %s are not in ascending order") % self.stage,
                gettext("Write them from the lowest level up, none sooner than the one before"),
            )
        return self


class NightLine(Part):
    """E5: the one number for nights, weekends and rest days, called by a person on shift."""

    clause: ClauseNumber
    number: Number
    hours: Name

    def digits(self) -> str:
        return dialled(self.number)


class Escalation(Part):
    levels: Annotated[tuple[LevelRule, ...], Field(min_length=1)]
    by_stage: tuple[StageSteps, ...]
    sample: StrictBool = False
    night: NightLine


# How far a site is, and what may stop a clock (P4.1 to P4.3, W1).


class BandRule(Part):
    """One band of distance. Which city is of which band is live data; the hours stand in the clock of the travel."""

    band: Band
    clause: ClauseNumber
    name: Text
    promise: Text
    conditions: tuple[Condition, ...] = ()
    needs: tuple[BandNeed, ...] = ()


class WaitRule(Part):
    """One cause for which a clock may stop, and what each such wait must say."""

    cause: WaitCause
    clause: ClauseNumber
    name: Text
    examples: Text
    must_say: Annotated[tuple[WaitProof, ...], Field(min_length=1)]


# One cause behind many cases, and planned work: what the procedure decides of them (P D). All parts have a default, so
# that a text written before they existed stays valid.


class TellsSilent(StrEnum):
    """What a customer gets who has not called, when an outage with a service of theirs behind it is declared."""

    CASE = "case"  # a case of its own at once
    NEWS = "news"  # only a letter
    NOTHING = "nothing"


class PileUp(Part):
    """So many cases on one site, or behind one element, within this time propose an outage."""

    cases: Annotated[StrictInt, Field(ge=2, le=99)] = 3
    within: RealLength = timedelta(minutes=15)


class OutageRules(Part):
    """``gather_back``: cases opened up to so long before the declaration join it; ``news_every``: how often at least
    whoever leads it is asked for news.
    """

    tells_silent: TellsSilent = TellsSilent.CASE
    pile_up: PileUp = PileUp()
    gather_back: RealLength = timedelta(minutes=60)
    news_every: RealLength = timedelta(minutes=30)
    sample: StrictBool = True


class OnOverrun(StrEnum):
    """What is made of planned work that is not over at the end of its window."""

    PROPOSE = "propose"  # an outage is proposed to the desk
    DECLARE = "declare"  # an outage over its services, felt since the end of the window


class PlannedWorkRules(Part):
    """``notice``: so long before the start the companies must have been told; ``again``: and told once more."""

    notice: RealLength = timedelta(days=3)
    again: RealLength = timedelta(hours=24)
    on_overrun: OnOverrun = OnOverrun.PROPOSE
    sample: StrictBool = True
