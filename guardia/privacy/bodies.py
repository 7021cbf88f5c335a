"""Mails as they were sent and as they came: bytes that no pattern reads until they are decoded."""

from collections.abc import Iterable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from guardia.privacy.marks import Marks
from guardia.privacy.redacting import Redactor

AT_ONCE = 200
DELIVERIES = """
    SELECT DISTINCT d.id FROM delivery d
    JOIN delivered_notice l ON l.delivery_id = d.id JOIN notice n ON n.id = l.notice_id
    WHERE d.body IS NOT NULL AND (n.case_id = ANY(%(cases)s) OR n.case_id IS NULL AND n.customer_id IN (
        SELECT customer_id FROM "case" WHERE id = ANY(%(cases)s)))
"""
# A mail that names the person in its text was redacted a step before: its token says which ones.
ORIGINALS = """
    SELECT o.message_id FROM message_original o JOIN message m ON m.id = o.message_id
    WHERE octet_length(o.content) > 0 AND (
        strpos(concat(m.subject, m.text, m.quoted, m.from_name), %(token)s) > 0
        OR %(pattern)s <> '' AND encode(o.content, 'escape') ~* %(pattern)s)
"""
UNREAD = "application/"
"""What a mail carries that cannot be searched here, such as a closing report: it goes with the mail."""


def empty_deliveries(cursor: Any, cases: Iterable[int], redactor: Redactor) -> int:
    """The kept bodies of mails about these cases that name the person; returns how many."""
    cursor.execute(DELIVERIES, {"cases": list(cases)})
    keys, gone = [key for (key,) in cursor.fetchall()], []
    for start in range(0, len(keys), AT_ONCE):
        cursor.execute("SELECT id, body FROM delivery WHERE id = ANY(%s)", [keys[start : start + AT_ONCE]])
        gone += [key for key, body in cursor.fetchall() if names(bytes(body), redactor)]
    cursor.execute("UPDATE delivery SET body = NULL WHERE id = ANY(%s) AND state NOT IN ('waiting', 'sending')", [gone])
    return cursor.rowcount


def empty_originals(cursor: Any, token: str, marks: Marks, redactor: Redactor) -> int:
    """The bytes of mails that name the person; what could be read of them is kept without the name."""
    cursor.execute(ORIGINALS, {"token": token, "pattern": marks.pattern})
    keys = [key for (key,) in cursor.fetchall()]
    cursor.execute("UPDATE message_original SET content = '' WHERE message_id = ANY(%s)", [keys])
    cursor.execute("UPDATE message_attachment SET sha256 = '' WHERE message_id = ANY(%s)", [keys])
    return len(keys)


def names(body: bytes, redactor: Redactor) -> bool:
    """Whether these bytes name the person, or hold something in which nobody can look."""
    message = message_from_bytes(body, policy=default)
    assert isinstance(message, EmailMessage)
    heads = " ".join(str(value) for value in message.values())
    return redactor.found_in(heads) or any(_names(part, redactor) for part in message.walk())


def _names(part: EmailMessage, redactor: Redactor) -> bool:
    if part.is_multipart():
        return False
    if part.get_content_type().startswith(UNREAD):
        return True
    if part.get_content_maintype() != "text":
        return False
    content = part.get_payload(decode=True)
    return redactor.found_in((content if isinstance(content, bytes) else b"").decode(errors="replace"))
