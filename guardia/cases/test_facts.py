"""What a letter tells of tests (P3, P5, P6): words in each language of the operator, and the samples of their pictures.

What Guardia measured itself is kept as a code with its numbers, so that every reader gets it in the own language; what
a person wrote stays as it was written. Hours are ISO 8601, UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from guardia.config.languages import in_each_language
from guardia.evidence import measured_sentences
from guardia.evidence.measured_sentences import Compared, compared, measured
from guardia.evidence.probe import Probe, ProbeState
from guardia.evidence.sample_chart import MOST_BARS
from guardia.evidence.test_result import TestResult
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.ledger import Recorded

SHOWN_IN = frozenset({Moment.CONFIRMED, Moment.STABILISED, Moment.CLOSED})
"""Where a picture says something: before and after, and how the watch went. At the restoration nothing is measured."""

MOST_TESTS, MOST_PICTURES, MOST_READ = 6, 3, 240


def tests_of_many(events: Sequence["Recorded"]) -> list[list[dict[str, Any]]]:
    """The tests that the notice of each event shows, in the order of the events: those until then, six at most."""
    found: dict[int, list[TestResult]] = {}
    until = max(event.occurred_at for event in events)
    tests = TestResult.objects.filter(case_id__in={event.case.pk for event in events}, measured_at__lte=until)
    for test in tests.order_by("measured_at", "pk"):
        found.setdefault(test.case_id, []).append(test)
    shown = [tests_of_event(event, found.get(event.case.pk, ())) for event in events]
    by_test = probes_of([test for rows in shown for test in rows])
    return [[_test_facts(test, by_test.get(test.pk)) for test in rows] for rows in shown]


def tests_of_event(event: "Recorded", tests: Iterable[TestResult]) -> list[TestResult]:
    evidence = event.data.get("evidence")
    mine = [test for test in tests if test.measured_at <= event.occurred_at]
    return [test for test in mine if not evidence or test.pk in evidence][-MOST_TESTS:]


def probes_of(tests: list[TestResult]) -> dict[int, Probe]:
    """The probe behind each test that Guardia ran itself, by the id of the test."""
    if not tests:
        return {}
    found = Probe.objects.filter(test__in=[test.pk for test in tests]).select_related("target")
    return {probe.test_id: probe for probe in found if probe.test_id}


Done = Mapping[tuple[int, int], Sequence[Probe]]
"""Probes by the id of the case and the number of the event that tells of them."""


def probes_until(events: Sequence["Recorded"]) -> Done:
    """What the pictures of each event are drawn from: the newest probes of its case that were done by then, the newest
    first. One question for all that happened at one hour.
    """
    found: dict[tuple[int, int], list[Probe]] = {}
    of_hour: dict[datetime, dict[int, list[int]]] = {}
    for event in events:
        of_hour.setdefault(event.occurred_at, {}).setdefault(event.case.pk, []).append(event.seq)
    nth = Window(RowNumber(), partition_by=F("case"), order_by=("-measured_at", "-pk"))
    for at, numbers in of_hour.items():
        done = Probe.objects.filter(case__in=numbers, state=ProbeState.DONE, measured_at__lte=at)
        newest = done.annotate(nth=nth).filter(nth__lte=MOST_READ).select_related("target")
        for probe in newest.order_by("-measured_at", "-pk"):
            for seq in numbers[probe.case_id]:
                found.setdefault((probe.case_id, seq), []).append(probe)
    return found


def pictures_of(event: "Recorded", done: Done) -> list[dict[str, Any]]:
    """By target: before and after the restoration, or in the follow-up how the watch went; three targets at most.

    ``done``: of ``probes_until``.
    """
    case, probes = event.case, list(done.get((event.case.pk, event.seq), ()))
    if event.moment == Moment.STABILISED:
        rows = compared(probes, case.restored_at, case.green_since)
        return [_watched(row) for row in rows if len(row.watch) > 1][:MOST_PICTURES]
    rows = [row for row in compared(probes, case.restored_at) if row.before and row.after]
    return [_before_and_after(row) for row in rows][:MOST_PICTURES]


def saw_of(event: "Recorded") -> Mapping[str, str]:
    """What a probe saw that began a flap or a relapse, by language; nothing where a person said it."""
    saw = event.data.get("saw")
    return in_each_language(lambda: measured_sentences.seen(saw)) if saw else {}


def _test_facts(test: TestResult, probe: Probe | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": test.name,
        "result": test.result,
        "verdict": test.verdict,
        "at": test.measured_at.isoformat(),
        "stage": test.stage,
        **({"typed": True} if test.typed else {}),
    }
    if probe:
        told["names"] = in_each_language(lambda: str(probe.target))
        told["results"] = in_each_language(lambda: measured_sentences.sentence(probe.code, probe.numbers))
    return told


def _before_and_after(row: Compared) -> dict[str, Any]:
    return {**_of_target(row), "before": _side(row.before), "after": _side(row.after)}


def _watched(row: Compared) -> dict[str, Any]:
    samples = [None if mean is None else round(mean, 1) for mean in row.rounds]
    watch = {
        "samples": samples[-MOST_BARS:],
        "rounds": len(samples),
        "bad": row.bad_rounds,
        "since": _hour(measured(row.watch[0])),
        "until": _hour(measured(row.watch[-1])),
    }
    return {**_of_target(row), "watch": watch}


def _of_target(row: Compared) -> dict[str, Any]:
    return {"names": in_each_language(lambda: str(row.target))}


def _side(probe: Probe | None) -> dict[str, Any] | None:
    if probe is None:
        return None
    return {
        "samples": [None if sample is None else round(sample, 1) for sample in probe.samples[-MOST_BARS:]],
        "results": in_each_language(lambda: measured_sentences.sentence(probe.code, probe.numbers)),
        "verdict": probe.verdict,
        "at": _hour(measured(probe)),
    }


def _hour(at: datetime) -> str:
    return at.isoformat()
