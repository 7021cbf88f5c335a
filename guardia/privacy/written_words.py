"""Where words can stand: every column of every table, the bodies of mails, and what is sealed."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import unquote

from django.db import connections
from django.utils.translation import gettext_lazy as _

from guardia.people import sealing
from guardia.people.connections import WHAT_FOR as OF_CONNECTIONS
from guardia.people.sealing import SealedList
from guardia.people.staff import Staff
from guardia.privacy.marks import Marks, Redactor

# Where words can stand: every column of every table, asked of the database, so that a new one is looked at too.


KEPT = {
    "case_event": _("events hold codes and hashes, no names"),
    "procedure_version": _("the published procedure is never rewritten: publish a version without the name"),
    "own_wording": _("the texts of the notices are append-only: save a new text without the name"),
    "quick_answer_edition": _("quick answers are append-only: save a new edition without the name"),
    "letterhead": _("letterheads are append-only: save a new one without the name"),
    "calendar_change": _("the calendar is append-only: withdraw the day and announce it again"),
    "rehearsal": _("it is on the list of the rehearsal: remove it under Settings, Rehearsal"),
    "team_channel": _("news of a team goes there: enter another number under Settings, Team channels"),
    "connection": _("mail or messages are connected by it: enter another under Settings, Mail and messages"),
}
"""Written for good by the operator; why, and what can be done about it."""
NOT_LOOKED_AT = frozenset(
    {
        *("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"),
        *(
            "audit_link",
            "audit_lane",
            "django_session",
            "staff_password",
            "erasure",
            "retention_run",
            "retention_rule",
            "privacy_request",
        ),
        *("history_leaf", "history_tile", "history_checkpoint", "sealed_row"),
        *("article", "article_element", "article_use", "article_opinion", "bulk_act", "bulk_line"),
        *("quick_answer", "quick_answer_use", "api_answer"),
        *("resolver_group", "resolver_group_member", "group_hold", "mention", "case_watcher"),
        *("webhook_subscription", "webhook_delivery"),
        "carrier_connection",
    }
)
"""No words of a person, or emptied by the erasure itself at its end."""

GROUPS = {
    "people": _("Records of the person"),
    "notices": _("Notices, with their addresses and bodies"),
    "mails": _("Emails and written requests"),
    "calls": _("Calls"),
    "cases": _("Cases and their log"),
    "visits": _("Visits and what the field sent"),
    "files": _("Photographs and documents"),
    "sign_in": _("Sign-in, sessions, drafts and views"),
    "journals": _("Journals of the operator"),
    "others": _("Other records"),
}
GROUP_OF = {
    **dict.fromkeys(
        ("contact", "contact_way", "address_confirmation", "staff", "site", "customer", "crew", "crew_member"), "people"
    ),
    **dict.fromkeys(("notice", "delivery", "delivered_notice", "address_mark", "announcement"), "notices"),
    **dict.fromkeys(("message", "message_original", "message_attachment", "automatic_answer"), "mails"),
    **dict.fromkeys(("written_request", "written_request_scan", "buyer_ticket"), "mails"),
    **dict.fromkeys(("call", "call_task", "call_transfer", "queue_visit", "ring_attempt"), "calls"),
    **dict.fromkeys(("exchange_event", "exchange_agent", "exchange_member"), "calls"),
    **dict.fromkeys(("case", "event_text", "wait", "test_result", "case_follower", "customer_act"), "cases"),
    **dict.fromkeys(("handover", "handover_line", "carrier", "carrier_ticket", "carrier_mail"), "cases"),
    **dict.fromkeys(("carrier_message", "carrier_mirror"), "cases"),
    **dict.fromkeys(("visit", "field_act"), "visits"),
    "case_file": "files",
    **dict.fromkeys(("draft", "presence", "saved_view", "default_view", "company_session", "sign_in_code"), "sign_in"),
    "api_key": "sign_in",
    **dict.fromkeys(("account_emailaddress", "mfa_authenticator", "usersessions_usersession"), "sign_in"),
    **dict.fromkeys(("socialaccount_socialaccount", "socialaccount_socialtoken"), "sign_in"),
    **dict.fromkeys(("audit_entry", "setting_change", "contact_change", "proof"), "journals"),
}
COLUMNS = """
    SELECT c.table_name, c.column_name, c.udt_name, c.character_maximum_length
    FROM information_schema.columns c
    JOIN pg_class t ON t.oid = format('public.%%I', c.table_name)::regclass AND t.relkind IN ('r', 'p')
    WHERE c.table_schema = 'public' AND c.is_generated = 'NEVER' AND has_table_privilege(t.oid, 'SELECT')
    ORDER BY c.table_name, c.ordinal_position
"""
KEYS = """
    SELECT t.relname, a.attname FROM pg_index i
    JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE i.indisprimary
