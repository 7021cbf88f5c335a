"""Everything Guardia holds on a person, to be handed over: their own rows whole, of other rows the words about them.

Secrets (passwords, tokens, salts) are nobody's data and never leave; bytes stand beside as files.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from guardia.evidence import store
from guardia.people.channels import masked
from guardia.privacy.finding import Progress, Step, may_ask, mentions, nothing
from guardia.privacy.own import MAILS, OWN, REQUESTS
from guardia.privacy.sealed import channels
from guardia.privacy.tables import GROUP_OF, Table, tables
from guardia.privacy.who import Person

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
            if table.name == "staff":  # what is in a channel besides its kind is mostly a secret of the house
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
