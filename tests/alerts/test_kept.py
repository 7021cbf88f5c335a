"""Each alert once and each turn once: repeats, retries, late words, mixed groups, flaps."""

from datetime import timedelta

import pytest

from guardia.network.alert import Alert, AlertState
from guardia.network.alert_store import FLAPS
from tests.alerts.noc import Noc, recorded

MINUTE = timedelta(minutes=1)


@pytest.fixture
def manager(noc_of) -> Noc:
    return noc_of("alertmanager")


def test_an_alert_is_kept_with_its_words_and_where_it_leads(manager):
    kept = manager.says(recorded("alertmanager.json"))
    assert (kept.new, kept.turned, kept.again) == (2, 1, 1)
    alert = Alert.objects.get(state=AlertState.FIRING)
    assert alert.service == manager.story.service
    assert alert.since < manager.now
    assert manager.turns(alert) == [True]
    assert alert.acts_at == alert.since + timedelta(seconds=60)
    manager.source.refresh_from_db()
    assert manager.source.seen_at == manager.now


def test_the_same_message_sent_again_counts_once(manager):
    manager.says(recorded("alertmanager.json"))
    manager.pass_seconds(5)
    kept = manager.says(recorded("alertmanager.json"))
    assert (kept.new, kept.turned) == (0, 0)
    alert = Alert.objects.get(state=AlertState.FIRING)
    assert alert.times == 1
    assert manager.turns(alert) == [True]
    assert Alert.objects.count() == 2


def test_what_is_repeated_after_hours_is_counted_and_turns_nothing(manager):
    manager.says(recorded("alertmanager.json"))
    manager.pass_seconds(4 * 3600)
    manager.says(recorded("alertmanager.json"))
    alert = Alert.objects.get(state=AlertState.FIRING)
    assert (alert.times, alert.last_at) == (2, manager.now)
    assert manager.turns(alert) == [True]


def test_a_group_that_is_half_resolved_closes_only_its_half(noc):
    noc.all_say([noc.said("a"), noc.said("b")])
    noc.pass_seconds(300)
    noc.all_say([noc.said("a", at=noc.now - 5 * MINUTE), noc.said("b", fires=False)])
    assert noc.alert("a").state == AlertState.FIRING
    assert noc.alert("b").state == AlertState.RESOLVED
    assert noc.turns(noc.alert("b")) == [True, False]
    assert noc.turns(noc.alert("a")) == [True]


def test_a_message_that_names_an_alert_twice_is_read_in_order(noc):
    noc.all_say([noc.said("a", at=noc.now - 2 * MINUTE), noc.said("a", False, noc.now - MINUTE)])
    assert noc.alert("a").state == AlertState.RESOLVED
    assert noc.turns(noc.alert("a")) == [True, False]


def test_an_old_word_that_was_overtaken_changes_nothing(noc):
    start = noc.now
    noc.fires("a", at=start)
    noc.pass_seconds(60)
    noc.is_over("a", at=noc.now)
    noc.pass_seconds(10)
    noc.fires("a", at=start)
    assert noc.alert("a").state == AlertState.RESOLVED
    assert noc.turns(noc.alert("a")) == [True, False]


def test_what_the_source_goes_on_saying_is_believed(noc):
    """Alertmanager keeps the first hour of an alert that it had given up for a while: it fires again all the same."""
    start = noc.now
    noc.fires("a", at=start)
    noc.pass_seconds(600)
    noc.is_over("a", at=noc.now)
    noc.pass_seconds(300)
    noc.fires("a", at=start)
    alert = noc.alert("a")
    assert (alert.state, alert.since) == (AlertState.FIRING, noc.now)
    assert noc.turns(alert) == [True, False, True]


def test_a_resolution_of_an_earlier_firing_does_not_end_this_one(noc):
    noc.fires("a", at=noc.now)
    noc.pass_seconds(5)
    noc.is_over("a", at=noc.now - MINUTE)
    assert noc.alert("a").state == AlertState.FIRING


def test_what_ends_in_the_second_in_which_it_began_has_ended(noc):
    """Zabbix counts in seconds, and a clock that is ahead of ours says both at the hour at which they came in."""
    for key, at in (("a", noc.now), ("b", noc.now + timedelta(hours=1))):
        noc.fires(key, at=at)
        noc.is_over(key, at=at)
        assert noc.alert(key).state == AlertState.RESOLVED
        noc.fires(key, at=at)
        assert noc.turns(noc.alert(key)) == [True, False], "the first word sent again turns nothing"


def test_what_is_over_before_it_was_known_is_kept_without_a_turn(noc):
    noc.is_over("a", at=noc.now)
    assert noc.alert("a").state == AlertState.RESOLVED
    assert noc.turns(noc.alert("a")) == []
    noc.pass_seconds(10)
    noc.fires("a", at=noc.now - MINUTE)
    assert noc.alert("a").state == AlertState.RESOLVED


def test_an_hour_of_the_future_is_the_hour_it_came_in(noc):
    noc.fires("a", at=noc.now + timedelta(hours=2))
    assert noc.alert("a").since == noc.now


def flap(noc: Noc, turns: int, seconds: float = 20) -> None:
    for number in range(turns):
        noc.all_say([noc.said("a", fires=number % 2 == 0, circuit="ENL-0042")])
        noc.pass_seconds(seconds)


def test_an_alert_that_comes_and_goes_is_one_that_fires(noc):
    began = noc.now
    flap(noc, FLAPS)
    alert = noc.alert("a")
    assert (alert.state, alert.since) == (AlertState.FLAPPING, began)
    assert alert.acts_at == began + timedelta(seconds=60)
    assert noc.turns(alert) == [True, False, True, False, True]
    flap(noc, 8)
    assert len(noc.turns(alert)) == FLAPS
    assert len(noc.alert("a").turns) <= 20


def test_one_that_was_quiet_long_enough_begins_anew(noc):
    noc.fires("a", circuit="ENL-0042")
    noc.pass_seconds(30)
    noc.is_over("a")
    noc.pass_seconds(119)
    noc.fires("a", circuit="ENL-0042")
    assert noc.alert("a").since == noc.now - timedelta(seconds=149)
    noc.is_over("a")
    noc.pass_seconds(121)
    noc.fires("a", circuit="ENL-0042")
    assert noc.alert("a").since == noc.now


def test_a_source_that_opens_nothing_waits_for_nothing(noc_of):
    noc = noc_of("generic", opens="nothing")
    noc.fires("a", circuit="ENL-0042")
    assert noc.alert("a").acts_at is None


def test_an_alert_that_leads_nowhere_is_only_shown(noc):
    noc.fires("a", circuit="NOBODY-1")
    alert = noc.alert("a")
    assert (alert.service_id, alert.element_id, alert.acts_at) == (None, None, None)


def test_trouble_stands_until_a_message_is_taken(noc):
    from guardia.network.alert_store import is_troubled

    is_troubled(noc.fresh(), "at is not a valid time")
    assert noc.fresh().trouble == "at is not a valid time"
    noc.fires("a")
    assert noc.fresh().trouble == ""


@pytest.mark.parametrize("many", [1, 200])
def test_a_message_costs_the_same_questions_however_many_alerts_it_has(noc, many, django_assert_max_num_queries):
    said = [noc.said(f"a{number}", circuit=f"ENL-{number}") for number in range(many)]
    source = noc.fresh()
    from guardia.network.alert_message import Message
    from guardia.network.alert_store import keep

    with django_assert_max_num_queries(12):
        keep(source, Message(tuple(said)), noc.now)
