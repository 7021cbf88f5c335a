"""A duplicate promises what the other case promises: it counts nowhere, and how many there were is said (P2 D)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from guardia.cases import linking
from guardia.cases.case import Case
from guardia.people.staff import Role
from guardia.procedure.vocabulary import CaseKind, ClockKind
from guardia.reports.interruptions import interruptions
from guardia.reports.month import Month
from guardia.reports.month_report import month_report
from guardia.reports.promises import ReportFilters, by_customer, by_kind, by_month, decided_today, late
from guardia.reports.recurring import EndedOtherwise, ended_otherwise
from tests.monthly.october import NOVEMBER

ALL = ReportFilters(NOVEMBER)


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    cache.clear()


@pytest.fixture
def late_twice(story) -> tuple[Case, Case]:
    """One outage reported twice; both diagnoses are six minutes late."""
    first = story.open_case()
    story.call = None
    second = story.case_is_registered("sin enlace en la agencia")
    story.minutes_pass(26)
    story.diagnosis()
    story.number = first.number
    story.diagnosis()
    return Case.objects.get(pk=first.pk), Case.objects.get(pk=second.pk)


def ended_as_duplicate(story, two) -> None:
    first, second = two
    linking.end_as_duplicate(second, first, "es la misma caída", by=story.by, at=story.now)
    cache.clear()


def broken(at, kind: ClockKind = ClockKind.DIAGNOSIS) -> int:
    return sum(line.breached for line in by_kind(ALL, at) if line.kind == kind)


def test_before_it_is_found_out_both_count(story, late_twice):
    assert broken(story.now) == 2
    assert decided_today(story.now)["diagnosis"] == (0, 2)


def test_a_duplicate_s_promises_count_in_no_sum_of_the_month_nor_of_the_day(story, late_twice):
    kept = sum(line.kept for line in by_kind(ALL, story.now))
    ended_as_duplicate(story, late_twice)
    assert broken(story.now) == 1
    assert sum(line.kept for line in by_kind(ALL, story.now)) < kept, (
        "its number was given in time, and that counts once as well"
    )
    assert [one.case_number for one in late(ALL, story.now) if one.kind == ClockKind.DIAGNOSIS] == [
        late_twice[0].number
    ]
    assert (
        by_customer(ALL, story.now)[0].breached
        == by_month(ALL, 1, story.now)[0].breached
        == sum(line.breached for line in by_kind(ALL, story.now))
    )
    assert decided_today(story.now)["diagnosis"] == (0, 1)


def test_its_company_is_told_the_same_and_how_many_there_were(story, late_twice):
    ended_as_duplicate(story, late_twice)
    told = month_report(story.bank, NOVEMBER, story.now)
    assert [each.breached for each in told.promises if each.kind == "diagnosis"] == [1]
    assert [each.number for each in told.late if each.kind == "diagnosis"] == [late_twice[0].display_number]
    assert (told.duplicates, told.withdrawn, told.opened) == (1, 0, 1)


def test_a_duplicate_s_link_that_was_taken_off_is_none(story, late_twice):
    ended_as_duplicate(story, late_twice)
    late_twice[1].links.update(ended_at=story.now)
    assert broken(story.now) == 2


def test_what_was_withdrawn_keeps_what_had_been_decided_and_is_counted_apart(story, late_twice):
    late_twice[1].cancel("ya no hace falta", by=story.by, at=story.now)
    assert broken(story.now) == 2, "no broken promise goes away by being withdrawn"
    assert ended_otherwise(NOVEMBER) == EndedOtherwise(duplicates=0, withdrawn=1)
    assert (
        ended_otherwise(NOVEMBER, story.other.pk) == ended_otherwise(NOVEMBER, of=CaseKind.REQUEST) == EndedOtherwise()
    )
    assert ended_otherwise(Month(2026, 10)) == EndedOtherwise()
    assert month_report(story.bank, NOVEMBER, story.now).withdrawn == 1


def test_the_regulator_s_sheet_has_the_outage_once(story, late_twice):
    at = story.now + timedelta(minutes=1)
    assert len(list(interruptions(NOVEMBER, at))) == 2
    ended_as_duplicate(story, late_twice)
    assert [one.case.pk for one in interruptions(NOVEMBER, at)] == [late_twice[0].pk]


def test_the_screen_of_the_supervisor_says_how_many(story, late_twice, browser_of):
    ended_as_duplicate(story, late_twice)
    html = browser_of(Role.SUPERVISOR).get(f"{reverse('reports')}?mes=2026-11").content.decode()
    assert "1 case ended as the duplicate of another: its promises are not counted." in html
