"""A page that no channel delivered is written down once, and the escalation goes to the next person or level (E D)."""

from guardia.cases.failed_notices import record_failed_pages
from guardia.escalation.reachability import Proof
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.procedure.vocabulary import Moment


def fails(notice: Notice, address: str, at, answer: str = "550 no such user") -> None:
    delivery = Delivery.objects.create(
        channel="mail",
        address=address,
        urgent=True,
        message_id=f"<{notice.pk}.{address}>",
        state=DeliveryState.REFUSED,
        available_at=at,
        created_at=at,
        settled_at=at,
        answer=answer,
        customer_id=notice.customer_id,
    )
    DeliveredNotice.objects.create(delivery=delivery, notice=notice, customer_id=notice.customer_id)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.FAILED, reason="refused")


def test_one_of_two_persons_not_reached_is_on_record_and_the_level_stays(story):
    story.open_case_and_breach()
    fails(story.page_to(story.supervisor), "supervisora@example.com", story.now)
    assert record_failed_pages(story.now) == 1
    assert story.running.failed == {story.supervisor.pk}
    assert story.running.level == 1
    event = story.case.latest(Moment.PAGE_FAILED)
    assert event.texts.get(name="answer").text == "supervisora@example.com: 550 no such user"
    assert not Proof.objects.get(address="supervisora@example.com").reached


def test_nobody_of_the_level_reached_asks_the_next_one_at_once(story):
    story.open_case_and_breach()
    fails(story.page_to(story.supervisor), "supervisora@example.com", story.now)
    fails(story.page_to(story.second), "supervisor2@example.com", story.now)
    assert record_failed_pages(story.now) == 2
    assert story.running.level == 2
    assert story.running.paged == {story.manager.pk}


def test_each_failed_page_is_recorded_once(story):
    story.open_case_and_breach()
    fails(story.page_to(story.supervisor), "supervisora@example.com", story.now)
    assert [record_failed_pages(story.now) for _ in range(3)] == [1, 0, 0]
    assert story.moments().count(Moment.PAGE_FAILED) == 1
    assert Proof.objects.count() == 1


def test_a_page_that_is_no_longer_the_last_one_is_only_put_aside(story):
    story.open_case_and_breach()
    first = story.page_to(story.supervisor)
    story.case.pass_on("no puedo", staff=story.second, by=story.by, at=story.now)
    fails(first, "supervisora@example.com", story.now)
    record_failed_pages(story.now)
    assert Moment.PAGE_FAILED not in story.moments()
    first.refresh_from_db()
    assert first.moved_on


def test_a_closed_case_and_a_page_without_a_case_stop_nothing(story):
    story.open_case_and_breach()
    fails(story.page_to(story.supervisor), "supervisora@example.com", story.now)
    story.case.cancel("error", by=story.by, at=story.now)
    assert record_failed_pages(story.now) == 1
    assert Moment.PAGE_FAILED not in story.moments()
    assert not Notice.objects.filter(staff__isnull=False, state="failed", moved_on=False).exists()


def test_letters_to_customers_are_left_alone(story):
    story.open_case_and_breach()
    Notice.objects.filter(contact__isnull=False).update(state=NoticeState.FAILED)
    assert record_failed_pages(story.now) == 0
    assert not Notice.objects.filter(contact__isnull=False, moved_on=True).exists()
