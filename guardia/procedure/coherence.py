"""What must agree between the parts of a procedure: every name that one part calls another by exists."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from guardia.procedure.clock_rule import ALWAYS, nearest, overlap
from guardia.procedure.filling import blanks, decisions_of, fillings, promises_of
from guardia.procedure.problems import Problem
from guardia.procedure.refusals import key_of
from guardia.procedure.spoken import length, lengths_in
from guardia.procedure.vocabulary import OPTIONAL_CLOCKS, Band, ClockKind, Stage, WaitCause
from guardia.procedure.yaml_file import Document

if TYPE_CHECKING:
    from guardia.procedure.schema import Procedure


# Desks, weekly hours and levels that other parts of a procedure call by name: they exist.


type Path = tuple[int | str, ...]
type Finding = tuple[Path, str, str]
"""Where, what is wrong, what to write."""


def desks_exist(procedure: "Procedure") -> Iterator[Finding]:
    keys = tuple(desk.key for desk in procedure.desks)
    for position, key in enumerate(keys):
        if key in keys[:position]:
            yield ("desks", position, "key"), gettext("“%s” appears here twice") % key, gettext("Delete one of them")
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
            gettext("There must be exactly one desk for what belongs to no other"),
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
                gettext("There must be exactly one list of steps for “%s”") % stage,
                gettext("Write which level is called after how long, once for each stage"),
            )
    for place, rule in enumerate(procedure.escalation.by_stage):
        for number, step in enumerate(rule.steps):
            if step.level not in levels:
                path = ("escalation", "by_stage", place, "steps", number, "level")
                yield path, gettext("There is no level %d") % step.level, gettext("Write a level from the list above")


def problems_in(procedure: "Procedure", document: Document) -> Iterator[Problem]:
    for check in (
        stages_in_order,
        one_of_each,
        clocks_agree,
        numbers_agree,
        desks_exist,
        hours_exist,
        levels_exist,
        news_owes_a_notice,
        blanks_are_known,
    ):
        for path, message, remedy in check(procedure):
            yield Problem(document.file, document.line(path), key_of(path, document.content), message, remedy)


def stages_in_order(procedure: "Procedure") -> Iterator[Finding]:
    """P1 to P7: all seven, in their order."""
    written = [rule.stage for rule in procedure.stages]
    for missing in (stage for stage in Stage if stage not in written):
        yield ("stages",), gettext("The stage “%s” is missing") % missing, gettext("Write all seven stages")
    for position, stage in enumerate(written):
        if stage in written[:position]:
            yield (
                ("stages", position),
                gettext("The stage “%s” appears here twice") % stage,
                gettext("Delete one of them"),
            )
    if set(written) == set(Stage) and len(written) == len(Stage) and written != list(Stage):
        position = next(place for place, stage in enumerate(Stage) if written[place] != stage)
        yield (
            ("stages", position),
            gettext("The stages are out of order"),
            gettext("Their order is: %s") % ", ".join(Stage),
        )


def one_of_each(procedure: "Procedure") -> Iterator[Finding]:
    """Every clock of the table, every band, every cause of a wait: each once."""
    for list_name, attribute, known in (
        ("clocks", "kind", ClockKind),
        ("bands", "band", Band),
        ("waits", "cause", WaitCause),
    ):
        written = [getattr(rule, attribute) for rule in getattr(procedure, list_name)]
        for missing in (entry for entry in known if entry not in written and entry not in OPTIONAL_CLOCKS):
            yield (
                (list_name,),
                gettext("“%s” is missing") % missing,
                gettext("Write it; the sample procedure shows how"),
            )
        for position, entry in enumerate(written):
            if entry in written[:position]:
                yield (list_name, position), gettext("“%s” appears here twice") % entry, gettext("Delete one of them")


def clocks_agree(procedure: "Procedure") -> Iterator[Finding]:
    for position, clock in enumerate(procedure.clocks):
        if clock.excludes == clock.kind:
            yield (
                ("clocks", position, "excludes"),
                gettext("A clock cannot exclude itself"),
                gettext("Name another clock"),
            )
        for start in clock.unless_running:
            if not any(overlap(start, known) for known in clock.starts):
                yield (
                    ("clocks", position, "unless_running", start),
                    gettext("“%s” is none of this clock's starts") % start,
                    nearest(start, clock.starts),
                )
        if clock.target.by_level and len(clock.target.by_level) != len(procedure.escalation.levels):
            yield (
                ("clocks", position, "target"),
                gettext("The target does not fit the levels of escalation"),
                gettext("Write one length per level"),
            )


def numbers_agree(procedure: "Procedure") -> Iterator[Finding]:
    """P7 D: the days within which a ruling is promised are those that its clock counts."""
    for position, clock in enumerate(procedure.clocks):
        minutes = (
            procedure.hours(clock.calendar).minutes_of_a_day() if clock.calendar in procedure.weekly_hours else None
        )
        days = procedure.requirements.ruling_office_days
        if clock.kind == ClockKind.RULING and minutes and clock.target.duration != timedelta(minutes=minutes * days):
            yield (
                ("clocks", position, "target"),
                gettext("The target does not agree with “ruling_office_days”"),
                gettext("Write %d office days, or change the requirement") % days,
            )


def news_owes_a_notice(procedure: "Procedure") -> Iterator[Finding]:
    """A moment that counts as news to the customer must owe a notice; two notices may not answer for one event."""
    clock = next((rule for rule in procedure.clocks if rule.kind == ClockKind.NEXT_NEWS), None)
    place = procedure.clocks.index(clock) if clock else 0
    for position, trigger in enumerate(clock.restarts if clock else ()):
        if not any(overlap(trigger, rule.moment) for rule in procedure.notices):
            yield (
                ("clocks", place, "restarts", position),
                gettext("“%s” counts as news but owes no notice") % trigger,
                gettext("Write its notice, or take it out of this list"),
            )
    told: set[tuple[str, str]] = set()
    for position, rule in enumerate(procedure.notices):
        twice = told & {(rule.moment, kind) for kind in rule.applies_to}
        told |= {(rule.moment, kind) for kind in rule.applies_to}
        if twice:
            yield ("notices", position), gettext("“%s” has two notices") % rule.moment, gettext("Delete one of them")


def blanks_are_known(procedure: "Procedure") -> Iterator[Finding]:
    """``{green_window}`` in a decision or a promise names a number of the procedure."""
    known = tuple(fillings(procedure))
    promises = [(path, text) for path, _clause, text in promises_of(procedure)]
    for path, text in (*decisions_of(procedure), *promises):
        for name in sorted(blanks(text) - set(known)):
            yield path, gettext("“{%s}” names no number of the procedure") % name, nearest(name, known)


def numbers_in_words(procedure: "Procedure", document: Document) -> Iterator[Problem]:
    """A promise names no other time than its clocks: “veinte minutos” where the clock says 25 would publish both.

    Asked of a procedure whose blanks are filled.
    """
    for path, clause, text in promises_of(procedure):
        promised = lengths_of(procedure, clause)
        for language in text.languages:
            for words, named in lengths_in(text.in_language(language), language):
                if promised and named not in promised.values():
                    here = (*path, language)
                    message = gettext("“%(words)s” is not the time of %(clause)s: %(times)s") % {
                        "words": words,
                        "clause": clause,
                        "times": ", ".join(dict.fromkeys(map(length, promised.values()))),
                    }
                    blank = next(iter(promised))
                    remedy = gettext("Write {%s} instead of the number: then it is always the clock's") % blank
                    yield Problem(document.file, document.line(here), key_of(here, document.content), message, remedy)


def lengths_of(procedure: "Procedure", clause: str) -> dict[str, timedelta]:
    """The times that the clocks of this clause promise, and those of the clauses within it, by their blanks."""
    kinds = [rule.kind for rule in procedure.clocks if (rule.clause + ".").startswith(clause + ".")]
    of_bands = {band.band for band in procedure.bands if (band.clause + ".").startswith(clause + ".")}
    kinds += [ClockKind.TRAVEL] if of_bands else []
    named = {f"{kind}" for kind in kinds} | {
        f"{kind}_{band}{end}" for kind in kinds for band in of_bands or Band for end in ("", "_from")
    }
    return {
        name: value for name, value in fillings(procedure).items() if name in named and isinstance(value, timedelta)
    }
