"""A delivery to a customer as one mail: rendered once from its notices, as the bytes that go over the wire."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from django.template.loader import render_to_string

from guardia.customers.contact import Contact
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wording.items import missing_items
from guardia.notices.wording.language import in_the_language_of
from guardia.notices.wording.letter import Letter, letter
from guardia.notices.wording.told import Told
from guardia.procedure import version
from guardia.procedure.contents import NoticeItem


def render(delivery: Delivery, notices: Sequence[Notice], now: datetime, who_answers: str = "") -> EmailMessage:
    """The mail of this delivery: ``notices`` of one case to one person, in order, ``case`` and ``contact`` loaded.

    Reads no other row. ``now`` (UTC) is its Date, and decides which hours may still be promised. ``who_answers`` is
    where the company sees who answers now (E1). Raises BadAddress.
    """
    with in_the_language_of(notices) as language:
        contact = contact_of(notices)
        letter_ = letter(told_by(notices, now), contact, who_answers)
        envelope = Envelope(
            subject=letter_.subject,
            sender=f"{letter_.desk}, {letter_.provider}",
            name=contact.name,
            address=delivery.address,
            message_id=delivery.message_id,
            roots=[root_of(notices[0])],
            moments=[notice.moment for notice in notices],
            now=now,
        )
        return sealed(envelope, text_of(letter_), html_of(letter_, language), language)


def what_is_missing(notices: Sequence[Notice], now: datetime) -> list[NoticeItem]:
    """The items that the procedure says this mail must tell and that its text does not."""
    with in_the_language_of(notices):
        told = told_by(notices, now)
        text = text_of(letter(told, contact_of(notices)))
        rules = (each.procedure.notice_for(each.moment, each.variant or None) for each in told)
        return [item for rule in rules if rule for item in missing_items(rule, told, text)]


def told_by(notices: Sequence[Notice], now: datetime) -> list[Told]:
    return [Told.of(notice, version.of(notice.case.procedure_version_id), now) for notice in notices if notice.case]


def contact_of(notices: Sequence[Notice]) -> Contact:
    contact = notices[0].contact
    assert contact is not None, "a letter is to a contact"
    return contact


def text_of(letter_: Letter) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter_})


def html_of(letter_: Letter, language: str) -> str:
    return render_to_string("mail/letter.html", {"letter": letter_, "language": language})


def root_of(notice: Notice) -> str:
    number = notice.case.number if notice.case else 0
    return f"<case-{number}.contact-{notice.contact_id}@{domain()}>"
