"""A delivery as one mail: rendered once from its notices, addressed, threaded, as the bytes that go over the wire."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from guardia.customers.contact import Contact
from guardia.notices.notice import Notice
from guardia.notices.wording.items import missing_items
from guardia.notices.wording.letter import Letter, letter
from guardia.notices.wording.told import Told
from guardia.procedure import version
from guardia.procedure.contents import NoticeItem
from guardia.procedure.schema import Procedure

NAME_LENGTH = 100
STYLES = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
WIRE = policy.SMTP.clone(cte_type="7bit")


class BadAddress(Exception):
    """The address cannot be written into a mail; its words are for the proof."""


def render(notices: Sequence[Notice], contact: Contact, message_id: str, now: datetime) -> EmailMessage:
    """The mail that tells ``notices`` (one case, in order, ``case`` loaded) to ``contact``. Reads no other row.

    ``now`` (UTC) is its Date, and decides which hours may still be promised. Raises BadAddress.
    """
    procedure = version.of(notices[0].case.procedure_version_id)
    with translation.override(language_of(notices[0])):
        letter_ = written(notices, contact, procedure, now)
        message = EmailMessage(policy=WIRE)
        address(message, letter_, contact)
        thread(message, notices[0], letter_, message_id)
        message["Date"] = format_datetime(now)
        message["Content-Language"] = language_of(notices[0])
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message.set_content(text_of(letter_), cte="quoted-printable")
        message.add_alternative(html_of(letter_), subtype="html", cte="quoted-printable")
    return message


def what_is_missing(notices: Sequence[Notice], contact: Contact, now: datetime) -> list[NoticeItem]:
    """The items that the procedure says this mail must tell and that its text does not."""
    procedure = version.of(notices[0].case.procedure_version_id)
    with translation.override(language_of(notices[0])):
        told = [Told.of(notice, procedure, now) for notice in notices]
        text = text_of(letter(told, contact))
        rules = (procedure.notice_for(notice.moment, notice.variant or None) for notice in notices)
        return [item for rule in rules if rule for item in missing_items(rule, told, text)]


def written(notices: Sequence[Notice], contact: Contact, procedure: Procedure, now: datetime) -> Letter:
    return letter([Told.of(notice, procedure, now) for notice in notices], contact)


def text_of(letter_: Letter) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter_})


def html_of(letter_: Letter) -> str:
    """With its styles inline, as mail programs want them; the rules for dark and narrow screens stay in the head."""
    return STYLES.inline(
        render_to_string("mail/letter.html", {"letter": letter_, "language": translation.get_language()})
    )


def address(message: EmailMessage, letter_: Letter, contact: Contact) -> None:
    """Subject, From and To. No line break of a name or subject gets into a header."""
    message["Subject"] = one_line(letter_.subject)
    message["From"] = Address(one_line(f"{letter_.desk}, {letter_.provider}"), addr_spec=settings.MAIL_FROM)
    message["To"] = Address(one_line(contact.name)[:NAME_LENGTH], addr_spec=wire_address(contact.email))


def thread(message: EmailMessage, notice: Notice, letter_: Letter, message_id: str) -> None:
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


def wire_address(written_address: str) -> str:
    """The address in ASCII, its domain in punycode. Raises BadAddress where it is none."""
    local, at, host = written_address.strip().rpartition("@")
    try:
        found = Address(addr_spec=f"{local}@{host.encode('idna').decode()}").addr_spec
        found.encode("ascii")
    except (ValueError, IndexError, UnicodeError) as wrong:
        raise BadAddress(f"{written_address!r}: {wrong}") from wrong
    if not (at and local and host) or any(sign.isspace() or ord(sign) < 32 for sign in found):
        raise BadAddress(repr(written_address))
    return found


def one_line(text: str) -> str:
    """Without line breaks and other control characters, so that nothing can begin a header of its own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def domain() -> str:
    return settings.MAIL_FROM.rpartition("@")[2]


def language_of(notice: Notice) -> str:
    """The language of the notice, or the house's where it is not one of ours."""
    try:
        return translation.get_supported_language_variant(notice.language)
    except LookupError:
        return settings.LANGUAGE_CODE
