"""Mails as people and machines write them, as raw bytes."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count

OURS = "casos@example.com"
RECEIVER = "mx.example.com"
"""The operator's receiving server, as MAIL_AUTHSERV_ID names it in these tests."""
NUMBERS = count(1)


def letter(
    sender: str,
    text: str = "No tenemos servicio en la agencia.",
    subject: str = "Sin servicio",
    *,
    to: str = OURS,
    message_id: str = "",
    answers: str = "",
    references: str = "",
    at: datetime | None = None,
    proof: str = "dmarc=pass",
    **headers: str,
) -> bytes:
    """``answers`` is the Message-ID of the mail that it replies to. A header's name is written with underscores.

    ``proof`` is what our receiving server found out about the sender; "" where it wrote nothing.
    """
    mail = EmailMessage(policy=SMTP)
    if proof:
        mail["Authentication-Results"] = f"{RECEIVER}; {proof}"
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = message_id or f"<{next(NUMBERS)}.letter@mail.example.com>"
    if answers:
        mail["In-Reply-To"] = answers
        mail["References"] = f"{references} {answers}".strip()
    if at:
        mail["Date"] = format_datetime(at)
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def bounced(recipient: str, original_message_id: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report by the book (RFC 3464) about one recipient."""
    words = "smtp; 550 5.1.1 no such user" if action == "failed" else "smtp; 250 2.0.0 kept"
    return f"""From: MAILER-DAEMON@mail.example.com
To: {OURS}
Subject: Delivery report
Message-ID: <{next(NUMBERS)}.report@mail.example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is a report.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status if action == "failed" else "2.0.0"}
Diagnostic-Code: {words}

--b
Content-Type: text/rfc822-headers

From: {OURS}
To: {recipient}
Message-ID: {original_message_id}
Subject: a mail of ours

--b--
""".replace("\n", "\r\n").encode()
