"""A notice is sent once more as a new, marked message; it is taken back only while it has told nobody."""

from datetime import timedelta

import pytest

from guardia.cases import failed_notices
from guardia.cases.failed_notices import (
    HasLeftAlready,
    HasNotLeftYet,
    NotOfThisCaseNotice,
    NoWayToSend,
    TakenBackAlready,
)
from guardia.customers.contact import Contact
from guardia.mail.message import Message
from guardia.notices.notice import Delivery, Notice
from guardia.notices.packing import pack
from guardia.procedure.vocabulary import Moment
from tests.notices.companies import case_of, company_with
from tests.notices.sender import Sender, delivery_to


def notice_to(person) -> Notice:
    return Notice.objects.get(contact=person)


def resend(story, notice: Notice, at=None):
    return failed_notices.resend(story.case, notice, by=story.by, at=at or story.now)


def withdraw(story, notice: Notice):
    return failed_notices.withdraw(story.case, notice, by=story.by, at=story.now)


# --- once more ---


def test_a_notice_sent_once_more_is_a_new_message_that_says_so(sender, story, post_office):
    sender.sends()
    story.minutes_pass(5)
    event = resend(story, notice_to(story.desk))
    assert (event.moment, event.data["contact"]) == (Moment.NOTICE_RESENT, story.desk.pk)
    sender.after(minutes=5).sends()
    first, again = post_office.to(story.desk.email)
    assert again["X-Guardia-Resend"] == "1"
    assert first["X-Guardia-Resend"] is None
    assert again["X-Guardia-Repeat"] is None
    assert first["Message-ID"] != again["Message-ID"]
    assert first["References"] == again["References"], "the same conversation"
    assert "We send you this once more" in " ".join(again.get_body(("plain",)).get_content().split())
    deliveries = list(Delivery.objects.filter(notices=notice_to(story.desk)).order_by("pk"))
    assert deliveries[1].resend_of == deliveries[0]
    assert notice_to(story.desk).state == "sent"


def test_pressed_twice_it_is_sent_once(sender, story, post_office):
    sender.sends()
    assert resend(story, notice_to(story.desk))
    assert resend(story, notice_to(story.desk), story.now + timedelta(seconds=29)) is None
    sender.after(minutes=1).sends()
    assert len(post_office.to(story.desk.email)) == 2
    assert story.moments().count("notice_resent") == 1
    story.minutes_pass(1)
    assert resend(story, notice_to(story.desk))


def test_what_has_not_left_is_not_sent_once_more(sender, story):
    with pytest.raises(HasNotLeftYet):
        resend(story, notice_to(story.desk))
    pack(sender.now)
    with pytest.raises(HasNotLeftYet):
        resend(story, notice_to(story.desk))


def test_to_an_address_that_is_marked_nothing_is_sent_and_to_a_corrected_one_it_is(sender, story, post_office):
    post_office.answers[story.head.email] = ["550 5.1.1 no such user"]
    sender.sends()
    with pytest.raises(NoWayToSend, match="Jefe de Sistemas"):
        resend(story, notice_to(story.head))
    Contact.objects.filter(pk=story.head.pk).update(email="jefe.nuevo@example.com")
    resend(story, notice_to(story.head))
    sender.after(minutes=1).sends()
    assert len(post_office.to("jefe.nuevo@example.com")) == 1
    assert notice_to(story.head).state == "sent"


def test_a_notice_without_an_address_is_sent_when_there_is_one(sender, story, post_office):
    sender.sends()
    Contact.objects.filter(pk=story.mute.pk).update(email="turno@example.com")
    resend(story, notice_to(story.mute))
    sender.after(minutes=1).sends()
    assert len(post_office.to("turno@example.com")) == 1
    assert notice_to(story.mute).state == "sent"


def test_a_notice_of_another_case_is_refused(sender, story):
    (person,) = company_with(1)
    case_of(story, person.customer, 1)
    with pytest.raises(NotOfThisCaseNotice):
        resend(story, notice_to(person))


# --- taken back ---


def test_what_is_owed_can_be_taken_back_and_stays_as_a_row(sender, story, post_office):
    event = withdraw(story, notice_to(story.desk))
    assert event.moment == Moment.NOTICE_WITHDRAWN
    sender.sends()
    assert not post_office.to(story.desk.email)
    assert (notice_to(story.desk).state, notice_to(story.desk).reason) == ("suppressed", "withdrawn")
    with pytest.raises(TakenBackAlready):
        withdraw(story, notice_to(story.desk))


def test_what_is_packed_and_untried_can_be_taken_back_with_its_message(sender, story, post_office):
    pack(sender.now)
    withdraw(story, notice_to(story.desk))
    assert delivery_to(story.desk).state == "withdrawn"
    sender.sends()
    assert len(post_office.mails) == 2


def test_out_of_a_list_one_is_taken_back_and_the_others_leave(story, post_office):
    (person,) = company_with(1)
    cases = [case_of(story, person.customer, n) for n in range(3)]
    pack(story.now)
    story.number = cases[0].number
    withdraw(story, Notice.objects.get(contact=person, case=cases[0]))
    Sender(post_office, story.now).sends()
    text = post_office.to(person.email)[0].get_body(("plain",)).get_content()
    assert cases[0].display_number not in text
    assert cases[1].display_number in text
    assert sorted(Notice.objects.filter(contact=person).values_list("state", flat=True)) == [
        "sent",
        "sent",
        "suppressed",
    ]


@pytest.mark.parametrize("answer", ["250 OK", "451 later"])
def test_what_was_sent_or_tried_cannot_be_taken_back(sender, story, post_office, answer):
    post_office.answers[story.desk.email] = [answer]
    sender.sends()
    with pytest.raises(HasLeftAlready):
        withdraw(story, notice_to(story.desk))


# --- a message without a notice ---


def test_an_automatic_answer_leaves_by_the_same_outbox_with_an_empty_return_path(story, post_office):
    asked = Message.objects.create(identity="a" * 64, way="pipe", received_at=story.now)
    Delivery.objects.create(
        address="quien@example.com",
        domain="example.com",
        answers=asked,
        message_id="<answer@example.com>",
        body=b"Subject: Recibido\r\nMessage-ID: <answer@example.com>\r\n\r\nGracias.\r\n",
        available_at=story.now,
        created_at=story.now,
    )
    Sender(post_office, story.now).sends()
    (mail,) = post_office.to("quien@example.com")
    assert mail["Subject"] == "Recibido"
    assert post_office.return_paths == ["<>"]
    assert Delivery.objects.get().state == "accepted"


def test_a_letter_has_our_return_path(sender, post_office):
    sender.sends()
    assert set(post_office.return_paths) == {"casos@example.com"}
