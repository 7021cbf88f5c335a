"""The portal reads by a login of its own: whatever is smuggled into its statements, no other company's row comes."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connections
from django.test import Client
from django.utils.timezone import localdate
from psycopg.conninfo import make_conninfo

from guardia.cases import case_link
from guardia.cases.case import Case
from guardia.cli.children import Child
from guardia.config import processes, signing
from guardia.config.asking import PORTAL
from guardia.config.database import keep_own_logins
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.escalation import signed_links
from guardia.web.portal.visitor import COOKIE
from tests.procedure.story import Story

LOGIN, WORKER = "guardia_portal_login", "guardia_worker_login"
TENANTS = """
    SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid AND polname = 'tenant'
    WHERE has_table_privilege(pg_class.oid, 'SELECT')
"""
BEGIN = "SELECT set_config('role', 'guardia_portal', true), pg_backend_pid(), (extract(epoch FROM now()) * 1e6)::bigint"
SIGN = "SELECT set_config('guardia.customer', %s, true), set_config('guardia.signature', %s, true)"


@pytest.fixture
def story(transactional_db) -> Story:
    """Two companies with a case each, committed."""
    with behind(DatabaseRole.STAFF):
        told = Story()
        told.open_case()
        Case.objects.filter(pk=told.case.pk).update(subject="enlace del banco")
        Contact.objects.create(customer=told.other, name="Rosa")
        signing.read()
        told.letter = f"/c/caso/{case_link.token(told.bank.pk, told.case.pk, told.head.pk)}"
        told.signed_in = f"/mi-empresa/casos/{told.case.number}"
    return told


@contextmanager
def session(company: int) -> Iterator[psycopg.Connection]:
    """A transaction of the portal's login in which this company was signed."""
    with psycopg.connect(make_conninfo(os.environ["DATABASE_DIRECT_URL"], user=LOGIN)) as one:
        sign(one, company)
        yield one
        one.rollback()


def sign(one: psycopg.Connection, company: int) -> str:
    """Begin; returns the signature."""
    _role, pid, began = one.execute(BEGIN).fetchone()
    signature = signing.signature(str(company), pid, began)
    one.execute(SIGN, [str(company), signature])
    return signature


def companies(one: psycopg.Connection) -> set[int]:
    """Whose rows are seen, in any table."""
    seen: set[int] = set()
    for (table,) in one.execute(TENANTS).fetchall():
        column = "id" if table == "customer" else "customer_id"
        seen |= {each for (each,) in one.execute(f'SELECT DISTINCT {column} FROM "{table}"')}
    return seen


def test_each_company_sees_its_own(story):
    for company in (story.bank.pk, story.other.pk):
        with session(company) as one:
            assert companies(one) == {company}


INJECTED = {
    "the company": "SELECT set_config('guardia.customer', '{other}', true)",
    "the company, for the session": "SELECT set_config('guardia.customer', '{other}', false)",
    "SET": "SET guardia.customer = '{other}'",
    "no signature": "SELECT set_config('guardia.customer', '{other}', true), set_config('guardia.signature', '', true)",
    "a forged one": """
        SELECT set_config('guardia.customer', '{other}', true), set_config('guardia.signature', '{forged}', true)
    """,
    "a replayed one": """
        SELECT set_config('guardia.customer', '{other}', true), set_config('guardia.signature', '{replayed}', true)
    """,
    "two in one": "SELECT set_config('guardia.customer', '{own} {other}', true)",
    "policies off": "SET LOCAL row_security = off",
    "as staff": "SELECT set_config('role', 'guardia_staff', true)",
    "as worker": "SET ROLE guardia_worker",
    "as eraser": "SET ROLE guardia_eraser",
    "as the application": "SET ROLE guardia_app",
    "as owner": "SET ROLE guardia_owner",
    "as another session": "SET SESSION AUTHORIZATION guardia_app",
    "as nobody": "RESET ROLE",
    "a table before ours": "CREATE TEMPORARY TABLE portal_key AS SELECT ''::bytea AS inner_pad, ''::bytea AS outer_pad",
    "a view before ours": "CREATE TEMPORARY VIEW portal_key AS SELECT ''::bytea AS inner_pad, ''::bytea AS outer_pad",
    "a function of ours": """
        CREATE OR REPLACE FUNCTION guardia_company() RETURNS bigint LANGUAGE sql AS 'SELECT {other}'
    """,
    "a function before ours": """
        CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'
    """,
    "another path": "SELECT set_config('search_path', 'pg_temp, public, pg_catalog', true)",
    "a policy": 'CREATE POLICY all_of_it ON "case" TO guardia_portal USING (true)',
    "the key": "SELECT * FROM portal_key",
    "the passwords": "SELECT hash FROM staff_password",
    "what others ask": "SELECT query FROM pg_stat_activity",
    "a row": "INSERT INTO contact (customer_id, name) VALUES ({other}, 'x')",
    "a move": "UPDATE contact SET customer_id = {other}",
}


