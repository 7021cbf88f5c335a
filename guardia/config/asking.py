"""Which login the statements of this moment go to: Django's by the router, those written by hand by ``sql_rows``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

PORTAL = "portal"
"""The login that reads for a customer's person and can become nothing else (docs/adr/0063)."""

PORTAL_ACTS = "portal_acts"
"""The login by which a customer's person acts and signs in, and which can become nothing else (docs/adr/0066)."""
OF_THE_PORTAL = (PORTAL, PORTAL_ACTS)

SIGN_IN = "sign_in"
"""The login that alone reads and writes by what the operator's people come in (docs/adr/0064)."""
APPS_OF_SIGN_IN, PASSWORDS = ("mfa", "sessions", "socialaccount", "usersessions"), "staff_password"
"""Second steps, sessions and identities of a directory; and the table of ours."""

REPLICAS = {login: f"{login}_replica" for login in (DEFAULT_DB_ALIAS, *OF_THE_PORTAL)}
"""By login, the one of the same rights that reads a replica, where ``DATABASE_REPLICA_URL`` is (docs/adr/0085)."""
PRIMARIES = {replica: login for login, replica in REPLICAS.items()}

OF_OTHERS = (*OF_THE_PORTAL, SIGN_IN, *PRIMARIES)
"""All but the desk's, which is Django's own."""

_login: ContextVar[str] = ContextVar("login", default=DEFAULT_DB_ALIAS)
"""Set by ``database_roles.behind`` alone."""


@contextmanager
def using(login: str) -> Iterator[None]:
    token = _login.set(login)
    try:
        yield
    finally:
        _login.reset(token)


def login() -> str:
    """Return the login of the scope that is in force."""
    return _login.get()


def primary() -> str:
    """Return that login, or, where a replica is read in its place, the one that it stands for."""
    return PRIMARIES.get(_login.get(), _login.get())


@contextmanager
def of_primary() -> Iterator[None]:
    """Inside, where a replica is read, questions go to the primary again: for what is written, and for what must be as
    it is now.
    """
    with using(primary()):
        yield


def atomic(*, savepoint: bool = True) -> transaction.Atomic:
    """``transaction.atomic``, of the login of the scope: for verbs that the customer's person does too."""
    return transaction.atomic(_login.get(), savepoint=savepoint)


class _ConnectionOfTheScope:
    """``django.db.connection``, but of the login of the scope."""

    def __getattr__(self, name: str) -> Any:
        return getattr(connections[_login.get()], name)


connection = cast(BaseDatabaseWrapper, _ConnectionOfTheScope())


class LoginRouter:
    """Django's questions go to the login of the scope they are asked in, whichever login their objects came by; those
    about what people sign in with, to the login of the sign-in, where one is named.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        if is_of_sign_in(model) and SIGN_IN in connections.settings:
            return SIGN_IN
        if _login.get() in OF_THE_PORTAL or _login.get() in PRIMARIES:
            return _login.get()
        instance = hints.get("instance")
        return DEFAULT_DB_ALIAS if instance is not None and instance._state.db in OF_OTHERS else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool | None:
        return True if {one._state.db, other._state.db} <= {*OF_OTHERS, DEFAULT_DB_ALIAS} else None


def is_of_sign_in(model: type[Model]) -> bool:
    return model._meta.app_label in APPS_OF_SIGN_IN or model._meta.db_table == PASSWORDS
