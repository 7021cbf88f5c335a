"""What Guardia holds on a person, table by table: their own rows, and those in which others wrote of them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from guardia.evidence import store
from guardia.evidence.files import CaseFile
from guardia.people.channels import masked
from guardia.privacy.marks import short_pattern
from guardia.privacy.person import MAILS, OWN, REQUESTS, Person, own_cases, person_of
from guardia.privacy.requests import PrivacyRequest, State
from guardia.privacy.written_words import GROUP_OF, KEPT, Row, Table, channels, decrypted_rows, rows, tables

type Progress = Callable[[int, int], None]
"""Told after each step: how many are done, of how many."""
type Step = Callable[[], AbstractContextManager[object]]
"""Opens one transaction under the database role of whoever looks: a table is read in one, so that none lasts."""


@dataclass
class Found:
    """``goes`` and ``stays``: how many rows by group, by table of KEPT; ``cases``: ids of those the person is in."""

    goes: dict[str, int] = field(default_factory=dict)
    stays: dict[str, int] = field(default_factory=dict)
    cases: set[int] = field(default_factory=set)

    def add(self, table: str, count: int = 1) -> None:
        counted, name = (self.stays, table) if table in KEPT else (self.goes, GROUP_OF.get(table, "others"))
        if count:
            counted[name] = counted.get(name, 0) + count


def nothing(_done: int, _of: int) -> None:
    """Nobody asked how far it is."""


def look(person: Person, step: Step, using: str = "default", progress: Progress = nothing) -> Found:
    """Count everything, and name the cases. Reads every table once, each in a transaction of its own."""
    found = Found()
    with step():
        all_tables = tables(using)
        found.cases |= own_cases(person.own, using)
    for number, table in enumerate(all_tables, 1):
        with step():
            count(found, person, table, using)
            progress(number, len(all_tables))
    return found


def count(found: Found, person: Person, table: Table, using: str) -> None:
    own = own_keys(person, table, using)
    others = {row.key: row.case for row in mentions(person, table, using) if row.key not in own}
    found.add(table.name, len(own) + len(others))
    found.cases |= {case for case in others.values() if case is not None}


def mentions(person: Person, table: Table, using: str) -> Iterator[Row]:
    """Rows of this table in which a mark of the person stands, each once for each kind of mark."""
    yield from mentions_of_marks(person, table, using)
    yield from mentions_of_short_names(person, table, using)


def mentions_of_marks(person: Person, table: Table, using: str) -> Iterator[Row]:
    """Rows of this table in which what names the person anywhere stands, in the open or behind a seal."""
    seen: set[object] = set()
    for row in rows(table, person.marks.pattern, using):
        seen.add(row.key)
        yield row
    yield from (row for row in decrypted_rows(table, person.marks.pattern, using) if row.key not in seen)


def mentions_of_short_names(person: Person, table: Table, using: str) -> Iterator[Row]:
    """Rows of the person's own cases in which a name stands that is one short word and no mark by itself."""
    if person.short and person.cases:
        found = rows(table, short_pattern(person.short), using, exactly=True)
        yield from (row for row in found if row.case in person.cases)


def own_keys(person: Person, table: Table, using: str) -> set[object]:
    """The keys of the person's own rows of this table."""
    found: set[object] = set()
    with connections[using].cursor() as cursor:
        for own in (one for one in OWN if one.table == table.name and may_ask(one.where, using)):
            cursor.execute(f'SELECT "{table.key}" FROM "{table.name}" WHERE {own.where}', person.own)
            found |= {key for (key,) in cursor.fetchall()}
    return found


def may_ask(where: str, using: str) -> bool:
    """What the sign-in keeps is the staff's and the eraser's: the worker does not even count it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('usersessions_usersession', 'SELECT')")
        return cursor.fetchone()[0] or not any(name in where for name in ("account_", "usersessions", "mfa_"))


# Everything Guardia holds on a person, to be handed over: their own rows whole, of other rows the words about them.
#
# Secrets (passwords, tokens, salts) are nobody's data and never leave; bytes stand beside as files.


SECRET = frozenset(
    {"password_mark", "session_key", "session_data", "salt", "token_hash", "secret", "token", "token_secret", "hash"}
)
LEFT_OUT = frozenset(
    {"mfa_authenticator", "staff_password", "django_session", "account_emailconfirmation", "socialaccount_socialtoken"}
)
"""Keys of the sign-in: what they are is in the record of the person, what they hold is a secret."""
FILES = """
    SELECT id, name, sha256 FROM case_file WHERE withdrawn_at IS NULL AND (id = ANY(%(files)s) OR id IN (
        SELECT (data ->> 'file')::bigint FROM case_event
        WHERE moment = 'file_added' AND actor_kind = 'contact' AND actor_id = ANY(%(contacts)s)))
