"""Which login the statements of this moment go to, and the short way to ask it what is written by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

if TYPE_CHECKING:
    from guardia.config.backend.base import DatabaseWrapper

PORTAL = "portal"
"""The login that reads for a customer's person and can become nothing else (docs/adr/0063)."""

_login: ContextVar[str] = ContextVar("login", default=DEFAULT_DB_ALIAS)
"""Set by ``walls.behind`` alone."""


@contextmanager
def using(login: str) -> Iterator[None]:
    token = _login.set(login)
    try:
        yield
    finally:
        _login.reset(token)


class LoginRouter:
    """Django's questions go to the login of the scope they are asked in, whichever login their objects came by."""

    def db_for_read(self, _model: type[Model], **hints: Any) -> str | None:
        if _login.get() == PORTAL:
            return PORTAL
        instance = hints.get("instance")
        return DEFAULT_DB_ALIAS if instance is not None and instance._state.db == PORTAL else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool | None:
        return True if {one._state.db, other._state.db} <= {PORTAL, DEFAULT_DB_ALIAS} else None


class _InForce:
    """``django.db.connection``, but of the login of the scope: for modules that the portal's pages read through."""

    def __getattr__(self, name: str) -> Any:
        return getattr(connections[_login.get()], name)


connection = cast("DatabaseWrapper", _InForce())


def ask(statement: str, values: Any = (), login: str | None = None) -> list[tuple[Any, ...]]:
    """All rows of its answer, by a cursor that stays. Raises as Django's cursors do."""
    return cast("DatabaseWrapper", connections[login or _login.get()]).ask(statement, values)


def run(statement: str, values: Any = (), login: str | None = None) -> int:
    """How many rows it wrote. Raises as Django's cursors do."""
    return cast("DatabaseWrapper", connections[login or _login.get()]).run(statement, values)
