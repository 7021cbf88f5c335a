"""The mails of the sample: of the past, of tonight, and what a customer's mail program sends on demand."""

import re
import uuid
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.db import connection

from guardia.customers.contact import Contact
from guardia.demo.companies import Circuit
from guardia.demo.staffing import ZONE
from guardia.intake import mail_in
from guardia.mail.taking import FOLDER, take
from guardia.people.connections import setting

# --- mails of the past ------------------------------------------------------------------------------------------------
# The mails of the sample's past, set down as delivered at their hour.
# A worker that starts would otherwise mail ninety days of notices at once, each late and marked so. Their deliveries
# are written as accepted, in one statement, without a body: nothing was rendered, and none is claimed. Notices of the
# last minutes stay owed, so that the demo's mailbox fills while one looks at it.
STILL_OWED = timedelta(minutes=10)

# A few seconds from owed to accepted, another number for each notice.
SET_DOWN = """
WITH past AS (
    UPDATE notice SET state = 'sent' WHERE state = 'owed' AND owed_at < %(until)s
    RETURNING id, customer_id, contact_id, staff_id, owed_at,
              owed_at + make_interval(secs => 1 + id %% 9) AS accepted_at
), sent AS (
    INSERT INTO delivery (customer_id, channel, address, urgent, message_id, state, attempts, available_at, created_at,
                          settled_at, answer)
    SELECT past.customer_id, 'mail', coalesce(contact.email, staff.email), past.staff_id IS NOT NULL,
           '<notice-' || past.id || '@demo.example.com>', 'accepted', 1,
           past.owed_at, past.owed_at, past.accepted_at, '250 2.0.0 Ok: queued'
    FROM past LEFT JOIN contact ON contact.id = past.contact_id LEFT JOIN staff ON staff.id = past.staff_id
    RETURNING id, customer_id, message_id
)
INSERT INTO delivered_notice (customer_id, delivery_id, notice_id)
SELECT sent.customer_id, sent.id, past.id
FROM sent JOIN past ON sent.message_id = '<notice-' || past.id || '@demo.example.com>'
"""


def set_down_as_delivered(now: datetime) -> int:
    """Every notice owed before the last ten minutes is sent and has its accepted delivery. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(SET_DOWN, {"until": now - STILL_OWED})
        return cursor.rowcount


# --- mails on demand --------------------------------------------------------------------------------------------------
# What a customer's mail program sends, for whoever tries the product: an answer to a mail of ours, or a new report.
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


# --- mails of tonight -------------------------------------------------------------------------------------------------
# Mail that waits for the desk when the demo opens: a report whose number is due soon (P2), a stranger's question.
REPORTED = "Internet intermitente desde hace 20 minutos.\nReiniciamos el equipo y sigue igual."
ASKED = "Buenas noches. Desde hace una hora no tengo internet en mi local. ¿A quién debo llamar?"


def mail_of_tonight(circuit: Circuit, now: datetime) -> None:
    """Taken and ruled on as the worker does; ``now`` is UTC. The receipts that follow are still to be sent."""
    contact = next(one for one in circuit.contacts if one.email)
    for mail, minutes in (
        (report(None, "No tengo internet", ASKED, now - timedelta(minutes=7)), 7),
        (report(contact, f"Cortes en {circuit.service.circuit}", REPORTED, now - timedelta(seconds=80)), 80 / 60),
    ):
        at = now - timedelta(minutes=minutes)
        take(mail, FOLDER, at)
        mail_in.route_next(at)