@pytest.mark.parametrize("injected", INJECTED)
def test_no_statement_brings_another_companys_row(story, injected):
    own, other = story.other.pk, story.bank.pk
    with session(other) as theirs, session(own) as one:
        replayed = theirs.execute("SELECT current_setting('guardia.signature')").fetchone()[0]
        words = INJECTED[injected].format(own=own, other=other, forged="0" * 64, replayed=replayed)
        refused = False
        try:
            with one.transaction():
                one.execute(words)
        except psycopg.Error:
            refused = True
        try:
            seen = companies(one)
        except (
            psycopg.errors.InsufficientPrivilege
        ):  # rows are refused, not left out: with row_security = off, or nobody
            seen = set()
        assert seen <= {own}
        assert seen == {own} or not refused
        assert companies(theirs) == {other}


def test_a_signature_is_of_one_transaction(story):
    """Not even of the next one of the same session, in which somebody else reads."""
    with session(story.bank.pk) as one:
        former = one.execute("SELECT current_setting('guardia.signature')").fetchone()[0]
        one.commit()
        sign(one, story.other.pk)
        one.execute(SIGN, [str(story.bank.pk), former])
        assert companies(one) == set()


MAY = {
    "guardia_app": {"guardia_staff", "guardia_worker", "guardia_portal", "guardia_portal_acts"},
    LOGIN: {"guardia_portal"},
    "guardia_portal_acts_login": {"guardia_portal_acts"},
    WORKER: {"guardia_worker"},
    "guardia_sign_in_login": {"guardia_sign_in"},
}


