"""When somebody began to work on a former case, and until when it held an engineer, as far as its file says."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from guardia.customers.values import fold
from guardia.history.former_case import FormerCase
from guardia.shadow.former_course import DIAGNOSES, Fact, Waited, What, waits_of

ENDS = frozenset({What.RESTORED, What.CANCELLED})
BEGINS = frozenset({"working", "waiting"})
"""States in which somebody has put a case: before that, nobody had looked at it."""


class Work(NamedTuple):
    """Of the first round of a case; all hours are UTC. ``diagnosed_at`` is None where the file does not say it."""

    taken_at: datetime
    free_at: datetime
    diagnosed_at: datetime | None
    waits: tuple[Waited, ...]


def work_of(former: FormerCase, facts: Sequence[Fact], means: Mapping[str, What]) -> Work | None:
    """None where the file says neither when somebody began nor when it was diagnosed or restored.

    It holds an engineer until the diagnosis; until the restoration, where the plan needs no visit, or where the file
    does not say when it was diagnosed.
    """
    back = next((fact for fact in facts if fact.what in ENDS), None)
    if back is None:
        return None
    found = next((fact for fact in facts if fact.what in DIAGNOSES and fact.at <= back.at), None)
    diagnosed = found if found and found.since is None else None
    ends_there = diagnosed if diagnosed and diagnosed.what == What.DIAGNOSED else back
    taken_at = first_work(former, means, diagnosed)
    if ends_there.since is not None or taken_at is None or taken_at > ends_there.at:
        return None
    steps = [step for step in former.steps if former.opened_at <= step.at <= former.ended_at]
    waits = tuple(each for each in waits_of(former, steps) if each.begin < ends_there.at)
    return Work(taken_at, ends_there.at, diagnosed.at if diagnosed else None, waits)


def first_work(former: FormerCase, means: Mapping[str, What], diagnosed: Fact | None) -> datetime | None:
    """The hour of the first act that is *taken*; where no activity of the file means that, of the first after the
    opening by which somebody told the customer something, or by which the case was in work or waited.
    """
    if What.TAKEN in means.values():
        return first(step.at for step in former.steps if means.get(fold(step.activity)) == What.TAKEN)
    until = diagnosed.at if diagnosed else former.ended_at
    later = [step for step in former.steps if former.opened_at < step.at < until]
    return first(s.at for s in later if s.state in BEGINS or means.get(fold(s.activity)) == What.TOLD)


def first(hours: Iterable[datetime]) -> datetime | None:
    return min(hours, default=None)
