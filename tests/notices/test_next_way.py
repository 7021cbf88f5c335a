"""P D: a notice that does not arrive goes on by the contact's next way, then to the company's next contact."""

import pytest

from guardia.cases import failed_notices
from guardia.customers.contact import Contact, ContactWay, WayKind
from guardia.notices.address_marks import AddressMark
from guardia.notices.life import bounced
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import LETTERS_BY_SMS
from guardia.notices.page import Pager
from guardia.notices.sending import send_due
from guardia.procedure.vocabulary import Moment
from tests.notices.sender import delivery_to
from tests.procedure.story import contact

ELSEWHERE = "jefe.en.casa@example.com"
UNKNOWN = "550 5.1.1 no such user here"


def failed_events(story) -> list[tuple[str, dict]]:
    events = story.case.events.filter(moment=Moment.NOTICE_FAILED).order_by("seq")
    return [(event.variant, event.data) for event in events]


def way(person, kind: WayKind, address: str, position: int = 0) -> ContactWay:
    return ContactWay.objects.create(
        customer=person.customer, contact=person, kind=kind, address=address, position=position
    )


def restored(story) -> None:
    """So that news goes by the first way alone."""
    story.case.recover("los pings responden", by=story.by, at=story.now)


@pytest.fixture
def calm(sender, story):
    """The service is back: of what is owed now only the news of it is looked at."""
    sender.sends()
    story.minutes_pass(1)
    restored(story)
    sender.now = story.now
    return sender


def the_news(person) -> Notice:
    return Notice.objects.get(contact=person, moment="recovered")


def test_one_of_three_refused_is_on_record_and_nobody_is_left_to_tell(sender, story, post_office):
    post_office.answers[story.head.email] = [UNKNOWN]
    sender.sends()
    assert failed_notices.record_failed(sender.now) == 1
    notice = Notice.objects.get(contact=story.head)
    assert failed_events(story) == [
        ("refused", {"notice": notice.pk, "contact": story.head.pk, "channel": "mail"}),
    ]
    assert (notice.state, notice.moved_on) == ("failed", True)
    assert failed_notices.record_failed(sender.now) == 0
    assert len(post_office.mails) == 2


def test_accepted_and_bounced_it_goes_by_the_next_way_then_to_the_next_contact(calm, story, post_office):
    way(story.head, WayKind.MAIL, ELSEWHERE)
    deputy = story.manager  # who asked to be told of other things alone
    calm.sends()
    delivery = Delivery.objects.get(notices=the_news(story.head))
    bounced(delivery, "550 5.1.1 user unknown", "5.1.1", calm.after(minutes=5).now)
    failed_notices.record_failed(calm.now)
    assert the_news(story.head).state == "packed"
    calm.sends()
    assert post_office.recipients[-1] == ELSEWHERE
    assert the_news(story.head).state == "sent"

    second = Delivery.objects.get(notices=the_news(story.head), address=ELSEWHERE)
    bounced(second, "550 5.1.1 user unknown", "5.1.1", calm.after(minutes=5).now)
    failed_notices.record_failed(calm.now)
    calm.sends()
    assert post_office.recipients[-1] == deputy.email
    instead = the_news(deputy)
    assert (instead.state, instead.instead_of, instead.event_id) == ("sent", story.head, the_news(story.head).event_id)
    assert the_news(story.head).state == "failed"
    assert [variant for variant, _ in failed_events(story)] == ["bounced", "bounced"]
    first, last = (data for _, data in failed_events(story))
    assert first["next_channel"] == "mail"
    assert last["next_contact"] == deputy.pk
    assert AddressMark.objects.count() == 2


def test_no_address_stands_in_an_event(calm, story, post_office):
    way(story.head, WayKind.MAIL, ELSEWHERE)
    post_office.answers[story.head.email] = [UNKNOWN]
    calm.sends()
    failed_notices.record_failed(calm.now)
    event = story.case.events.get(moment=Moment.NOTICE_FAILED)
    assert "@" not in event.canonical


