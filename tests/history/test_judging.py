"""A former case is judged by the version that the mapping names, only as far as the hours of its file decide it."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.customers.importing.table_file import WrongFile
from guardia.history.former_case import FormerCase, Step
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.judging import NOTHING_DECIDED, Judgement, Verdict, judgement_of
from guardia.history.mapping import load
from guardia.procedure.vocabulary import Band, ClockKind
from guardia.proof.offline import guardia_verify
from guardia.reports.former_judgements import FormerJudged, former_judgements
from guardia.reports.month import Month
from guardia.reports.promises import ReportFilters, by_month
from guardia.reports.report_history import company_history
from guardia.web.shared.former_case import former_rows, operators_rows
from tests.procedure.story import Story

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OPENED = datetime(2026, 10, 5, 8, tzinfo=UTC)
MAPPING = """
system: Old Desk
hours: {order: ymd}
rows:
  - columns: {number: Nr, company: Company, service: Circuit, opened: Opened, restored: Restored, closed: Closed}
"""


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def former(restored: float | None, closed: float, *steps: Step, is_cancelled: bool = False) -> FormerCase:
    at = None if restored is None else OPENED + minutes(restored)
    return FormerCase("1", 1, OPENED, OPENED + minutes(closed), is_cancelled, at, steps=steps)


def judged(story: Story, case: FormerCase, band: Band | None = Band.MAIN) -> Judgement:
    return judgement_of(case, story.version.procedure, band)


def target(story: Story, kind: ClockKind, band: Band | None = Band.MAIN) -> float:
    found = story.version.procedure.clock(kind).target_for(band)
    assert found
    return found.total_seconds() / 60


def shortest(story: Story, *kinds: ClockKind) -> float:
    return min(target(story, kind) for kind in kinds)


FIELD = (
    *(ClockKind.DIAGNOSIS, ClockKind.DISPATCH_AGREED, ClockKind.TRAVEL),
    *(ClockKind.WORK_PERMIT, ClockKind.FIELD_SOLUTION),
)
REMOTE = (ClockKind.DIAGNOSIS, ClockKind.REMOTE_SOLUTION)
CLOSING = (ClockKind.VERIFICATION, ClockKind.STABILITY, ClockKind.CLOSURE)


def test_shorter_than_each_of_its_promises_is_within_whatever_happened(story):
    short = shortest(story, *FIELD, *REMOTE) - 1
    assert judged(story, former(short, short)).restoration == Verdict.WITHIN
    assert judged(story, former(short + 2, short + 2)).restoration == Verdict.UNDECIDED, "the file, does not say which"


def test_longer_than_all_of_them_one_after_the_other_is_beyond(story):
    most = max(sum(target(story, kind) for kind in way) for way in (FIELD, REMOTE))
    assert judged(story, former(most + 1, most + 1)).restoration == Verdict.BEYOND
    assert judged(story, former(most, most)).restoration == Verdict.UNDECIDED
    assert judged(story, former(most + 1, most + 1), Band.REMOTE).restoration == Verdict.UNDECIDED, "P4.3: no hour"
    assert judged(story, former(most + 1, most + 1), None).restoration == Verdict.UNDECIDED, "it may be remote"


def test_waits_are_left_out_of_what_is_beyond_and_never_make_it_within(story):
    most = max(sum(target(story, kind) for kind in way) for way in (FIELD, REMOTE))
    wait = (Step(OPENED, "waiting"), Step(OPENED + minutes(5), "working"))
    assert judged(story, former(most + 5, most + 5, *wait)).restoration == Verdict.UNDECIDED
    assert judged(story, former(most + 6, most + 6, *wait)).restoration == Verdict.BEYOND
    short = shortest(story, *FIELD, *REMOTE) - 1
    assert judged(story, former(short + 3, short + 3, *wait)).restoration == Verdict.UNDECIDED


def test_the_closing_is_judged_from_the_restoration(story):
    short, most = shortest(story, *CLOSING) - 1, sum(target(story, kind) for kind in CLOSING)
    assert judged(story, former(1000, 1000 + short)).closing == Verdict.WITHIN
    assert judged(story, former(1000, 1000 + most + 1)).closing == Verdict.BEYOND
    assert judged(story, former(1000, 1000 + most)).closing == Verdict.UNDECIDED


def test_what_the_file_does_not_say_is_not_judged(story):
    again = Step(OPENED + minutes(2), "working", reopens=True)
    cases = (former(None, 5), former(1, 2, is_cancelled=True), former(3, 5, again), former(9, 5))
    assert [judged(story, case) for case in cases] == [NOTHING_DECIDED] * 4


def brought(story: Story, tmp_path, procedure: int | None):
    lines = ["Nr,Company,Circuit,Opened,Restored,Closed"]
    for number, restored, closed in ((1, 4, 6), (2, 5000, 9000), (3, 60, 62)):
        hours = (f"{OPENED + minutes(n):%Y-%m-%dT%H:%M}Z" for n in (0, restored, closed))
        lines.append(",".join((str(number), story.bank.name, story.service.circuit, *hours)))
    path = tmp_path / "closed.csv"
    path.write_text("\n".join(lines))
    mapping = MAPPING + (f"procedure: {procedure}\n" if procedure else "")
    with HistoryFile([path], load(mapping, "m.yaml")) as file:
        file.read()
        return bring_in(file, ZoneInfo("UTC"), lambda: NOW, nullcontext, write=True)


def test_without_a_version_nothing_is_judged(story, tmp_path):
    assert not brought(story, tmp_path, None).judged
    assert former_judgements(Month(2026, 10)) == []


def test_a_version_that_is_not_published_is_refused_before_anything_is_written(story, tmp_path):
    with pytest.raises(WrongFile, match="99"):
        brought(story, tmp_path, 99)
    assert not Case.objects.exists()


def test_it_is_counted_apart_is_promised_by_nobody_and_no_verifier_claims_it(story, tmp_path):
    before = by_month(ReportFilters(Month(2026, 10)), 1, NOW)
    result = brought(story, tmp_path, story.version.number)
    assert result.judged["restoration", "within"] == result.judged["closing", "within"] - 1 == 1
    assert result.judged["restoration", "beyond"] == result.judged["closing", "beyond"] == 1
    assert result.judged["restoration", "undecided"] == 1
    found = FormerJudged("Old Desk", story.version.number, cases=3, within=3, beyond=2, undecided=1)
    assert former_judgements(Month(2026, 10)) == [found]
    assert former_judgements(Month(2026, 10), story.other.pk) == []
    assert former_judgements(Month(2026, 9)) == []
    assert by_month(ReportFilters(Month(2026, 10)), 1, NOW) == before
    assert not Clock.objects.exists()
    assert [*chain.breaks(besides=derived.breaks), *rebuild.rebuild()] == []
    file = b"".join(company_history(story.bank.pk, story.bank.name, NOW, "es"))
    assert guardia_verify.check(file).findings == []
    assert b"judged_by" not in file, "it is a note of the operator's"
    assert not any("report" in case for case in json.loads(file)["cases"])


def test_it_stands_on_the_page_of_the_case_at_the_desk_and_not_in_the_portal(story, tmp_path):
    brought(story, tmp_path, story.version.number)
    case = Case.objects.get(former_number="2")
    rows = dict(operators_rows(case))
    assert "más allá" in rows[f"Según la versión {story.version.number}"]
    assert not any("versión" in label for label, _words in former_rows(case, str))


def test_the_months_report_shows_it_apart(story, tmp_path):
    brought(story, tmp_path, story.version.number)
    client = Client()
    client.force_login(story.supervisor)
    page = client.get(reverse("reports"), {"mes": "2026-10"}).content.decode()
    assert f"Old Desk, según la versión {story.version.number}" in page
    assert "Old Desk" not in client.get(reverse("reports"), {"mes": "2026-09"}).content.decode()
