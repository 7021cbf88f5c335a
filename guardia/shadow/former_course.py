"""What happened to a former case, in the order in which the stages have it; what its file does not say is assumed.

The procedure's stages need facts that a former tool may not have: a diagnosis before the restoration, somebody who
confirms before the closing. Such a fact is put at the latest hour at which it must have happened, and is marked with
the earliest: no promise that hangs on it is judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise, zip_longest
from typing import NamedTuple

from guardia.customers.values import fold
from guardia.history.former_case import FormerCase, Step
from guardia.procedure.vocabulary import WaitCause

NOTHING = timedelta()


class What(StrEnum):
    """What the replay does at an hour."""

    OPENED = "opened"
    DIAGNOSED = "diagnosed"
    REMOTE = "remote"
    """Diagnosed, with a plan that needs no visit."""
    TOLD = "told"
    WAITING = "waiting"
    WORKING = "working"
    RESTORED = "restored"
    CONFIRMED = "confirmed"
    STABLE = "stable"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    TAKEN = "taken"
    """Somebody began to work on it; no promise hangs on it (``guardia.shadow.first_work``)."""


SAYABLE = (What.TAKEN, What.DIAGNOSED, What.REMOTE, What.TOLD, What.CONFIRMED, What.STABLE)
"""What an activity of the file may mean besides its states (``--means``)."""
DIAGNOSES = frozenset({What.DIAGNOSED, What.REMOTE})
EARLY = frozenset({What.WAITING, What.WORKING, What.TOLD, *DIAGNOSES})
"""What belongs before the restoration."""
REMARKS = ("unknown wait", "closed then reopened", "reopened while open", "no restoration", "restored after closing")
"""What a case's course cannot say; ``guardia.shadow.unjudged`` has their sentences."""


class Fact(NamedTuple):
    """``since``: the earliest hour of an assumed fact; None where the file says it. ``until``: the end of a wait."""

    at: datetime
    what: What
    author: str = ""
    cause: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass
class Round:
    """From the opening, or a reopening, until the service was back."""

    begun: datetime
    facts: list[Fact]
    restored: Fact | None = None


