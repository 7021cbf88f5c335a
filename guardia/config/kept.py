"""A question to the database whose words are made once: the ORM takes longer to say it than PostgreSQL to answer it.

What differs from one time to the next stands in the kept words as a blank, and is filled in each time it is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Model, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)

from guardia.config.asking import ask

ANY_ID = -(2**40)
ANY_TIME = datetime(1, 1, 2, tzinfo=UTC)
ANY_WORDS = "\0 any words"
ANY_OF = "\0 any of these ids"
"""Blanks: an id, an hour and words that no row has; and what stands for many ids (``= ANY(…)``, see ``one_of``)."""


class CompiledQuery[Row: Model]:
    """``make`` says the question when it is first asked, never while modules are imported.

    Only a question that always has the same words: whatever is asked of its answer besides (a filter, an order) is not
    heard, so nothing but the rows is handed out.
    """

    def __init__(self, make: Callable[[], QuerySet[Row, Any]]) -> None:
        self.make = make
        self.said: CompiledSql | None = None

    def rows(self, filled: Mapping[Any, Any] | None = None) -> list[Any]:
        """The rows as the question itself gives them; ``filled``: by each blank, what stands there this time."""
        said = self.said = self.said or _say(self.make())
        values = [blank_filled(value, filled or {}) for value in said.values]
        found = ask(said.sql, values, said.question.db)  # by the connection of this thread
        return said.rows_of(found) if found else []

    def first(self, filled: Mapping[Any, Any] | None = None) -> Any:
        """The first row, or None; the question itself is limited to one where it may hold more."""
        return next(iter(self.rows(filled)), None)


@dataclass(frozen=True)
class CompiledSql:
    """A question in SQL, and what makes its rows of what PostgreSQL answers."""

    question: QuerySet
    sql: str
    values: tuple[Any, ...]
    converters: Mapping[int, Any]
    make: Callable[[Sequence[Any]], Any]

    def rows_of(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        if self.converters:
            found = converted(found, self.converters, connections[self.question.db])
        rows = [self.make(row) for row in found]
        if self.question._prefetch_related_lookups:  # type: ignore[attr-defined]
            prefetch_related_objects(rows, *self.question._prefetch_related_lookups)  # type: ignore[attr-defined]
        return rows


def converted(found: Iterable[Sequence[Any]], converters: Mapping[int, Any], connection: Any) -> Iterator[list[Any]]:
    """As Django's compiler does it; that one would have to be copied each time, to be of this thread."""
    at_each = [(place, each, expression) for place, (each, expression) in converters.items()]
    for row in map(list, found):
        for place, each, expression in at_each:
            for convert in each:
                row[place] = convert(row[place], expression, connection)
        yield row


def _say(question: QuerySet) -> CompiledSql:
    """What Django finds out each time anew, though it is always the same, is found out here once."""
    compiler = question.query.get_compiler(using=question.db)
    sql, values = compiler.as_sql()
    columns = [column for column, *_ in compiler.select[: compiler.col_count]]
    make = MAKERS[question._iterable_class](question, compiler)
    converters = compiler.get_converters(columns)
    return CompiledSql(question, sql, tuple(values), converters, make)


def _model_maker(question: Any, compiler: Any) -> Callable[[Sequence[Any]], Model]:
    """As Django's ``ModelIterable`` makes them, with what belongs to them by ``select_related`` and annotations."""
    assert not question._known_related_objects, "asked of an object: it would be handed out with another's rows"
    assert not question._fetch_mode.track_peers, "rows of different times would know each other"
    db, mode, of_it = question.db, question._fetch_mode, compiler.klass_info["select_fields"]
    first, end = of_it[0], of_it[-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[first:end]]
    related = get_related_populators(compiler.klass_info, compiler.select, db, mode)
    annotated = (compiler.annotation_col_map or {}).items()

    def made(row: Sequence[Any]) -> Model:
        one: Model = question.model.from_db(db, names, row[first:end], fetch_mode=mode)
        for other in related:
            other.populate(row, one)
        for name, place in annotated:
            setattr(one, name, row[place])
        return one

    return made


MAKERS: dict[Any, Callable[[Any, Any], Callable[[Sequence[Any]], Any]]] = {
    ModelIterable: _model_maker,
    FlatValuesListIterable: lambda _question, _compiler: itemgetter(0),
    ValuesListIterable: lambda _question, _compiler: tuple,
}


def one_of(column: str) -> RawSQL:
    """The condition that a column, named with its table, is one of the ids that stand in the blank ``ANY_OF``."""
    table, name = column.split(".")
    return RawSQL(f'"{table}"."{name}" = ANY(%s)', [ANY_OF], output_field=BooleanField())


def raw_condition(condition: str) -> RawSQL:
    """A condition in SQL, of columns named with their table, whose values are words of it and no blanks: an index of
    those rows alone then fits however the statement is prepared.
    """
    return RawSQL(condition, [], output_field=BooleanField())


def blank_filled(value: Any, filled: Mapping[Any, Any]) -> Any:
    """What stands in a blank, as wide a number as the column: else an answer would be prepared for each width."""
    if value not in filled:
        return value
    return type(value)(filled[value]) if isinstance(value, int) else filled[value]
