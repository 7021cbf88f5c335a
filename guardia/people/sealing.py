"""Secrets as the database keeps them: sealed with SECRET_KEY, so that a copy of the tables alone opens nothing."""

import base64
import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.encoding import force_bytes

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class CannotBeUnsealed(Exception):
    """It was sealed with another SECRET_KEY, which SECRET_KEY_FALLBACKS does not name; or somebody has changed it."""


def seal(what_for: str, text: str) -> str:
    """``text`` sealed; only the same ``what_for`` opens it again."""
    return _keys(what_for).encrypt(text.encode()).decode()


def unseal(what_for: str, sealed: str, *, good_for: int | None = None) -> str:
    """What was sealed, at most ``good_for`` seconds ago. Raises CannotBeUnsealed."""
    from cryptography.fernet import InvalidToken

    try:
        return _keys(what_for).decrypt(sealed.encode(), ttl=good_for).decode()
    except (InvalidToken, UnicodeError) as wrong:
        raise CannotBeUnsealed from wrong


def _keys(what_for: str) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet  # loaded with the first secret: the worker meets few

    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (sha256(what_for.encode() + force_bytes(secret)).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


# A column that holds a list of texts sealed: a copy of the table alone says which rows have any, and no word of it.


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
