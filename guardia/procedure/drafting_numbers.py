"""The promised times of a draft as a form edits them: a number for each, written back into its text (the clocks).

Every other character of the text, comments included, stays (``source.replaced``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from guardia.procedure.clock_rule import ClockRule
from guardia.procedure.durations import Unit
from guardia.procedure.editing import written_length
from guardia.procedure.schema import Procedure, load
from guardia.procedure.source import replaced
from guardia.procedure.vocabulary import Band


@dataclass(frozen=True)
class Number:
    """One promised time. ``key`` names it in a form: the clock, and the band where it has one."""

    key: str
    clause: str
    name: str
    band: str
    written: str


def numbers_of(procedure: Procedure) -> list[Number]:
    """In the order of the procedure; those that are set case by case, or by the matrix's own page, are not here."""
    return [number for rule in procedure.clocks for number in _of(rule, procedure)]


def with_numbers(source: str, typed: Mapping[str, str]) -> str:
    """The text with these times in place of its own; a time that is the same is left alone.

    Raises ProcedureFileRefused where ``source`` is no procedure. The new text is not judged here: a time that is none
    is found by its line, as in any draft.
    """
    procedure = load(source, "")
    for place, rule in enumerate(procedure.clocks):
        was = {number.key: number.written for number in _of(rule, procedure)}
        wanted = {key: typed.get(key, written).strip() or written for key, written in was.items()}
        if wanted != was:
            source = replaced(source, ("clocks", place), {"target": _target(rule, wanted)})
    return source


def _of(rule: ClockRule, procedure: Procedure) -> Iterator[Number]:
    if rule.target.duration is not None:
        yield Number(rule.kind.value, rule.clause, str(rule.name), "", _written(rule.target.duration, rule, procedure))
    for band, target in (rule.target.by_band or {}).items():
        if target.target is None:
            continue
        words = _written(target.target, rule, procedure)
        if target.range_from:
            words = f"{_written(target.range_from, rule, procedure)} - {words}"
        name = str(procedure.band(Band(band)).name)
        yield Number(f"{rule.kind.value}.{band}", rule.clause, str(rule.name), name, words)


def _written(length: timedelta, rule: ClockRule, procedure: Procedure) -> str:
    if rule.unit is not Unit.OFFICE:
        return written_length(length)
    day = procedure.hours(rule.calendar).minutes_of_a_day()
    minutes = int(length.total_seconds() // 60)
    if day and minutes % day == 0:
        return f"{minutes // round(day)} office days"
    return f"{minutes // 60} office h" if minutes % 60 == 0 else f"{minutes} office min"


def _target(rule: ClockRule, wanted: Mapping[str, str]) -> str:
    if rule.target.duration is not None:
        return wanted[rule.kind.value]
    parts = []
    for band, target in (rule.target.by_band or {}).items():
        words = wanted.get(f"{rule.kind.value}.{band}", "none")
        begin, dash, end = words.partition("-")
        said = f"{{range_from: {begin.strip()}, target: {end.strip()}}}" if dash and target.target else words
        parts.append(f"{band}: {said}")
    return f"{{{', '.join(parts)}}}"
