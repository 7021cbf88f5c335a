"""Where words can stand: every column of every table, asked of the database, so that a new one is looked at too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.utils.translation import gettext_lazy as _

KEPT = {
    "case_event": _("events hold codes and hashes, no names"),
    "procedure_version": _("the published procedure is never rewritten: publish a version without the name"),
    "own_wording": _("the texts of the notices are a journal: save a new text without the name"),
    "letterhead": _("letterheads are a journal: save a new one without the name"),
    "calendar_change": _("the calendar is a journal: withdraw the day and announce it anew"),
    "connection": _("mail or messages are connected by it: enter another under Settings, Mail and messages"),
}
"""Written for good by the house; why, and what can be done about it."""
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
    }
)
"""No words of a person, or emptied by the erasure itself at its end."""

GROUPS = {
    "people": _("Records of the person"),
    "notices": _("Notices, with their addresses and bodies"),
    "mails": _("Mails and written requests"),
    "calls": _("Calls"),
    "cases": _("Cases and their log"),
    "visits": _("Visits and what the field sent"),
    "files": _("Photographs and documents"),
    "sign_in": _("Sign-in, sessions, drafts and views"),
    "journals": _("Journals of the house"),
    "others": _("Other records"),
}
GROUP_OF = {
    **dict.fromkeys(
        ("contact", "contact_way", "address_confirmation", "staff", "site", "customer", "crew", "crew_member"), "people"
    ),
    **dict.fromkeys(("notice", "delivery", "delivered_notice", "address_mark", "announcement"), "notices"),
    **dict.fromkeys(("message", "message_original", "message_attachment", "automatic_answer"), "mails"),
    **dict.fromkeys(("written_request", "written_request_scan"), "mails"),
    **dict.fromkeys(("call", "call_task", "call_transfer", "queue_visit", "ring_attempt"), "calls"),
    **dict.fromkeys(("exchange_event", "exchange_agent", "exchange_member"), "calls"),
    **dict.fromkeys(("case", "event_text", "wait", "test_result", "case_follower", "customer_act"), "cases"),
    **dict.fromkeys(("handover", "handover_line"), "cases"),
    **dict.fromkeys(("visit", "field_act"), "visits"),
    "case_file": "files",
    **dict.fromkeys(("draft", "presence", "saved_view", "default_view", "company_session", "sign_in_code"), "sign_in"),
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
