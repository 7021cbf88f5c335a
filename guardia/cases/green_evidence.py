"""P6, P7: which tests prove that a service is stable, and what is on record where none does. Hours are UTC."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import need, to_the_minute
from guardia.evidence.test_result import TestResult, Verdict
from guardia.people.actor import Actor
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

WITHOUT_EVIDENCE = "without_evidence"
"""In the data of an event: ``none``, no good test; ``few``, fewer than the procedure asks for, or none of the window's
end; ``bad``, the last test of something is bad.
"""
AT_THE_END = timedelta(minutes=5)
"""P6 D: a test of the end of the window is from its last minutes, or from after it."""

TEXTS = ("reason", "who")
"""Of such an event: why, and the name of the supervisor."""


@dataclass(frozen=True, slots=True)
class GreenEvidence:
    """The good tests, and the names of those whose last word is bad. ``proving``: how many of the good ones have a
    value or a file, of ``needed``; ``at_the_end``: whether one of these is of the end of the window.
    """

    good: Sequence[TestResult]
    bad: Sequence[str]
    proving: int = 0
    needed: int = 0
    at_the_end: bool = True

    @property
    def is_green(self) -> bool:
        return bool(self.good) and not self.bad and self.proving >= self.needed and self.at_the_end

    @property
    def lacking(self) -> dict[str, str]:
        """What the event says of it; nothing where it is green."""
        return {} if self.is_green else {WITHOUT_EVIDENCE: "bad" if self.bad else "few" if self.good else "none"}


@dataclass(frozen=True, slots=True)
class Lacking:
    """What an event says where green evidence is lacking: its data, and who went on and why."""

    data: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def of_the_window(case: "Case", at: datetime | None = None) -> GreenEvidence:
    """What was measured since the green window began, until ``at``, or at all (P6)."""
    found, end = judged(_taken(case, case.green_since, at)), end_of_window(case)
    has_file = bool(found.good) and _has_file(case, case.green_since)
    proving = [test for test in found.good if has_file or has_value(test)]
    needed = versions.of(case.procedure_version_id).requirements.tests_of_stability
    at_the_end = any(end is not None and test.measured_at >= end for test in proving)
    return replace(found, proving=len(proving), needed=needed, at_the_end=at_the_end)


def end_of_window(case: "Case") -> datetime | None:
    """From when on a test is of the end of the green window; None before it has begun."""
    if case.green_since is None:
        return None
    return to_the_minute(case.green_since + max(case.green_window - AT_THE_END, case.green_window / 2))


def has_value(test: TestResult) -> bool:
    """Whether it says what was measured. What was not typed was measured; “all well” is no value."""
    return not test.typed or any(sign.isdigit() for sign in test.result)


def since_restored(case: "Case", at: datetime) -> int:
    """How many good tests are on record since the service is back, until ``at`` (P5)."""
    if case.restored_at is None:
        return 0
    good = case.tests.filter(verdict=Verdict.GOOD, measured_at__lte=at)
    return good.filter(measured_at__gte=to_the_minute(case.restored_at)).count()


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


def _has_file(case: "Case", since: datetime | None) -> bool:
    """Whether the customer sees a file that was added since: it goes with the tests that were typed."""
    return case.files.filter(withdrawn_at=None, shown=True, added_at__gte=since).exists()


def _same(name: str) -> str:
    """Two ways of writing the name of one test are one test."""
    return " ".join(name.casefold().split())
