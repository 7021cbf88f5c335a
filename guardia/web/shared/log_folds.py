"""Runs of like lines in the log of a case: one line with a count, which opens. Nothing of the log is left out."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.answering import OF_THE_ESCALATION
from guardia.events.kinds import KINDS, Run
from guardia.procedure.vocabulary import Moment

FEWEST = 3
"""Of fewer nothing is folded: a fold of two lines takes as much room as they do."""


def family_of(moment: str, data: Mapping[str, Any]) -> str:
    """With which others this event makes a run; empty where it stands alone.

    What the operator's people owe each other (E) falls due again and again while nobody answers: that is of the
    escalation. A promise to the customer that broke always stands alone.
    """
    if data.get("clock") in OF_THE_ESCALATION:
        return Run.ESCALATION
    return KINDS[Moment(moment)].run or ""


@dataclass(frozen=True, slots=True)
class LogRun[Line]:
    """Lines that follow each other, the newest first. ``key`` is the place of the oldest, so that it stays while new
    ones come, ``places`` are those of all; empty where there is nothing to fold. ``name`` says what they are;
    ``is_late``: one of them says that something fell due.
    """

    lines: Sequence[Line]
    key: str = ""
    name: str = ""
    places: Sequence[str] = ()
    is_late: bool = False

    @property
    def newest(self) -> Line:
        return self.lines[0]

    @property
    def oldest(self) -> Line:
        return self.lines[-1]

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def hidden(self) -> str:
        """How many lines are folded, in words."""
        return ngettext("%(n)d line collapsed", "%(n)d lines collapsed", self.count) % {"n": self.count}


def runs_in[Line](
    lines: Iterable[Line], family: Callable[[Line], Hashable], place: Callable[[Line], str], name: Callable[[Line], str]
) -> list[LogRun[Line]]:
    """The lines as they come, in runs of one family each; a line whose family is falsy stands alone.

    ``family`` says what belongs together, with the day where a run shall end with it; ``place`` is where a line stands.
    """
    found: list[LogRun[Line]] = []
    for key, group in groupby(lines, family):
        run = list(group)
        if key and len(run) >= FEWEST:
            places = [place(line) for line in run]
            found.append(LogRun(run, f"fold-{places[-1]}", name(run[0]), places))
        else:
            found += [LogRun([line]) for line in run]
    return found


def fold_name(family: str) -> str:
    """What a fold of this family holds."""
    names = {Run.ESCALATION: _("Escalation"), Run.TESTS: _("Tests"), Run.NOTICES: _("Notices")}
    return {key.value: words for key, words in names.items()}.get(family, "")
