"""The tests on record, and how many the stage asks for."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.evidence.test_result import TestResult
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
    """What the diagnosis and the follow-up show of the tests: since the registration, the relapse, or the window."""
    since = since_when(case)
    rows = list(case.tests.filter(measured_at__gte=since).order_by("measured_at")) if since else []
    return {
        "tests": [line_of(row) for row in rows[-MOST_SHOWN:]],
        "tests_words": words(case, len(rows)),
        "add_test_href": reverse("act", args=[case.number, "prueba"]),
    }


def line_of(test: TestResult) -> TestLine:
    return TestLine(test.name, f"{test.result} ({test.get_verdict_display()})", test.verdict, test.measured_at)


def since_when(case: Case) -> datetime | None:
    if case.stage == Stage.STABILITY:
        return case.green_since
    begun = case.latest(Moment.REGISTERED, Moment.RELAPSED)
    return begun.occurred_at if begun else None


def words(case: Case, found: int) -> str:
    if case.stage != Stage.DIAGNOSIS:
        return _("Tests on record: %(found)d") % {"found": found}
    needed = versions.of(case.procedure_version_id).requirements.tests_to_diagnose
    return _("Tests on record: %(found)d of %(needed)d") % {"found": found, "needed": needed}
