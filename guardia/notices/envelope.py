"""The headers of a mail of ours: from whom, to whom, in which conversation. No line break of a name gets into one."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

import css_inline

from guardia.notices.wire import (
    LINE,
    WIRE,
    address_lines,
    folded_at_blanks,
    header_lines,
    one_line,
    quoted_printable,
    wire_address,
)
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


class Mail:
    """A mail that is written: its headers, each folded, then its body with all its parts. It has the bytes of Python's
    own ``EmailMessage``, which took more than half of a letter's time for reading again what it had just written.
    """

    def __init__(self, subject: str, text: str, html: str) -> None:
        self.subject, self.text, self.html = subject, text, html
        self.headers: list[str] = []
        self.body = ""

    def add_header(self, name: str, value: str) -> None:
        """Raises ValueError for a line break."""
        self.headers.append(header_lines(name, value))

    def as_bytes(self) -> bytes:
        return f"{''.join(self.headers)}{LINE}{self.body}".encode("ascii")


def sealed(
    envelope: Envelope,
    text: str,
    html: str,
    language: str,
    images: Sequence[Image] = (),
    attachments: Sequence[Attachment] = (),
) -> Mail:
    """The mail: its headers, then the same words as text and as HTML with its ``images``, then its attachments.

    Raises BadAddress.
    """
    mail = Mail(one_line(envelope.subject), text, STYLES.inline(html))
    address(mail, envelope)
    thread(mail, envelope)
    mail.add_header("Date", format_datetime(envelope.now))
    mail.add_header("Auto-Submitted", "auto-generated")
    mail.add_header("X-Auto-Response-Suppress", "OOF, AutoReply")
    mail.add_header("X-Guardia-Moment", " ".join(envelope.moments))
    for name, value in envelope.proof:
        mail.add_header(name, value)
    kind, mail.body = body_of(mail, images, attachments, envelope.message_id)
    mail.headers += [VERSION, kind]
    mail.add_header("Content-Language", language)
    return mail


def address(mail: Mail, envelope: Envelope) -> None:
    mail.headers += [
        header_lines("Subject", mail.subject),
        address_lines("From", one_line(envelope.sender), setting("MAIL_FROM")),
        address_lines("To", one_line(envelope.name)[:NAME_LENGTH], wire_address(envelope.address)),
    ]


def thread(mail: Mail, envelope: Envelope) -> None:
    """All mails of a case to one person answer the same root, which is never sent itself: no order can break it.

    Outlook groups by Thread-Index; Gmail also wants equal subjects, which a case has.
    """
    mail.add_header("Message-ID", envelope.message_id)
    mail.add_header("In-Reply-To", envelope.roots[0])
    mail.add_header("References", " ".join(envelope.roots))
    mail.add_header("Thread-Topic", mail.subject)
    mail.add_header("Thread-Index", thread_index(envelope.roots[0]))


def thread_index(root: str) -> str:
    """The 22 octets by which Outlook knows a conversation: a fixed hour and an identifier made from the root."""
    return base64.b64encode(b"\x01" + bytes(5) + hashlib.sha256(root.encode()).digest()[:16]).decode()


def domain() -> str:
    return setting("MAIL_FROM").rpartition("@")[2]


# --- the parts of a mail (RFC 2046): of each its ``Content-Type``, and what follows the blank line --------------------

VERSION = f"MIME-Version: 1.0{LINE}"


def body_of(mail: Mail, images: Sequence[Image], attachments: Sequence[Attachment], message_id: str) -> tuple[str, str]:
    """The text, and the HTML with its pictures, as two ways to read the same; with attachments, these below."""
    if images:
        shown = multipart("related", [part_of("html", mail.html), *map(image_part, images)], message_id)
        html = VERSION + LINE.join(shown)
    else:
        html = part_of("html", mail.html, VERSION)
    found = multipart("alternative", [part_of("plain", mail.text), html], message_id)
    if not attachments:
        return found
    return multipart("mixed", [LINE.join(found), *map(attached_part, attachments)], message_id)


def part_of(kind: str, words: str, more: str = "") -> str:
    heads = f'Content-Type: text/{kind}; charset="utf-8"{LINE}Content-Transfer-Encoding: quoted-printable{LINE}'
    return f"{heads}{more}{LINE}{quoted_printable(words)}"


def multipart(kind: str, parts: Sequence[str], message_id: str) -> tuple[str, str]:
    """The parts between lines that stand in none of them: they begin with signs that no encoding of a part leaves."""
    number = int.from_bytes(hashlib.sha256(f"{kind} {message_id}".encode()).digest()[:7])
    boundary = f"{'=' * 15}{number:019}=="
    between = f"{LINE}--{boundary}"
    content_type = folded_at_blanks("Content-Type", f'multipart/{kind}; boundary="{boundary}"')
    return content_type, f"--{boundary}{LINE}{f'{between}{LINE}'.join(parts)}{between}--{LINE}"


@lru_cache(maxsize=8)
def image_part(image: Image) -> str:
    cid, name = f"<{image.cid}>", f"{image.name}.{image.type.partition('/')[2]}"
    return file_part(image.type, image.content, filename=name, disposition="inline", cid=cid)


def attached_part(attached: Attachment) -> str:
    return file_part(attached.type, attached.content, filename=attached.name)


def file_part(kind: str, content: bytes, **more: Any) -> str:
    """A file as Python writes it; ``more`` as ``EmailMessage.set_content`` takes it."""
    main, _slash, sub = kind.partition("/")
    part = EmailMessage(policy=WIRE)
    part.set_content(content, main, sub, **more)
    return part.as_bytes().decode("ascii")
