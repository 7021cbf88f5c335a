"""policies.sql is all there is: what PostgreSQL has is compared with it, and whatever differs is put right by it."""

import psycopg
import pytest
from django.apps import apps
from django.db import connections

from guardia.config import policies

SEEN = {
    "policies": "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies",
    "tables": """
        SELECT relname, relkind::text, relrowsecurity, relforcerowsecurity FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S')
    """,
    "rights on tables": """
        SELECT relname, grantee::regrole::text, privilege_type FROM pg_class CROSS JOIN aclexplode(relacl)
        WHERE relnamespace = 'public'::regnamespace
    """,
    "rights on columns": """
        SELECT relname, attname, grantee::regrole::text, privilege_type FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid CROSS JOIN aclexplode(attacl)
        WHERE relnamespace = 'public'::regnamespace
    """,
    "functions": """
        SELECT proname, prosrc, prosecdef, proconfig::text, coalesce(proacl::text, '') FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    """,
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger
        WHERE NOT tgisinternal
    """,
    "database": "SELECT has_database_privilege('public', current_database(), 'TEMPORARY')",
    "roles": """
        SELECT role.rolname, member.rolname, inherit_option FROM pg_auth_members
        JOIN pg_roles AS role ON role.oid = roleid JOIN pg_roles AS member ON member.oid = member
        WHERE role.rolname LIKE 'guardia%'
    """,
}
OF_SIGN_IN = ("staff_password", "mfa_authenticator", "django_session", "usersessions_usersession")
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
SPOILED = [
    "DROP POLICY tenant ON clock",
    "CREATE POLICY everybody ON clock TO guardia_portal USING (true)",
    "ALTER POLICY only_public ON case_event USING (true)",
    "ALTER TABLE notice DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE notice NO FORCE ROW LEVEL SECURITY",
    "GRANT SELECT ON audit_entry TO guardia_portal",
    "GRANT SELECT (hash) ON staff_password TO guardia_portal",
    "GRANT SELECT ON staff_password TO guardia_worker",
    "GRANT SELECT (password_mark) ON staff TO guardia_portal",
    "GRANT UPDATE ON case_event TO guardia_worker",
    "GRANT UPDATE ON SEQUENCE case_number TO guardia_portal",
    "REVOKE INSERT ON case_event FROM guardia_staff",
    "DROP TRIGGER append_only ON case_event",
    "ALTER TABLE case_event DISABLE TRIGGER append_only",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "GRANT EXECUTE ON FUNCTION audit_linked_one(bigint, text, bytea) TO PUBLIC",
    "GRANT SELECT ON portal_key TO guardia_portal",
    "GRANT guardia_staff TO guardia_portal_login",
    "GRANT guardia_staff TO guardia_portal_acts_login",
    "GRANT SELECT (password_mark) ON staff TO guardia_portal_acts",
    "GRANT INSERT ON staff TO guardia_portal_acts",
    "DROP POLICY refers_insert ON case_event",
    "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY",
    "GRANT guardia_staff TO guardia_sign_in_login",
    'GRANT SELECT ON "case" TO guardia_sign_in',
    "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$",
]


def seen(owner: psycopg.Connection) -> dict[str, list[tuple]]:
    return {name: sorted(owner.execute(question).fetchall(), key=str) for name, question in SEEN.items()}


def test_postgresql_has_what_the_file_says_and_no_more(owner):
    with owner.transaction(force_rollback=True):
        before = seen(owner)
        owner.execute(policies.statements())
        assert seen(owner) == before


@pytest.mark.parametrize("statement", SPOILED)
def test_whatever_differs_is_put_right(owner, statement):
    with owner.transaction(force_rollback=True):
        before = seen(owner)
        owner.execute(statement)
        assert seen(owner) != before
        owner.execute(policies.statements())
        assert seen(owner) == before


def test_with_a_login_of_the_sign_in_nobody_else_reads_a_password(owner, settings):
    settings.DATABASE_SIGN_IN_URL = "postgresql://guardia_sign_in_login@/guardia"
    with owner.transaction(force_rollback=True):
        owner.execute(policies.statements())
        readers = {
            role: {table for table in OF_SIGN_IN if any((table, role, right) in seen_rights(owner) for right in RIGHTS)}
            for role in ("guardia_staff", "guardia_worker", "guardia_portal", "guardia_sign_in")
        }
    assert readers == {
        "guardia_staff": set(),
        "guardia_worker": {"django_session"},  # to clear those that are over
        "guardia_portal": set(),
        "guardia_sign_in": set(OF_SIGN_IN),
    }


def seen_rights(owner: psycopg.Connection) -> set[tuple]:
    return set(seen(owner)["rights on tables"])


def test_every_table_of_ours_has_its_line(owner):
    """A new table belongs to nobody until the file names it."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = {name for name, role, _right in seen(owner)["rights on tables"] if role == "guardia_staff"}
    assert ours - named == set()


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_it_is_known_whether_the_file_was_applied(monkeypatch, tmp_path):
    direct = connections["direct"]
    assert policies.is_applied(direct)
    changed = tmp_path / "policies.sql"
    changed.write_text(policies.FILE.read_text() + "\n-- more\n")
    monkeypatch.setattr(policies, "FILE", changed)
    policies._digest.cache_clear()
    try:
        assert not policies.is_applied(direct)
        policies.apply(direct)
        assert policies.is_applied(direct)
    finally:
        monkeypatch.undo()
        policies._digest.cache_clear()
    assert not policies.is_applied(direct)
