"""Two at once: two sign for the same shift, two enter, two workers look. Real connections, real locks."""

import pytest

from guardia.cases.alarms import watch_shifts
from guardia.cases.handing_over import Line, hand_over
from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation.alarms import Alarm
from guardia.notices.notice import Notice
from guardia.people import shifts
from guardia.people.shifts import Handover, Shift
from guardia.procedure.vocabulary import Moment
from tests.house.test_together import at_once
from tests.procedure.story import Story
from tests.shifts.conftest import reachable

DESK = shifts.TECHNICAL


@pytest.fixture
def committed(transactional_db) -> Story:
    with behind(DatabaseRole.STAFF):
        story = Story()
        reachable(story)
        shifts.enter(story.engineer, DESK, story.now)
        story.open_case()
        return story


def test_two_who_sign_for_the_same_shift_make_one_hand_over(committed):
    story = committed

    def signs(who):
        return lambda: (
            hand_over([Line(story.case.pk, "seguir", who)], who, story.engineer, "", story.now).handover.incoming.pk
        )

    one, other = at_once(signs(story.colleague), signs(story.supervisor))
    assert one == other
    with behind(DatabaseRole.STAFF):
        assert Handover.objects.get().incoming_id == one
        assert story.case.assigned_id == one
        assert story.moments().count(Moment.ASSIGNED) == 1
        assert [shift.staff_id for shift in shifts.on_shift(DESK, story.now)] == [one]


def test_one_person_who_enters_from_two_screens_is_on_one_shift(committed):
    story = committed
    one, other = at_once(*[lambda: shifts.enter(story.colleague, DESK, story.now).pk] * 2)
    assert one == other
    with behind(DatabaseRole.STAFF):
        assert Shift.objects.filter(staff=story.colleague).count() == 1


def test_two_workers_who_look_at_once_page_once(committed):
    story = committed
    with behind(DatabaseRole.STAFF):
        shifts.leave(story.engineer, story.now)
    found = at_once(*[lambda: len(watch_shifts(story.now))] * 2)
    assert sorted(found) == [0, 1]
    with behind(DatabaseRole.STAFF):
        assert Alarm.objects.count() == 1
        assert Notice.objects.filter(alarm__isnull=False).count() == 1
