"""A3: what sales and billing promise is counted apart from incidents, and no row without a site breaks the report."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse

from guardia.procedure.vocabulary import ClockKind
from guardia.reports.promises import by_customer, by_kind, by_month, late, of_requests
from tests.procedure.office import MONDAY, Office
from tests.reports.told import NOVEMBER


def test_requests_are_counted_apart_and_the_late_one_needs_no_site(told):
    told.diagnosed_after(10)
    told.now = MONDAY
    incidents = by_month(NOVEMBER, 1, told.now + timedelta(hours=5))[0]
    office = Office(told)
    case = office.takes()
    told.now += timedelta(hours=5)
    office.solves()
    requests = of_requests(NOVEMBER, told.now)
    assert (requests.kept, requests.breached) == (1, 1)
    after = by_month(NOVEMBER, 1, told.now)[0]
    assert (after.kept, after.breached) == (incidents.kept, incidents.breached)
    assert by_customer(NOVEMBER, told.now)[0].kept == incidents.kept
    assert {ClockKind.FIRST_ANSWER, ClockKind.SOLUTION} < {line.kind for line in by_kind(NOVEMBER, told.now)}
    (one,) = [one for one in late(NOVEMBER, told.now) if one.kind == ClockKind.FIRST_ANSWER]
    assert (one.case_number, one.city, one.band) == (case.number, "", "")
    assert by_month(replace(NOVEMBER, kind=ClockKind.FIRST_ANSWER), 1, told.now)[0].breached == 1


def test_the_screen_says_what_the_desks_of_requests_kept_apart_from_the_incidents(told, quality):
    told.diagnosed_after(10)
    assert "counted apart" not in quality.get(reverse("reports") + "?mes=2026-11").content.decode()
    told.now = MONDAY
    office = Office(told)
    office.takes()
    told.now += timedelta(hours=5)
    office.solves()
    answer = quality.get(reverse("reports") + "?mes=2026-11")
    report = answer.context["report"]
    assert (report.requests.kept, report.requests.judged, report.requests_percent) == (1, 2, "50.0\u00a0%")
    assert "Requests of sales and billing, counted apart: 50.0\u00a0%, 1 of 2 kept" in answer.content.decode()
