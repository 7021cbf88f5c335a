"""What a customer's person does goes by a login of its own: what is smuggled into an act stays in that company."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import make_conninfo

from guardia.clocks.clock import Wait
from guardia.config import signing
from guardia.config.asking import PORTAL_ACTS
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.sign_in import SignInCode
from tests.escalation_desk.storm import case_of_the_hospital
from tests.procedure import story as stories
from tests.procedure.story import Story

LOGIN = "guardia_portal_acts_login"
BEGIN = """
    SELECT set_config('role', 'guardia_portal_acts', true), pg_backend_pid(), (extract(epoch FROM now()) * 1e6)::bigint
"""
SIGN = "SELECT set_config('guardia.customer', %s, true), set_config('guardia.signature', %s, true)"
TENANTS = """
    WITH known AS MATERIALIZED (
        SELECT polrelid, CASE relname WHEN 'customer' THEN 'id' ELSE 'customer_id' END AS of_company, relname
        FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE polname = 'tenant'
    )
    SELECT relname FROM known WHERE has_column_privilege(polrelid, of_company, 'SELECT')
"""
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)


@pytest.fixture
def story(transactional_db, monkeypatch) -> Story:
    """The bank with a case, and the hospital with a contact whose mailbox is known at the bank too; committed."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=12))
    with behind(DatabaseRole.STAFF):
        told = Story()
        told.open_case()
        Contact.objects.filter(pk__in=[told.head.pk, told.stranger.pk]).update(language="en")
        Contact.objects.filter(pk=told.head.pk).update(administers=True)
        told.head.refresh_from_db()
        signing.read()
    return told


# --- whatever is smuggled in ------------------------------------------------------------------------------------------
@contextmanager
def session(signed: int | str) -> Iterator[psycopg.Connection]:
    """A transaction of the login in which this company was signed, or a mailbox or code."""
    with psycopg.connect(make_conninfo(os.environ["DATABASE_DIRECT_URL"], user=LOGIN)) as one:
        _role, pid, began = one.execute(BEGIN).fetchone()
        one.execute(SIGN, [str(signed), signing.signature(str(signed), pid, began)])
        yield one
        one.rollback()


def rows_of_others(one: psycopg.Connection, own: int) -> dict[str, int]:
    """By table, how many rows of another company are seen; of tables without a company, those that name one."""
    tables = [name for (name,) in one.execute(TENANTS)]
    assert {"case", "case_event", "contact", "notice", "delivery", "company_session", "call_task"} <= set(tables)
    found = {}
    for table in tables:
        column = "id" if table == "customer" else "customer_id"
        (count,) = one.execute(f'SELECT count(*) FROM "{table}" WHERE {column} <> %s', [own]).fetchone()
        found[table] = count
    (found["audit_entry"],) = one.execute(
        "SELECT count(*) FROM audit_entry WHERE about = 'contact' AND key NOT IN (SELECT id::text FROM contact)"
    ).fetchone()
    (found["setting_change"],) = one.execute(
        "SELECT count(*) FROM setting_change WHERE by_contact_id NOT IN (SELECT id FROM contact)"
    ).fetchone()
    return {table: count for table, count in found.items() if count}


def test_an_act_sees_its_own_company_and_the_internal_rows_of_it(story):
    with behind(DatabaseRole.STAFF):
        story.case.note("solo nuestro", by=story.by, at=story.now)
    with session(story.bank.pk) as one:
        assert rows_of_others(one, story.bank.pk) == {}
        assert one.execute('SELECT count(*) FROM "case"').fetchone() == (1,)
        assert one.execute("SELECT count(*) FROM case_event WHERE NOT public").fetchone() != (0,)
    with session(story.other.pk) as one:
        assert rows_of_others(one, story.other.pk) == {}
        assert one.execute('SELECT count(*) FROM "case"').fetchone() == (0,)


