"""``/responder/<token>`` of an alarm: nobody is on shift (A1), and whoever was paged sees to it with one tap."""

from datetime import timedelta

import pytest

from guardia.cases import alarms as alarm_pages
from guardia.config.now import now
from guardia.escalation import alarms, signed_links
from guardia.people import shifts
from tests.escalation_desk.conftest import words


@pytest.fixture
def deserted(story):
    """Somebody was on shift and left, too long ago for a late take-over; level 1 was paged about it."""
    at = now() - timedelta(hours=1)
    shifts.enter(story.engineer, shifts.TECHNICAL, at)
    shifts.leave(story.engineer, at)
    pages = alarm_pages.watch_shifts(now())
    assert {page.staff for page in pages} == {story.supervisor, story.second}
    return pages


def link_of(page) -> str:
    return f"/responder/{signed_links.answer_token(page.pk)}"


def test_get_says_what_is_wrong_and_changes_nothing(deserted, telephone):
    page = words(telephone.get(link_of(deserted[0])))
    assert "Nobody has been on shift since" in page
    assert "I will handle it" in page
    assert alarms.open_alarm(shifts.TECHNICAL).acknowledged_at is None


def test_one_tap_sees_to_it_and_the_second_person_reads_who(story, deserted, telephone):
    for _ in range(2):
        assert telephone.post(link_of(deserted[0])).status_code == 303
    assert alarms.open_alarm(shifts.TECHNICAL).acknowledged_by == deserted[0].staff
    page = words(telephone.get(link_of(deserted[1])))
    assert f"{deserted[0].staff.name} has been handling it since" in page
    assert "<button" not in page


def test_somebody_on_shift_again_asks_for_nothing(story, deserted, telephone):
    shifts.enter(story.engineer, shifts.TECHNICAL, now())
    alarm_pages.watch_shifts(now())
    assert telephone.post(link_of(deserted[0])).status_code == 303
    page = words(telephone.get(link_of(deserted[0])))
    assert "Somebody has been on shift again since" in page
    assert "<button" not in page
