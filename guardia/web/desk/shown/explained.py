"""Every clock of a case, running or ended, with the reason for its hour: to be unfolded on its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext

from guardia.cases.explained_words import Said
from guardia.cases.explaining import Explained
from guardia.cases.words import CLOCK_NAMES
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.shown.clock import WORDS, ClockFace, State, desk_zone

TICK, CROSS, NONE = "tick", "late", ""


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One clock: its name, its state in a word and a shape, the sentence with its hour, the lines below it."""

    id: str
    name: str
    clause: str
    mark: str
    state: str
    word: str
    sentence: str
    lines: tuple[str, ...]


def rows_of(explained: Sequence[Explained], at: datetime) -> list[ExplainedRow]:
    return [row_of(one, at) for one in explained]


def row_of(one: Explained, at: datetime) -> ExplainedRow:
    said, clock = Said(one, desk_zone(), at), one.clock
    mark, state, word = ended_mark(one) if clock.ended_at else running_mark(one, at)
    again = f" {clock.ordinal}" if clock.ordinal > 1 else ""
    return ExplainedRow(
        id=f"plazo-{clock.kind}-{clock.ordinal}",
        name=f"{CLOCK_NAMES[ClockKind(clock.kind)][0]}{again}: {CLOCK_NAMES[ClockKind(clock.kind)][1]}",
        clause=one.rule.clause,
        mark=mark,
        state=state,
        word=word,
        sentence=said.sentence,
        lines=tuple(said.lines()),
    )


def running_mark(one: Explained, at: datetime) -> tuple[str, str, str]:
    clock = one.clock
    first, second = (clock.after(percent) for percent in clock.warnings)
    face = ClockFace(at, clock.due_at, clock.started_at, first, second, clock.waiting_since)
    return face.state.value, face.state.value, face.word


def ended_mark(one: Explained) -> tuple[str, str, str]:
    if one.clock.outcome == "kept":
        return TICK, "", pgettext("clock", "kept")
    if one.clock.outcome == "breached":
        return CROSS, State.LATE.value, str(WORDS[State.LATE])
    return NONE, "", pgettext("clock", "no longer owed")
