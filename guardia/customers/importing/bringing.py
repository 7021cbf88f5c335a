"""A file into the database: all of it or nothing. The database is asked once per file, not once per row."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from guardia.customers import ways
from guardia.customers.folding import fold
from guardia.customers.importing.columns import KINDS, Kind
from guardia.customers.importing.conflicts import conflicts
from guardia.customers.importing.further import Further, keep_ways, ways_in
from guardia.customers.importing.header import Header
from guardia.customers.importing.known import Known
from guardia.customers.importing.outcome import Change, Outcome, Problem
from guardia.customers.importing.rows import Row, read_rows
from guardia.customers.importing.table_file import WrongFile, read_table

BATCH = 2000
TURN = 7_201_845_114  # the advisory lock under which one import at a time writes


def bring(code: str, content: bytes, *, write: bool) -> Outcome:
    """What the file of this kind changes; written only if ``write`` and every row is right. Needs a transaction."""
    kind, outcome = KINDS[code], Outcome(code)
    take_turns()
    try:
        table = read_table(content)
        header = Header.of(kind, table.header)
    except WrongFile as wrong:
        outcome.problems.append(Problem(0, "", str(wrong)))
        return outcome
    outcome.ignored = header.ignored
    rows, outcome.problems = read_rows(kind, header, table)
    new, changed = compare(kind, header, rows, outcome)
    outcome.problems += conflicts(kind, header, rows, [*new, *changed])
    outcome.problems.sort(key=lambda problem: problem.row)
    if write and outcome.is_right:
        keep(kind, header, new, changed, outcome)
    return outcome


def take_turns() -> None:
    """Two files at once would each miss what the other brings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def compare(kind: Kind, header: Header, rows: Iterable[Row], outcome: Outcome) -> tuple[list[Any], list[Any]]:
    """The rows as new or changed things, each with its row number as ``row``; counts what they are."""
    rows = list(rows)
    known, further = Known(kind, rows), Further(kind, rows)
    new, changed = [], []
    for row in rows:
        fields, thing = with_folded(kind, row.fields), known.of(row)
        differing = [name for name, value in fields.items() if thing and getattr(thing, name) != value]
        differing += further.differing(thing, row)
        if thing is None:
            new.append(filled(kind.model(**further.defaults(kind, row) | fields), row, {}))
        elif differing:
            changed.append(filled(thing, row, fields))
            columns = (header.names[own] for name in differing if (own := name.removesuffix("_id")) in header.names)
            outcome.changes.append(Change(row.number, str(thing), ", ".join(columns)))
        else:
            outcome.unchanged += 1
    outcome.new, outcome.changed = len(new), len(changed)
    return new, changed


def filled(thing: Any, row: Row, fields: dict[str, Any]) -> Any:
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.row, thing.ways_wanted = row.number, ways_in(row)
    return thing


def with_folded(kind: Kind, fields: dict[str, Any]) -> dict[str, Any]:
    """What is searched by goes with the name it is derived from; the further ways are rows of their own."""
    own = {field.name for field in kind.model._meta.concrete_fields}
    folded = {f"folded_{name}": fold(fields[name]) for name in ("name", "circuit") if name in fields}
    kept = {name: value for name, value in fields.items() if name not in ways.READERS}
    return {**kept, **{name: value for name, value in folded.items() if name in own}}


def keep(kind: Kind, header: Header, new: list[Model], changed: list[Model], outcome: Outcome) -> None:
    """Only the columns that the file has are written over."""
    try:
        with transaction.atomic():
            kind.model._default_manager.bulk_create(new, BATCH)
            kind.model._default_manager.bulk_create(
                changed, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=written_fields(kind, header)
            )
            keep_ways([*new, *changed])
    except IntegrityError:
        sentence = _("Somebody changed these rows at the same moment. Send the file again.")
        outcome.problems.append(Problem(0, "", sentence))
    outcome.written = outcome.is_right


def written_fields(kind: Kind, header: Header) -> list[str]:
    own = {field.name for field in kind.model._meta.concrete_fields}
    return sorted(own & {*header.names, *(f"folded_{name}" for name in header.names)})
