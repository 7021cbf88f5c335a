"""Statements written by hand, for the questions that are asked most often: the ORM takes longer to word such a question
than PostgreSQL to answer it. Each is a named constant beside the noun that it reads.

They go to the login of the scope (``asking``), as Django's own questions do by the router, and raise what Django's
cursors raise.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from guardia.config import asking

type Values = Sequence[Any] | Mapping[str, Any]


def rows_of(statement: str, values: Values = (), login: str | None = None) -> list[tuple[Any, ...]]:
    """Return all rows that the statement answers with, by the connection of ``login`` or of the scope."""
    with connections[login or asking.login()].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@contextmanager
def planned_for_its_values() -> Iterator[None]:
    """Have PostgreSQL plan each question in here for the values that it is asked with. Within a transaction.

    Else it makes one plan for whatever is asked, once a question has been asked a few times, and that one reads all
    that there ever was of the company that has most.
    """
    rows_of("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
    yield
    rows_of("SELECT set_config('plan_cache_mode', 'auto', true)")


def columns_of(model: type[Model], *, but: Collection[str] = ()) -> str:
    """Return the columns of this model's rows, for a SELECT whose values ``object_of`` takes; ``but`` leaves out."""
    names, _converters = _reader(model, tuple(but))
    columns = {field.attname: field.column for field in model._meta.concrete_fields}
    return ", ".join(f'"{model._meta.db_table}"."{columns[name]}"' for name in names)


def object_of[Row: Model](model: type[Row], values: Iterator[Any], *, but: Collection[str] = ()) -> Row:
    """Return the row that the next of these values are: as many as the model has columns, in the order of
    ``columns_of``. What stands after them, as of another table of a join, is left for the next call.

    ``Model.objects.raw`` does so too, but looks at the columns of each answer anew.
    """
    names, converters = _reader(model, tuple(but))
    taken = list(islice(values, len(names)))
    for place, convert in converters:
        taken[place] = convert(taken[place], None, None)
    return model.from_db(asking.login(), names, taken)


def object_or_none[Row: Model](model: type[Row], values: Iterator[Any], *, but: Collection[str] = ()) -> Row | None:
    """Return the same of a LEFT JOIN, in which there may be no such row."""
    row = object_of(model, values, but=but)
    return None if row.pk is None else row


def knowing[Row: Model](row: Row, **others: Model | None) -> Row:
    """Let a row know those that it refers to, by the names of its fields, so that it does not ask for them.

    As ``select_related`` does it: of one that a policy hides the id stays, which an assignment would take away.
    """
    row._state.fields_cache.update(others)
    return row


@cache
def _reader(model: type[Model], but: tuple[str, ...]) -> tuple[list[str], list[tuple[int, Callable[..., Any]]]]:
    """The attributes of a row, and by place what makes of a column the value that its field holds (JSON, sealed)."""
    fields = [field for field in model._meta.concrete_fields if field.attname not in but]
    converters = [(at, field.from_db_value) for at, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], converters


def run(statement: str, values: Values = (), login: str | None = None) -> int:
    """Run a statement that writes, and return how many rows it wrote."""
    with connections[login or asking.login()].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def take_turn(words: str) -> None:
    """Let whoever takes a turn by the same words wait until this transaction ends."""
    run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])


def raw_condition(condition: str) -> RawSQL:
    """Return a condition in SQL, of columns named with their table, whose values are part of its text.

    A partial index on those rows then fits however the statement is prepared, which it does not where the value is a
    parameter.
    """
    return RawSQL(condition, [], output_field=BooleanField())


def draw_ids(table: str, how_many: int) -> list[int]:
    """Ids of rows that are written later, drawn first so that other rows can name them."""
    return [pk for (pk,) in rows_of(f"SELECT nextval('\"{table}_id_seq\"') FROM generate_series(1, %s)", [how_many])]


def insert(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """INSERT … SELECT FROM unnest(…): one array per column, of the type that ``columns`` names."""
    if rows:
        names, arrays = _unnested(columns)
        run(f'INSERT INTO "{table}" ({names}) SELECT * FROM unnest({arrays})', _turned(rows))


def change(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """One UPDATE for rows that are known by the first of ``columns``, each with values of its own for the others."""
    if rows:
        names, arrays = _unnested(columns)
        key, *others = columns
        sets = ", ".join(f'"{name}" = new."{name}"' for name in others)
        known = f'"{table}"."{key}" = new."{key}"'
        run(f'UPDATE "{table}" SET {sets} FROM unnest({arrays}) AS new({names}) WHERE {known}', _turned(rows))


def _unnested(columns: Mapping[str, str]) -> tuple[str, str]:
    """The names of the columns, and a placeholder for the array of each."""
    return ", ".join(f'"{name}"' for name in columns), ", ".join(f"%s::{kind}[]" for kind in columns.values())


def _turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
