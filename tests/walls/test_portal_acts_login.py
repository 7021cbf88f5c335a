"""What a customer's person does goes by a login of its own: what is smuggled into an act stays in that company."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.conninfo import make_conninfo

from guardia.calls.written import WrittenRequest
from guardia.cases import case_link
from guardia.cases.customer_act import CustomerAct
from guardia.cases.stages.verification import Confirmer
from guardia.cases.waiting import WaitReason
from guardia.clocks.wait import Wait
from guardia.config import signing
from guardia.config.asking import PORTAL_ACTS
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import codes, confirming, sign_in_address
from guardia.customers.address_confirmation import AddressConfirmation
from guardia.customers.contact import Contact
from guardia.customers.contact_change import ContactChange
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.sign_in import CompanySession, SignInCode
from guardia.escalation import escalate_link
from guardia.intake import colleagues
from guardia.notices.notice import Delivery, Notice
from guardia.outages import work_link
from guardia.outages.planned_work import PlannedWorkService
from guardia.people import connections as connection_settings
from guardia.people.audit_entry import AuditEntry
from guardia.procedure.vocabulary import Moment, WaitCause
from tests.escalation_desk.storm import case_of_the_hospital
from tests.files import samples
from tests.portal.conftest import Portal, Telephone
from tests.portal.test_company import WHOLE, Visitor
from tests.procedure import story as stories
from tests.procedure.story import Story, rota
from tests.procedure.story import contact as a_contact
from tests.works.nights import Night

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


# --- what is done, by the logins of an installation -------------------------------------------------------------------
@contextmanager
def without_the_desk() -> Iterator[None]:
    """Inside, a statement by the login of the desk is a failure."""

    def refused(execute, sql, params, many, context):
        raise AssertionError(f"asked of the desk's login: {sql}")

    with connections[DEFAULT_DB_ALIAS].execute_wrapper(refused):
        yield


@pytest.fixture
def every_login(story, portal_login, portal_acts_login, sign_in_login) -> None:
    """An installation with all addresses named; what is set on screen is read now, by the desk's login."""
    connection_settings.setting("SMS_URL")


@pytest.fixture
def inside(every_login) -> Visitor:
    return signed_in("jefe@example.com")


def digits_of_the_last() -> str:
    with behind(DatabaseRole.STAFF):
        return codes.digits_of(SignInCode.objects.latest("pk"))


def signed_in(mailbox: str) -> Visitor:
    visitor = Visitor()
    with without_the_desk():
        address = visitor.asks(mailbox).headers["Location"]
    digits = digits_of_the_last()
    with without_the_desk():
        wrong = visitor.send(address, codigo=f"{(int(digits) + 1) % 10**6:06}")
        assert "These are not the digits" in wrong.content.decode()
        assert visitor.send(address, codigo=digits).status_code == 303
    return visitor


def test_signing_in_by_a_code_and_out(inside, story):
    with behind(DatabaseRole.STAFF):
        assert CompanySession.objects.get().customer_id == story.bank.pk
        assert SignInCode.objects.get().attempts == 2
        assert Delivery.objects.filter(code__isnull=False).count() == 1
        kinds = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["contact_failed", "contact_signed_in"]
    with without_the_desk():
        assert inside.telephone.get("/mi-empresa/").status_code == 200
        assert inside.telephone.get("/mi-empresa/sesiones").status_code == 200
        assert inside.send("/mi-empresa/sesiones").status_code == 303
        assert inside.send("/mi-empresa/salir", "/mi-empresa/").status_code == 303
        assert inside.telephone.get("/mi-empresa/").status_code == 302
    with behind(DatabaseRole.STAFF):
        assert CompanySession.objects.get().ended_at


def test_a_mailbox_that_is_nobodys_is_answered_alike(every_login):
    with without_the_desk():
        assert Visitor().asks("nadie@example.com").status_code == 303
    with behind(DatabaseRole.STAFF):
        assert SignInCode.objects.get().mailbox == ""
        assert not Delivery.objects.filter(code__isnull=False).exists()


