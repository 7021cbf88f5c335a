"""The table of clocks, in words: what, from when to when, how long, what it may wait for, who answers."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext

from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken import bound, length, promised
from guardia.procedure.vocabulary import WaitCause
from guardia.procedure.words import ANSWERER_NAMES


@dataclass(frozen=True)
class ShownTime:
    rule: ClockRule
    times: list[tuple[str, str]]
    waits: str
    answers: str

    @property
    def counts(self) -> str:
        return f"{capfirst(str(self.rule.counts_from))}, {self.rule.counts_until}."


def times_of(procedure: Procedure) -> list[ShownTime]:
    names = {rule.cause: str(rule.name).lower() for rule in procedure.waits}
    return [
        ShownTime(rule, said(rule, procedure), waits_of(rule, names), str(ANSWERER_NAMES[rule.answers]))
        for rule in procedure.clocks
    ]


def said(rule: ClockRule, procedure: Procedure) -> list[tuple[str, str]]:
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
