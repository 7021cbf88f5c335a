"""The reasons of an hour in words: rest days by name, the decree that moved it, a wait corrected or ruled void."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from guardia.cases import calendar_change
from guardia.cases.contesting import Ruling
from guardia.cases.explaining import ExplainedClock, exactly, explain_case
from guardia.clocks.calendars import ChangeKind
from guardia.procedure.vocabulary import WaitCause
from tests.contests.conftest import ACCESS, objects, waits_and_diagnoses

QUITO = ZoneInfo("America/Guayaquil")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def told(story, kind, ordinal=1):
    found = explain_case(story.case, story.now)
    return next(one for one in found if one.clock.key == (kind, ordinal))


def said(story, kind, ordinal=1):
    return ExplainedClock(told(story, kind, ordinal), QUITO, story.now)


def plain(words):
    return words.replace("\u00a0", " ")


def adds_up(one):
    start, until = one.clock.started_at, one.explanation.until
    return sum((part.length for part in one.explanation.parts), timedelta()) == until - start


def test_the_issues_own_sentence(story):
    """“vence 14:30: 20 min desde 14:02, 8 min en espera: cliente, pedido por …”, in English; 02:03:20 Saturday here."""
    story.minutes_pass(2)
    story.case.wait(ACCESS, by=story.by, at=story.now)
    story.minutes_pass(8)
    story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
    assert plain(said(story, "diagnosis").sentence) == (
        "due 02:31:20: 20 min from 02:03:20, 8 min waiting: the customer, asked by Portería"
    )


def test_overlapping_waits_are_named_each_and_counted_once(story):
    story.case.wait(ACCESS, by=story.by, at=story.now)
    carrier = replace(
        ACCESS,
        cause=WaitCause.THIRD_PARTY,
        asked_by="Despacho",
        party="Telco Andina",
        party_ticket="TA-77",
        party_promise_at=story.now + timedelta(hours=1),
    )
    story.minutes_pass(3)
    story.case.wait(carrier, by=story.by, at=story.now)
    story.minutes_pass(4)
    for wait in story.case.waits.all():
        story.case.go_on(wait, by=story.by, at=story.now)
    assert plain(said(story, "diagnosis").sentence).endswith(
        "7 min waiting: the customer, asked by Portería; Telco Andina (TA-77), asked by Despacho"
    )


def test_a_ruling_of_five_office_days_names_the_rest_days_it_skips(story):
    """Monday 2 and Tuesday 3 November 2026 rest for All Souls' Day and the Independence of Cuenca."""
    story.now = datetime(2026, 10, 29, 15, 0, tzinfo=UTC)
    waits = story_with_a_wait(story)
    objects(waits)
    one = told(story, "ruling")
    assert adds_up(one)
    assert one.rests == {date(2026, 11, 2): "All Souls' Day", date(2026, 11, 3): "Independence of Cuenca"}
    sentence = plain(said(story, "ruling").sentence)
    assert "45 h of “" in sentence
    assert "public holiday Mon 2 (All Souls' Day), public holiday Tue 3 (Independence of Cuenca)" in sentence
    assert any("closed: All Souls' Day, Independence of Cuenca" in line for line in said(story, "ruling").lines())


def story_with_a_wait(story):
    story.number = None
    story.call = None
    story.case_is_registered("Sin servicio")
    story.case.wait(ACCESS, by=story.by, at=story.now)
    return story


def test_a_decree_that_moved_the_clock_is_told_with_its_day_and_reason(story):
    story.case.wait(ACCESS, by=story.by, at=story.now)
    objects(story)
    was = story.clock("ruling").due_at
    calendar_change.announce(
        ChangeKind.REST, day=date(2026, 11, 25), reason="Decreto 401", by=story.supervisor, at=story.now
    )
    calendar_change.follow(story.now)
    one = told(story, "ruling")
    assert one.clock.due_at == story.clock("ruling").due_at > was
    assert adds_up(one)
    assert [(moved.day, moved.was_due_at, moved.due_at) for moved in one.moved] == [
        ("2026-11-25", was, one.clock.due_at)
    ]
    assert one.rests == {date(2026, 11, 25): "Decreto 401"}
    assert any("2026-11-25, Decreto 401" in line for line in said(story, "ruling").lines())


def test_a_wait_that_was_ruled_void_is_still_told_with_the_reasons(story):
    waits_and_diagnoses(story)
    objects(story)
    wait = story.case.waits.get()
    story.case.rule({wait.pk: Ruling(True, "No hay constancia")}, by=story.rules, at=story.now)
    one = told(story, "diagnosis")
    assert [(each.wait.pk, each.stands) for each in one.waits] == [(wait.pk, False)]
    assert one.state == "breached"
    lines = said(story, "diagnosis").lines()
    assert any("the wait does not count. No hay constancia" in line for line in lines)
    assert plain(said(story, "diagnosis").sentence).startswith("kept late at ")


def test_the_work_permit_is_left_out_of_the_solution_by_name(story):
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.case.depart(by=story.by, at=story.now)
    story.minutes_pass(60)
    story.case.arrive(by=story.by, at=story.now)
    story.minutes_pass(20)
    story.case.clear_permit(by=story.by, at=story.now)
    one = told(story, "field_solution")
    assert adds_up(one)
    assert "20 min waiting: work permit" in plain(said(story, "field_solution").sentence)


def test_every_clock_of_a_case_adds_up(story):
    waits_and_diagnoses(story)
    objects(story)
    assert all(adds_up(one) for one in explain_case(story.case, story.now))


@pytest.mark.parametrize(
    ("seconds", "days", "words"),
    [
        (0, True, "0 min"),
        (45, True, "45 s"),
        (1200, True, "20 min"),
        (5400, True, "1 h 30 min"),
        (90_061, True, "1 d 1 h 1 min 1 s"),
        (162_000, False, "45 h"),
    ],
)
def test_lengths_are_said_to_the_second(seconds, days, words):
    assert plain(exactly(timedelta(seconds=seconds), days)) == words