@pytest.mark.parametrize("login", MAY)
def test_no_login_becomes_more_than_it_may(story, login):
    with psycopg.connect(make_conninfo(os.environ["DATABASE_DIRECT_URL"], user=login), autocommit=True) as one:
        roles = [name for (name,) in one.execute("SELECT rolname FROM pg_roles WHERE rolname <> session_user")]
        became = set()
        for role in roles:
            try:
                one.execute(f'SET ROLE "{role}"')
                became.add(role)
            except psycopg.errors.InsufficientPrivilege:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    one.execute(f'SET SESSION AUTHORIZATION "{role}"')
            one.execute("RESET ROLE")
        assert became == MAY[login]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one.execute("CREATE TEMPORARY TABLE staff (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one.execute("CREATE TABLE public.staff_too (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one.execute("SELECT count(*) FROM staff")


# --- the worker -------------------------------------------------------------------------------------------------------
WRITES = {
    "a password": "UPDATE staff_password SET hash = 'x'",
    "a person": "INSERT INTO staff (username, name) VALUES ('eve', 'Eve')",
    "a role": "UPDATE staff SET role = 'administrator'",
    "a mailbox to which a new password goes": "UPDATE staff SET email = 'eve@example.com'",
    "a way to a new password": "INSERT INTO password_reset (staff_id, asked_at) VALUES (1, now())",
    "what a password is": "SELECT hash FROM staff_password",
    "a second step": "DELETE FROM mfa_authenticator",
    "the key of the portal": "SELECT * FROM portal_key",
}


@pytest.mark.parametrize("what", WRITES)
def test_the_worker_gives_nobody_a_password(story, what):
    with psycopg.connect(make_conninfo(os.environ["DATABASE_DIRECT_URL"], user=WORKER), autocommit=True) as one:
        one.execute("SET ROLE guardia_worker")
        assert one.execute("SELECT count(*) FROM staff").fetchone() != (0,)
        with one.transaction():  # as the packing of notices holds whom it writes to
            one.execute("SELECT id FROM staff FOR NO KEY UPDATE SKIP LOCKED")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one.execute(WRITES[what])


ADDRESSES = {
    "DATABASE_URL": "of the web",
    "DATABASE_PORTAL_URL_FILE": "of the portal",
    "DATABASE_PORTAL_ACTS_URL": "of its acts",
    "DATABASE_WORKER_URL": "of the worker",
    "DATABASE_DIRECT_URL_FILE": "of the owner",
    "DATABASE_REPLICA_URL": "of the replica",
    "LANG": "C",
}


def test_web_worker_and_listeners_are_not_told_the_owners_address(monkeypatch):
    for name, address in ADDRESSES.items():
        monkeypatch.setenv(name, address)
    for name in ("DATABASE_DIRECT_URL", "DATABASE_WORKER_URL_FILE", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    told: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(processes, "start", lambda command, env, **_more: told.update({command[3]: env}))
    for name, words in (
        ("web", ["web", "--port", "1"]),
        ("worker", ["worker"]),
        ("telephone", ["phone", "listen"]),
        ("traps", ["traps"]),
        ("privacy", ["privacy", "work"]),
    ):
        Child(name, words).start()
    known = {name: {value for value in env.values() if value.startswith("of ")} for name, env in told.items()}
    assert known == {
        "web": {"of the web", "of the portal", "of its acts", "of the replica"},
        "worker": {"of the worker"},
        "phone": {"of the worker"},
        "traps": {"of the worker"},
        "privacy": set(ADDRESSES.values()) - {"C"},
    }
    assert told["worker"]["DATABASE_URL"] == "of the worker"


def test_where_the_worker_has_no_login_of_its_own_it_works_by_that_of_the_web():
    environment = {"DATABASE_URL_FILE": "of the web", "DATABASE_WORKER_URL": "", "DATABASE_DIRECT_URL": "of the owner"}
    keep_own_logins("worker", environment)
    assert environment == {"DATABASE_URL_FILE": "of the web"}


# --- the session that the next one gets -------------------------------------------------------------------------------
LEFT = [
    'DECLARE left_open CURSOR WITH HOLD FOR SELECT * FROM "case"',
    'PREPARE _pg3_1 AS SELECT * FROM "case"',
    "SELECT pg_advisory_lock(7)",
    "LISTEN somebody",
    "SET search_path TO pg_temp",
    "SET statement_timeout TO 1",
]


def test_nothing_is_left_in_it_for_the_next_company(story, portal_login):
    portal = connections[PORTAL]
    with behind(DatabaseRole.PORTAL, story.bank.pk), portal.cursor() as cursor:
        for left in LEFT[:-1]:
            if left != "LISTEN somebody":  # nothing is heard in a transaction that only reads, nor written
                cursor.execute(left)
    with portal.cursor() as cursor:
        cursor.execute(LEFT[-1]), cursor.execute("LISTEN somebody")
    pid = portal.connection.info.backend_pid
    with behind(DatabaseRole.PORTAL, story.other.pk), portal.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE is_holdable")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT current_setting('search_path'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ('"$user", public', "0")
        cursor.execute("SELECT current_setting('transaction_read_only'), current_setting('TimeZone'), pg_backend_pid()")
        assert cursor.fetchone() == ("on", "UTC", pid), "it is the same session"
        assert not Case.objects.exists()
    with portal.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_listening_channels()")
        assert cursor.fetchone() == (0,)


def test_a_key_that_was_changed_is_read_anew(story, portal_login, owner):
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert Case.objects.exists()
    owner.execute("UPDATE portal_key SET inner_pad = outer_pad")
    try:
        with pytest.raises(signing.SignatureRefused), behind(DatabaseRole.PORTAL, story.bank.pk):
            pass
        with behind(DatabaseRole.PORTAL, story.bank.pk):
            assert Case.objects.exists()
    finally:
        signing.forget()  # the next test's database has the former one


# --- its pages --------------------------------------------------------------------------------------------------------
@pytest.fixture
def browser(story, portal_login) -> Client:
    browser = Client(headers={"accept-language": "en"})
    with behind(DatabaseRole.STAFF):
        _session, token = sessions.begin(story.head, "jefe@example.com", now())
    browser.cookies[COOKIE] = token
    return browser


def addresses(story: Story) -> list[str]:
    return [
        "/procedimiento",
        f"/c/quien-responde/{signed_links.customer_token(story.bank.pk)}",
        story.letter,
        story.signed_in,
        "/mi-empresa/",
        "/mi-empresa/historial",
        "/mi-empresa/historial.xlsx",
        "/mi-empresa/servicios",
        "/mi-empresa/trabajos",
        "/mi-empresa/informes",
        f"/mi-empresa/informes/{localdate():%Y-%m}.xlsx",
        "/mi-empresa/pedir",
        "/mi-empresa/sesiones",
    ]


def test_what_a_company_is_shown_is_read_by_the_portals_login(story, browser):
    asked: list[str] = []

    def heard(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    for address in addresses(story):
        del asked[:]
        with connections[PORTAL].execute_wrapper(heard):
            answer = browser.get(address)
        assert answer.status_code == 200, address
        assert asked, address
    assert "enlace del banco" in browser.get("/mi-empresa/").content.decode()


def test_an_act_is_done_by_another_login_and_seen_by_the_portals(story, browser):
    number = re.search(r'name="vez" value="([^"]+)"', browser.get(story.letter).content.decode())
    assert number
    answer = browser.post(f"{story.letter}/escribir", {"vez": number[1], "texto": "se cayó otra vez"})
    assert answer.status_code == 303
    assert "se cayó otra vez" in browser.get(story.letter).content.decode()
