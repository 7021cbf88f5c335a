"""The report of October to the bank, against figures worked out by hand."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from guardia.cases.case import Case, Status
from guardia.cases.waiting import WaitReason
from guardia.clocks.clock import Wait
from guardia.customers.customer import Service
from guardia.escalation.escalation import Escalation
from guardia.notices.month_facts import MonthFacts
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.reports.month_report import month_report
from tests.monthly.october import AFTER, HOUR, NOVEMBER, OCTOBER, SEPTEMBER, local


def told(story, month=OCTOBER, at=AFTER, **more) -> MonthFacts:
    return month_report(story.bank, month, at, **more)


def test_a_company_without_a_case_had_all_of_its_service(story):
    found = told(story)
    assert (found.opened, found.closed, found.open_at_end, found.percent) == (0, 0, 0, "100.000")
    assert (found.services, found.down, found.judged, found.is_quiet) == (1, 0, 0, True)
    assert [*found.affected, *found.cases, *found.waits, *found.sites, *found.late] == []


def test_affected_time_and_availability_per_service_and_of_all_together(story, affected):
    Service.objects.create(customer=story.bank, site=story.site, circuit="ENL-0043", folded_circuit="enl-0043")
    affected((local(10, 10, 8), local(10, 10, 15, 26) + timedelta(seconds=24)))  # 7 h 26 min 24 s of 744 h: one %
    found = told(story)
    (service,) = found.affected
    assert (service.circuit, service.percent, service.down) == ("ENL-0042", "99.000", 26784)
    assert (found.services, found.percent, found.down) == (2, "99.500", 26784)


def test_a_case_over_midnight_of_the_last_day_stands_in_both_months_each_with_its_own_time(story, affected):
    affected((local(10, 31, 22), local(11, 1, 3)), closed=local(11, 1, 4))
    october, november = told(story, OCTOBER), told(story, NOVEMBER)
    assert (october.opened, october.closed, october.open_at_end, october.down) == (1, 0, 1, 2 * HOUR)
    assert (november.opened, november.closed, november.open_at_end, november.down) == (0, 1, 0, 3 * HOUR)
    assert (october.cases[0].closed_at, november.cases[0].closed_at) == ("", local(11, 1, 4).isoformat())
    assert told(story, SEPTEMBER).is_quiet


@pytest.mark.parametrize(("minute", "october"), [(-1, True), (0, False)])
def test_the_month_ends_at_midnight_in_the_operator_s_zone(story, affected, minute, october):
    at = local(11, 1) + timedelta(minutes=minute)
    affected((at, at + timedelta(seconds=30)), closed=at + timedelta(seconds=40))
    assert bool(told(story).opened) is october
    assert bool(told(story, NOVEMBER).opened) is not october


def test_what_was_withdrawn_and_another_company_s_is_not_in_it(story, affected):
    affected((local(10, 5, 8), local(10, 5, 9)), status=Status.CANCELLED)
    affected((local(10, 5, 8), local(10, 5, 9)), customer=story.other)
    assert told(story).is_quiet


def test_a_request_of_billing_is_no_incident(story, affected):
    affected((local(10, 5, 8), local(10, 5, 9)), desk="billing")
    assert told(story).is_quiet


def test_promises_of_the_month_without_what_our_people_owe_each_other(story):
    story.open_case()
    story.minutes_pass(26)  # twenty were promised
    story.diagnosis()
    found = told(story, NOVEMBER)
    kinds = {each.kind: each for each in found.promises}
    assert (kinds["diagnosis"].breached, kinds["diagnosis"].worst, kinds["reception"].kept) == (1, 26 * 60, 1)
    assert not {"acknowledgement", "movement", "call_task"} & set(kinds)
    (late,) = [each for each in found.late if each.kind == ClockKind.DIAGNOSIS]
    assert (late.number, late.target, late.taken) == (story.case.display_number, 20 * 60, 26 * 60)
    assert found.judged == sum(each.kept + each.breached for each in found.promises)


def waits(story, case: Case, start, end, *, excluded: bool) -> Wait:
    case = Case.objects.get(pk=case.pk)
    why = WaitReason(WaitCause.CUSTOMER, "Jefe de Sistemas", "sin acceso al local", excluded=excluded)
    case.wait(why, by=story.by, at=max(story.now, case.opened_at))
    case.waits.update(started_at=start, ended_at=end)
    return case.waits.get()


def test_what_was_left_out_is_seen_with_its_reason_and_so_is_a_wait_that_leaves_nothing_out(story, affected):
    one = affected((local(10, 5, 8), local(10, 5, 12)), closed=None)
    waits(story, one, local(10, 5, 9), local(10, 5, 10, 30), excluded=True)
    two = affected((local(10, 6, 8), local(10, 6, 12)), closed=None)
    waits(story, two, local(10, 6, 9), local(10, 6, 10), excluded=False)
    Case.objects.update(closed_at=AFTER)
    found = told(story)
    assert (found.down, found.excluded) == (6 * HOUR + 30 * 60, HOUR + 30 * 60)
    assert [(each.cause, each.reason, each.excluded) for each in found.waits] == [
        ("customer", "sin acceso al local", HOUR + 30 * 60),
        ("customer", "sin acceso al local", 0),
    ]
    assert [(each.down, each.excluded) for each in found.cases] == [(9000, 5400), (4 * HOUR, 0)]


def test_what_was_contested_and_upheld_counts_again_and_says_so(story, affected):
    case = affected((local(10, 5, 8), local(10, 5, 12)), closed=None)
    wait = waits(story, case, local(10, 5, 9), local(10, 5, 10), excluded=True)
    ruled = {"ruling": "upheld", "ruling_reasons": "el local estaba abierto", "ruled_at": local(11, 9)}
    Wait.objects.filter(pk=wait.pk).update(contested_at=local(11, 3), contested_by="Jefe", **ruled)
    Case.objects.update(closed_at=AFTER)
    found = told(story)
    assert (found.down, found.excluded) == (4 * HOUR, 0)
    assert (found.waits[0].ruling, found.waits[0].ruling_reasons) == ("upheld", "el local estaba abierto")
    assert len(told(story, NOVEMBER).waits) == 1, "of contested in November"


def test_a_site_that_failed_three_times_in_thirty_days_is_named(story, affected):
    days = [(9, 20), (10, 4), (10, 19)]
    for month, day in days:
        affected((local(month, day, 8), local(month, day, 9)), closed=local(month, day, 10))
    (site,) = told(story).sites
    assert (site.site, site.city, site.times, len(site.numbers)) == ("agencia matriz", "Cuenca", 3, 3)
    assert told(story, SEPTEMBER).sites == (), "its third one came in October"


def test_thirty_days_are_thirty_days(story, affected):
    for at in (local(9, 19, 8), local(10, 4, 8), local(10, 19, 8)):
        affected((at, at + timedelta(hours=1)), closed=at + timedelta(hours=2))
    assert told(story).sites == ()


def test_escalations_of_the_month(story, affected):
    case = affected((local(10, 5, 8), local(10, 5, 9)))
    for number, at in enumerate((local(10, 5, 8), local(10, 31, 23), local(11, 1)), 1):
        Escalation.objects.create(
            customer=story.bank, case=case, ordinal=number, source="breach", began_at=at, ended_at=at
        )
    found = told(story)
    assert (found.escalations, found.cases[0].escalations) == (2, 2)


def test_nothing_of_the_team_s_own_is_told(story):
    story.open_case()
    story.case.note("el cliente exagera", by=story.by, at=story.now)
    assert "exagera" not in json.dumps(told(story, NOVEMBER).facts(), ensure_ascii=False)


def test_a_month_that_lasts_counts_until_now(story, affected):
    affected((local(10, 10, 6), None), closed=None)
    found = told(story, at=local(10, 10, 12))
    assert (found.lasts, found.down, found.until) == (True, 6 * HOUR, local(10, 10, 12).isoformat())


def test_what_is_frozen_comes_back_as_it_was(story, affected):
    case = affected((local(10, 5, 8), local(10, 5, 12)), closed=None)
    waits(story, case, local(10, 5, 9), local(10, 5, 10), excluded=True)
    found = told(story)
    assert MonthFacts.of(json.loads(json.dumps(found.facts()))) == found


def test_it_says_how_many_rows_it_left_off(story, affected):
    for day in (3, 4, 5):
        affected((local(10, day, 8), local(10, day, 9)))
    found = told(story, most=2)
    assert (len(found.cases), found.left_off, found.opened) == (2, 1, 3)
    assert replace(found, cases=(), left_off=0).opened == 3


def test_it_is_read_in_a_fixed_number_of_questions(story, affected, django_assert_max_num_queries):
    for number in range(6):
        affected((local(10, 3 + number, 8), local(10, 3 + number, 9)))
        Service.objects.create(
            customer=story.bank, site=story.site, circuit=f"X-{number}", folded_circuit=f"x-{number}"
        )
    with django_assert_max_num_queries(24):
        assert len(told(story).cases) == 6
