"""What Guardia holds on a person, table by table: their own rows, and those in which others wrote of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from django.db import connections

from guardia.privacy.marks import short_pattern
from guardia.privacy.own import OWN
from guardia.privacy.sealed import sealed_rows
from guardia.privacy.tables import GROUP_OF, KEPT, Row, Table, rows, tables
from guardia.privacy.who import Person, own_cases

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
    yield from (row for row in sealed_rows(table, person.marks.pattern, using) if row.key not in seen)


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
