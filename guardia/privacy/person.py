"""Who a request is about: the rows that are this person's own, and every spelling by which others name this person."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from guardia.people.connections import setting
from guardia.privacy.marks import Marks, marks, short_names, short_pattern
from guardia.privacy.requests import PrivacyRequest

# Who a request is about: the rows that are this person's own, and every spelling by which others wrote of them.
#
# A mailbox or number that somebody else bears too (a shared one) names nobody alone: it is not looked for, and that is
# told.


HISTORY = """
    SELECT before::text, after::text FROM setting_change
    WHERE (noun = 'contact' AND key = ANY(%(contact_keys)s)) OR (noun = 'staff' AND key = %(staff_key)s)
"""
NAMES = """
    SELECT name FROM contact WHERE id = ANY(%(contacts)s)
    UNION SELECT name FROM staff WHERE id = %(staff)s
    UNION SELECT name FROM crew_member WHERE staff_id = %(staff)s
    UNION SELECT reporter_name FROM "case" WHERE reporter_id = ANY(%(contacts)s)
    UNION SELECT from_name FROM call WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT from_name FROM message WHERE contact_id = ANY(%(contacts)s)
"""
ADDRESSES = """
    SELECT email FROM contact WHERE id = ANY(%(contacts)s)
    UNION SELECT email FROM staff WHERE id = %(staff)s
    UNION SELECT address FROM contact_way WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT from_address FROM message WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT mailbox FROM company_session WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT d.address FROM delivery d JOIN delivered_notice l ON l.delivery_id = d.id
        JOIN notice n ON n.id = l.notice_id WHERE n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s
"""
NUMBERS = """
    SELECT jsonb_array_elements_text(phones) FROM contact WHERE id = ANY(%(contacts)s)
    UNION SELECT address FROM contact_way WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT mobile FROM staff WHERE id = %(staff)s
    UNION SELECT desk_phone FROM staff WHERE id = %(staff)s
    UNION SELECT phone FROM crew_member WHERE staff_id = %(staff)s
    UNION SELECT from_number FROM call WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT call_back_number FROM "case" WHERE reporter_id = ANY(%(contacts)s)
"""
OTHERS = {
    "name": """
        SELECT name FROM contact WHERE NOT id = ANY(%(contacts)s) UNION SELECT name FROM staff WHERE id <> %(staff)s
        UNION SELECT from_name FROM call WHERE NOT contact_id = ANY(%(contacts)s)
    """,
    "address": """
        SELECT email FROM contact WHERE NOT id = ANY(%(contacts)s) UNION SELECT email FROM staff WHERE id <> %(staff)s
        UNION SELECT address FROM contact_way WHERE NOT contact_id = ANY(%(contacts)s) UNION SELECT email FROM crew
    """,
    "number": """
        SELECT jsonb_array_elements_text(phones) FROM contact WHERE NOT id = ANY(%(contacts)s)
        UNION SELECT address FROM contact_way WHERE NOT contact_id = ANY(%(contacts)s)
        UNION SELECT mobile FROM staff WHERE id <> %(staff)s UNION SELECT desk_phone FROM staff WHERE id <> %(staff)s
        UNION SELECT phone FROM crew UNION SELECT phone FROM escalation_level
        UNION SELECT phone FROM crew_member WHERE staff_id IS DISTINCT FROM %(staff)s
        UNION SELECT from_number FROM call WHERE NOT contact_id = ANY(%(contacts)s)
        UNION SELECT call_back_number FROM "case" WHERE NOT reporter_id = ANY(%(contacts)s)
    """,
}


BESIDE = """
    SELECT name FROM contact WHERE NOT id = ANY(%(contacts)s) AND customer_id IN (
        SELECT customer_id FROM contact WHERE id = ANY(%(contacts)s))
"""
"""The other contacts of the person's company: in its cases a short name may be one of theirs."""
OWN_CASES = """
    SELECT id FROM "case" WHERE reporter_id = ANY(%(contacts)s) OR assigned_id = %(staff)s
    UNION SELECT case_id FROM case_follower WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT case_id FROM message WHERE contact_id = ANY(%(contacts)s) AND case_id IS NOT NULL
    UNION SELECT case_id FROM call WHERE contact_id = ANY(%(contacts)s) AND case_id IS NOT NULL
    UNION SELECT case_id FROM case_event WHERE actor_kind = 'contact' AND actor_id = ANY(%(contacts)s)
"""


@dataclass(frozen=True)
class Person:
    """``own``: parameters that name the person's rows; ``shared``: marks that others bear too.

    ``short``: names of one short word, looked for in the person's own ``cases`` (ids) alone.
    """

    contacts: tuple[int, ...]
    staff: int
    marks: Marks
    shared: tuple[str, ...] = ()
    language: str = "es"
    own: dict[str, Any] = field(default_factory=dict, compare=False)
    short: tuple[str, ...] = ()
    cases: frozenset[int] = frozenset()


