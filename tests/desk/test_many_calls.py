"""P1: however many calls are owed something, whoever rings now is on the screen, and so is the call that I answered."""

from datetime import timedelta

from guardia.calls.call import Call
from guardia.cases.call_rows import MOST_OF_A_STATE, calls_with_clocks
from guardia.config.now import now
from tests.desk.conftest import words
from tests.desk.phone_calls import is_answered, is_given_up, rings
from tests.desk.test_ringing import poll

MANY = MOST_OF_A_STATE + 5


def number(place: int) -> str:
    return f"+59372555{place:04}"


def many_are_owed_a_call_back(story) -> None:
    for place in range(MANY):
        is_given_up(rings(story, now() - timedelta(minutes=8), number(place)), now() - timedelta(minutes=7))


def test_p1_whoever_rings_is_shown_beside_many_call_backs(story, engineer):
    many_are_owed_a_call_back(story)
    call = rings(story, now(), number(9000))
    assert f'id="ringing-{call.pk}"' in words(poll(engineer))
    assert call in calls_with_clocks()


def test_p1_my_call_is_shown_beside_many_who_wait_and_many_who_are_owed(story, engineer):
    many_are_owed_a_call_back(story)
    for place in range(MANY):
        rings(story, now() - timedelta(minutes=3), number(1000 + place))
    mine = is_answered(rings(story, now() - timedelta(seconds=9), number(9001)), story.engineer, now())
    assert f"/llamadas/{mine.pk}" in words(poll(engineer))
    found = calls_with_clocks()
    assert len(found) == 2 * MOST_OF_A_STATE + 1
    assert [c.next_due_at for c in found] == sorted(c.next_due_at for c in found)
    assert Call.objects.count() == 2 * MANY + 1
