"""Desks, weekly hours and levels that other parts of a procedure call by name: they exist."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.triggers import nearest
from guardia.procedure.vocabulary import Stage

if TYPE_CHECKING:
    from guardia.procedure.schema import Procedure

type Path = tuple[int | str, ...]
type Finding = tuple[Path, str, str]
"""Where, what is wrong, what to write."""


def desks_exist(procedure: "Procedure") -> Iterator[Finding]:
    keys = tuple(desk.key for desk in procedure.desks)
    for position, key in enumerate(keys):
        if key in keys[:position]:
            yield ("desks", position, "key"), gettext("“%s” stands here twice") % key, gettext("Delete one of them")
    for position, desk in enumerate(procedure.desks):
        if desk.out_of_hours and desk.out_of_hours not in keys:
            yield (
                ("desks", position, "out_of_hours"),
                gettext("There is no desk “%s”") % desk.out_of_hours,
                nearest(desk.out_of_hours, keys),
            )
    for position, line in enumerate(procedure.lines):
        if line.desk not in keys:
            yield ("lines", position, "desk"), gettext("There is no desk “%s”") % line.desk, nearest(line.desk, keys)
    if sum(desk.others for desk in procedure.desks) != 1:
        yield (
            ("desks",),
            gettext("Not exactly one desk takes what belongs to no other"),
            gettext("Write “others: true” at one desk"),
        )


def hours_exist(procedure: "Procedure") -> Iterator[Finding]:
    names = tuple(procedure.weekly_hours)
    used: list[tuple[Path, str]] = [(("escalation", "night", "hours"), procedure.escalation.night.hours)]
    used += [(("desks", place, "hours"), desk.hours) for place, desk in enumerate(procedure.desks)]
    used += [(("clocks", place, "calendar"), clock.calendar) for place, clock in enumerate(procedure.clocks)]
    for path, name in used:
        if name not in names:
            yield path, gettext("There are no weekly hours “%s”") % name, nearest(name, names)
    for name, hours in procedure.weekly_hours.items():
        if hours.always != (name == ALWAYS):
            yield (
                ("weekly_hours", name),
                gettext("24×7 is called “always”, and nothing else is"),
                gettext("Rename these hours, or say “always: true”"),
            )


def levels_exist(procedure: "Procedure") -> Iterator[Finding]:
    """E2 to E4: levels 1, 2, 3 … and for every stage its steps, to levels that exist."""
    levels = [rule.level for rule in procedure.escalation.levels]
    if levels != list(range(1, len(levels) + 1)):
        yield ("escalation", "levels"), gettext("The levels have a gap"), gettext("Write levels 1, 2, 3 …")
    written = [rule.stage for rule in procedure.escalation.by_stage]
    for stage in Stage:
        if written.count(stage) != 1:
            yield (
                ("escalation", "by_stage"),
                gettext("Not exactly one list of steps for “%s”") % stage,
                gettext("Write which level is called after how long, once for each stage"),
            )
    for place, rule in enumerate(procedure.escalation.by_stage):
        for number, step in enumerate(rule.steps):
            if step.level not in levels:
                path = ("escalation", "by_stage", place, "steps", number, "level")
                yield path, gettext("There is no level %d") % step.level, gettext("Write a level of the list above")