def person_of(request: PrivacyRequest, using: str = "default", *, begun: bool = False) -> Person:
    """Everything by which this person is known, from what was typed and from the rows themselves.

    ``begun``: the rows are being emptied already; what was put down before is all there is.
    """
    typed = marks(*(request.subject.get(key, ()) for key in ("names", "addresses", "numbers")))
    contacts = (request.contact_id,) if request.contact_id else ()
    known: dict[str, Any] = {"contacts": list(contacts), "staff": request.staff_id or 0}
    found, short = typed, list(request.subject.get("short", ()))
    if not begun and (contacts or request.staff_id):
        names, addresses, numbers = (_column(sql, known, using) for sql in (NAMES, ADDRESSES, NUMBERS))
        old = _history(request, using)
        found = typed | marks([*names, *old[0]], [*addresses, *old[1]], [*numbers, *old[2]])
        short = short_names([*names, *old[0]])
    theirs = _others(known, using)
    shared = [one for one in found.borne_by(theirs) if one not in typed.all]
    clean = found.without(shared)
    own = {**known, "addresses": [*clean.addresses, *clean.numbers]}
    beside = _column(BESIDE, known, using) if short else []
    shared += [one for one in short if any(re.search(short_pattern([one]), name) for name in beside)]
    return Person(
        contacts,
        known["staff"],
        clean,
        tuple(shared),
        request.language,
        own,
        short=tuple(one for one in short if one not in shared),
        cases=frozenset(own_cases(own, using)) if short else frozenset(),
    )


def own_cases(own: dict[str, Any], using: str) -> set[int]:
    """Cases that the person reported, follows, wrote to or works on."""
    with connections[using].cursor() as cursor:
        cursor.execute(OWN_CASES, own)
        return {pk for (pk,) in cursor.fetchall()}


def _others(known: dict[str, Any], using: str) -> Marks:
    """Of everybody else, and the operator's own mailboxes."""
    names, addresses, numbers = (_column(OTHERS[kind], known, using) for kind in ("name", "address", "number"))
    return marks(names, [*addresses, setting("MAIL_FROM"), setting("IMAP_USER")], numbers)


def _history(request: PrivacyRequest, using: str) -> tuple[list[str], list[str], list[str]]:
    """What the person was called, and how reached, before somebody changed it."""
    asked: dict[str, Any] = {"contact_keys": [str(request.contact_id or "")], "staff_key": str(request.staff_id or "")}
    names: list[str] = []
    addresses: list[str] = []
    numbers: list[str] = []
    with connections[using].cursor() as cursor:
        cursor.execute(HISTORY, asked)
        written = [json.loads(one) for pair in cursor.fetchall() for one in pair if one]
    for record in (one for one in written if isinstance(one, dict)):
        names += _words(record, "name")
        addresses += _words(record, "email")
        numbers += _words(record, "phones", "mobile", "desk_phone")
    return names, addresses, numbers


def _words(record: dict[str, Any], *keys: str) -> Iterable[str]:
    for key in keys:
        value = record.get(key)
        several = value if isinstance(value, list) else [value]
        yield from (one for one in several if isinstance(one, str))


def _column(sql: str, known: dict[str, Any], using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, known)
        return [one for (one,) in cursor.fetchall() if one]


# The rows that are a person's own, by who they are and not by what they say; and what stands there afterwards.
#
# Each line: the table, which rows, and how they are emptied. The statements share the parameters of ``Person.own``,
# with ``token`` (what stands for a name), ``tomb`` (the erasure) and ``called`` (how a person of the operator is called
# now).


OF_CONTACT = "contact_id = ANY(%(contacts)s)"
OF_SENDER = f"({OF_CONTACT} OR lower(from_address) = ANY(%(addresses)s))"
MAILS = f"(SELECT id FROM message WHERE {OF_SENDER})"
REQUESTS = f"(SELECT id FROM written_request WHERE {OF_CONTACT})"
DELIVERIES = """(id IN (
    SELECT l.delivery_id FROM delivered_notice l JOIN notice n ON n.id = l.notice_id
    WHERE n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s) OR lower(address) = ANY(%(addresses)s))"""
CODES = "(SELECT id FROM sign_in_code WHERE lower(mailbox) = ANY(%(addresses)s))"
CONFIRMATIONS = f"(SELECT id FROM address_confirmation WHERE {OF_CONTACT} OR lower(address) = ANY(%(addresses)s))"
SESSIONS = "(SELECT session_key FROM usersessions_usersession WHERE user_id = %(staff)s)"