def test_who_gets_it_in_place_of_another_is_told_so(calm, story, post_office):
    deputy = story.manager
    Contact.objects.filter(pk=deputy.pk).update(language="en")
    post_office.answers[story.head.email] = [UNKNOWN]
    calm.sends()
    failed_notices.record_failed(calm.now)
    calm.sends()
    text = " ".join(post_office.to(deputy.email)[-1].get_body(("plain",)).get_content().split())
    assert "You receive this in place of Jefe de Sistemas, whom our message did not reach." in text


def test_two_who_fail_at_once_have_two_deputies_and_no_notice_is_made_twice(calm, story, post_office):
    deputies = [story.manager, contact(story.bank, "Subjefe", "subjefe@example.com", "es", told=[])]
    post_office.answers |= {story.head.email: [UNKNOWN], story.desk.email: [UNKNOWN]}
    calm.sends()
    failed_notices.record_failed(calm.now)
    made = Notice.objects.filter(moment="recovered", instead_of__isnull=False).order_by("contact_id")
    assert [(notice.contact, notice.instead_of) for notice in made] == [
        (deputies[0], story.head),
        (deputies[1], story.desk),
    ]


def test_a_marked_address_goes_to_the_next_way_at_once(calm, story, post_office):
    post_office.answers[story.head.email] = [UNKNOWN]
    calm.sends()
    failed_notices.record_failed(calm.now)
    way(story.head, WayKind.MAIL, ELSEWHERE)
    story.minutes_pass(1)
    story.case.tell("seguimos", by=story.by, at=story.now)
    calm.after(minutes=1).sends()
    assert len(post_office.to(ELSEWHERE)) == 1
    assert not post_office.to(story.head.email)[1:], "but for the number, which was taken"


def test_by_sms_where_the_mailbox_fails(calm, story, post_office, gateway, settings):
    settings.SMS_URL = gateway.url("sms-{number}")
    way(story.head, WayKind.SMS, "+593725550148")
    post_office.answers[story.head.email] = [UNKNOWN]
    calm.sends()
    failed_notices.record_failed(calm.now)
    assert the_news(story.head).state == "packed"
    send_due(Pager(5), calm.post(), LETTERS_BY_SMS)
    assert the_news(story.head).state == "sent"
    (page,) = gateway.pages
    assert story.case.display_number in page[1]["message"]
    assert failed_events(story)[0][1]["next_channel"] == "sms"


def test_while_the_service_is_down_every_independent_way_carries_the_news_and_one_is_enough(
    story, post_office, gateway, settings
):
    from tests.notices.sender import Sender

    settings.SMS_URL = gateway.url("sms-{number}")
    way(story.head, WayKind.SMS, "+593725550148")
    story.open_case()
    sender = Sender(post_office, story.now)
    post_office.answers[story.head.email] = [UNKNOWN]
    sender.sends()
    send_due(Pager(5), sender.post(), LETTERS_BY_SMS)
    notice = Notice.objects.get(contact=story.head)
    assert dict(notice.deliveries.values_list("channel", "state")) == {"mail": "refused", "sms": "accepted"}
    assert notice.state == "sent"
    assert failed_notices.record_failed(sender.now) == 0


def test_a_late_bounce_of_a_closed_case_is_on_record_too(sender, story):
    sender.sends()
    story.case.cancel("el cliente encontró el cable suelto", by=story.by, at=story.now)
    bounced(delivery_to(story.head), "550 5.1.1 user unknown", "5.1.1", sender.now)
    failed_notices.record_failed(sender.now)
    assert [variant for variant, _ in failed_events(story)] == ["bounced"]


def test_a_hundred_failures_cost_no_more_questions_than_one(sender, story, post_office, django_assert_max_num_queries):
    people = [contact(story.bank, f"Contacto {n}", f"contacto-{n}@example.com", "es") for n in range(40)]
    post_office.answers = {person.email: [UNKNOWN] for person in people}
    story.minutes_pass(1)
    story.case.tell("seguimos", by=story.by, at=story.now)
    sender.after(minutes=1).sends()
    with django_assert_max_num_queries(45):
        assert failed_notices.record_failed(sender.now) == 40
