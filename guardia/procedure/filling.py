"""Numbers inside a decision's words: ``{green_window}`` reads the requirement, so each number stands in one place."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from guardia.procedure.spoken import length
from guardia.procedure.texts import Text
from guardia.procedure.vocabulary import Language

if TYPE_CHECKING:
    from guardia.procedure.schema import Procedure

BLANK = re.compile(r"\{([^{}]*)\}")


def blanks(text: Text) -> set[str]:
    """The names that stand in braces, in any language."""
    return {name for language in Language for name in BLANK.findall(text.in_language(language))}


def fillings(procedure: "Procedure") -> dict[str, int | timedelta]:
    """What may stand in braces: every requirement, every clock with one length for all, outages and works."""
    numbers = {name: getattr(procedure.requirements, name) for name in type(procedure.requirements).model_fields}
    clocks = {clock.kind.value: clock.target.duration for clock in procedure.clocks}
    causes = {
        "gather_back": procedure.outages.gather_back,
        "work_notice": procedure.planned_work.notice,
        "work_again": procedure.planned_work.again,
    }
    return {name: value for name, value in (numbers | clocks | causes).items() if isinstance(value, int | timedelta)}


def filled(text: Text, procedure: "Procedure") -> str:
    """The words in the active language with their numbers."""
    values = fillings(procedure)
    return BLANK.sub(lambda found: said(values[found[1]]), str(text))


def said(value: int | timedelta) -> str:
    return length(value) if isinstance(value, timedelta) else str(value)


def decisions_of(procedure: "Procedure") -> Iterator[tuple[tuple[int | str, ...], Text]]:
    """Every decision with its path in the file."""
    for place, clause in enumerate(procedure.clauses):
        yield from ((("clauses", place, "decisions", number), text) for number, text in enumerate(clause.decisions))
    for place, stage in enumerate(procedure.stages):
        yield from ((("stages", place, "decisions", number), text) for number, text in enumerate(stage.decisions))
