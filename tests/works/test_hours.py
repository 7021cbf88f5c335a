"""Clocks that are put forward and back, a work that moves between its letters, and what a calendar makes of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django import forms
from icalendar import Calendar, Event

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Service, Site
from guardia.notices.server_answer import NoServer
from guardia.web.desk.works.planning import WindowForm
from guardia.web.shared.hour_fields import as_hour
from tests.notices.post_office import PostOffice
from tests.notices.sender import Sender

HOUR = timedelta(hours=1)
CHILE = ZoneInfo("America/Santiago")
BACK = datetime(2027, 4, 4, 1, tzinfo=UTC), datetime(2027, 4, 4, 7, tzinfo=UTC)
"""22:00 and 03:00 there, six hours apart: at midnight clocks are put back."""
A_WINTER_DAY = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def sender(post_office: PostOffice, night) -> Sender:
    return Sender(post_office, night.now)


def entries(office: PostOffice, address: str) -> list[tuple[str, Event]]:
    """What the calendar of this person got, in the order in which it came."""
    found = []
    for mail in office.to(address):
        (part,) = [one for one in mail.iter_attachments() if one.get_content_type() == "text/calendar"]
        calendar = Calendar.from_ical(part.get_content())
        found.append((str(calendar["METHOD"]), calendar.walk("VEVENT")[0]))
    return found


# --- clocks that change ---


def window(starts: str, ends: str, now: datetime = A_WINTER_DAY) -> WindowForm:
    return WindowForm({"starts": starts, "ends": ends}, now=now)


def test_a_window_over_the_night_of_the_change_lasts_as_long_as_it_lasts(settings):
    settings.TIME_ZONE = "America/Santiago"
    form = window("05/09/2026 22:00", "05:00")
    assert form.is_valid(), form.errors
    starts, ends = form.cleaned_data["starts"], form.cleaned_data["ends"]
    assert ends - starts == 6 * HOUR, "the hour after midnight is left out"
    assert starts == datetime(2026, 9, 6, 2, tzinfo=UTC)


def test_an_hour_that_clocks_leave_out_is_refused(settings):
    settings.TIME_ZONE = "America/Santiago"
    form = window("06/09/2026 00:30", "05:00")
    assert "this time does not exist" in str(form.errors["starts"])
    with pytest.raises(forms.ValidationError, match="this time does not exist"):
        as_hour("06/09 00:30", CHILE, A_WINTER_DAY, ahead=True)


def test_of_an_hour_that_comes_twice_the_offset_says_which():
    now = datetime(2027, 4, 1, 12, tzinfo=UTC)
    with pytest.raises(forms.ValidationError, match=r"03/04 23:30 -03:00 or 03/04 23:30 -04:00"):
        as_hour("03/04 23:30", CHILE, now, ahead=True)
    assert as_hour("03/04 23:30 -03:00", CHILE, now, ahead=True) == datetime(2027, 4, 4, 2, 30, tzinfo=UTC)


def test_the_letter_says_the_hours_of_the_clocks_on_the_wall_and_no_half_of_the_year(night, story, sender):
    city = City.objects.create(name="Arica", province="Arica", band="remote", zone="America/Santiago")
    site = Site.objects.create(customer=story.other, name="puerto", city=city)
    port = Service.objects.create(customer=story.other, site=site, circuit="ENL-0099", folded_circuit="enl-0099")
    Contact.objects.update(language="en")
    night.announce(services=(port.pk,), starts_at=BACK[0], ends_at=BACK[1])
    sender.sends()
    letter = " ".join(sender.office.to("hospital@example.com")[0].get_body(("plain",)).get_content().split())
    assert "between Saturday April 3, 2027, 22:00 and Sunday April 4, 2027, 03:00 (Chile Time)" in letter
    assert "Standard" not in letter
    [(_method, entry)] = entries(sender.office, "hospital@example.com")
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == BACK


def test_the_second_letter_goes_a_whole_day_before_whatever_the_clocks_do(night):
    night.announce(starts_at=BACK[0] + 3 * HOUR, ends_at=BACK[1] + 3 * HOUR)
    night.at(BACK[0] + 3 * HOUR - 24 * HOUR - timedelta(seconds=1))
    night.the_worker_looks()
    assert night.told("reminded") == []
    night.at(BACK[0] + 3 * HOUR - 24 * HOUR)
    night.the_worker_looks()
    assert len(night.told("reminded")) == 2


# --- a work that moves ---


def test_moved_after_the_second_letter_to_a_later_night_it_is_told_a_third_time_for_that_night(night):
    night.announce()
    night.at(night.starts_at - 24 * HOUR)
    night.the_worker_looks()
    night.at(night.now + HOUR)
    later = night.starts_at + 5 * 24 * HOUR
    night.move(later, later + 4 * HOUR)
    night.at(later - 25 * HOUR)
    night.the_worker_looks()
    assert len(night.told("reminded")) == 2, "those of the first night"
    night.at(later - 24 * HOUR)
    night.the_worker_looks()
    assert [letter.facts["starts_at"] for letter in night.told("reminded")[2:]] == [later.isoformat()] * 2


def test_moved_by_an_hour_on_the_last_day_the_letter_of_the_move_is_the_reminder(night):
    night.announce()
    night.at(night.starts_at - 23 * HOUR)
    night.move(night.starts_at + HOUR, night.ends_at + HOUR, reason="el carrier la atrasa")
    night.the_worker_looks()
    night.at(night.starts_at)
    night.the_worker_looks()
    assert night.told("reminded") == []
    assert night.work.state == "announced", "the hour of before begins nothing"
    night.at(night.starts_at + HOUR)
    night.the_worker_looks()
    assert night.work.state == "under_way"


def test_moved_nearer_than_a_day_before_the_reminder_was_written_it_is_told_by_the_move_alone(night):
    night.announce()
    night.at(night.starts_at - 48 * HOUR)
    night.move(night.now + 20 * HOUR, night.now + 22 * HOUR, reason="se adelanta")
    night.the_worker_looks()
    assert (night.told("reminded"), len(night.told("moved"))) == ([], 2)


# --- the calendar ---


def test_each_entry_is_whole_in_itself_and_a_later_one_takes_its_place(night, sender):
    """A reminder that waited for the mail server leaves with the old hours; the calendar keeps those of the move."""
    night.announce()
    sender.sends()
    night.at(night.starts_at - 24 * HOUR)
    sender.office.close()
    night.the_worker_looks()
    with pytest.raises(NoServer):
        Sender(sender.office, night.now).sends()
    night.at(night.now + HOUR)
    later = night.starts_at + 5 * 24 * HOUR
    night.move(later, later + 4 * HOUR)
    sender.office.open()
    Sender(sender.office, night.now + HOUR).sends()
    night.cancel()
    Sender(sender.office, night.now + 2 * HOUR).sends()
    got = entries(sender.office, "hospital@example.com")
    assert len({entry["UID"] for _method, entry in got}) == 1
    assert [method for method, _entry in got][-1] == "CANCEL"
    in_order = sorted(got, key=lambda one: one[1]["SEQUENCE"])
    assert len({entry["SEQUENCE"] for _method, entry in got}) == len(got)
    assert [entry["DTSTART"].dt for _method, entry in in_order][-2:] == [later, later]
    for _method, entry in got:
        assert {"UID", "SEQUENCE", "DTSTAMP", "ORGANIZER", "SUMMARY", "STATUS"} <= set(entry)
        assert entry["ORGANIZER"].startswith("mailto:")