class Course:
    """The facts of one case in order, with what its file could not say (``remarks``)."""

    def __init__(self, former: FormerCase, means: Mapping[str, What]) -> None:
        self.former, self.means = former, means
        self.remarks: list[str] = []
        self.spans: tuple[int | None, int | None] = (None, None)
        """Seconds from the opening to the restoration, and from there to the closing, less all waits of the file;
        None where the restoration is not in it, or where the case was opened again.
        """
        self.facts = list(self._facts())

    def _facts(self) -> Iterator[Fact]:
        former = self.former
        steps = [step for step in former.steps if former.opened_at <= step.at <= former.ended_at]
        author = next((step.author for step in steps if step.author), "")
        yield Fact(former.opened_at, What.OPENED, author)
        rounds = list(self._rounds(steps))
        for before, after in pairwise(rounds):
            yield from self._until_restored(before)
            yield Fact(after.begun, What.REOPENED)
        last = rounds[-1]
        if former.is_cancelled:
            yield from last.facts
            yield Fact(former.ended_at, What.CANCELLED, steps[-1].author if steps else "")
            return
        last.restored = self._last_restoration(last, steps)
        if last.restored.since is None and len(rounds) == 1:
            self.spans = self._spans(last.restored.at, steps)
        yield from self._until_restored(last)
        yield from self._until_closed(last, steps)

    def _spans(self, restored_at: datetime, steps: Sequence[Step]) -> tuple[int, int]:
        """Waits of every cause are left out, also of one that nobody knows: what is over even so is over."""
        former, waits = self.former, list(waits_of(self.former, steps))
        net = (
            (end - begin) - waited(waits, begin, end)
            for begin, end in ((former.opened_at, restored_at), (restored_at, former.ended_at))
        )
        before, after_it = (round(span.total_seconds()) for span in net)
        return before, after_it

    # --- rounds -------------------------------------------------------------------------------------------------------
    def _rounds(self, steps: Sequence[Step]) -> Iterator[Round]:
        current = Round(self.former.opened_at, [])
        for place, step in enumerate(steps):
            if step.reopens:
                if current.restored and current.restored.at <= step.at:
                    if current.restored.what == What.CLOSED:
                        self.remarks.append("closed then reopened")
                    yield current
                    current = Round(step.at, [])
                else:
                    self.remarks.append("reopened while open")
            current.facts += self._of_step(step, steps[place + 1 :])
            if step.state == "restored":
                current.restored = current.restored or Fact(step.at, What.RESTORED, step.author)
            elif step.state == "closed":
                current.restored = current.restored or Fact(step.at, What.CLOSED, step.author)
        yield current

    def _of_step(self, step: Step, later: Sequence[Step]) -> Iterator[Fact]:
        if (meant := self.means.get(fold(step.activity))) and meant != What.TAKEN:
            yield Fact(step.at, meant, step.author)
        if step.state != "waiting":
            return
        if step.cause not in tuple(WaitCause):
            self.remarks.append("unknown wait")
            return
        until = next((other.at for other in later if other.state != "note"), self.former.ended_at)
        if until > step.at:
            yield Fact(step.at, What.WAITING, step.author, step.cause, until=until)
            yield Fact(until, What.WORKING, step.author, step.cause)

    # --- restored -----------------------------------------------------------------------------------------------------
    def _last_restoration(self, last: Round, steps: Sequence[Step]) -> Fact:
        """By an event of the file, else by its column; else no later than the closing."""
        former, found = self.former, last.restored
        if found and found.what == What.RESTORED:
            return found
        author = steps[-1].author if steps else ""
        if former.restored_at and last.begun <= former.restored_at:
            if former.restored_at <= former.ended_at:
                return Fact(former.restored_at, What.RESTORED, author)
            self.remarks.append("restored after closing")
        else:
            self.remarks.append("no restoration")
        return Fact(former.ended_at, What.RESTORED, author, since=last.begun)

    def _until_restored(self, of: Round) -> Iterator[Fact]:
        restored = of.restored
        assert restored is not None
        if restored.what == What.CLOSED:
            restored = Fact(restored.at, What.RESTORED, restored.author, since=of.begun)
        before = sorted(
            (fact for fact in of.facts if fact.at <= restored.at and fact.what in EARLY), key=lambda f: f.at
        )
        said = next((fact for fact in before if fact.what in DIAGNOSES), None)
        yield from (cut(fact, restored.at) for fact in before if fact.what not in DIAGNOSES or fact is said)
        if said is None:
            yield Fact(restored.at, What.DIAGNOSED, restored.author, since=of.begun)
        yield restored

    # --- closed -------------------------------------------------------------------------------------------------------
    def _until_closed(self, last: Round, steps: Sequence[Step]) -> Iterator[Fact]:
        """Who confirms, the green window, the closing: each no later than what follows."""
        closed, restored = self.former.ended_at, last.restored
        assert restored is not None
        after = [fact for fact in last.facts if fact.at >= restored.at]
        confirmed = next((fact for fact in after if fact.what == What.CONFIRMED), None)
        stable = next((f for f in after if f.what == What.STABLE and (not confirmed or f.at >= confirmed.at)), None)
        between = [fact for fact in after if fact.what in EARLY - DIAGNOSES and fact.at > restored.at]
        stable_at = stable.at if stable else closed
        author = steps[-1].author if steps else ""
        if confirmed is None:
            confirmed = Fact(stable_at, What.CONFIRMED, author, since=restored.since or restored.at)
        if stable is None:
            stable = Fact(closed, What.STABLE, author, since=confirmed.since or confirmed.at)
        yield from sorted((fact for fact in between if fact.at <= confirmed.at), key=lambda fact: fact.at)
        yield from (confirmed, stable, Fact(closed, What.CLOSED, author))


class Waited(NamedTuple):
    """From when until when it waited (UTC), and for whom; the cause is empty where the file does not say it."""

    begin: datetime
    end: datetime
    cause: str = ""


def waits_of(former: FormerCase, steps: Sequence[Step]) -> Iterator[Waited]:
    """Every wait of the file, each until the next state of the case or its end."""
    states = [step for step in steps if step.state != "note"]
    for step, after in zip_longest(states, states[1:]):
        if step and step.state == "waiting":
            yield Waited(step.at, after.at if after else former.ended_at, step.cause)


def waited(waits: Iterable[Waited], begin: datetime, end: datetime) -> timedelta:
    """How much of a stretch these waits take."""
    return sum((max(min(each.end, end) - max(each.begin, begin), NOTHING) for each in waits), NOTHING)


def cut(fact: Fact, at: datetime) -> Fact:
    """A wait does not outlast the restoration."""
    return fact._replace(until=at) if fact.until and fact.until > at else fact