"""
ORIGINALS = f"SELECT message_id, content FROM message_original WHERE message_id IN {MAILS}"
SCANS = f"SELECT id, name, content FROM written_request_scan WHERE request_id IN {REQUESTS}"


@dataclass
class Held:
    """``records`` by group: the table, the row's id and its values as JSON takes them; ``files`` by their path."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, table: str, key: Any, values: dict[str, Any]) -> None:
        group = GROUP_OF.get(table, "others")
        self.records.setdefault(group, []).append({"table": table, "id": key, "values": values})

    def keep(self, path: str, content: bytes, most: int | None) -> None:
        if most is not None and sum(map(len, self.files.values())) + len(content) > most:
            self.left_out.append(path)
        elif content:
            self.files[path] = content


def gather(
    person: Person,
    step: Step,
    using: str = "default",
    progress: Progress = nothing,
    *,
    files: list[int],
    most: int | None = None,
) -> Held:
    """``files``: ids of case files that show the person; ``most``: bytes of files that go along, None: all of them."""
    held = Held()
    with step():
        looked_at = tables(using)
    for number, table in enumerate(looked_at, 1):
        with step():
            own = own_rows(held, person, table, using)
            for row in mentions(person, table, using):
                if row.key not in own:
                    held.add(table.name, row.key, row.values)
            progress(number, len(looked_at))
    with step(), connections[using].cursor() as cursor:
        add_files(held, cursor, {**person.own, "files": files}, most)
    return held


