"""The rights of each database role: ``migrations/policies.sql``, and whether the database has it as it stands now."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

FILE = Path(__file__).resolve().parents[1] / "migrations" / "policies.sql"
APPLIED = """
    SELECT obj_description(to_regprocedure('refuse_change()'), 'pg_proc'),
           has_database_privilege('public', current_database(), 'TEMPORARY')
           OR EXISTS (SELECT FROM pg_roles
                      WHERE rolname IN ('guardia_portal_login', 'guardia_portal_acts_login', 'guardia_worker_login',
                                        'guardia_sign_in_login')
                      AND NOT pg_has_role(oid, to_regrole(replace(rolname, '_login', '')), 'MEMBER'))
"""
"""What was applied last stands as a comment on the first function of the file; a backup takes it along. What belongs to
the server or the whole database it does not take along: whether that is missing stands beside it.
"""


@cache
def _digest() -> str:
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:16]


def has_one_login() -> bool:
    """Whether the desk's login must sign people in too, since no other is named for it."""
    return not settings.DATABASE_SIGN_IN_URL


def wanted() -> str:
    """The name of the file as it stands, by what is in it, and for which kind of installation it is applied."""
    return f"policies.sql {_digest()}{' for one login' if has_one_login() else ''}"


def statements() -> str:
    return f"SET LOCAL guardia.one_login = '{'on' if has_one_login() else 'off'}';\n{FILE.read_text()}"


def is_applied(owner: BaseDatabaseWrapper) -> bool:
    """Whether the database has these rights; also where it has no table yet."""
    with owner.cursor() as cursor:
        cursor.execute(APPLIED)
        return cursor.fetchone() == (wanted(), False)


def apply(owner: BaseDatabaseWrapper) -> None:
    """Give the database the rights that the file says, whole or not at all. As the owner of the tables."""
    with transaction.atomic(owner.alias), owner.cursor() as cursor:
        cursor.execute(statements())
        cursor.execute(f"COMMENT ON FUNCTION refuse_change() IS '{wanted()}'")
