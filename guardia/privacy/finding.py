"""What Guardia holds on a person, table by table: their own rows, and those in which others wrote of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from django.db import connections

from guardia.privacy.own import OWN
from guardia.privacy.sealed import sealed_rows
from guardia.privacy.tables import GROUP_OF, KEPT, Row, Table, rows, tables
from guardia.privacy.who import Person

type Progress = Callable[[int, int], None]
"""Told after each step: how many are done, of how many."""
type Step = Callable[[], AbstractContextManager[object]]
"""Opens one transaction behind the wall of whoever looks: a table is read in one, so that none lasts."""


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
        found.cases |= own_cases(person, using)
    for number, table in enumerate(all_tables, 1):
        with step():
            count(found, person, table, using)
            progress(number, len(all_tables))
    return found


def count(found: Found, person: Person, table: Table, using: str) -> None:
    own = own_keys(person, table, using)
    others = [row for row in mentions(person, table, using) if row.key not in own]
    found.add(table.name, len(own) + len(others))
    found.cases |= {row.case for row in others if row.case is not None}


def mentions(person: Person, table: Table, using: str) -> Iterator[Row]:
    """Rows of this table in which a mark of the person stands, in the open or behind a seal."""
    seen: set[object] = set()
    for row in rows(table, person.marks.pattern, using):
        seen.add(row.key)
        yield row
    yield from (row for row in sealed_rows(table, person.marks.pattern, using) if row.key not in seen)


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
        cursor.execute("SELECT has_table_privilege('account_emailaddress', 'SELECT')")
        return cursor.fetchone()[0] or not any(name in where for name in ("account_", "usersessions", "mfa_"))


OWN_CASES = """
    SELECT id FROM "case" WHERE reporter_id = ANY(%(contacts)s) OR assigned_id = %(staff)s
    UNION SELECT case_id FROM case_follower WHERE contact_id = ANY(%(contacts)s)
    UNION SELECT case_id FROM message WHERE contact_id = ANY(%(contacts)s) AND case_id IS NOT NULL
    UNION SELECT case_id FROM call WHERE contact_id = ANY(%(contacts)s) AND case_id IS NOT NULL
    UNION SELECT case_id FROM case_event WHERE actor_kind = 'contact' AND actor_id = ANY(%(contacts)s)
"""


def own_cases(person: Person, using: str) -> set[int]:
    """Cases that the person reported, follows, wrote to or works on."""
    with connections[using].cursor() as cursor:
        cursor.execute(OWN_CASES, person.own)
        return {pk for (pk,) in cursor.fetchall()}
