"""P D: a mail that was accepted comes back as a mail. Its address is marked, the case knows, the next way is tried."""

import pytest

from guardia.cases import failed_notices
from guardia.customers.contact import ContactWay, WayKind
from guardia.intake import mail_in
from guardia.mail.message import Message, MessageKind, MessageState
from guardia.mail.taking import take
from guardia.notices.address_marks import AddressMark
from guardia.notices.notice import Delivery, Notice
from guardia.procedure.vocabulary import Moment
from tests.mailin.letters import bounced

ELSEWHERE = "jefe.en.casa@example.com"


@pytest.fixture
def told(sender, story) -> Delivery:
    """The service is back, and the head has been told by the mailbox; another one is written on the contact."""
    ContactWay.objects.create(customer=story.bank, contact=story.head, kind=WayKind.MAIL, address=ELSEWHERE, position=0)
    sender.sends()
    story.minutes_pass(1)
    story.case.recover("los pings responden", by=story.by, at=story.now)
    sender.now = story.now
    sender.sends()
    return Delivery.objects.get(notices__contact=story.head, notices__moment="recovered")


def comes(raw: bytes, sender) -> Message:
    message = take(raw, "pipe", sender.now)
    while mail_in.route_next(sender.now):
        pass
    message.refresh_from_db()
    return message


def test_it_comes_back_the_address_is_marked_and_the_next_way_carries_it(told, sender, story, post_office):
    assert told.state == "accepted"
    report = comes(bounced(told.address, told.message_id), sender.after(minutes=3))
    told.refresh_from_db()
    assert (told.state, told.bounced_at) == ("bounced", sender.now)
    assert (report.kind, report.state, report.case_id) == (MessageKind.BOUNCE, MessageState.DONE, story.case.pk)
    mark = AddressMark.objects.get(cleared_at=None)
    assert (mark.address, mark.reason, mark.delivery_id) == (story.head.email, "bounced", told.pk)

    assert failed_notices.record_failed(sender.now) == 1
    event = story.case.events.get(moment=Moment.NOTICE_FAILED)
    assert (event.variant, event.data["contact"], event.data["next_channel"]) == ("bounced", story.head.pk, "mail")
    sender.sends()
    assert post_office.recipients[-1] == ELSEWHERE
    assert Notice.objects.get(contact=story.head, moment="recovered").state == "sent"


def test_the_same_report_twice_changes_nothing_more(told, sender, story):
    raw = bounced(told.address, told.message_id)
    for _ in range(2):
        comes(raw, sender.after(minutes=1))
        failed_notices.record_failed(sender.now)
    assert story.case.events.filter(moment=Moment.NOTICE_FAILED).count() == 1
    assert AddressMark.objects.count() == 1


def test_a_report_that_it_arrived_is_written_on_it_and_nobody_is_told_again(told, sender):
    comes(bounced(told.address, told.message_id, action="delivered"), sender.after(minutes=1))
    told.refresh_from_db()
    assert (told.state, told.delivered_at) == ("accepted", sender.now)
    assert failed_notices.record_failed(sender.now) == 0
