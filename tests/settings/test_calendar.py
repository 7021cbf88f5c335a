"""Rest days on the screen (A3 D): the law's with their true date, cantons, decrees with what they would move."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from guardia.cases.calendar_change import follow
from guardia.clocks import calendars
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.config.now import now
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.settings.frame import day_and_hour
from tests.procedure import story as stories
from tests.settings.conftest import words

DAY = reverse("settings_day")
CANTON = reverse("settings_canton")


@pytest.fixture
def decree():
    """A weekday to come that the law does not know."""
    day = localdate() + timedelta(days=8)
    while day.weekday() > 4 or day in calendars.lawful_days():
        day += timedelta(days=1)
    return day


def announce(browser, decreed, **more):
    typed = {"day": f"{decreed}", "kind": "rest", "reason": "Decreto 512", "edition": str(calendars.newest_edition())}
    return browser.post(DAY, {**typed, "hacer": "1", **more})


def test_a_year_tells_the_true_date_and_why_the_rest_moved(supervisor):
    lines = {line.name: line for line in supervisor.get(reverse("settings_calendar") + "?anio=2025").context["lines"]}
    labour = lines["Labour Day"]
    assert (labour.day, labour.why) == (
        date(2025, 5, 2),
        "Falls on a Thursday: observed on Friday, and the Thursday is a working day.",
    )
    assert lines["Christmas Day"].why == ""


def test_a_holiday_of_a_weekend_does_not_claim_that_the_weekend_is_worked(supervisor):
    lines = {line.name: line for line in supervisor.get(reverse("settings_calendar") + "?anio=2027").context["lines"]}
    assert lines["Labour Day"].why == "Falls on a Saturday: observed on Friday."


def test_a_decree_is_looked_at_announced_listed_and_withdrawn(supervisor, decree):
    looked = supervisor.post(DAY, {"day": f"{decree}", "kind": "rest", "reason": "Decreto 512", "mirar": "1"})
    assert looked.status_code == 200
    assert "no running promise would move" in words(looked)
    assert not CalendarChange.objects.exists()
    assert announce(supervisor, decree).status_code == 302
    change = CalendarChange.objects.get()
    assert (change.kind, change.day, change.reason) == (ChangeKind.REST, decree, "Decreto 512")
    page = supervisor.get(f"{reverse('settings_calendar')}?anio={decree.year}")
    (line,) = [line for line in page.context["lines"] if line.kind == "decree"]
    assert (line.day, line.name, line.why) == (decree, "Decreto 512", "")
    assert 'Decreto 512 <span class="badge">announced</span>' in page.content.decode()
    assert "All running promises follow" in words(page)
    taken_back = {"reason": "Se derogó", "hacer": "1", "edition": str(change.pk)}
    assert supervisor.post(reverse("settings_withdraw", args=[change.pk]), taken_back).status_code == 302
    assert decree not in calendars.announced_at(calendars.newest_edition()).rests
    record = list(SettingChange.objects.order_by("pk"))
    assert [one.after["reason"] for one in record] == ["Decreto 512", "Se derogó"]
    assert {one.by.role for one in record} == {Role.SUPERVISOR}
    again = supervisor.post(
        reverse("settings_withdraw", args=[change.pk]),
        {"reason": "Otra vez", "hacer": "1", "edition": str(calendars.newest_edition())},
    )
    assert again.status_code == 422
    assert "withdrawn already" in words(again)


def test_a_rest_day_of_the_law_that_a_decree_makes_work_is_struck_out(supervisor):
    rests = min(day for day in calendars.lawful_days() if day > localdate())
    announce(supervisor, rests, kind="work")
    page = words(supervisor.get(f"{reverse('settings_calendar')}?anio={rests.year}"))
    assert "working day by decree" in page


def test_a_canton_is_observed_and_its_day_stands_in_the_year(supervisor):
    typed = {"canton": "Quito", "reason": "Sede", "hacer": "1", "edition": "0"}
    assert supervisor.post(CANTON, typed).status_code == 302
    page = words(supervisor.get(reverse("settings_calendar") + "?anio=2027"))
    assert "Local day, Quito" in page
    twice = supervisor.post(CANTON, {**typed, "edition": str(calendars.newest_edition())})
    assert "Choose a canton from the list that is not observed yet." in twice.context["form"].errors["canton"][0]


@pytest.mark.parametrize("button", ["mirar", "hacer"])
def test_a_day_that_is_over_is_refused_with_a_clear_sentence(supervisor, button):
    answer = supervisor.post(
        DAY,
        {"day": f"{localdate() - timedelta(days=1)}", "kind": "rest", "reason": "Tarde", button: "1", "edition": "0"},
    )
    assert answer.status_code == 422
    assert "has passed, and promises were already evaluated with it" in answer.context["form"].errors["day"][0]
    assert 'value="Tarde"' in words(answer)
    assert not CalendarChange.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "pronto"),
        ("day", "2031-01-01"),
        ("day", "0001-01-01"),
        ("day", "9999-12-31"),
        ("day", "\0"),
        ("kind", "withdraw"),
        ("reason", ""),
        ("reason", "a\0b"),
        ("reason", "a\x07b"),
        ("reason", "x" * 201),
    ],
)
def test_what_an_announcement_may_not_say_is_marked_at_its_field(supervisor, decree, field, value):
    answer = announce(supervisor, decree, **{field: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not CalendarChange.objects.exists()


@pytest.mark.parametrize("canton", ["", "Marte", "\0"])
def test_a_canton_outside_the_list_is_refused(supervisor, canton):
    answer = supervisor.post(CANTON, {"canton": canton, "reason": "Sede", "hacer": "1", "edition": "0"})
    assert answer.status_code == 422
    assert "canton" in answer.context["form"].errors


def test_two_who_announce_at_once_the_second_is_told(supervisor, sign_in, decree):
    other = sign_in(Role.ADMINISTRATOR, "admin2")
    announce(other, decree)
    late = announce(supervisor, decree + timedelta(days=7), edition="0", reason="Decreto 513")
    page = words(late)
    assert late.status_code == 409
    assert "admin2" in page
    assert 'value="Decreto 513"' in page
    assert CalendarChange.objects.count() == 1


# --- what would move ---


@pytest.fixture
def office_clock(version, monkeypatch):
    """An objection is ruled on within five office days (P7 D): a promise that a rest day moves."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now())
    story = stories.Story()
    story.open_case()
    story.case.write(Moment.CONTESTED, by=story.by, at=story.now)
    return story


def test_A3_before_it_is_announced_the_case_is_named_with_both_hours(supervisor, office_clock):
    due = office_clock.clock("ruling").due_at
    looked = supervisor.post(DAY, {"day": f"{localdate(due)}", "kind": "rest", "reason": "Decreto", "mirar": "1"})
    (moved,) = looked.context["moved"]
    page = words(looked)
    assert moved["was"] == day_and_hour(due)
    assert moved["due"] != moved["was"]
    assert "1 running promise would move." in page
    assert office_clock.case.display_number in page
    assert office_clock.clock("ruling").due_at == due


def test_A3_announced_it_is_followed_until_no_running_promise_is_left(supervisor, office_clock):
    due = office_clock.clock("ruling").due_at
    announce(supervisor, localdate(due))
    progress = reverse("settings_calendar_progress")
    assert "has yet to be reviewed" in words(supervisor.get(progress))
    assert "hx-trigger" in words(supervisor.get(progress))
    follow(now())
    assert "All running promises follow" in words(supervisor.get(progress))
    assert office_clock.clock("ruling").due_at > due
