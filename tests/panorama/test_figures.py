"""The panorama's figures are those of the reports: promises kept, availability, affected time (P7)."""

from collections import Counter
from datetime import timedelta

from guardia.cases.case import Case
from guardia.people.shifts import TECHNICAL
from guardia.reports import panorama, promises, service_days
from guardia.reports.availability import service_month
from guardia.reports.closing_rows import report_of
from guardia.reports.month import Month
from guardia.reports.recurring import recurring


def test_weeks_add_up_to_the_promises_of_the_month(noc):
    month = Month.of(noc.now)
    weeks, by_month = Counter(), Counter()
    for line in promises.by_kind_and_week(month.start, month.end, noc.now):
        weeks[line.kind, "kept"] += line.kept
        weeks[line.kind, "late"] += line.breached
    for line in promises.by_kind(promises.ReportFilters(month), noc.now):
        by_month[line.kind, "kept"] += line.kept
        by_month[line.kind, "late"] += line.breached
    assert +weeks == +by_month
    assert sum(by_month.values()) > 5


def test_days_add_up_to_the_month_of_the_service(noc):
    calendar = service_days.calendar(noc.now)
    assert calendar.services
    for one in calendar.services:
        month = service_month(one.service.pk, Month.of(noc.now), noc.now)
        inside = [day for day in one.days if Month.of(day.figures.start) == Month.of(noc.now)]
        assert sum(day.figures.down for day in inside) == month.figures.down > 0


def test_the_mean_time_to_restore_is_the_mean_of_the_closing_reports(noc):
    closed = Case.objects.filter(desk=TECHNICAL, closed_at__isnull=False)
    affected = [report_of(case, noc.now).affected for case in closed]
    (week,) = panorama.mean_time_to_restore(noc.now).values()
    assert (week.cases, week.seconds) == (len(affected), sum(affected) / len(affected))
    assert week.seconds > 0


def test_a_site_fails_again_as_the_case_page_says(noc):
    assert panorama.sites_again(noc.now) == []
    noc.open_case()
    noc.open_case()
    (again,) = panorama.sites_again(noc.now)
    assert again.cases == recurring(noc.case.site_id, noc.now).times - 1 == 3


def test_every_open_case_has_one_age_and_one_pair_of_hands(noc):
    open_now = Case.objects.filter(closed_at=None).count()
    assert sum(panorama.by_age(noc.now)) == open_now
    assert sum(one.late + one.rest for one in panorama.by_engineer(noc.now)) == open_now
    assert sum(panorama.by_shift(noc.now).values()) == Case.objects.count()


def test_the_last_hour_of_the_day_so_far_is_what_is_open_now(noc):
    hours = [hour for hour in panorama.by_hour(panorama.day_of(noc.now), noc.now) if hour.open is not None]
    assert hours[-1].open == Case.objects.filter(closed_at=None).count()
    assert sum(hour.calls or 0 for hour in hours) == 3
    before = panorama.by_hour(panorama.day_of(noc.now) - timedelta(weeks=1), noc.now)
    assert {(hour.open, hour.calls) for hour in before} == {(0, 0)}


def test_what_was_promised_to_nobody_is_counted_nowhere(noc):
    Case.objects.update(in_rehearsal=True)
    assert sum(panorama.by_age(noc.now)) == sum(panorama.by_shift(noc.now).values()) == 0
    assert panorama.by_engineer(noc.now) == panorama.causes(noc.now) == []
    assert panorama.mean_time_to_restore(noc.now) == {}
    assert service_days.calendar(noc.now).affected == 0
