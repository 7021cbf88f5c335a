"""A domain that takes only so many mails a minute: what is more queues, in order, and holds nobody else up."""

from datetime import datetime, timedelta

import pytest

from guardia.notices import outbox
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import LETTERS
from guardia.notices.pacing import DomainLimit, domain_of
from guardia.notices.packing import pack
from tests.notices.companies import case_of, company_with
from tests.notices.sender import Sender, worker_step
from tests.procedure.story import Story

SLOW = "lento.example.com"


@pytest.fixture
def letterbox(story, post_office) -> Sender:
    return Sender(post_office, story.now)


def people_of(story: Story, how_many: int, domain: str, name: str = "Red Lenta", number: int = 1):
    people = company_with(how_many, name, domain)
    case_of(story, people[0].customer, number)
    return people


def every_second(sender: Sender, seconds: int, *others: Sender) -> list[datetime]:
    """When each mail to the slow domain was accepted, while every worker does a round a second."""
    for _ in range(seconds):
        for each in (sender, *others):
            each.sends()
            each.after(seconds=1)
    settled = Delivery.objects.filter(domain=SLOW, state="accepted").order_by("settled_at", "pk")
    return list(settled.values_list("settled_at", flat=True))


def most_in_a_minute(hours: list[datetime]) -> int:
    return max(sum(start <= at < start + timedelta(minutes=1) for at in hours) for start in hours)


def test_what_is_above_the_limit_leaves_in_its_turn_and_none_is_dropped(story, letterbox, post_office):
    DomainLimit.objects.create(domain=SLOW, per_minute=30)
    people_of(story, 80, SLOW)
    hours = every_second(letterbox, 165)
    assert len(hours) == 80
    assert most_in_a_minute(hours) <= 30
    assert hours[-1] - hours[0] <= timedelta(seconds=2 * 80 + 2), "and no slower than it must be"
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_two_workers_respect_one_limit_together(story, letterbox, post_office):
    DomainLimit.objects.create(domain=SLOW, per_minute=30)
    people_of(story, 60, SLOW)
    other = Sender(post_office, story.now)
    hours = every_second(letterbox, 125, other)
    assert len(hours) == 60
    assert most_in_a_minute(hours) <= 30


def test_other_domains_are_not_held_up(story, letterbox, post_office):
    DomainLimit.objects.create(domain=SLOW, per_minute=1)
    people_of(story, 70, SLOW)
    Notice.objects.update(urgency=1)
    quick = people_of(story, 70, "example.com", "Red Veloz", 2)
    letterbox.sends()
    assert all(post_office.to(contact.email) for contact in quick)
    assert len(post_office.recipients) == 71


def test_what_is_urgent_comes_before_what_was_there_earlier(story, letterbox, post_office):
    DomainLimit.objects.create(domain=SLOW, per_minute=6)
    people_of(story, 60, SLOW)
    letterbox.sends()
    urgent = people_of(story, 1, SLOW, "Red Urgente", 2)[0]
    Notice.objects.filter(contact=urgent).update(urgency=1)
    for _ in range(150):
        letterbox.after(seconds=1).sends()
    assert len(post_office.to(urgent.email)) == 1, "within the minute that was promised already, and its turn"
    assert len(post_office.recipients) < 30


def test_slots_that_nobody_used_while_the_server_was_down_do_not_leave_in_a_heap(story, letterbox, post_office):
    DomainLimit.objects.create(domain=SLOW, per_minute=30)
    people_of(story, 60, SLOW)
    letterbox.sends()
    letterbox.after(hours=6)
    hours = every_second(letterbox, 125)
    assert len(hours) == 60
    assert most_in_a_minute(hours[1:]) <= 31


def test_there_is_no_busy_loop_while_a_queue_waits(story, letterbox, django_assert_max_num_queries):
    DomainLimit.objects.create(domain=SLOW, per_minute=1)
    people_of(story, 130, SLOW)
    letterbox.sends()
    sender_id = letterbox.is_seen()
    with worker_step(), django_assert_max_num_queries(2):
        assert outbox.claim(letterbox.now, sender_id, LETTERS) == []
    assert Delivery.objects.filter(state="waiting", available_at__lte=letterbox.now).count() == 0


def test_a_retry_waits_for_a_turn_too(story, letterbox, post_office):
    DomainLimit.objects.create(domain=SLOW, per_minute=60)
    (contact,) = people_of(story, 1, SLOW)
    post_office.answers[contact.email] = ["451 4.7.1 later"]
    letterbox.sends()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.paced_at) == ("waiting", None)
    letterbox.after(minutes=1).sends()
    assert Delivery.objects.get().state == "accepted"


def test_without_a_limit_nothing_is_written(story, letterbox, post_office):
    people_of(story, 3, SLOW)
    letterbox.sends()
    assert set(Delivery.objects.values_list("paced_at", flat=True)) == {None}
    assert len(post_office.mails) == 3


def test_pages_know_no_limit(story, letterbox):
    """A page calls for help; it is one message, whatever the storm."""
    pack(story.now)
    assert not Delivery.objects.filter(urgent=True).exclude(domain="").exists()


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@Example.COM", "example.com"),
        ("a@compañía.example", "xn--compaa-7va5a.example"),
        ("nobody", ""),
        ("a@" + "x" * 70 + ".example", ""),
    ],
)
def test_the_domain_of_an_address(address, domain):
    assert domain_of(address) == domain
