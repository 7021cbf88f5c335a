"""The tests of the case as the customer sees them: what each showed before the solution and after, as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.evidence.picture import Picture, highest, picture
from guardia.evidence.probe import Probe
from guardia.evidence.test_result import TestResult, Verdict
from guardia.evidence.words import typed
from guardia.notices.wording.hours import Hours
from guardia.web.desk.shown.evidence import sampled

MOST_READ = 120
MOST_SHOWN = 8
Samples = Mapping[int, Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class SideShown:
    id: str
    label: str
    hour: str
    result: str
    verdict: str
    word: str
    picture: Picture | None
    title: str
    described: str


@dataclass(frozen=True, slots=True)
class TestShown:
    __test__ = False

    name: str
    sides: Sequence[SideShown]


def tests_of(case: Case, hours: Hours) -> list[TestShown]:
    """By the name of the test, in the order in which they were first made; the latest of each that says something."""
    tests = list(case.tests.order_by("-measured_at", "-pk")[:MOST_READ])[::-1]
    probes = Probe.objects.filter(case_id=case.pk, test_id__in=[test.pk for test in tests])
    samples = dict(probes.values_list("test_id", "samples")) if tests else {}
    by_name: dict[str, list[TestResult]] = {}
    for test in tests:
        by_name.setdefault(test.name, []).append(test)
    return [test_shown(case, name, own, samples, hours) for name, own in list(by_name.items())[:MOST_SHOWN]]


def test_shown(case: Case, name: str, tests: Sequence[TestResult], samples: Samples, hours: Hours) -> TestShown:
    restored = case.restored_at
    earlier = [test for test in tests if restored is None or test.measured_at <= restored]
    later = [test for test in tests if restored is not None and test.measured_at > restored]
    before = next((test for test in reversed(earlier) if test.verdict == Verdict.BAD), earlier[-1] if earlier else None)
    pair = [test for test in (before, later[-1] if later else None) if test]
    top = max((highest(samples.get(test.pk, ())) or 0 for test in pair), default=0) or None
    return TestShown(name, [side(test, bool(later), test in later, samples, top, hours) for test in pair])


def side(
    test: TestResult, compares: bool, is_after: bool, samples: Samples, top: float | None, hours: Hours
) -> SideShown:
    own = samples.get(test.pk, ())
    label = "" if not compares else _("After") if is_after else _("Before")
    return SideShown(
        id=f"test-{test.pk}",
        label=label,
        hour=hours.stamp(test.measured_at),
        result=typed(test.result) if test.typed else test.result,
        verdict=test.verdict,
        word=test.get_verdict_display(),
        picture=picture(own, top) if own else None,
        title=_("Samples of %(test)s") % {"test": test.name},
        described=sampled(own),
    )