@dataclass(frozen=True)
class Own:
    """``empty``: what is written over the rows; None: they are deleted; "": they stay as they are (ids and hours)."""

    table: str
    where: str
    empty: str | None = ""


OWN = (
    Own("delivery", f"code_id IN {CODES}", "code_id = NULL, body = NULL, address = ''"),
    Own("sign_in_code", f"id IN {CODES}", None),
    Own("delivery", f"confirmation_id IN {CONFIRMATIONS}", "confirmation_id = NULL, body = NULL, address = ''"),
    Own("address_confirmation", f"id IN {CONFIRMATIONS}", None),
    Own("company_session", f"({OF_CONTACT} OR lower(mailbox) = ANY(%(addresses)s))", None),
    Own("sealed_row", f"source = 'delivery' AND row_id IN (SELECT id FROM delivery WHERE {DELIVERIES})", "salt = NULL"),
    Own("delivery", DELIVERIES, "address = '', domain = '', body = NULL, answer = ''"),
    Own("notice", f"({OF_CONTACT} OR staff_id = %(staff)s)"),
    Own("address_mark", "lower(address) = ANY(%(addresses)s)", None),
    Own("automatic_answer", "lower(address) = ANY(%(addresses)s)", None),
    Own("message_original", f"message_id IN {MAILS}", "content = ''"),
    Own("message_attachment", f"message_id IN {MAILS}", "name = %(token)s, sha256 = ''"),
    Own(
        "message",
        OF_SENDER,
        "from_name = %(token)s, subject = %(token)s, text = '', quoted = '', message_id = '', from_address = ''",
    ),
    Own(
        "written_request_scan",
        f"request_id IN {REQUESTS}",
        "content = '', name = %(token)s, sha256 = ''",
    ),
    Own("buyer_ticket", f"request_id IN {REQUESTS}", "sent = '{}'"),
    Own("written_request", OF_CONTACT, "subject = %(token)s, text = ''"),
    Own("call", OF_CONTACT, "from_number = '', from_name = ''"),
    Own("call_task", OF_CONTACT, "number = '', number_name = '', answered_by = ''"),
    Own("case", "reporter_id = ANY(%(contacts)s)", "reporter_name = %(token)s, call_back_number = ''"),
    Own(
        "event_text",
        "event_id IN (SELECT id FROM case_event WHERE actor_kind = 'contact' AND actor_id = ANY(%(contacts)s))",
        "text = NULL, salt = NULL, erasure_id = %(tomb)s",
    ),
    Own("customer_act", OF_CONTACT),
    Own("case_follower", OF_CONTACT, None),
    Own("contact_change", "(about_id = ANY(%(contacts)s) OR by_id = ANY(%(contacts)s))", "fields = '{}'"),
    Own("contact_way", OF_CONTACT, None),
    Own(
        "contact",
        "id = ANY(%(contacts)s)",
        "title = '', name = %(token)s, position = '', email = '', phones = '[]', external_id = NULL,"
        " told = '[]', kinds = '[]', administers = false, active = false",
    ),
    Own("default_view", "staff_id = %(staff)s", None),
    Own(
        "default_view",
        "view_id IN (SELECT id FROM saved_view WHERE owner_id = %(staff)s AND NOT shared)",
        None,
    ),
    Own("saved_view", "owner_id = %(staff)s AND NOT shared", None),
    Own("draft", "staff_id = %(staff)s", None),
    Own("presence", "staff_id = %(staff)s", None),
    Own("django_session", f"session_key IN {SESSIONS}", None),
    Own("usersessions_usersession", "user_id = %(staff)s", None),
    Own("staff_password", "staff_id = %(staff)s", None),
    Own("mfa_authenticator", "user_id = %(staff)s", None),
    Own(
        "account_emailconfirmation",
        "email_address_id IN (SELECT id FROM account_emailaddress WHERE user_id = %(staff)s)",
        None,
    ),
    Own("account_emailaddress", "user_id = %(staff)s", None),
    Own(
        "socialaccount_socialtoken",
        "account_id IN (SELECT id FROM socialaccount_socialaccount WHERE user_id = %(staff)s)",
        None,
    ),
    Own("socialaccount_socialaccount", "user_id = %(staff)s", None),
    Own("crew_member", "staff_id = %(staff)s", "name = %(called)s, document = '', phone = ''"),
    Own("field_act", "staff_id = %(staff)s", "by_name = %(called)s"),
    Own("case_file", "added_by_id = %(staff)s", "added_by_name = %(called)s"),
    Own("audit_entry", "staff_id = %(staff)s"),
    Own("shift", "staff_id = %(staff)s"),
    Own(
        "staff",
        "id = %(staff)s",
        "name = %(called)s, username = %(username)s, email = '', position = '', mobile = '', desk_phone = '',"
        " extension = '', channels = '[]', password_mark = '', is_active = false",
    ),
)