"""
WORDS = frozenset({"text", "varchar", "bpchar", "json", "jsonb"})


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    longest: int | None

    @property
    def is_json(self) -> bool:
        return self.type in {"json", "jsonb"}


@dataclass(frozen=True)
class Table:
    """One table: its key, and the columns that can hold words."""

    name: str
    key: str
    words: tuple[Column, ...]
    columns: frozenset[str]

    @property
    def group(self) -> str:
        return GROUP_OF.get(self.name, "others")


@dataclass(frozen=True)
class Row:
    """A row in which a mark stands, with those of its values that bear one; ``case``: of which case, if of any."""

    table: str
    key: Any
    case: int | None
    values: dict[str, Any]


def tables(using: str) -> list[Table]:
    """Every table that this role may read and that is looked at, with its columns of words."""
    with connections[using].cursor() as cursor:
        cursor.execute(KEYS)
        keys = dict(cursor.fetchall())
        cursor.execute(COLUMNS % ())
        found: dict[str, list[tuple[str, str, int | None]]] = {}
        for table, *column in cursor.fetchall():
            found.setdefault(table, []).append(tuple(column))
    return [
        Table(
            name,
            keys[name],
            tuple(Column(*one) for one in columns if one[1] in WORDS),
            frozenset(column for column, _type, _longest in columns),
        )
        for name, columns in found.items()
        if name in keys and name not in NOT_LOOKED_AT
    ]


def rows(table: Table, pattern: str, using: str, exactly: bool = False) -> Iterator[Row]:
    """The rows of this table in which the pattern stands anywhere; ``exactly``: small letters are no capital ones."""
    if not table.words or not pattern:
        return
    names = [column.name for column in table.words]
    case = "id" if table.name == "case" else "case_id" if "case_id" in table.columns else "NULL"
    if table.name == "event_text":
        case = "(SELECT e.case_id FROM case_event e WHERE e.id = event_id)"
    matches = "~" if exactly else "~*"
    asked = " OR ".join(f'"{name}"::text {matches} %(pattern)s' for name in names)
    listed = ", ".join(f'"{name}", "{name}"::text {matches} %(pattern)s' for name in names)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f'SELECT "{table.key}", {case}, {listed} FROM "{table.name}" WHERE {asked}', {"pattern": pattern}
        )
        for key, case_id, *values in cursor.fetchall():
            pairs = zip(names, values[::2], values[1::2], strict=True)
            yield Row(table.name, key, case_id, {name: value for name, value, hit in pairs if hit})


# Mails as they were sent and as they came: bytes that no pattern reads until they are decoded.


AT_ONCE = 200
DELIVERIES = """
    SELECT DISTINCT d.id FROM delivery d
    JOIN delivered_notice l ON l.delivery_id = d.id JOIN notice n ON n.id = l.notice_id
    WHERE d.body IS NOT NULL AND (n.case_id = ANY(%(cases)s) OR n.case_id IS NULL AND n.customer_id IN (
        SELECT customer_id FROM "case" WHERE id = ANY(%(cases)s)))
    UNION SELECT d.id FROM delivery d JOIN carrier_mail m ON m.delivery_id = d.id
    JOIN carrier_ticket t ON t.id = m.ticket_id WHERE d.body IS NOT NULL AND t.case_id = ANY(%(cases)s)
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


# What is sealed in the database is opened to look for a person in it: there no pattern of the database finds anybody.
#
# What SECRET_KEY no longer opens can be read by nobody. The secret that a company's provider gave is drawn at random,
# and the second steps are the person's own rows: neither is looked at.


SEALED = {"staff": "channels", "connection": "sealed"}
"""By table: its column that is sealed, or holds what is."""


def decrypted_rows(table: Table, pattern: str, using: str) -> Iterator[Row]:
    """The rows of this table in whose encrypted column the pattern stands; of their values what was found alone."""
    column = SEALED.get(table.name)
    if column is None or column not in table.columns or not pattern:
        return
    looked_for = re.compile(pattern, re.IGNORECASE)
    with connections[using].cursor() as cursor:
        cursor.execute(f'SELECT "{table.key}", "{column}" FROM "{table.name}"')
        asked = cursor.fetchall()
    for key, raw in asked:
        if found := [mark for words in OPENED[table.name](raw) for mark in marks_in(words, looked_for)]:
            yield Row(table.name, key, None, {column: found})


def channels_without(raw: str, pattern: str) -> str:
    """The column of a person's channels without those that bear a mark: half an address reaches nobody."""
    looked_for = re.compile(pattern, re.IGNORECASE)
    kept = [one for one in channels(raw) if not marks_in(one, looked_for)]
    return json.dumps(of_channels().sealed(kept))


def marks_in(words: str, looked_for: re.Pattern[str]) -> list[str]:
    """Also as an address writes them: ``%40`` is an @."""
    return [found.group(0) for one in dict.fromkeys((words, unquote(words))) for found in looked_for.finditer(one)]


def of_channels() -> SealedList:
    field = Staff._meta.get_field("channels")
    assert isinstance(field, SealedList)
    return field


def channels(raw: Any) -> list[str]:
    """As the database gives the column out: JSON, or its text."""
    read = json.loads(raw) if isinstance(raw, str) and raw[:1] in ("[", '"') else raw
    return of_channels().unsealed(read) if isinstance(read, str) else list(read or ())


def secrets(raw: Any) -> list[str]:
    """Of one connection."""
    read = json.loads(raw) if isinstance(raw, str) else raw
    return [opened(text) for text in read.values()]


def opened(text: str) -> str:
    """Empty where it cannot be opened."""
    try:
        return sealing.unseal(OF_CONNECTIONS, text) if text else ""
    except sealing.CannotBeUnsealed:
        return ""


OPENED: dict[str, Callable[[Any], list[str]]] = {"staff": channels, "connection": secrets}