def own_rows(held: Held, person: Person, table: Table, using: str) -> set[Any]:
    seen: set[Any] = set()
    conditions = [own.where for own in OWN if own.table == table.name and may_ask(own.where, using)]
    if not conditions or table.name in LEFT_OUT:
        return seen
    with connections[using].cursor() as cursor:
        where = " OR ".join(f"({one})" for one in conditions)
        cursor.execute(f'SELECT * FROM "{table.name}" WHERE {where}', person.own)
        names = [column.name for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            seen.add(row[table.key])
            if table.name == "staff":  # what is in a channel besides its kind is mostly a secret of the operator
                row["channels"] = [masked(one) for one in channels(row["channels"])]
            held.add(table.name, row[table.key], {name: value for name, value in row.items() if leaves(name, value)})
    return seen


def leaves(name: str, value: Any) -> bool:
    return name not in SECRET and value not in (None, "", [], {}) and not isinstance(value, (bytes, memoryview))


def add_files(held: Held, cursor: Any, known: dict[str, Any], most: int | None) -> None:
    """Mails as they came, scans of their letters, photographs that they sent or that show them."""
    rules: list[tuple[str, Callable[..., tuple[str, bytes | None]]]] = [
        (ORIGINALS, lambda key, content: (f"mails/{key}.eml", bytes(content))),
        (SCANS, lambda key, name, content: (f"scans/{key}-{plain(name)}", bytes(content))),
        (FILES, lambda key, name, sha: (f"files/{key}-{plain(name)}", store.read(sha))),
    ]
    for sql, read in rules:
        cursor.execute(sql, known)
        for row in cursor.fetchall():
            path, content = read(*row)
            held.keep(path, content or b"", most)


def plain(name: str) -> str:
    """A name that no unpacker takes for a folder."""
    return "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in name).strip(". ")[:100] or "file"


# What an erasure would take and what stays, shown before anybody confirms it.


MOST_FILES = 300


def looked_for(request: PrivacyRequest, step: Step, using: str = "default", progress: Progress = nothing) -> Person:
    """Find everything of the person and write into the request what goes, what stays, and what stands against it."""
    with step():
        person = person_of(request, using)
    found = look(person, step, using, progress)
    with step():
        files = CaseFile.objects.using(using).filter(case__in=found.cases, withdrawn_at=None).order_by("-added_at")
        said: dict[str, Any] = {
            "goes": found.goes,
            "stays": found.stays,
            "cases": len(found.cases),
            "files": list(files.values_list("pk", flat=True)[:MOST_FILES]),
            "shared": len(person.shared),
        }
        against = refusals(person, found.cases, using)
        subject = {**request.subject, "shared": list(person.shared)}
        PrivacyRequest.objects.using(using).filter(pk=request.pk, state=State.ASKED).update(
            found=said, refusals=against, subject=subject, state=State.READY, leased_until=None
        )
    return person


# Why a person may not be erased yet: what is still going on, or must be kept. Each reason has its remedy.


type Refusal = dict[str, Any]
"""{code, cases: numbers, …}: codes and numbers, never names."""

CASES = {
    "open_case": 'SELECT number FROM "case" WHERE id = ANY(%(cases)s) AND closed_at IS NULL AND NOT is_complaint',
    "open_complaint": 'SELECT number FROM "case" WHERE id = ANY(%(cases)s) AND closed_at IS NULL AND is_complaint',
    "contested": """
        SELECT DISTINCT c.number FROM wait w JOIN "case" c ON c.id = w.case_id
        WHERE w.case_id = ANY(%(cases)s) AND w.contested_at IS NOT NULL AND w.ruled_at IS NULL
    """,
    "hold": """
        SELECT c.number FROM "case" c JOIN legal_hold h ON h.lifted_at IS NULL
            AND (h.case_id = c.id OR h.case_id IS NULL AND h.customer_id = c.customer_id)
        WHERE c.id = ANY(%(cases)s)
    """,
}
ONES = {
    "company_on_hold": """
        SELECT count(*) FROM legal_hold h JOIN contact p ON p.customer_id = h.customer_id
        WHERE p.id = ANY(%(contacts)s) AND h.lifted_at IS NULL AND h.case_id IS NULL
    """,
    "only_company_administrator": """
        SELECT count(*) FROM contact p WHERE p.id = ANY(%(contacts)s) AND p.administers AND p.active AND NOT EXISTS (
            SELECT FROM contact o WHERE o.customer_id = p.customer_id AND o.administers AND o.active
                AND NOT o.id = ANY(%(contacts)s))
    """,
    "only_administrator": """
        SELECT count(*) FROM staff s WHERE s.id = %(staff)s AND s.role = 'administrator' AND NOT EXISTS (
            SELECT FROM staff o WHERE o.role = 'administrator' AND o.is_active AND NOT o.is_machine AND o.id <> s.id)
    """,
    "still_active": "SELECT count(*) FROM staff WHERE id = %(staff)s AND is_active",
    "on_a_level": """
        SELECT (SELECT count(*) FROM rota WHERE members @> to_jsonb(%(staff)s::bigint) AND NOT upper(valid) < now())
            + (SELECT count(*) FROM rota WHERE members @> to_jsonb(%(staff)s::bigint) AND upper_inf(valid))
            + (SELECT count(*) FROM cover WHERE staff_id = %(staff)s AND NOT withdrawn AND upper(during) > now())
    """,
    "on_its_way": """
        SELECT count(*) FROM delivery d WHERE d.state IN ('waiting', 'sending') AND (
            lower(d.address) = ANY(%(addresses)s) OR EXISTS (
                SELECT FROM delivered_notice l JOIN notice n ON n.id = l.notice_id
                WHERE l.delivery_id = d.id AND (n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s)))
    """,
    "owed_news": """
        SELECT count(*) FROM notice n
        WHERE n.state = 'owed' AND (n.contact_id = ANY(%(contacts)s) OR n.staff_id = %(staff)s)
    """,
    "owed_a_call": """
        SELECT count(*) FROM call c WHERE c.settled_at IS NULL
            AND (c.contact_id = ANY(%(contacts)s) OR c.from_number <> '' AND c.from_number = ANY(%(addresses)s))
    """,
    "mail_to_rule": """
        SELECT count(*) FROM message m WHERE m.state IN ('new', 'waiting')
            AND (m.contact_id = ANY(%(contacts)s) OR lower(m.from_address) = ANY(%(addresses)s))
    """,
}
MOST_NAMED = 10


def refusals(person: Person, cases: Iterable[int], using: str = "default") -> list[Refusal]:
    """Every reason there is, at this moment; nothing if the person may be erased."""
    asked = {**person.own, "cases": list(cases)}
    found: list[Refusal] = []
    with connections[using].cursor() as cursor:
        for code, sql in CASES.items():
            cursor.execute(f"{sql} ORDER BY 1", asked)
            if numbers := [number for (number,) in cursor.fetchall()]:
                found.append({"code": code, "cases": numbers[:MOST_NAMED], "count": len(numbers)})
        for code, sql in ONES.items():
            cursor.execute(sql, asked)
            if count := cursor.fetchone()[0]:
                found.append({"code": code, "count": count})
    return found