def test_a_mailbox_of_two_companies_changes_from_one_to_the_other(every_login, story):
    with behind(DatabaseRole.STAFF):
        second = a_contact(story.other, "Jefe también", "jefe@example.com", "en")
    visitor = Visitor()
    address = visitor.asks("jefe@example.com").headers["Location"]
    digits = digits_of_the_last()
    with without_the_desk():
        assert visitor.send(address, codigo=digits).headers["Location"] == "/mi-empresa/compania"
        page = visitor.page("/mi-empresa/compania")
        assert "Banco Austral" in page
        assert "Hospital Los Arrayanes" in page
        assert visitor.send("/mi-empresa/compania", contacto=second.pk).status_code == 303
        assert "Hospital Los Arrayanes" in visitor.page("/mi-empresa/")
        assert visitor.telephone.get(f"/mi-empresa/casos/{story.number}").status_code == 404


def test_a_link_that_is_none_is_counted(every_login, settings):
    settings.GUESSES_OF_ADDRESS = 2
    with without_the_desk():
        seen = [Telephone().get("/c/caso/made-up").status_code for _ in range(4)]
    assert seen == [404, 404, 429, 429]


BEFORE_A_SOLUTION = {
    "escribir": {"texto": "hay un olor a quemado"},
    "mi-numero": {"referencia": "INC-77"},
    "escalar": {"nivel": 1},
    "colega": {"nombre": "Ana Nueva", "correo": "ana@example.com", "cargo": "Redes"},
    "archivo": {"texto": "la luz roja"},
    "objetar-espera": {"texto": "nadie nos llamó"},
}
AFTER_IT = {
    "funciona": {},
    "no-funciona": {"texto": "sigue sin navegar"},
    "no-puedo-probar": {"texto": "a las 8"},
    "no-estoy-de-acuerdo": {"texto": "la causa es otra"},
}


@pytest.mark.parametrize("act", BEFORE_A_SOLUTION | AFTER_IT)
def test_each_act_by_the_link_of_a_letter(every_login, story, act):
    fields = dict((BEFORE_A_SOLUTION | AFTER_IT)[act])
    with behind(DatabaseRole.STAFF):
        rota(1, story.supervisor, story.now)
        if act in AFTER_IT:
            story.diagnosis("remote")
            story.service_is_restored()
            story.seconds_pass(1)
        if act == "objetar-espera":
            reason = WaitReason(WaitCause.CUSTOMER, asked_by="Portería", asked_role="", reason="cerrado", proof="x")
            story.case.wait(reason, by=story.by, at=story.now)
            fields["espera"] = Wait.objects.get().pk
        if act == "archivo":
            fields["archivo"] = SimpleUploadedFile("luz.jpg", samples.jpeg())
        before = story.case.events.count()
        portal = Portal(story, story.head, Telephone())
    with without_the_desk():
        answer = portal.press(act, **fields)
        assert answer.status_code == 303, answer.content.decode()
        assert portal.telephone.get(portal.home).status_code == 200
    with behind(DatabaseRole.STAFF):
        assert story.case.events.count() > before
        last = story.case.events.latest("seq")
        assert last.actor_kind in ("contact", "system")


def test_an_act_that_is_refused_leaves_nothing(every_login, story):
    with behind(DatabaseRole.STAFF):
        before = story.case.events.count()
        portal = Portal(story, story.head, Telephone())
    with without_the_desk():
        assert portal.press("funciona").status_code == 422
    with behind(DatabaseRole.STAFF):
        assert story.case.events.count() == before
        assert not CustomerAct.objects.exists()


def test_the_next_level_is_asked_for_and_a_confirmation_is_denied_by_link(every_login, story):
    with behind(DatabaseRole.STAFF):
        rota(1, story.supervisor, story.now)
        case = story.case.pk
    with without_the_desk():
        address = f"/escalar/{escalate_link.token(story.bank.pk, case, story.head.pk)}"
        assert Telephone().post(address, {"nivel": 1}).status_code == 303
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.ESCALATED) == 1
        story.diagnosis("remote")
        story.service_is_restored()
        story.seconds_pass(1)
        story.service_is_tested()
        who = Confirmer("Night shift", "Assistant", "07 555 0149")
        story.case.confirm(who, "spliced", by=story.by, at=story.now)
    with without_the_desk():
        address = f"/c/no-es-asi/{case_link.token(story.bank.pk, case, story.desk.pk)}"
        assert Telephone().post(address).status_code == 303
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.RELAPSED) == 1


