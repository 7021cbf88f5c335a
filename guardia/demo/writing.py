"""What a customer's mail program sends, for whoever tries the product: an answer to a mail of ours, or a new report."""

import re
import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from guardia.customers.contact import Contact
from guardia.demo.staffing import ZONE
from guardia.people.connections import setting

ANSWERED = re.compile(r"(re|res|rv)\s*:", re.IGNORECASE)
NOBODY = Address("Vecina del local 4", addr_spec="local4@vecinos.example.com")
"""Somebody whom no company knows."""


def answer(ours: EmailMessage, text: str, at: datetime) -> bytes:
    """The raw answer of whom this mail of ours is to, written at ``at``, with what it answers quoted below."""
    sender, subject = ours["To"].addresses[0], str(ours["Subject"])
    plain = ours.get_body(("plain",))
    quoted = plain.get_content() if plain else ""
    mail = written(sender, subject if ANSWERED.match(subject) else f"RE: {subject}", at)
    mail["To"] = str(ours["Reply-To"] or ours["From"])
    mail["In-Reply-To"] = str(ours["Message-ID"])
    mail["References"] = f"{ours['References'] or ''} {ours['Message-ID']}".strip()
    mail["Thread-Topic"] = subject
    history = "".join(f"> {line}\n" for line in quoted.splitlines())
    mail.set_content(
        f"{text}\n\nEl {at.astimezone(ZONE):%d/%m/%Y a las %H:%M}, {setting('MAIL_FROM')} escribió:\n{history}"
    )
    return mail.as_bytes()


def report(contact: Contact | None, subject: str, text: str, at: datetime) -> bytes:
    """A new mail of this contact, who has a mailbox, at ``at``; of somebody whom nobody knows where it is None."""
    sender = Address(one_line(contact.name), addr_spec=contact.email) if contact else NOBODY
    mail = written(sender, subject, at)
    mail["To"] = setting("MAIL_FROM")
    mail.set_content(f"{text}\n")
    return mail.as_bytes()


def written(sender: Address, subject: str, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.display_name, addr_spec=sender.addr_spec)
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@{sender.domain}>"
    return mail


def one_line(words: str) -> str:
    return " ".join(words.split())
