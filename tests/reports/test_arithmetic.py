"""The numbers of the report against cases counted by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.reports.month import Month
from guardia.reports.promises import ReportFilters, by_customer, by_customer_and_kind, by_kind, by_month, late
from tests.reports.told import NOVEMBER

DECEMBER = ReportFilters(Month(2026, 12))


def test_nothing_was_promised(told):
    assert (
        by_kind(NOVEMBER, told.now) == by_customer(NOVEMBER, told.now) == by_customer_and_kind(NOVEMBER, told.now) == []
    )
    assert late(NOVEMBER, told.now) == []
    assert [(one.month, one.judged, one.ratio) for one in by_month(NOVEMBER, 2, told.now)] == [
        ("2026-10", 0, None),
        ("2026-11", 0, None),
    ]


def test_kept_late_median_and_worst_of_three_diagnoses(told):
    """10, 20 and 26 minutes against ≤ 20: two kept, one late; P90 lies 0.8 of the way from 20 to 26."""
    for minutes in (26, 10, 20):
        told.diagnosed_after(minutes)
    found = told.line(ClockKind.DIAGNOSIS)
    assert (found.kept, found.breached, found.dropped, found.running) == (2, 1, 0, 0)
    assert (found.target_from, found.target_to) == (1200, 1200)
    assert (found.median, found.p90, found.worst) == (1200, pytest.approx(1488), 1560)
    assert found.ratio == pytest.approx(2 / 3)
    reception = told.line(ClockKind.RECEPTION)
    assert (reception.kept, reception.breached, reception.median, reception.worst) == (3, 0, 20, 20)
    registration = told.line(ClockKind.REGISTRATION)
    assert (registration.kept, registration.median) == (3, 180)


def test_lines_stand_in_the_order_of_the_procedure(told):
    told.diagnosed_after(10)
    kinds = [one.kind for one in by_kind(NOVEMBER, told.now)]
    assert kinds == sorted(kinds, key=list(ClockKind).index)
    assert kinds[:3] == [ClockKind.RECEPTION, ClockKind.REGISTRATION, ClockKind.DIAGNOSIS]


def test_the_late_one_says_by_how_much_whose_and_what_it_was(told):
    case = told.diagnosed_after(26)
    (one,) = [one for one in late(NOVEMBER, told.now) if one.kind == ClockKind.DIAGNOSIS]
    assert (one.case_number, one.customer, one.city, one.band) == (case.number, "Banco Austral", "Cuenca", "main")
    assert (one.holder, one.cause) == ("ingeniero1", "fibra cortada")
    assert one.due_at == case.opened_at + timedelta(minutes=20)
    assert one.ended_at == case.opened_at + timedelta(minutes=26)
    assert (one.target, one.taken) == (timedelta(minutes=20), timedelta(minutes=26))
    assert one.overrun == timedelta(minutes=6)
    assert one.waits == ()


def test_a_wait_is_left_out_of_the_time_taken_and_named_as_the_reason(told):
    """5 min, then 45 min of waiting, then 18 min: 23 taken, due 20 min of running time after registration."""
    case = told.open_case()
    told.minutes_pass(5)
    began = told.now
    told.waits_for_the_customer(45)
    told.minutes_pass(18)
    told.diagnosis()
    assert told.line(ClockKind.DIAGNOSIS).worst == 23 * 60
    (one,) = [one for one in late(NOVEMBER, told.now) if one.kind == ClockKind.DIAGNOSIS]
    assert one.due_at == case.opened_at + timedelta(minutes=65)
    assert one.overrun == timedelta(minutes=3)
    (wait,) = one.waits
    assert (wait.cause, wait.reason) == (WaitCause.CUSTOMER, "no hay acceso a la sede")
    assert (wait.started_at, wait.ended_at) == (began, began + timedelta(minutes=45))


def test_a_wait_of_another_clock_is_no_reason(told):
    told.diagnosed_after(26)
    told.waits_for_the_customer(45)
    (one,) = [one for one in late(NOVEMBER, told.now) if one.kind == ClockKind.DIAGNOSIS]
    assert one.waits == ()


def test_the_longest_overrun_stands_first_and_the_list_may_be_cut(told):
    for minutes in (22, 29, 25):
        told.diagnosed_after(minutes)
    asked = replace(NOVEMBER, kind=ClockKind.DIAGNOSIS)
    assert [one.overrun for one in late(asked, told.now)] == [timedelta(minutes=m) for m in (9, 5, 2)]
    assert [one.overrun for one in late(asked, told.now, limit=1)] == [timedelta(minutes=9)]


def test_a_promise_that_is_broken_and_still_runs_counts_as_late_already(told):
    told.open_case()
    told.minutes_pass(50)
    told.the_sweep_runs()
    found = told.line(ClockKind.DIAGNOSIS)
    assert (found.kept, found.breached, found.running) == (0, 1, 1)
    assert (found.median, found.worst) == (None, 50 * 60)
    (one,) = [one for one in late(NOVEMBER, told.now) if one.kind == ClockKind.DIAGNOSIS]
    assert (one.ended_at, one.taken, one.overrun) == (None, None, timedelta(minutes=30))


def test_a_breach_that_a_late_fact_lifts_is_kept_after_all(told):
    """Offline at minute 15, recorded at minute 50."""
    told.open_case()
    told.minutes_pass(14)
    told.test_shows("pérdida 100 %")
    told.test_shows("corte", name="OTDR")
    diagnosed_at = told.later(1)
    told.minutes_pass(36)
    told.the_sweep_runs()
    assert told.line(ClockKind.DIAGNOSIS).breached == 1
    told.case.diagnose("fibra", "empalmar", "remote", by=told.by, at=diagnosed_at, now=told.now)
    found = told.line(ClockKind.DIAGNOSIS)
    assert (found.kept, found.breached, found.worst) == (1, 0, 15 * 60)


def test_a_promise_that_lost_its_object_is_judged_by_nobody(told):
    told.open_case()
    told.minutes_pass(5)
    told.case.cancel("el cliente lo retira", by=told.by, at=told.now)
    found = told.line(ClockKind.DIAGNOSIS)
    assert (found.kept, found.breached, found.dropped, found.ratio, found.worst) == (0, 0, 1, None, None)


def test_a_month_ends_at_midnight_in_ecuador(told):
    """Registered on 30 November at 23:50; the diagnosis falls due on 1 December at 00:10 and comes at 00:15."""
    told.it_is(datetime(2026, 12, 1, 4, 46, 40, tzinfo=UTC))
    told.diagnosed_after(25)
    assert (told.line(ClockKind.REGISTRATION).kept, told.line(ClockKind.REGISTRATION, DECEMBER).kept) == (1, 0)
    assert (told.line(ClockKind.DIAGNOSIS).judged, told.line(ClockKind.DIAGNOSIS, DECEMBER).breached) == (0, 1)
    assert [(one.month, one.breached) for one in by_month(DECEMBER, 3, told.now)] == [
        ("2026-10", 0),
        ("2026-11", 0),
        ("2026-12", 1),
    ]


def test_a_breach_belongs_to_the_month_it_fell_due_in_though_it_ends_in_the_next(told):
    told.it_is(datetime(2026, 12, 1, 4, 20, tzinfo=UTC))
    told.diagnosed_after(90)
    november, december = told.line(ClockKind.DIAGNOSIS), told.line(ClockKind.DIAGNOSIS, DECEMBER)
    assert (november.breached, november.worst, december.judged) == (1, 90 * 60, 0)


def test_each_company_has_its_line_and_most_late_stand_first(told):
    told.diagnosed_after(10)
    told.another_company()
    told.diagnosed_after(26)
    told.diagnosed_after(27)
    diagnoses = replace(NOVEMBER, kind=ClockKind.DIAGNOSIS)
    lines = {one.customer: (one.kept, one.breached) for one in by_customer(diagnoses, told.now)}
    assert list(lines) == ["Hospital Los Arrayanes", "Banco Austral"]
    assert lines["Banco Austral"] == (1, 0)
    by_both = {(one.customer, one.kind): one for one in by_customer_and_kind(NOVEMBER, told.now)}
    hospital = by_both["Hospital Los Arrayanes", ClockKind.DIAGNOSIS]
    assert (hospital.kept, hospital.breached, hospital.worst) == (0, 2, 27 * 60)
    asked = replace(NOVEMBER, customer_id=told.bank.pk)
    assert told.line(ClockKind.DIAGNOSIS, asked).judged == 1
    assert late(replace(asked, kind=ClockKind.DIAGNOSIS), told.now) == []


def test_the_whole_is_the_sum_of_its_parts(told):
    told.diagnosed_after(10)
    told.another_company()
    told.diagnosed_after(26)
    (whole,) = by_month(NOVEMBER, 1, told.now)
    for lines in (
        by_kind(NOVEMBER, told.now),
        by_customer(NOVEMBER, told.now),
        by_customer_and_kind(NOVEMBER, told.now),
    ):
        sums = [sum(getattr(one, name) for one in lines) for name in ("kept", "breached", "dropped")]
        assert sums == [whole.kept, whole.breached, whole.dropped]
    assert whole.breached == len(late(NOVEMBER, told.now))


def test_a_call_that_became_no_case_is_counted_under_no_company(told):
    told.caller_rings()
    told.seconds_pass(75)
    told.engineer_answers()
    assert told.line(ClockKind.RECEPTION).breached == 1
    assert [(one.customer_id, one.customer) for one in by_customer(NOVEMBER, told.now)] == [(None, "")]
    (one,) = late(NOVEMBER, told.now)
    assert (one.case_number, one.from_number, one.overrun) == (None, "+593725550148", timedelta(seconds=15))


def test_a_company_in_its_portal_counts_only_its_own(told):
    told.diagnosed_after(26)
    with behind(DatabaseRole.PORTAL, told.bank.pk):
        assert told.line(ClockKind.DIAGNOSIS).breached == 1
    with behind(DatabaseRole.PORTAL, told.other.pk):
        assert by_kind(NOVEMBER, told.now) == []
