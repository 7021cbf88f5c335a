"""A receiver that refuses, hangs, is gone or comes back: what waits for it, what is given up, and whom it slows."""

from datetime import timedelta
from itertools import pairwise
from threading import Event

import pytest

from guardia.cli.checks import upkeep
from guardia.cli.checks.finding import Health, Installation
from guardia.clocks import watch
from guardia.notices import leases
from guardia.people import rehearsal
from guardia.people.rehearsal import NamedList
from guardia.webhooks import editing, log, outbox
from guardia.webhooks.outbox import PAUSES
from guardia.webhooks.subscription import SubscriptionState, WebhookSubscription
from tests.notices.sender import worker_step
from tests.webhooks.receiver import Receiver, Reply

HOURS = timedelta(hours=1)


@pytest.fixture
def other():
    one = Receiver()
    yield one
    one.close()


def states(following, one) -> list[str]:
    return [row.state for row in following.log(one)]


def test_the_next_event_of_a_case_waits_until_the_one_before_is_taken(story, following, receiver):
    receiver.replies = [Reply(500)]
    one = following.follow(receiver)
    assert upkeep.webhooks(Installation(at=story.now)).health == Health.OK
    case = story.open_case()
    following.send()
    assert receiver.seqs(case.display_number) == [1]
    story.seconds_pass(5)
    following.send()
    came = receiver.seqs(case.display_number)
    assert came == [1, *range(1, len(came))]
    assert receiver.ids[0] == receiver.ids[1]
    assert set(states(following, one)) == {"delivered"}


def test_another_case_does_not_wait_for_the_first(story, following, receiver):
    first = story.open_case()
    second = story.open_case()
    one = following.follow(receiver)
    receiver.reply = lambda hit: Reply(422 if hit.event.get_subject() == first.display_number else 200)
    for case in (first, second):
        story.number = case.number
        story.case.note("one", by=story.by, at=story.now)
        story.case.note("two", by=story.by, at=story.now)
    following.send()
    assert len(set(receiver.seqs(second.display_number))) == 2
    assert len(set(receiver.seqs(first.display_number))) == 1
    assert sorted(states(following, one)) == ["delivered", "delivered", "waiting", "waiting"]


def test_after_the_giving_up_of_one_the_next_has_its_turn(story, following, receiver):
    one = following.follow(receiver)
    story.open_case()
    receiver.reply = lambda hit: Reply(422 if hit.event.get_extension("seq") == 1 else 200)
    for _hour in range(60):
        following.send()
        story.now += HOURS
    assert states(following, one) == ["dead"] + ["delivered"] * (len(states(following, one)) - 1)


def test_pauses_grow_and_after_48_hours_it_is_given_up(story, following, receiver):
    receiver.reply = Reply(503)
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    began, tried = story.now, []
    while states(following, one) == ["waiting"]:
        if following.send():
            tried.append(story.now)
        story.now = min(following.log(one)[0].available_at, began + 60 * HOURS)
    gaps = [later - earlier for earlier, later in pairwise(tried)]
    assert gaps[: len(PAUSES)] == list(PAUSES)
    assert tried[-1] - began == 48 * HOURS
    assert states(following, one) == ["dead"]
    assert following.send() == 0
    (trouble,) = watch.Trouble.objects.filter(kind=outbox.TROUBLE)
    assert trouble.key == f"{one.pk}/CRM"
    assert "503" in trouble.reason


def test_a_failing_receiver_rests_with_one_attempt_at_its_end(story, following, receiver):
    receiver.reply = Reply(500)
    following.follow(receiver, kinds=["registered"])
    for _case in range(6):
        story.open_case()
    following.send()
    assert len(receiver.hits) == outbox.IN_FLIGHT
    story.seconds_pass(5)
    following.send()
    assert len(receiver.hits) == outbox.IN_FLIGHT + 1
    receiver.reply = Reply()
    story.minutes_pass(5)
    following.send()
    assert len({hit.id for hit in receiver.hits}) == 6
    one = log.subscriptions().get()
    assert (one.failures, one.failing_since, one.rests_until) == (0, None, None)
    assert states(following, one) == ["delivered"] * 6


def test_one_that_never_answers_slows_nobody(story, following, receiver, other):
    answer = Event()
    receiver.reply = Reply(before=lambda: answer.wait(30))
    dead = following.follow(receiver, "dead", kinds=["registered"])
    well = following.follow(other, "well", kinds=["registered"])
    for _case in range(10):
        story.open_case()
    following.send(timeout=0.5)
    answer.set()
    assert states(following, well) == ["delivered"] * 10
    assert set(states(following, dead)) == {"waiting"}
    assert following.log(dead)[0].answer == "no answer within 0.5 s"


def test_410_ends_the_subscription(story, following, receiver):
    receiver.reply = Reply(410)
    one = following.follow(receiver)
    story.open_case()
    following.send()
    assert len(receiver.hits) == 1
    one.refresh_from_db()
    assert one.state == SubscriptionState.GONE
    assert set(states(following, one)) == {"dead"}
    found = upkeep.webhooks(Installation(at=story.now))
    assert (found.health, "CRM" in found.words, bool(found.remedy)) == (Health.BAD, True, True)
    story.case.note("nobody hears of it", by=story.by, at=story.now)
    assert following.send() == 0
    assert watch.Trouble.objects.filter(kind=outbox.TROUBLE, key=f"{one.pk}/CRM").exists()


