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

SIGN_IN = "sign_in"
"""The login that alone reads and writes by what the operator's people come in (docs/adr/0064)."""
APPS_OF_SIGN_IN, PASSWORDS = ("mfa", "sessions", "socialaccount", "usersessions"), "staff_password"
"""Second steps, sessions and identities of a directory; and the table of ours."""

_login: ContextVar[str] = ContextVar("login", default=DEFAULT_DB_ALIAS)
"""Set by ``database_roles.behind`` alone."""


@contextmanager
def using(login: str) -> Iterator[None]:
    token = _login.set(login)
    try:
        yield
    finally:
        _login.reset(token)


class LoginRouter:
    """Django's questions go to the login of the scope they are asked in, whichever login their objects came by; those
    about what people sign in with, to the login of the sign-in, where one is named.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        if is_of_sign_in(model) and SIGN_IN in connections.settings:
            return SIGN_IN
        if _login.get() == PORTAL:
            return PORTAL
        instance = hints.get("instance")
        return DEFAULT_DB_ALIAS if instance is not None and instance._state.db in (PORTAL, SIGN_IN) else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool | None:
        return True if {one._state.db, other._state.db} <= {PORTAL, SIGN_IN, DEFAULT_DB_ALIAS} else None


def is_of_sign_in(model: type[Model]) -> bool:
    return model._meta.app_label in APPS_OF_SIGN_IN or model._meta.db_table == PASSWORDS


class _ConnectionOfTheScope:
    """``django.db.connection``, but of the login of the scope: for modules that the portal's pages read through."""

    def __getattr__(self, name: str) -> Any:
        return getattr(connections[_login.get()], name)


connection = cast("DatabaseWrapper", _ConnectionOfTheScope())


def ask(statement: str, values: Any = (), login: str | None = None) -> list[tuple[Any, ...]]:
    """All rows of its answer, by a cursor that stays. Raises as Django's cursors do."""
    return cast("DatabaseWrapper", connections[login or _login.get()]).ask(statement, values)


def run(statement: str, values: Any = (), login: str | None = None) -> int:
    """How many rows it wrote. Raises as Django's cursors do."""
    return cast("DatabaseWrapper", connections[login or _login.get()]).run(statement, values)
