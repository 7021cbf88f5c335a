"""The headers of a mail of ours: from whom, to whom, in which conversation. No line break of a name gets into one."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline

from guardia.notices.wire import WIRE, one_line, wire_address
from guardia.people.connections import setting

NAME_LENGTH = 100
STYLES = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Image:
    """A picture that the HTML shows by its ``cid``, with no address of ours to be fetched from."""

    cid: str
    type: str
    content: bytes
    name: str = "logo"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail, as whoever reads it saves it."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """``roots`` are the conversations the mail belongs to, its own first; ``now`` (UTC) is its Date; ``proof`` is what
    its events and the signed log are known by again, as headers.
    """

    subject: str
    sender: str
    name: str
    address: str
    message_id: str
    roots: Sequence[str]
    moments: Sequence[str]
    now: datetime
    proof: Sequence[tuple[str, str]] = ()


def sealed(
    envelope: Envelope,
    text: str,
    html: str,
    language: str,
    images: Sequence[Image] = (),
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """The mail: its headers, then the same words as text and as HTML with its ``images``, then its attachments.

    Raises BadAddress.
    """
    message = EmailMessage(policy=WIRE)
    address(message, envelope)
    thread(message, envelope)
    message["Date"] = format_datetime(envelope.now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message["X-Guardia-Moment"] = " ".join(envelope.moments)
    for name, value in envelope.proof:
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(STYLES.inline(html), subtype="html", cte="quoted-printable")
    for image in images:
        main, _slash, kind = image.type.partition("/")
        shown = list(message.iter_parts())[-1]
        shown.add_related(
            image.content, main, kind, cid=f"<{image.cid}>", filename=f"{image.name}.{kind}", disposition="inline"
        )
    for attached in attachments:
        main, _slash, kind = attached.type.partition("/")
        message.add_attachment(attached.content, main, kind, filename=attached.name)
    message["Content-Language"] = language  # after the parts, which would take it along
    return message


def address(message: EmailMessage, envelope: Envelope) -> None:
    message["Subject"] = one_line(envelope.subject)
    message["From"] = Address(one_line(envelope.sender), addr_spec=setting("MAIL_FROM"))
    message["To"] = Address(one_line(envelope.name)[:NAME_LENGTH], addr_spec=wire_address(envelope.address))


def thread(message: EmailMessage, envelope: Envelope) -> None:
    """All mails of a case to one person answer the same root, which is never sent itself: no order can break it.

    Outlook groups by Thread-Index; Gmail also wants equal subjects, which a case has.
    """
    message["Message-ID"] = envelope.message_id
    message["In-Reply-To"] = envelope.roots[0]
    message["References"] = " ".join(envelope.roots)
    message["Thread-Topic"] = one_line(envelope.subject)
    message["Thread-Index"] = thread_index(envelope.roots[0])


def thread_index(root: str) -> str:
    """The 22 octets by which Outlook knows a conversation: a fixed hour and an identifier made from the root."""
    return base64.b64encode(b"\x01" + bytes(5) + hashlib.sha256(root.encode()).digest()[:16]).decode()


def domain() -> str:
    return setting("MAIL_FROM").rpartition("@")[2]
