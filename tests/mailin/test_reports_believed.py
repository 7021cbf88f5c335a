"""A report is believed about a mail of ours only where it names both its identifier and the address it went to."""

import pytest

from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import Delivery
from guardia.notices.reply_address import reply_address, return_path
from tests.mailin.letters import OURS, bounced

HEAD, DESK = "jefe@example.com", "helpdesk@example.com"


@pytest.fixture
def ours(house, story) -> Delivery:
    """The mail of P2 to the head, which a server took."""
    story.open_case()
    delivery = house.told_by_mail(story.head)
    Delivery.objects.filter(pk=delivery.pk).update(state="accepted", settled_at=story.now)
    return delivery


def stands(delivery: Delivery) -> bool:
    """Nothing was written on it, and no address is marked."""
    delivery.refresh_from_db()
    untouched = (delivery.state, delivery.bounced_at, delivery.delivered_at, delivery.answer)
    return untouched == ("accepted", None, None, "") and not AddressMark.objects.exists()


def test_both_match_and_the_address_is_marked(house, ours):
    message = house.comes(bounced(HEAD.upper(), ours.message_id))
    assert (message.state, message.reason) == ("done", "bounced")
    (mark,) = AddressMark.objects.all()
    assert (mark.address, mark.delivery_id, mark.reason) == (HEAD, ours.pk, "bounced")


@pytest.mark.parametrize("action", ["failed", "delivered", "delayed"])
def test_our_mail_and_an_address_it_did_not_go_to(house, story, ours, action):
    message = house.comes(bounced(DESK, ours.message_id, action=action))
    assert stands(ours)
    assert (message.kind, message.state, message.reason) == ("bounce", "waiting", "other_recipient")
    assert (message.case, message.customer) == (story.case, story.bank)
    assert story.moments()[-1] != "notice_failed"


def test_its_address_and_a_mail_that_we_did_not_send(house, ours):
    message = house.comes(bounced(HEAD, "<made.up@example.com>"))
    assert stands(ours)
    assert (message.state, message.reason) == ("done", "not_ours")


def test_its_address_and_no_mail_named_even_at_the_signed_address(house, story, ours):
    raw = bounced(HEAD, ours.message_id).replace(f"Message-ID: {ours.message_id}\r\n".encode(), b"")
    signed = reply_address(story.case.pk, story.head.pk)
    message = house.comes(raw.replace(f"To: {OURS}".encode(), f"To: {signed}".encode(), 1))
    assert stands(ours)
    assert (message.state, message.reason) == ("waiting", "names_no_mail")


def test_of_several_recipients_only_its_own_counts(house, ours):
    other = b"Final-Recipient: rfc822; otro@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    raw = bounced(HEAD, ours.message_id, action="delivered").replace(b"Final-Recipient", other + b"Final-Recipient")
    message = house.comes(raw)
    assert (message.state, message.reason) == ("done", "delivered")
    ours.refresh_from_db()
    assert (ours.state, ours.bounced_at) == ("accepted", None)
    assert not AddressMark.objects.exists()


def test_an_address_that_leads_elsewhere_is_known_by_the_one_we_wrote_to(house, ours):
    led = f"Original-Recipient: rfc822; {HEAD}\r\nFinal-Recipient: rfc822; interno@example.net".encode()
    raw = bounced("interno@example.net", ours.message_id)
    message = house.comes(raw.replace(b"Final-Recipient: rfc822; interno@example.net", led))
    assert message.reason == "bounced"
    assert AddressMark.objects.get().address == HEAD


def test_a_report_in_words_needs_both_too(house, ours):
    raw = f"""Return-Path: <>
From: MAILER-DAEMON@mail.example.com
To: {OURS}
Subject: failure notice

<{DESK}>:
550 5.1.1 no such user

--- Below this line is a copy of the message.

Message-ID: {ours.message_id}
To: {DESK}
""".encode()
    assert house.comes(raw).reason == "other_recipient"
    assert stands(ours)
    assert house.comes(raw.replace(DESK.encode(), HEAD.encode())).reason == "bounced"
    assert AddressMark.objects.get().address == HEAD


@pytest.mark.parametrize(("words", "status"), [("552 5.2.2 mailbox full", "5.2.2"), ("550 5.7.1 policy", "5.7.1")])
def test_a_full_mailbox_and_a_policy_mark_no_address(house, ours, words, status):
    raw = bounced(HEAD, ours.message_id, status=status).replace(b"550 5.1.1 no such user", words.encode())
    assert house.comes(raw).reason == "bounced"
    ours.refresh_from_db()
    assert ours.state == "bounced"
    assert not AddressMark.objects.exists()


# --- at the return path of one letter, which nobody can make up ---


def at(raw: bytes, address: str) -> bytes:
    return raw.replace(f"To: {OURS}".encode(), f"To: {address}".encode(), 1)


def test_a_report_at_the_signed_return_path_names_its_letter(house, ours):
    raw = bounced("interno@example.net", ours.message_id)
    raw = raw.replace(f"Message-ID: {ours.message_id}\r\n".encode(), b"")
    message = house.comes(at(raw, return_path(ours.pk)))
    assert (message.state, message.reason) == ("done", "bounced")
    assert AddressMark.objects.get().address == HEAD


def test_a_return_path_that_somebody_made_up_proves_nothing(house, ours):
    raw = bounced(HEAD, ours.message_id).replace(f"Message-ID: {ours.message_id}\r\n".encode(), b"")
    made_up = return_path(ours.pk + 1).replace(f"+r{return_path(ours.pk + 1).split('+r')[1].split('.')[0]}.", "+r0.")
    message = house.comes(at(raw, made_up))
    assert stands(ours)
    assert (message.state, message.reason) == ("waiting", "names_no_mail")