@pytest.mark.parametrize(("written", "minutes"), [("1800", 30), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("soon", 0)])
def test_retry_after_is_respected(story, following, receiver, written, minutes):
    receiver.replies = [Reply(429, headers={"Retry-After": written})]
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    following.send()
    (row,) = following.log(one)
    assert row.available_at == story.now + max(timedelta(minutes=minutes), PAUSES[0])
    one.refresh_from_db()
    assert one.rests_until == row.available_at


def test_a_redirect_is_not_followed(story, following, receiver, other):
    receiver.reply = Reply(302, headers={"Location": other.url})
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    following.send()
    assert other.hits == []
    assert following.log(one)[0].status == 302
    assert states(following, one) == ["waiting"]


def test_a_connection_that_is_closed_is_tried_again(story, following, receiver):
    receiver.replies = [Reply(0)]
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    following.send()
    (row,) = following.log(one)
    assert (row.state, row.status) == ("waiting", None)
    assert "Protocol" in row.answer
    story.seconds_pass(5)
    following.send()
    assert states(following, one) == ["delivered"]
    assert len(set(receiver.ids)) == 1


def test_what_a_dead_worker_held_is_sent_by_another(story, following, receiver):
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    dead = leases.seen(story.now, None)
    (leased,) = outbox.claim(story.now, dead, 10)
    assert following.send() == 0
    story.seconds_pass(46)
    assert following.send() == 1
    assert receiver.ids == [leased.message.headers["webhook-id"]]
    assert states(following, one) == ["delivered"]


def test_in_a_rehearsal_nothing_leaves_and_nothing_of_it_later(story, following, receiver):
    one = following.follow(receiver, kinds=["registered"])
    rehearsal.begin(NamedList(), by=story.supervisor, at=story.now)
    story.open_case()
    following.send()
    assert states(following, one) == ["held"]
    story.minutes_pass(1)
    rehearsal.end(by=story.supervisor, at=story.now)
    story.minutes_pass(1)
    log.replay_since(one, story.now - 2 * HOURS, story.now)
    following.send()
    assert receiver.hits == []
    story.open_case()
    following.send()
    assert len(receiver.hits) == 1


# --- once more --------------------------------------------------------------------------------------------------------


def test_from_an_hour_all_is_sent_once_more_with_the_same_ids(story, following, receiver):
    one = following.follow(receiver)
    story.open_case()
    following.send()
    first = receiver.ids
    story.minutes_pass(5)
    story.case.note("later", by=story.by, at=story.now)
    following.send()
    assert log.replay_since(one, story.now - timedelta(minutes=1), story.now) == 1
    following.send()
    assert receiver.ids[-1] == receiver.ids[-2]
    assert log.replay_since(one, story.now - 2 * HOURS, story.now) == len(first) + 1
    following.send()
    assert receiver.ids[-len(first) - 1 : -1] == first


def test_what_happened_before_the_subscription_is_sent_from_a_point(story, following, receiver):
    case = story.open_case()
    one = following.follow(receiver)
    assert following.send() == 0
    assert log.replay_case(one, case.display_number, 2, story.now) == case.seq - 1
    following.send()
    assert receiver.seqs(case.display_number) == list(range(2, case.seq + 1))


def test_one_given_up_is_sent_once_more(story, following, receiver):
    receiver.reply = Reply(410)
    one = following.follow(receiver, kinds=["registered"])
    story.open_case()
    following.send()
    one.refresh_from_db()
    editing.turn(one, True, by=None, at=story.now)
    assert watch.Trouble.objects.filter(kind=outbox.TROUBLE).exists()
    (row,) = following.log(one)
    assert log.retry(one, row.pk, story.now)
    assert not watch.Trouble.objects.filter(kind=outbox.TROUBLE).exists()
    receiver.reply = Reply()
    following.send()
    assert receiver.ids[0] == receiver.ids[1]
    assert states(following, one) == ["delivered"]


def test_what_is_a_month_old_is_forgotten_and_a_removed_one_with_it(story, following, receiver):
    one = following.follow(receiver)
    story.open_case()
    following.send()
    editing.remove(one, by=None, at=story.now)
    assert one.secret == ""
    story.case.note("nobody hears of it", by=story.by, at=story.now)
    assert following.send() == 0
    count = len(following.log(one))
    with worker_step():
        assert outbox.thin(story.now, 1000) == 0
        assert outbox.thin(story.now + timedelta(seconds=1), 1000) == count
    assert not WebhookSubscription.objects.filter(pk=one.pk).exists()


def test_counts_of_one(story, following, receiver):
    receiver.reply = Reply(500)
    one = following.follow(receiver)
    story.open_case()
    following.send()
    assert log.counts()[one.pk] == log.Counts(waiting=len(following.log(one)), dead=0)
