"""A column that holds a list of texts sealed: a copy of the table alone says which rows have any, and no word of it."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from guardia.people.sealing import CannotBeUnsealed, seal, unseal


class Unreadable(list[str]):
    """An empty list in place of one that was sealed with another SECRET_KEY; kept as it is, it stays as it was."""

    def __init__(self, sealed: str) -> None:
        super().__init__()
        self.sealed = sealed


class SealedList(models.JSONField):
    """A list of texts. In the database it is ``[]``, or a JSON string: the list, sealed for ``what_for``."""

    def __init__(self, *args: Any, what_for: str, **kwargs: Any) -> None:
        self.what_for = what_for
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """As the plain column that it is in the database: what is sealed is nothing that a migration knows of."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def clone(self) -> "SealedList":
        _name, _path, args, kwargs = self.deconstruct()
        return SealedList(*args, what_for=self.what_for, **kwargs)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.sealed(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The texts; Unreadable where SECRET_KEY is another one. A list that was never sealed is read as it is."""
        found = super().from_db_value(value, expression, connection)
        return self.unsealed(found) if isinstance(found, str) else found

    def sealed(self, value: Any) -> Any:
        if isinstance(value, Unreadable):
            return value.sealed if not value else self.sealed(list(value))
        return seal(self.what_for, json.dumps(value)) if isinstance(value, list) and value else value

    def unsealed(self, sealed: str) -> list[str]:
        try:
            return list(_texts(self.what_for, sealed, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
        except (CannotBeUnsealed, ValueError):
            return Unreadable(sealed)


@lru_cache(maxsize=1000)
def _texts(what_for: str, sealed: str, *_keys: str) -> tuple[str, ...]:
    """Kept, since people are read with every request. Raises CannotBeUnsealed."""
    return tuple(json.loads(unseal(what_for, sealed)))