def test_a_letter_is_known_to_have_been_opened(every_login, story):
    with behind(DatabaseRole.STAFF):
        case = story.case.pk
        sent = Delivery.objects.create(
            customer=story.bank, address="x", message_id="<x@example.com>", available_at=now(), created_at=now()
        )
        notice = Notice.objects.filter(contact=story.head).first()
        sent.notices.add(notice, through_defaults={"customer_id": story.bank.pk})
    with without_the_desk():
        page = f"/c/caso/{case_link.token(story.bank.pk, case, story.head.pk)}?por={sent.pk}"
        assert Telephone().get(page).status_code == 200
    with behind(DatabaseRole.STAFF):
        assert Delivery.objects.get(pk=sent.pk).opened_at


def test_planned_work_is_agreed_to_and_objected_to(every_login, story):
    with behind(DatabaseRole.STAFF):
        night = Night(story)
        night.announce(needs_agreement=True)
    address = f"/c/trabajo/{work_link.token(story.bank.pk, night.pk, story.head.pk)}"
    with without_the_desk():
        assert Telephone().post(f"{address}/de-acuerdo").status_code == 303
        assert Telephone().post(f"{address}/objetar", {"texto": "es fin de mes"}).status_code == 303
    with behind(DatabaseRole.STAFF):
        row = PlannedWorkService.objects.get(work=night.pk, customer=story.bank)
        assert (row.answer, row.answer_words) == ("objected", "es fin de mes")
        assert PlannedWorkService.objects.get(work=night.pk, customer=story.other).answer == ""


def test_inside_the_session(inside, story, settings):
    settings.SMS_URL = "json://127.0.0.1:9/{number}"
    desk = f"/mi-empresa/contactos/{story.desk.pk}"
    with behind(DatabaseRole.STAFF):
        colleagues.ask_for(story.case, story.desk, "Ana", "ana@example.com", at=story.now)
        asked = ContactChange.objects.get()
        waiting = colleagues.ask_for(story.case, story.desk, "Luis", "luis@example.com", at=story.now)
    with without_the_desk():
        case = f"/mi-empresa/casos/{story.number}"
        number = re.search(r'name="vez" value="([^"]+)"', inside.page(case))[1]
        assert inside.send(f"{case}/escribir", case, vez=number, texto="hola").status_code == 303
        fault = {"area": "technical", "servicio": story.service.pk, "afecta": "down", "texto": "nada de internet"}
        assert inside.send("/mi-empresa/pedir", **fault).status_code == 303
        assert inside.send(f"/mi-empresa/colegas/{asked.pk}/si", "/mi-empresa/contactos").status_code == 303
        assert inside.send(f"/mi-empresa/colegas/{waiting.pk}/no", "/mi-empresa/contactos").status_code == 303
        new = {**WHOLE, "name": "Eva", "email": "eva@example.com"}
        assert inside.send("/mi-empresa/contactos/nuevo", **new).status_code == 303
        assert inside.send(desk, **{**WHOLE, "way_sms": "+593999000123"}, told=["closure"]).status_code == 303
        assert inside.send(f"{desk}/desactivar", desk).status_code == 303
        assert inside.send(f"{desk}/activar", desk).status_code == 303
        assert inside.telephone.get("/mi-empresa/historial.xlsx").status_code == 200
    with behind(DatabaseRole.STAFF):
        by_mail = AddressConfirmation.objects.get(address="eva@example.com")
        by_sms = AddressConfirmation.objects.get(kind="sms")
        link = f"/mi-empresa/confirmar/{confirming.token(story.bank.pk, by_mail.pk)}"
        digits = confirming.digits_of(by_sms)
    with without_the_desk():
        assert Visitor().send(link).status_code == 200
        Visitor().page(link, 410)
        assert inside.send(f"{desk}/numero/{by_sms.pk}", desk, codigo=digits).status_code == 303
    with behind(DatabaseRole.STAFF):
        assert Contact.objects.get(name="Eva").email == "eva@example.com"
        assert Contact.objects.get(name="Ana").email == ""
        assert WrittenRequest.objects.get().customer_id == story.bank.pk
        assert AuditEntry.objects.filter(kind="exported", key=str(story.head.pk)).count() == 1


def test_a_company_with_a_sign_in_of_its_own_is_found_by_its_door(every_login, story):
    with behind(DatabaseRole.STAFF):
        known = {"issuer": "https://id.example.com", "domains": ["example.com"], "changed_at": now()}
        OwnSignIn.objects.create(customer=story.bank, active=True, **known)
    with without_the_desk():
        assert "Banco Austral" in Visitor().page(f"/mi-empresa/con/{sign_in_address.token(story.bank.pk)}")
        assert Telephone().get("/mi-empresa/vuelta").status_code == 422
