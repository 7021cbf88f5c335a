"""An id that an exchange uses anew is another call; the same message again is not. What nobody answered is not lost."""

from datetime import timedelta

import pytest

from guardia.calls import exchanges
from guardia.calls.call import Call
from guardia.cases.rebuild import rebuild
from tests.phone.doors.test_cti import CALLER, Central, _the_hour_is_the_storys, central  # noqa: F401

DAY = 24 * 60


def a_call(central: Central, **fields) -> None:  # noqa: F811
    central.sends("newCall", 0, **fields)
    central.sends("hangup", 40, cause="cancel", **fields)


@pytest.mark.parametrize("number", [CALLER, "0725550177"])
def test_p1_an_id_used_anew_a_week_later_is_another_call(central, story, number):  # noqa: F811
    a_call(central)
    first = central.call()
    story.minutes_pass(7 * DAY)
    a_call(central, **{"from": number})
    second = central.call(arrived_at__gt=first.arrived_at)
    assert (second.abandoned_at - first.abandoned_at).days == 7
    again = central.call(pk=first.pk)
    assert (again.abandoned_at, again.ended_at) == (first.abandoned_at, first.ended_at)
    a_call(central, **{"from": number})
    assert Call.objects.count() == 2
    assert list(rebuild()) == []


def test_p1_also_where_no_hour_is_said_and_the_end_comes_first(central, story):  # noqa: F811
    for _week in range(3):
        central.sends("hangup", cause="cancel")
        central.sends("newCall")
        central.sends("newCall")
        story.minutes_pass(7 * DAY)
    assert Call.objects.count() == 3
    assert list(rebuild()) == []


def test_p1_a_long_talk_is_one_call(central, story):  # noqa: F811
    central.sends("newCall", 0)
    central.sends("answer", 5)
    story.minutes_pass(DAY + 60)
    central.sends("hangup", 0, cause="normalClearing")
    assert central.call().ended_at == story.now


def test_p1_over_midnight_all_words_of_an_id_used_anew_are_of_one_call(central, story):  # noqa: F811
    a_call(central)
    story.minutes_pass(3 * DAY)
    to_midnight = story.now.replace(hour=23, minute=59, second=50, microsecond=0) - story.now
    story.minutes_pass(to_midnight / timedelta(minutes=1))
    central.sends("newCall", 0)
    central.sends("answer", 20)
    central.sends("hangup", 60, cause="normalClearing")
    assert Call.objects.count() == 2
    assert central.call(answered_at__isnull=False).ended_at == story.now + timedelta(seconds=60)


def test_p1_an_id_of_the_longest_kind_used_anew(central, story):  # noqa: F811
    long = {"callId": "x" * 150}
    a_call(central, **long)
    story.minutes_pass(7 * DAY)
    a_call(central, **long)
    assert Call.objects.count() == 2


def test_p1_two_exchanges_may_use_the_same_id(story):
    one, other = Central(story), Central.__new__(Central)
    exchange, token = exchanges.add("otra", "cti", at=story.now)
    other.story, other.exchange, other.address, other.client = story, exchange, "/telefonia/" + token, one.client
    one.sends("newCall", 0)
    other.sends("newCall", 0, **{"from": "0725550177"})
    one.sends("answer", 3)
    assert {call.answered_at is None for call in Call.objects.all()} == {True, False}


@pytest.mark.parametrize("cause", ["noAnswer", "cancel", "busy", "normalClearing"])
def test_p1_told_to_be_over_before_it_began_it_did_not_end_before_that(central, story, cause):  # noqa: F811
    """Both without an hour of their own: the hours are those of the receipt."""
    central.sends("hangup", cause=cause)
    story.now += timedelta(seconds=2)
    central.sends("newCall")
    call = central.call()
    assert call.is_owed_a_call_back
    assert call.arrived_at <= (call.waiting_at or call.arrived_at) <= call.abandoned_at <= call.ended_at
    assert list(rebuild()) == []


def test_p1_however_often_it_is_posted_it_is_one_call(central):  # noqa: F811
    for _ in range(50):
        a_call(central)
    assert Call.objects.count() == 1
