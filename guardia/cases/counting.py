"""How many several lists hold, in one question to the database; its words are made once and kept.

The ORM takes ten times as long to say such a question as PostgreSQL to answer it, and every page and poll asks it. What
differs from one time to the next stands in the kept words as a blank (guardia.config.kept).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from guardia.config.kept import ANY_ID, blank_filled
from guardia.people.staff import Staff

MOST_COUNTED = 100
ANYBODY = Staff(pk=ANY_ID)


@dataclass(frozen=True)
class Question:
    sql: str
    values: tuple[Any, ...]
    places: int


def question[Row: Model](several: Sequence[QuerySet[Row]]) -> Question:
    """How many each holds, counting no further than a hundred; one that can hold nothing is left out of the words."""
    parts: list[str] = []
    values: list[Any] = []
    for place, rows in enumerate(several):
        try:
            sql, params = rows.order_by()[:MOST_COUNTED].values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {place}, count(*) FROM ({sql}) AS found")
        values += params
    return Question(" UNION ALL ".join(parts), tuple(values), len(several))


def answered(asked: Question, filled: Mapping[Any, Any] | None = None) -> list[int]:
    """The counts, in the order of the lists; ``filled``: by each blank, what stands there this time."""
    if not asked.sql:
        return [0] * asked.places
    values = [blank_filled(value, filled or {}) for value in asked.values]
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, values)
        found: dict[int, int] = dict(cursor.fetchall())
    return [found.get(place, 0) for place in range(asked.places)]
