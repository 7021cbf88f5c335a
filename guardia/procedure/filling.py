"""Numbers inside the procedure's words: ``{green_window}`` reads the requirement, so each number stands in one place.

In a promise ``{diagnosis:words}`` is “veinte minutos”; ``{travel_main_from}`` and ``{travel_main}`` are the two ends of
a range by band.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import translation

from guardia.config.languages import PUBLISHED_IN
from guardia.procedure.spoken import in_words, length
from guardia.procedure.texts import Text, language_of

if TYPE_CHECKING:
    from guardia.procedure.schema import Procedure

BLANK = re.compile(r"\{([^{}:]*)(:words)?\}")


def blanks(text: Text) -> set[str]:
    """The names that stand in braces, in any language."""
    return {name for language in text.languages for name, _words in BLANK.findall(text.in_language(language))}


def fillings(procedure: "Procedure") -> dict[str, int | timedelta]:
    """What may stand in braces: every requirement, every clock (by band where it has one), outages and works."""
    numbers = {name: getattr(procedure.requirements, name) for name in type(procedure.requirements).model_fields}
    clocks = {clock.kind.value: clock.target.duration for clock in procedure.clocks}
    for clock in procedure.clocks:
        for band, rule in (clock.target.by_band or {}).items():
            clocks |= {f"{clock.kind}_{band}": rule.target, f"{clock.kind}_{band}_from": rule.range_from}
    causes = {
        "gather_back": procedure.outages.gather_back,
        "work_notice": procedure.planned_work.notice,
        "work_again": procedure.planned_work.again,
    }
    return {name: value for name, value in (numbers | clocks | causes).items() if isinstance(value, int | timedelta)}


def filled(text: Text, procedure: "Procedure") -> str:
    """The words in the active language with their numbers."""
    return _with_numbers(str(text), fillings(procedure), language_of(translation.get_language()))


def with_numbers(procedure: "Procedure") -> "Procedure":
    """The same procedure with the numbers in the words of its promises, in each language. Decisions keep their blanks.

    What is shown, sent and printed reads the words as they are: no reader of them needs to know of blanks.
    """
    values = fillings(procedure)

    def whole(text: Text | None) -> Text | None:
        if text is None or not blanks(text):
            return text
        return Text.model_validate(
            {each: _with_numbers(text.in_language(each), values, each) for each in text.languages}
        )

    stages = tuple(
        stage.model_copy(
            update={
                "promise": whole(stage.promise),
                "time": whole(stage.time),
                "clauses": tuple(part.model_copy(update={"promise": whole(part.promise)}) for part in stage.clauses),
            }
        )
        for stage in procedure.stages
    )
    bands = tuple(band.model_copy(update={"promise": whole(band.promise)}) for band in procedure.bands)
    return procedure.model_copy(update={"stages": stages, "bands": bands})


def _with_numbers(words: str, values: dict[str, int | timedelta], language: str) -> str:
    def number(found: re.Match[str]) -> str:
        value = values[found[1]]
        if found[2] and isinstance(value, timedelta):
            return in_words(value, language)
        return (
            value_text(value).replace(",", ".") if language == PUBLISHED_IN else value_text(value)
        )  # as it is published: 1.5

    with translation.override(language):
        return BLANK.sub(number, words)


def value_text(value: int | timedelta) -> str:
    return length(value) if isinstance(value, timedelta) else str(value)


def promises_of(procedure: "Procedure") -> Iterator[tuple[tuple[int | str, ...], str, Text]]:
    """Every wording of a promise with its path in the file and the clause whose numbers it may name."""
    for place, stage in enumerate(procedure.stages):
        yield ("stages", place, "promise"), stage.clause, stage.promise
        yield ("stages", place, "time"), stage.clause, stage.time
        for number, clause in enumerate(stage.clauses):
            if clause.promise:
                yield ("stages", place, "clauses", number, "promise"), clause.clause, clause.promise
    for place, band in enumerate(procedure.bands):
        yield ("bands", place, "promise"), band.clause, band.promise


def decisions_of(procedure: "Procedure") -> Iterator[tuple[tuple[int | str, ...], Text]]:
    """Every decision with its path in the file."""
    for place, clause in enumerate(procedure.clauses):
        yield from ((("clauses", place, "decisions", number), text) for number, text in enumerate(clause.decisions))
    for place, stage in enumerate(procedure.stages):
        yield from ((("stages", place, "decisions", number), text) for number, text in enumerate(stage.decisions))
