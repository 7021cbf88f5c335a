"""The availability of a service by month, against months that were worked out by hand (P7 D). Quito is UTC−5."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from guardia.cases.case import Case
from guardia.cases.waiting import WaitReason
from guardia.procedure.vocabulary import WaitCause
from guardia.reports.availability import service_month, service_months
from guardia.reports.closing_rows import availability_of
from guardia.reports.month import Month

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
AFTER = datetime(2027, 3, 1, tzinfo=UTC)
HOUR = 3600


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An hour of 2026 in Quito, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


@pytest.fixture
def service(story):
    story.open_case()
    story.case.cancel("era una prueba", by=story.by, at=story.now)
    return story.service


def affected(story, *spans, closed: datetime | None = AFTER) -> Case:
    """A case of the story's service with these stretches; None: it lasts."""
    case = story.open_case()
    written = [[a.isoformat(), b.isoformat() if b else None] for a, b in spans]
    first = min(a for a, _b in spans)
    Case.objects.filter(pk=case.pk).update(outages=written, opened_at=first, outage_started_at=first, closed_at=closed)
    return Case.objects.get(pk=case.pk)


def test_a_month_without_a_case_is_whole(story, service):
    found = service_month(service.pk, NOVEMBER, AFTER)
    assert (found.figures.whole, found.figures.down, found.figures.percent) == (30 * 24 * HOUR, 0, Decimal("100.000"))
    assert found.figures.start == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert not found.shares


def test_one_outage_counts_by_the_second(story, service):
    affected(story, (local(11, 10, 8), local(11, 10, 11, 36)))
    found = service_month(service.pk, NOVEMBER, AFTER)
    assert found.figures.down == 3 * HOUR + 36 * 60
    assert found.figures.percent == Decimal("99.500")  # 3.6 of 720 hours are half a per cent


def test_a_case_over_midnight_of_the_last_day_counts_in_both_months_each_its_own(story, service):
    affected(story, (local(11, 30, 22), local(12, 1, 3)))
    november, december = service_months(service.pk, [NOVEMBER, DECEMBER], AFTER)
    assert (november.figures.down, december.figures.down) == (2 * HOUR, 3 * HOUR)
    assert (november.shares[0].counted, december.shares[0].counted) == (2 * HOUR, 3 * HOUR)


def test_an_outage_that_began_before_its_case_was_opened_counts_in_its_own_month(story, service):
    case = affected(story, (local(11, 30, 23), local(12, 1, 1)))
    Case.objects.filter(pk=case.pk).update(opened_at=local(12, 1, 0, 30))
    assert service_month(service.pk, NOVEMBER, AFTER).figures.down == HOUR


def test_two_cases_at_once_count_once_and_say_so(story, service):
    affected(story, (local(11, 5, 8), local(11, 5, 12)))
    affected(story, (local(11, 5, 10), local(11, 5, 13)))
    found = service_month(service.pk, NOVEMBER, AFTER)
    assert [share.counted for share in found.shares] == [4 * HOUR, 3 * HOUR]
    assert (found.figures.down, found.overlapping) == (5 * HOUR, 2 * HOUR)


def excluded(story, case: Case, start: datetime, end: datetime) -> None:
    """The company asked for these hours and agreed that they are left out."""
    case = Case.objects.get(pk=case.pk)
    why = WaitReason(WaitCause.CUSTOMER, "Jefe de Sistemas", "sin acceso al local", excluded=True)
    case.wait(why, by=story.by, at=max(story.now, case.opened_at))
    case.waits.update(started_at=start, ended_at=end)


def test_what_was_agreed_is_left_out_and_stays_visible(story, service):
    case = affected(story, (local(11, 5, 8), local(11, 5, 12)), closed=None)
    excluded(story, case, local(11, 5, 9), local(11, 5, 10, 30))
    Case.objects.filter(pk=case.pk).update(closed_at=AFTER)
    found = service_month(service.pk, NOVEMBER, AFTER)
    assert (found.figures.down, found.excluded) == (2 * HOUR + 30 * 60, HOUR + 30 * 60)
    (hole,) = found.shares[0].exclusions
    assert (hole.start, hole.end, hole.seconds) == (local(11, 5, 9), local(11, 5, 10, 30), HOUR + 30 * 60)
    assert hole.wait.reason == "sin acceso al local"


def test_what_one_case_leaves_out_another_still_counts(story, service):
    case = affected(story, (local(11, 5, 8), local(11, 5, 12)), closed=None)
    excluded(story, case, local(11, 5, 8), local(11, 5, 12))
    Case.objects.filter(pk=case.pk).update(closed_at=AFTER)
    affected(story, (local(11, 5, 11), local(11, 5, 13)))
    found = service_month(service.pk, NOVEMBER, AFTER)
    assert found.figures.down == 2 * HOUR


def test_an_exclusion_reaches_no_further_than_the_outage_and_the_month(story, service):
    case = affected(story, (local(11, 30, 22), local(12, 1, 2)), closed=None)
    excluded(story, case, local(11, 30, 20), local(12, 1, 1))
    Case.objects.filter(pk=case.pk).update(closed_at=AFTER)
    november, december = service_months(service.pk, [NOVEMBER, DECEMBER], AFTER)
    assert (november.figures.down, november.excluded) == (0, 2 * HOUR)
    assert (december.figures.down, december.excluded) == (HOUR, HOUR)


def test_a_month_that_lasts_counts_until_now_and_an_outage_that_lasts_as_well(story, service):
    affected(story, (local(11, 10, 6), None), closed=None)
    found = service_month(service.pk, NOVEMBER, local(11, 10, 12))
    assert (found.figures.whole, found.figures.down) == ((9 * 24 + 12) * HOUR, 6 * HOUR)
    assert service_month(service.pk, DECEMBER, local(11, 10, 12)).figures.percent == 100


def test_a_case_that_was_withdrawn_counts_nothing(story, service):
    case = affected(story, (local(11, 5, 8), local(11, 5, 12)))
    Case.objects.filter(pk=case.pk).update(status="cancelled")
    assert service_month(service.pk, NOVEMBER, AFTER).figures.down == 0


def test_the_closing_report_counts_the_same(closed_story):
    case = closed_story.case
    month = Month.of(case.closed_at)
    assert availability_of(case, case.closed_at) == service_month(case.service_id, month, case.closed_at).figures


@pytest.fixture
def closed_story(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra cortada", "empalme", by=story.by, at=story.now)
    return story


def test_twelve_months_are_read_at_once(story, service, django_assert_max_num_queries):
    affected(story, (local(11, 5, 8), local(11, 5, 12)))
    months = [NOVEMBER.moved(-back) for back in range(12)]
    with django_assert_max_num_queries(4):
        found = service_months(service.pk, months, AFTER)
    assert [bool(each.figures.down) for each in found] == [True, *[False] * 11]
