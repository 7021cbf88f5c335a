"""A delivery as one mail: rendered once from its notices, addressed, threaded, as the bytes that go over the wire."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from guardia.customers.contact import Contact
from guardia.notices.notice import Delivery, Notice
from guardia.notices.wire import WIRE, one_line, wire_address
from guardia.notices.wording.items import missing_items
from guardia.notices.wording.letter import Letter, letter
from guardia.notices.wording.told import Told
from guardia.procedure import version
from guardia.procedure.contents import NoticeItem

NAME_LENGTH = 100
STYLES = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


def render(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> EmailMessage:
    """The mail of this delivery: ``notices`` of one case to one person, in order, ``case`` and ``contact`` loaded.

    Reads no other row. ``now`` (UTC) is its Date, and decides which hours may still be promised. Raises BadAddress.
    """
    with in_the_language_of(notices) as language:
        letter_ = letter(told_by(notices, now), notices[0].contact)
        message = EmailMessage(policy=WIRE)
        address(message, letter_, notices[0].contact, delivery.address)
        thread(message, letter_, notices[0], delivery.message_id)
        message["Date"] = format_datetime(now)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message["X-Guardia-Moment"] = " ".join(notice.moment for notice in notices)
        message.set_content(text_of(letter_), cte="quoted-printable")
        message.add_alternative(html_of(letter_, language), subtype="html", cte="quoted-printable")
        message["Content-Language"] = language  # after the parts, which would take it along
    return message


def what_is_missing(notices: Sequence[Notice], now: datetime) -> list[NoticeItem]:
    """The items that the procedure says this mail must tell and that its text does not."""
    with in_the_language_of(notices):
        told = told_by(notices, now)
        text = text_of(letter(told, notices[0].contact))
        rules = (each.procedure.notice_for(each.moment, each.variant or None) for each in told)
        return [item for rule in rules if rule for item in missing_items(rule, told, text)]


def told_by(notices: Sequence[Notice], now: datetime) -> list[Told]:
    return [Told.of(notice, version.of(notice.case.procedure_version_id), now) for notice in notices]


def text_of(letter_: Letter) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter_})


def html_of(letter_: Letter, language: str) -> str:
    """With its styles inline, as mail programs want them; the rules for dark and narrow screens stay in the head."""
    return STYLES.inline(render_to_string("mail/letter.html", {"letter": letter_, "language": language}))


def address(message: EmailMessage, letter_: Letter, contact: Contact, to: str) -> None:
    """Subject, From and To. No line break of a name or subject gets into a header."""
    message["Subject"] = one_line(letter_.subject)
    message["From"] = Address(one_line(f"{letter_.desk}, {letter_.provider}"), addr_spec=settings.MAIL_FROM)
    message["To"] = Address(one_line(contact.name)[:NAME_LENGTH], addr_spec=wire_address(to))


def thread(message: EmailMessage, letter_: Letter, notice: Notice, message_id: str) -> None:
    """All mails of a case to one person answer the same root, which is never sent itself: no order can break it.

    Outlook groups by Thread-Index; Gmail also wants equal subjects, and ours end with the news.
    """
    root = f"<case-{notice.case.number}.contact-{notice.contact_id}@{domain()}>"
    message["Message-ID"] = message_id
    message["In-Reply-To"] = root
    message["References"] = root
    message["Thread-Topic"] = one_line(letter_.subject).partition(":")[0]
    message["Thread-Index"] = thread_index(root)


def thread_index(root: str) -> str:
    """The 22 octets by which Outlook knows a conversation: a fixed hour and an identifier made from the root."""
    return base64.b64encode(b"\x01" + bytes(5) + hashlib.sha256(root.encode()).digest()[:16]).decode()


def domain() -> str:
    return settings.MAIL_FROM.rpartition("@")[2]


@contextmanager
def in_the_language_of(notices: Sequence[Notice]) -> Iterator[str]:
    """The language the notices were owed in, or the house's where it is not one of ours."""
    try:
        language = translation.get_supported_language_variant(notices[0].language)
    except LookupError:
        language = settings.LANGUAGE_CODE
    with translation.override(language):
        yield language
