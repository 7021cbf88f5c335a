"""Who is called when a promise is broken: levels, and after how long, stage by stage (E1 to E5). No persons here."""

from typing import Annotated

from django.utils.translation import gettext
from pydantic import Field, StrictBool, StrictInt, model_validator

from guardia.procedure.directory import Number, dialled
from guardia.procedure.durations import Length
from guardia.procedure.problems import refusal
from guardia.procedure.texts import ClauseNumber, Name, Part, Text
from guardia.procedure.vocabulary import Stage

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
                gettext("The steps of %s do not rise") % self.stage,
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
