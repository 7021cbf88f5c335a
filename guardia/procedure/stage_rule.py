"""The seven stages as they are published, and the numbers that a stage requires (P1 to P7)."""

from typing import Annotated

from django.utils.translation import gettext
from pydantic import Field, StrictInt, model_validator

from guardia.procedure.contents import Record
from guardia.procedure.durations import RealLength
from guardia.procedure.problems import refusal
from guardia.procedure.texts import ClauseNumber, ClauseText, Part, Text
from guardia.procedure.vocabulary import Stage

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
    sample: tuple[str, ...] = ()

    @model_validator(mode="after")
    def samples_are_numbers_of_ours(self) -> "Requirements":
        for name in self.sample:
            if name == "sample" or name not in type(self).model_fields:
                raise refusal(
                    gettext("“%s” is no requirement") % name,
                    gettext("Name requirements of this list whose value is a sample"),
                )
        return self
