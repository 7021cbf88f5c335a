"""The month's requests and formal complaints: first answer and solution, promised and real, apart (A3)."""

import json
from datetime import timedelta

import pytest

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.month_facts import MonthFacts
from guardia.notices.wording.monthly import figures, promised_and_real
from guardia.reports import month_sending
from guardia.reports.month_report import month_report
from tests.monthly.october import NOVEMBER
from tests.procedure.office import MONDAY, Office

HOUR = 3600


@pytest.fixture
def asked(story) -> Case:
    """A request answered five office hours later, where four were promised, and solved an hour after that."""
    story.now = MONDAY
    office = Office(story)
    case = office.takes()
    story.now += timedelta(hours=5)
    office.answers()
    story.now += timedelta(hours=1)
    office.solves()
    return case


def test_a_request_says_what_was_promised_and_how_long_it_took(story, asked):
    told = month_report(story.bank, NOVEMBER, story.now)
    (row,) = told.requests
    assert (row.number, row.is_complaint) == (asked.display_number, False)
    assert (row.answer_target, row.answer_taken, row.answer_state) == (4 * HOUR, 5 * HOUR, "breached")
    assert (row.solution_taken, row.solution_state) == (6 * HOUR, "kept")
    assert (told.asked.opened, told.asked.open_at_end + told.asked.closed, told.complained.any) == (1, 1, False)
    assert (told.requests_met, told.requests_judged) == (1, 2)


def test_incidents_are_counted_without_it(story, asked):
    told = month_report(story.bank, NOVEMBER, story.now)
    assert (told.opened, told.judged, told.is_quiet) == (0, 0, True)


def test_a_formal_complaint_stands_apart_with_its_own_time(story):
    story.now = MONDAY
    Case.take(Office(story).asks(is_complaint=True), by=story.by, at=story.now)
    told = month_report(story.bank, NOVEMBER, story.now)
    (row,) = told.requests
    assert (row.is_complaint, row.solution_target, row.solution_state) == (True, 15 * 24 * HOUR, "running")
    assert (told.asked.any, told.complained.opened, told.complained.open_at_end) == (False, 1, 1)
    labels = dict(figures(told))
    assert labels["Formal complaints"] == "1 opened, 0 closed, 1 open at the end"
    assert "Requests" not in labels


def test_a_withdrawn_one_is_said_and_is_no_row(story):
    story.now = MONDAY
    case = Office(story).takes()
    case.cancel("ya no hace falta", by=story.by, at=story.now)
    told = month_report(story.bank, NOVEMBER, story.now)
    assert (told.requests, told.asked.opened, told.asked.withdrawn) == ((), 0, 1)
    assert dict(figures(told))["Requests"].endswith("not counted: 1 withdrawn")


def test_a_company_with_a_request_alone_is_sent_its_month(story, asked):
    with behind(DatabaseRole.WORKER):
        assert list(month_sending.to_send(NOVEMBER)) == [story.bank]


def test_what_the_company_reads_behind_its_own_wall_is_what_the_desk_reads(story, asked):
    story.minutes_pass(1)
    story.open_case()
    story.minutes_pass(40)
    story.diagnosis()
    ours = month_report(story.bank, NOVEMBER, story.now)
    assert ours.late
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        theirs = month_report(story.bank, NOVEMBER, story.now)
    with behind(DatabaseRole.PORTAL, story.other.pk):
        strangers = month_report(story.bank, NOVEMBER, story.now)
    with behind(DatabaseRole.STAFF):
        assert theirs == ours
        assert (strangers.cases, strangers.requests, strangers.late, strangers.promises) == ((), (), (), ())


def test_a_report_that_was_frozen_before_requests_were_told_is_still_read(story, asked):
    facts = json.loads(json.dumps(month_report(story.bank, NOVEMBER, story.now).facts()))
    assert MonthFacts.of(facts).requests
    for name in ("operator", "duplicates", "withdrawn", "asked", "complained", "requests", "request_promises"):
        del facts[name]
    old = MonthFacts.of(facts)
    assert (old.requests, old.asked.any, old.requests_judged, old.duplicates) == ((), False, 0, 0)


@pytest.mark.parametrize(
    ("target", "taken", "state", "words"),
    [
        (4 * HOUR, 72 * 60, "kept", "4 h promised, 1 h 12 min actual"),
        (4 * HOUR, 5 * HOUR, "breached", "4 h promised, 5 h actual, late"),
        (4 * HOUR, None, "breached", "4 h promised, still running, late"),
        (4 * HOUR, None, "running", "4 h promised, still running"),
        (0, 60, "kept", "no time promised, 1 min actual"),
        (4 * HOUR, None, "dropped", "–"),
        (0, None, "", "–"),
    ],
)
def test_promised_and_real_in_words(target, taken, state, words):
    assert promised_and_real(target, taken, state).replace("\u00a0", " ") == words
