"""The tests of the closing report by name: before the service was back for good, and after it (P5, P6)."""

from collections.abc import Mapping
from datetime import datetime

from guardia.cases.case import Case
from guardia.evidence import measured_sentences
from guardia.evidence.probe import Probe, ProbeState
from guardia.evidence.test_result import TestResult, Verdict
from guardia.reports.closing_report import TestFacts

MOST_PROBES = 2000


def probes_of(case: Case) -> list[Probe]:
    """What Guardia measured itself, the latest so many: to be said in the reader's language, and drawn."""
    done = case.probes.filter(state=ProbeState.DONE).select_related("target")
    return list(done.order_by("-measured_at", "-pk")[:MOST_PROBES])


def tests_of(case: Case, probes: Mapping[int, Probe]) -> list[TestFacts]:
    """Each test by its name: the last that was not good before the service was back for good, the last after it."""
    back = case.restored_at
    found: dict[str, tuple[TestResult | None, TestResult | None]] = {}
    for test in case.tests.order_by("measured_at", "pk"):
        before, after = found.get(test.name, (None, None))
        if back and test.measured_at >= back:
            after = test
        elif before is None or test.verdict != Verdict.GOOD or before.verdict == Verdict.GOOD:
            before = test
        found[test.name] = (before, after)
    return [test_facts(name, before, after, probes) for name, (before, after) in found.items()]


def test_facts(
    name: str, before: TestResult | None, after: TestResult | None, probes: Mapping[int, Probe]
) -> TestFacts:
    """What Guardia measured itself bears the target and the numbers, to be said in the reader's language."""
    probe = next((probes[test.pk] for test in (after, before) if test and test.pk in probes), None)
    return TestFacts(str(probe.target) if probe else name, measured(before, probes), measured(after, probes))


def measured(test: TestResult | None, probes: Mapping[int, Probe]) -> tuple[datetime, str, str] | None:
    if test is None:
        return None
    probe = probes.get(test.pk)
    result = measured_sentences.sentence(probe.code, probe.numbers) if probe else test.result
    return test.measured_at, measured_sentences.typed(result) if test.typed else result, test.verdict