READS = {
    "the passwords": "SELECT hash FROM staff_password",
    "the mark of one": "SELECT password_mark FROM staff",
    "all of a person": "SELECT * FROM staff",
    "the second steps": "SELECT data FROM mfa_authenticator",
    "the sessions of staff": "SELECT session_key FROM django_session",
    "whose they are": "SELECT * FROM usersessions_usersession",
    "links to a new password": "SELECT * FROM password_reset",
    "the key": "SELECT * FROM portal_key",
    "who asked for a code": "SELECT mailbox FROM sign_in_code",
    "what it is made of": "SELECT salt FROM sign_in_code",
    "what was sent": "SELECT body, address FROM delivery",
    "who of staff did what": "SELECT staff_id FROM audit_entry",
    "the facts of the journal": "SELECT facts FROM audit_entry",
    "why somebody is covered": "SELECT reason FROM cover",
    "calls": "SELECT * FROM call",
    "mail": "SELECT * FROM message",
    "connections": "SELECT * FROM connection",
    "elements": "SELECT * FROM element",
}
BECOMES = {
    "staff": "SELECT set_config('role', 'guardia_staff', true)",
    "the worker": "SET ROLE guardia_worker",
    "the portal": "SET ROLE guardia_portal",
    "the sign-in": "SET ROLE guardia_sign_in",
    "the eraser": "SET ROLE guardia_eraser",
    "the application": "SET ROLE guardia_app",
    "the owner": "SET ROLE guardia_owner",
    "another session": "SET SESSION AUTHORIZATION guardia_app",
    "a table before ours": "CREATE TEMPORARY TABLE portal_key AS SELECT ''::bytea AS inner_pad, ''::bytea AS outer_pad",
    "a table of its own": "CREATE TABLE public.mine (id int)",
    "a function of ours": "CREATE OR REPLACE FUNCTION guardia_company() RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
    "a policy": 'CREATE POLICY everything ON "case" TO guardia_portal_acts USING (true)',
    "a table emptied": "TRUNCATE contact CASCADE",
    "a row deleted": "DELETE FROM contact",
    "a company": "UPDATE customer SET vip = true",
    "a role of somebody": "UPDATE staff SET role = 'administrator'",
    "a person": "INSERT INTO staff (username, name) VALUES ('eve', 'Eve')",
    "a password": "INSERT INTO staff_password VALUES (1, 'x')",
    "a new password": "INSERT INTO password_reset (staff_id, asked_at) VALUES (1, now())",
    "a session of staff": "INSERT INTO django_session VALUES ('x', '', now())",
    "a key of the portal": "UPDATE portal_key SET inner_pad = outer_pad",
    "a digest of the journal": "SELECT audit_linked_one(1, 'written', ''::bytea)",
    "more tries for a code": "UPDATE sign_in_code SET mailbox = 'x@example.com'",
    "an event rewritten": "UPDATE case_event SET public = true",
    "a notice rewritten": "UPDATE notice SET state = 'sent'",
    "a mail rewritten": "UPDATE delivery SET address = 'eve@example.com'",
}


def is_refused(one: psycopg.Connection, statement: str) -> bool:
    """Whether the rights refuse it; the transaction goes on. One that finds nothing to change tests nothing."""
    try:
        with one.transaction():
            assert one.execute(statement).rowcount != 0, statement
    except REFUSED:
        return True
    return False


def test_it_becomes_nobody_and_reads_no_secret(story):
    with session(story.bank.pk) as one:
        may = [what for what, statement in (READS | BECOMES).items() if not is_refused(one, statement)]
    assert may == []


SESSION = "company_session (customer_id, contact_id, mailbox, token_hash, agent, by_own, opened_at, expires_at)"
OPEN = "'x', 'x', '', false, now(), now() + interval '1 hour'"
MAIL = "delivery (channel, address, urgent, state, attempts, message_id, available_at, created_at, answer"
UNSENT = "'mail', 'eve@example.com', false, 'waiting', 0, 'x', now(), now(), ''"
JOURNAL = "audit_entry (at, kind, account, agent, about, key, facts"
FOREIGN = {
    "a contact": """
        INSERT INTO contact (customer_id, name, told, kinds) SELECT {other}, name, told, kinds FROM contact LIMIT 1
    """,
    "a contact moved": "UPDATE contact SET customer_id = {other}",
    "a case moved": 'UPDATE "case" SET customer_id = {other}',
    "a case at another's site": 'UPDATE "case" SET site_id = {site}',
    "a case of another's contact": 'UPDATE "case" SET reporter_id = {stranger}',
    "a wait of another's case": "UPDATE wait SET case_id = {case}",
    "a session of another": f"INSERT INTO {SESSION} VALUES ({{other}}, {{stranger}}, {OPEN})",
    "one's own for another's contact": f"INSERT INTO {SESSION} VALUES ({{own}}, {{stranger}}, {OPEN})",
    "a follower of another's case": """
        INSERT INTO case_follower (customer_id, case_id, contact_id, added_at) VALUES ({own}, {case}, {head}, now())
    """,
    "an act in another's case": """
        INSERT INTO customer_act (customer_id, case_id, contact_id, nonce, kind, at)
        VALUES ({own}, {case}, {head}, 1, 'x', now())
    """,
    "an event as staff": """
        INSERT INTO case_event (customer_id, case_id, seq, moment, actor_kind, actor_id, occurred_at, recorded_at)
        SELECT customer_id, id, 99, 'note', 'staff', 1, now(), now() FROM "case"
    """,
    "a link to somebody's new password": f"INSERT INTO {MAIL}, reset_id) VALUES ({UNSENT}, 1)",
    "somebody's code": f"INSERT INTO {MAIL}, code_id) VALUES ({UNSENT}, 1)",
    "a mail of any words": f"INSERT INTO {MAIL}, customer_id, body) VALUES ({UNSENT}, {{own}}, 'x')",
    "a mail of nobody": f"INSERT INTO {MAIL}) VALUES ({UNSENT})",
    "a code for any mailbox": """
        INSERT INTO sign_in_code (mailbox_mark, asker_mark, mailbox, language, salt, asked_at, attempts)
        VALUES ('x', 'x', 'hospital@example.com', 'es', 'x', now(), 0)
    """,
    "the journal as staff": f"INSERT INTO {JOURNAL}, staff_id) VALUES (now(), 'exported', '', '', '', '', 'null', 1)",
    "a sign-in of staff": f"INSERT INTO {JOURNAL}) VALUES (now(), 'signed_in', '', '', '', '', 'null')",
    "a setting of the operator": "INSERT INTO setting_change (noun, key, at) VALUES ('level', '1', now())",
}


