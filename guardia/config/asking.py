"""A statement that is written by hand, said by a cursor that stays: the short way for what each request says."""

from typing import TYPE_CHECKING, Any, cast

from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    from guardia.config.backend.base import DatabaseWrapper


def ask(statement: str, values: Any = (), using: str = DEFAULT_DB_ALIAS) -> list[tuple[Any, ...]]:
    """All rows of its answer. Raises as Django's cursors do."""
    return cast("DatabaseWrapper", connections[using]).ask(statement, values)


def run(statement: str, values: Any = (), using: str = DEFAULT_DB_ALIAS) -> int:
    """How many rows it wrote. Raises as Django's cursors do."""
    return cast("DatabaseWrapper", connections[using]).run(statement, values)
