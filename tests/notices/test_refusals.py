"""Which refusals speak of the recipient, so that the address is marked (RFC 3463), and which of something else."""

import pytest

from guardia.notices.address_marks import AddressMark, clear, marks_of
from guardia.notices.life import bounced, delayed, delivered, opened, speaks_of_the_recipient
from guardia.notices.notice import Delivery, Notice
from guardia.notices.server_answer import Verdict, verdict
from tests.notices.sender import delivery_to

OF_THE_RECIPIENT = [
    "550 5.1.1 <jefe@example.com>: user unknown",
    "550 no such user here",
    "551 user not local",
    "550 5.2.1 mailbox disabled",
    "556 5.1.10 domain does not accept mail (null MX)",
    "550 5.1.2 host unknown",
    "550 5.4.1 Recipient address rejected: Access denied",
    "553 5.1.3 syntax",
    "550 5.0.0 User unknown",
]
OF_SOMETHING_ELSE = [
    "550 5.7.1 blocked by policy",
    "554 5.7.1 relay access denied",
    "550 blocked: listed at a blacklist",
    "550 5.7.26 unauthenticated sender",
    "554 transaction failed",
    "550 5.1.8 sender address rejected",
    "550 5.3.4 message too big",
    "550 5.6.0 content",
]


@pytest.mark.parametrize("line", OF_THE_RECIPIENT)
def test_a_refusal_of_the_recipient(line):
    answer = verdict(int(line[:3]), line[4:], at_rcpt=True)
    assert (answer.verdict, answer.of_the_recipient) == (Verdict.REFUSED, True)


@pytest.mark.parametrize("line", OF_SOMETHING_ELSE)
def test_a_refusal_of_us_or_of_the_message(line):
    answer = verdict(int(line[:3]), line[4:], at_rcpt=True)
    assert (answer.verdict, answer.of_the_recipient) == (Verdict.REFUSED, False)


@pytest.mark.parametrize("line", ["552 5.2.2 mailbox full", "552 over quota", "452 4.2.2 full", "530 5.7.0 log in"])
def test_what_passes_by_itself_is_tried_again(line):
    assert verdict(int(line[:3]), line[4:], at_rcpt=True).verdict is Verdict.LATER


def test_a_refusal_of_the_content_speaks_of_no_address():
    assert not verdict(550, "message refused").of_the_recipient
    assert verdict(550, "5.1.1 unknown after all").of_the_recipient


@pytest.mark.parametrize(
    ("words", "code", "theirs"),
    [
        ("550 no such user", "5.1.1", True),
        ("user unknown", "", True),
        ("550 mailbox unavailable", "", True),
        ("rejected as spam", "5.7.1", False),
        ("mailbox full", "5.2.2", False),
        ("delivery time expired", "4.4.7", False),
        ("host not found", "5.4.4", True),
    ],
)
def test_what_a_report_speaks_of(words, code, theirs):
    assert speaks_of_the_recipient(words, code) is theirs


# --- the mark ---


def test_a_refused_recipient_marks_the_address_with_the_servers_words(sender, story, post_office):
    post_office.answers[story.head.email] = ["550 5.1.1 no such user here"]
    sender.sends()
    (mark,) = marks_of(story.bank.pk)
    assert (mark.channel, mark.address, mark.reason) == ("mail", story.head.email, "refused")
    assert mark.words == "550 5.1.1 no such user here"
    assert mark.delivery_id == delivery_to(story.head).pk
    assert mark.marked_at == sender.now


def test_a_refusal_of_our_server_marks_nobody(sender, story, post_office):
    post_office.answers[story.head.email] = ["550 5.7.1 your address is on a list"]
    post_office.answers[story.desk.email] = ["452 4.2.2 mailbox full"]
    sender.sends()
    assert not AddressMark.objects.exists()
    assert Notice.objects.get(contact=story.head).state == "failed"
    assert Notice.objects.get(contact=story.desk).state == "packed"


def test_a_marked_address_gets_no_mail_until_its_mark_is_cleared(sender, story, post_office):
    post_office.answers[story.head.email] = ["550 5.1.1 no such user here"]
    sender.sends()
    story.minutes_pass(5)
    story.diagnosis()
    sender.after(minutes=5).sends()
    assert not post_office.to(story.head.email)
    later = Notice.objects.get(contact=story.head, moment="diagnosed")
    assert (later.state, later.reason) == ("failed", "marked")
    (mark,) = marks_of(story.bank.pk)
    assert clear(mark, story.supervisor, sender.now)
    assert not clear(mark, story.supervisor, sender.now)
    story.case.tell("seguimos", by=story.by, at=story.now)
    sender.after(minutes=1).sends()
    assert len(post_office.to(story.head.email)) == 1
    mark.refresh_from_db()
    assert mark.cleared_by == story.supervisor
    assert marks_of(story.bank.pk) == []


# --- reports ---


def test_a_bounce_ends_the_delivery_marks_the_address_and_fails_the_notice(sender, story):
    sender.sends()
    delivery = delivery_to(story.head)
    assert bounced(delivery, "550 5.1.1 user unknown", "5.1.1", sender.now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.bounced_at) == ("bounced", sender.now)
    assert "250 2.0.0 Ok" in delivery.answer
    assert "user unknown" in delivery.answer
    notice = Notice.objects.get(contact=story.head)
    assert (notice.state, notice.reason) == ("failed", "bounced")
    assert [mark.reason for mark in marks_of(story.bank.pk)] == ["bounced"]


def test_a_report_that_comes_twice_changes_nothing(sender, story):
    sender.sends()
    delivery = delivery_to(story.head)
    assert bounced(delivery, "550 5.1.1 user unknown", "5.1.1", sender.now)
    assert not bounced(delivery, "550 5.1.1 user unknown", "5.1.1", sender.after(minutes=1).now)
    assert AddressMark.objects.count() == 1


def test_a_soft_bounce_marks_nobody_and_a_delay_is_only_noted(sender, story):
    sender.sends()
    assert bounced(delivery_to(story.head), "delivery time expired", "4.4.7", sender.now)
    delayed(delivery_to(story.desk), "451 4.4.1 not yet")
    delayed(delivery_to(story.desk), "451 4.4.1 not yet")
    assert not AddressMark.objects.exists()
    assert Notice.objects.get(contact=story.head).state == "failed"
    late = delivery_to(story.desk)
    assert late.state == "accepted"
    assert late.answer.count("not yet") == 1
    assert Notice.objects.get(contact=story.desk).state == "sent"


def test_it_arrived_and_was_opened_once(sender, story):
    sender.sends()
    delivery = delivery_to(story.head)
    assert delivered(delivery, sender.now)
    assert not delivered(delivery, sender.after(minutes=1).now)
    first = sender.now
    assert opened(delivery.pk, first, customer_id=story.bank.pk, contact_id=story.head.pk)
    assert not opened(delivery.pk, sender.after(minutes=9).now, customer_id=story.bank.pk)
    assert Delivery.objects.get(pk=delivery.pk).opened_at == first


def test_a_link_opens_only_what_was_sent_to_its_own_company_and_contact(sender, story):
    sender.sends()
    pk = delivery_to(story.head).pk
    assert not opened(pk, sender.now, customer_id=story.other.pk)
    assert not opened(pk, sender.now, customer_id=story.bank.pk, contact_id=story.desk.pk)
    assert Delivery.objects.get(pk=pk).opened_at is None