@pytest.fixture
def theirs(story) -> dict[str, int]:
    """Ids for what is smuggled in: the hospital's own, and of the bank, which is another company to it."""
    with behind(DatabaseRole.STAFF):
        case = story.case.pk
        own = case_of_the_hospital(story)
        Wait.objects.create(customer=story.other, case=own, cause="customer", started_at=story.now, clocks=[])
    return {
        "own": story.other.pk,
        "head": story.stranger.pk,
        "other": story.bank.pk,
        "stranger": story.head.pk,
        "case": case,
        "site": story.site.pk,
    }


def test_it_writes_nothing_for_another_company(story, theirs):
    with session(theirs["own"]) as one:
        may = [what for what, statement in FOREIGN.items() if not is_refused(one, statement.format(**theirs))]
    assert may == []


OTHER_SIGNED = {
    "another company": "SELECT set_config('guardia.customer', '{other}', true)",
    "its mailbox": "SELECT set_config('guardia.customer', 'mailbox:jefe@example.com', true)",
    "a code": "SELECT set_config('guardia.customer', 'code:1', true)",
    "a forged signature": """
        SELECT set_config('guardia.customer', '{other}', true), set_config('guardia.signature', repeat('0', 64), true)
    """,
    "a replayed one": """
        SELECT set_config('guardia.customer', '{other}', true), set_config('guardia.signature', '{replayed}', true)
    """,
}


def test_nothing_else_than_what_was_signed_counts(story):
    for statement in OTHER_SIGNED.values():
        with session(story.bank.pk) as theirs, session(story.other.pk) as one:
            replayed = theirs.execute("SELECT current_setting('guardia.signature')").fetchone()[0]
            one.execute(statement.format(other=story.bank.pk, replayed=replayed))
            assert one.execute("SELECT guardia_signed(), guardia_company()").fetchone() == (None, None)
            for found in ("contact", "contacts_of_signed_mailbox()", "signed_code()"):
                assert one.execute(f"SELECT count(*) FROM {found}").fetchone() == (0,)


def test_before_the_company_is_known_there_are_ids_of_one_mailbox_and_nothing_else(story):
    with behind(DatabaseRole.STAFF):
        code, other = (
            SignInCode.objects.create(mailbox_mark=mark, asker_mark="x", mailbox=mark, salt=b"x" * 16, asked_at=now())
            for mark in ("jefe@example.com", "hospital@example.com")
        )
    with session("mailbox:JEFE@example.com") as one:
        assert one.execute("SELECT contact, company FROM contacts_of_signed_mailbox()").fetchall() == [
            (story.head.pk, story.bank.pk)
        ]
        assert one.execute("SELECT count(*) FROM contact").fetchone() == (0,)
        assert one.execute("SELECT count(*) FROM signed_code()").fetchone() == (0,)
    with session(f"code:{code.pk}") as one:
        assert [row[0] for row in one.execute("SELECT id FROM signed_code()")] == [code.pk]
        assert one.execute("UPDATE sign_in_code SET attempts = 0 WHERE id = %s", [other.pk]).rowcount == 0
        assert one.execute("UPDATE sign_in_code SET attempts = 1").rowcount == 1
        assert one.execute("SELECT count(*) FROM contact").fetchone() == (0,)
    with session("") as one:
        assert one.execute("SELECT company_of_session('x')").fetchone() == (None,)
        assert rows_of_others(one, 0) == {}


# --- the session that the next one gets -------------------------------------------------------------------------------
def test_nothing_is_left_in_it_for_the_next_company(story, portal_acts_login):
    acts = connections[PORTAL_ACTS]
    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk), acts.cursor() as cursor:
        for left in (
            'DECLARE left_open CURSOR WITH HOLD FOR SELECT * FROM "case"',
            'PREPARE mine AS SELECT * FROM "case"',
            "SELECT pg_advisory_lock(7)",
            "SET search_path TO pg_temp",
        ):
            cursor.execute(left)
    pid = acts.connection.info.backend_pid
    with behind(DatabaseRole.PORTAL_ACTS, story.other.pk), acts.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM pg_cursors WHERE is_holdable),
                (SELECT count(*) FROM pg_prepared_statements),
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
                current_setting('search_path'), pg_backend_pid()"""
        )
        assert cursor.fetchone() == (0, 0, 0, '"$user", public', pid)
