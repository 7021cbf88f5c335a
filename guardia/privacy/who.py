"""Who a request is about: the rows that are this person's own, and every spelling by which others wrote of them.

A mailbox or number that somebody else bears too (a shared one) names nobody alone: it is not looked for, and that is
told.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from guardia.people.connections import setting
from guardia.privacy.marks import Marks, marks, short_names, short_pattern
from guardia.privacy.request import PrivacyRequest

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
    """Of everybody else, and the house's own mailboxes."""
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
