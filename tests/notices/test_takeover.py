"""A killed worker's share is taken over within 60 s, and nobody takes what a living one holds."""

from datetime import timedelta

import pytest

from guardia.notices import leases, outbox
from guardia.notices.leases import FORGOTTEN_AFTER, SILENT_AFTER, forget_the_dead
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import PAGES_BY_APPRISE, PAGES_BY_MAIL
from guardia.notices.packing import pack
from tests.notices.sender import LINKS, Crash, Sender, crashing_at, worker_step

HEARTBEAT = timedelta(seconds=5)


@pytest.fixture
def killed(worker) -> Sender:
    """It has taken both pages, and is dead before it could send one."""
    with pytest.raises(Crash):
        worker.sends(PAGES_BY_MAIL, step=crashing_at(3))
    assert set(Delivery.objects.values_list("state", "sender")) == {("sending", worker.number)}
    return worker


@pytest.fixture
def other(killed, post_office) -> Sender:
    return Sender(post_office, killed.now)


def test_E_what_a_killed_worker_held_is_sent_by_another_within_a_minute(killed, other, post_office):
    waited = timedelta()
    while not other.after(seconds=5).sends(PAGES_BY_MAIL):
        waited = other.now - killed.now
    assert timedelta(seconds=60) >= SILENT_AFTER + HEARTBEAT
    assert waited < timedelta(seconds=60) - HEARTBEAT
    assert len(post_office.mails) == 2
    assert {mail["X-Guardia-Repeat"] for mail in post_office.mails} == {None}, "the dead one had tried nothing"


def test_E_a_worker_that_is_seen_keeps_what_it_holds_however_slow_it_is(killed, other, post_office):
    for _ in range(20):
        killed.after(seconds=5).is_seen()
        assert other.after(seconds=5).sends(PAGES_BY_MAIL) == 0
    assert post_office.mails == []


def test_E_a_worker_that_wakes_up_after_its_share_was_given_away_changes_nothing(worker, post_office):
    with worker_step():
        pack(worker.now)
        mine = outbox.claim(worker.now, worker.is_seen(), PAGES_BY_MAIL)
    taken_at = worker.now
    other = Sender(post_office, taken_at + SILENT_AFTER + timedelta(seconds=1))
    assert other.sends(PAGES_BY_MAIL) == 2
    worker.is_seen()
    assert [outbox.begin(each, taken_at, LINKS) for each in mine] == [None, None]
    assert set(Delivery.objects.filter(urgent=True).values_list("state", "attempts")) == {("accepted", 1)}


def test_E_what_was_sent_before_the_worker_died_is_repeated_and_says_so(worker, post_office):
    with pytest.raises(Crash):
        worker.sends(PAGES_BY_MAIL, step=crashing_at(4))
    assert len(post_office.mails) == 1
    Sender(post_office, worker.now + timedelta(seconds=46)).sends(PAGES_BY_MAIL)
    repeats = [mail["X-Guardia-Repeat"] for mail in post_office.mails]
    assert sorted(repeats, key=str) == ["1", None, None]


def test_E_a_gateway_is_told_that_a_page_comes_for_the_second_time(worker, night, post_office, gateway):
    night.one.channels, night.one.email = [gateway.url("one")], ""
    night.one.save(update_fields=["channels", "email"])
    gateway.says["one"] = [500]
    worker.sends(PAGES_BY_APPRISE)
    worker.after(seconds=5).sends(PAGES_BY_APPRISE)
    title = gateway.to("one")[0].splitlines()[0]
    assert title.endswith("(2)")


def test_a_share_that_was_left_when_the_database_went_away_is_found_again_by_its_own_loop(worker, post_office):
    with worker_step():
        pack(worker.now)
        outbox.claim(worker.now, worker.is_seen(), PAGES_BY_MAIL)
    assert worker.after(seconds=1).sends(PAGES_BY_MAIL) == 2


def test_a_dead_sender_is_forgotten_after_an_hour_and_comes_back_under_its_number(worker):
    number = worker.is_seen()
    later = worker.now + FORGOTTEN_AFTER + timedelta(seconds=1)
    with worker_step():
        assert forget_the_dead(worker.now + FORGOTTEN_AFTER) == 0
        assert forget_the_dead(later) == 1
        assert not leases.is_known(number)
        assert leases.seen(later, number) == number
        assert leases.is_known(number)


def test_what_a_forgotten_sender_held_belongs_to_nobody_and_is_sent(worker, post_office):
    with pytest.raises(Crash):
        worker.sends(PAGES_BY_MAIL, step=crashing_at(3))
    other = Sender(post_office, worker.now + FORGOTTEN_AFTER * 2)
    with worker_step():
        forget_the_dead(other.now)
    other.sends(PAGES_BY_MAIL)
    assert set(Notice.objects.filter(moment="paged").values_list("state", flat=True)) == {"sent"}
