"""Notices as the mails that carry them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from guardia.notices.envelope import Mail
from guardia.notices.mail import render
from guardia.notices.notice import Delivery, Notice
from tests.notices import journeys
from tests.procedure.story import Story


def mail_of(*notices: Notice, now=None) -> EmailMessage:
    """The mail as the reader's program takes it apart."""
    return taken_apart(written(*notices, now=now))


def written(*notices: Notice, now=None) -> Mail:
    delivery = Delivery(address=notices[0].contact.email, message_id="<abc@example.com>")
    return render(delivery, notices, now or notices[-1].owed_at)


def taken_apart(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.as_bytes(), policy=default)


def text_of(*notices: Notice, now=None) -> str:
    return " ".join(mail_of(*notices, now=now).get_body(("plain",)).get_content().split())


def html_of(*notices: Notice, now=None) -> str:
    return mail_of(*notices, now=now).get_body(("html",)).get_content()


def owed(story: Story, moment: str, contact=None) -> Notice:
    notices = [n for n in journeys.notices_to(contact or story.desk) if n.moment == moment]
    assert notices, f"nobody is owed {moment}"
    return notices[-1]
