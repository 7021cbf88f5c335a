"""What is sealed in the database is opened to look for a person in it: there no pattern of the database finds anybody.

What SECRET_KEY no longer opens can be read by nobody. The secret that a company's provider gave is drawn at random, and
the second steps are the person's own rows: neither is looked at.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from django.db import connections

from guardia.people import sealing
from guardia.people.connections import WHAT_FOR as OF_CONNECTIONS
from guardia.people.sealed_list import SealedList
from guardia.people.staff import Staff
from guardia.privacy.tables import Row, Table

SEALED = {"staff": "channels", "connection": "sealed"}
"""By table: its column that is sealed, or holds what is."""


def sealed_rows(table: Table, pattern: str, using: str) -> Iterator[Row]:
    """The rows of this table in which the pattern stands behind a seal; of their values what was found alone."""
    column = SEALED.get(table.name)
    if column is None or column not in table.columns or not pattern:
        return
    looked_for = re.compile(pattern, re.IGNORECASE)
    with connections[using].cursor() as cursor:
        cursor.execute(f'SELECT "{table.key}", "{column}" FROM "{table.name}"')
        asked = cursor.fetchall()
    for key, raw in asked:
        if found := [mark for words in OPENED[table.name](raw) for mark in marks_in(words, looked_for)]:
            yield Row(table.name, key, None, {column: found})


def channels_without(raw: str, pattern: str) -> str:
    """The column of a person's channels without those that bear a mark: half an address reaches nobody."""
    looked_for = re.compile(pattern, re.IGNORECASE)
    kept = [one for one in channels(raw) if not marks_in(one, looked_for)]
    return json.dumps(of_channels().sealed(kept))


def marks_in(words: str, looked_for: re.Pattern[str]) -> list[str]:
    """Also as an address writes them: ``%40`` is an @."""
    return [found.group(0) for one in dict.fromkeys((words, unquote(words))) for found in looked_for.finditer(one)]


def of_channels() -> SealedList:
    field = Staff._meta.get_field("channels")
    assert isinstance(field, SealedList)
    return field


def channels(raw: Any) -> list[str]:
    """As the database gives the column out: JSON, or its text."""
    read = json.loads(raw) if isinstance(raw, str) and raw[:1] in ("[", '"') else raw
    return of_channels().unsealed(read) if isinstance(read, str) else list(read or ())


def secrets(raw: Any) -> list[str]:
    """Of one connection."""
    read = json.loads(raw) if isinstance(raw, str) else raw
    return [opened(text) for text in read.values()]


def opened(text: str) -> str:
    """Empty where it cannot be opened."""
    try:
        return sealing.unseal(OF_CONNECTIONS, text) if text else ""
    except sealing.CannotBeUnsealed:
        return ""


OPENED: dict[str, Callable[[Any], list[str]]] = {"staff": channels, "connection": secrets}
