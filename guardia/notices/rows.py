"""Many rows in one statement, whatever their number: ids are drawn first, so that other rows can name them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def draw_ids(table: str, how_many: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('\"{table}_id_seq\"') FROM generate_series(1, %s)", [how_many])
        return [row[0] for row in cursor.fetchall()]


def insert(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """INSERT … SELECT FROM unnest(…): one array per column, of the type that ``columns`` names."""
    if rows:
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        names = ", ".join(f'"{name}"' for name in columns)
        with connection.cursor() as cursor:
            cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT * FROM unnest({arrays})', turned(rows))


def change(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """One UPDATE for rows that are known by the first of ``columns``, each with values of its own for the others."""
    if rows:
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        names = ", ".join(f'"{name}"' for name in columns)
        key, *others = columns
        sets = ", ".join(f'"{name}" = new."{name}"' for name in others)
        sql = f'UPDATE "{table}" SET {sets} FROM unnest({arrays}) AS new({names}) WHERE "{table}"."{key}" = new."{key}"'
        with connection.cursor() as cursor:
            cursor.execute(sql, turned(rows))


def turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
