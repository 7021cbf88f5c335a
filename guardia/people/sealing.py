"""Secrets as the database keeps them: sealed with SECRET_KEY, so that a copy of the tables alone opens nothing."""

import base64
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
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
