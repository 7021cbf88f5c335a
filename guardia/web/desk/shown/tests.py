"""The tests on record, and how many the stage asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import green_evidence
from guardia.cases.case import Case
from guardia.cases.verbs import desk_hour, to_the_minute
from guardia.evidence.test_result import TestResult, Verdict
from guardia.evidence.words import typed
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage

MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class TestLine:
    name: str
    words: str
    verdict: str
    at: datetime


def tests_shown(case: Case) -> dict:
    """What diagnosis, verification and follow-up show of the tests: since the registration, the relapse, the
    restoration or the window; how many the stage asks for, and what is missing.
    """
    since = since_when(case)
    rows = list(case.tests.filter(measured_at__gte=since).order_by("measured_at")) if since else []
    return {
        "tests": [line_of(row) for row in rows[-MOST_SHOWN:]],
        "tests_words": words(case, rows),
        "tests_missing": missing(case, rows),
        "add_test_href": reverse("act", args=[case.number, "prueba"]),
    }


def line_of(test: TestResult) -> TestLine:
    result = typed(test.result) if test.typed else test.result
    return TestLine(test.name, f"{result} ({test.get_verdict_display()})", test.verdict, test.measured_at)


def since_when(case: Case) -> datetime | None:
    if case.stage == Stage.STABILITY:
        return case.green_since
    if case.stage == Stage.VERIFICATION and case.restored_at:
        return to_the_minute(case.restored_at)
    begun = case.latest(Moment.REGISTERED, Moment.RELAPSED)
    return begun.occurred_at if begun else None


def words(case: Case, rows: Sequence[TestResult]) -> str:
    """How many are on record, of how many that the stage asks for; those that prove nothing count for neither."""
    rule = versions.of(case.procedure_version_id).requirements
    good = sum(row.verdict == Verdict.GOOD for row in rows)
    match case.stage:
        case Stage.DIAGNOSIS:
            found, needed = len(rows), rule.tests_to_diagnose
            words = _("Tests on record: %(found)d of %(needed)d")
        case Stage.VERIFICATION:
            found, needed = good, rule.tests_to_confirm
            words = _("Good tests since the restoration: %(found)d of %(needed)d")
        case Stage.STABILITY:
            found, needed = green_evidence.of_the_window(case).proving, rule.tests_of_stability
            words = _("Good tests of the green window, with value or file: %(found)d of %(needed)d")
        case _:
            return _("Tests on record: %(found)d") % {"found": len(rows)}
    return words % {"found": found, "needed": needed}


def missing(case: Case, rows: Sequence[TestResult]) -> str:
    """What the stage still waits for, in one sentence; empty where nothing is missing."""
    if case.stage == Stage.VERIFICATION:
        needed = versions.of(case.procedure_version_id).requirements.tests_to_confirm
        left = needed - sum(row.verdict == Verdict.GOOD for row in rows)
        words = ngettext("%(n)d good test is missing.", "%(n)d good tests are missing.", left)
        return words % {"n": left} if left > 0 else ""
    end = green_evidence.end_of_window(case)
    if case.stage != Stage.STABILITY or end is None:
        return ""
    found = green_evidence.of_the_window(case)
    if found.bad:
        return _("The last test of “%(tests)s” is bad: run it again.") % {"tests": ", ".join(found.bad)}
    left = max(found.needed - found.proving, 0 if found.at_the_end else 1)
    words = ngettext("%(n)d good test is missing.", "%(n)d good tests are missing.", left)
    at_the_end = _("One of them must be of the end of the window, from %(hour)s on.") % {"hour": desk_hour(end)[:5]}
    parts = [words % {"n": left} if left else "", "" if found.at_the_end else at_the_end]
    return " ".join(part for part in parts if part)
