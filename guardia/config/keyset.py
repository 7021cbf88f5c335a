"""Lists in pages: a cursor says after which row to go on, so that no row comes twice while others are added."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

LARGEST = 2**62


class CursorRefused(Exception):
    """The cursor is none that this list gave."""


def page_of[Row: Model](
    rows: QuerySet[Row], order: tuple[str, ...], cursor: str, limit: int
) -> tuple[list[Row], str | None]:
    """``limit`` rows after the cursor in this order, and the cursor of the next page, or None.

    ``order`` has names as Django writes them, of columns without null, the last one unique. Raises CursorRefused.
    """
    if cursor:
        rows = rows.filter(_after(order, _read(cursor, order)))
    found = list(rows.order_by(*order)[: limit + 1])
    return found[:limit], cursor_at(order, found[limit - 1]) if len(found) > limit else None


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """The rows behind the one with these values; the first condition lets an index be used from there on."""
    behind, same = Q(), Q()
    for part, value in zip(order, values, strict=True):
        name = part.lstrip("-")
        behind |= same & Q(**{f"{name}__{'lt' if part.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return Q(**{f"{order[0].lstrip('-')}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]}) & behind


def cursor_at(order: tuple[str, ...], row: Model) -> str:
    """The cursor of the page that begins behind this row, in this order."""
    values = [getattr(row, part.lstrip("-")) for part in order]
    content = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([list(order), content]).encode()).decode().rstrip("=")


def _read(cursor: str, order: tuple[str, ...]) -> list[Any]:
    try:
        of_order, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if tuple(of_order) != order or len(values) != len(order):
            raise CursorRefused
        return [_value(value) for value in values]
    except (ValueError, TypeError, binascii.Error) as wrong:
        raise CursorRefused from wrong


def _value(value: Any) -> Any:
    if isinstance(value, str):
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise CursorRefused
        return at
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise CursorRefused
    return value
