"""P6, P7: which tests prove that a service is stable, and what is on record where none does. Hours are UTC."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import need
from guardia.evidence.test_result import TestResult, Verdict
from guardia.people.actor import Actor
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

WITHOUT_EVIDENCE = "without_evidence"
"""In the data of an event: ``none``, no good test; ``bad``, the last test of something is bad."""

TEXTS = ("reason", "who")
"""Of such an event: why, and the name of the supervisor."""


@dataclass(frozen=True, slots=True)
class GreenEvidence:
    """The good tests, and the names of those whose last word is bad."""

    good: Sequence[TestResult]
    bad: Sequence[str]

    @property
    def is_green(self) -> bool:
        return bool(self.good) and not self.bad

    @property
    def lacking(self) -> dict[str, str]:
        """What the event says of it; nothing where it is green."""
        return {} if self.is_green else {WITHOUT_EVIDENCE: "bad" if self.bad else "none"}


@dataclass(frozen=True, slots=True)
class Lacking:
    """What an event says where green evidence is lacking: its data, and who went on and why."""

    data: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def of_the_window(case: "Case", at: datetime | None = None) -> GreenEvidence:
    """What was measured since the green window began, until ``at``, or at all (P6)."""
    return judged(_taken(case, case.green_since, at))


def since_stable(case: "Case", at: datetime | None = None) -> GreenEvidence:
    """What was measured since the service was called stable, until ``at``, or at all (P7)."""
    stable = case.latest(Moment.STABILISED)
    return judged(_taken(case, stable.occurred_at if stable else None, at))


def judged(tests: Iterable[TestResult]) -> GreenEvidence:
    """``tests`` in the order in which they were measured. Pure: an unclear one says nothing."""
    clear = [test for test in tests if test.verdict != Verdict.UNCLEAR]
    last = {_same(test.name): test for test in clear}
    bad = [test.name for test in last.values() if test.verdict == Verdict.BAD]
    return GreenEvidence([test for test in clear if test.verdict == Verdict.GOOD], bad)


def reason_texts(clause: str, reason: str, by: Actor) -> Mapping[str, str]:
    """The reason and the name of who went on, as prose that can be erased. Raises Missing."""
    who = Staff.objects.filter(pk=by.id).values_list("name", flat=True).first() or ""
    return {"reason": need(clause, "reason", reason, _("why you go on without good tests")), "who": who}


def carried_over(case: "Case") -> Lacking:
    """What the closing has to say of a case that was called stable without green evidence; else nothing (P7)."""
    stable = case.latest(Moment.STABILISED)
    if stable is None or not is_lacking(stable.data):
        return Lacking()
    texts = {text.name: text.text for text in stable.texts.all() if text.name in TEXTS and text.text}
    return Lacking({WITHOUT_EVIDENCE: stable.data[WITHOUT_EVIDENCE]}, texts)


def as_if(case: "Case", moment: Moment, at: datetime) -> Lacking:
    """What the event would say of its evidence if it were written at ``at``: for a look beforehand."""
    if moment == Moment.STABILISED:
        return Lacking(of_the_window(case, at).lacking)
    if moment != Moment.CLOSED:
        return Lacking()
    return Lacking({WITHOUT_EVIDENCE: "bad"}) if since_stable(case, at).bad else carried_over(case)


def is_lacking(data: Mapping[str, Any]) -> bool:
    """Whether the event with this data went on without green evidence."""
    return bool(data.get(WITHOUT_EVIDENCE))


def _taken(case: "Case", since: datetime | None, at: datetime | None) -> Iterable[TestResult]:
    if since is None:
        return []
    found = case.tests.filter(measured_at__gt=since).order_by("measured_at", "pk")
    return found if at is None else found.filter(measured_at__lte=at)


def _same(name: str) -> str:
    """Two ways of writing the name of one test are one test."""
    return " ".join(name.casefold().split())
