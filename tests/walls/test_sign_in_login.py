"""Passwords, second steps and sessions are read and written by a login of their own, which does nothing else."""

import os
import re
from datetime import timedelta
from threading import Event

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from psycopg.conninfo import make_conninfo

from guardia.cli.main import main
from guardia.config.asking import SIGN_IN
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.audit import AuditKind
from guardia.people.staff import Role, Staff, StaffPassword
from guardia.web.first_run import key
from guardia.worker import rounds
from tests.first_run.test_first_run import HOME, ME, take
from tests.walls.conftest import PASSWORD, journal, sign_in
from tests.walls.test_reset import ask, leaves, link_in
from tests.walls.test_second_step import code_of, set_up

pytestmark = pytest.mark.usefixtures("sign_in_login")
NEW = "otra-batería-correcta"
SECRETS = ("staff_password", "mfa_authenticator", "django_session", "usersessions_usersession")


@pytest.fixture
def ana(sign_in_login) -> Staff:
    with behind(DatabaseRole.STAFF):
        return Staff.objects.create_user(
            "ana", PASSWORD, role=Role.ADMINISTRATOR, name="Ana", language="en", email="ana@example.com"
        )


def test_the_desks_login_is_asked_for_no_secret(ana, browser):
    asked: list[str] = []

    def heard(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(heard):
        assert sign_in(browser).status_code == 302
        assert browser.get("/cuenta/").status_code == 200
        set_up(browser)
        browser.post("/cuenta/clave", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
        assert browser.get("/cuenta/").status_code == 200
        browser.post("/salir")
    assert asked
    assert not [sql for sql in asked if any(table in sql for table in SECRETS)]


def test_a_wrong_password_and_an_unknown_name_do_not_come_in(ana, browser):
    assert sign_in(browser, password="equivocada").status_code == 422
    assert sign_in(browser, "nadie").status_code == 422
    with behind(DatabaseRole.STAFF):
        assert len(journal(AuditKind.SIGN_IN_FAILED)) == 2


def test_a_second_step_and_a_new_password_hold(ana, browser):
    sign_in(browser)
    secret = set_up(browser)
    browser.post("/cuenta/clave", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert browser.get("/cuenta/").status_code == 200, "whoever changed it stays signed in"
    browser.post("/salir")
    assert sign_in(browser).status_code == 422
    assert sign_in(browser, password=NEW)["Location"].startswith("/entrar/segundo-paso")
    assert browser.post("/entrar/segundo-paso", {"code": code_of(secret, 1)}).status_code == 302
    assert browser.get("/cuenta/").status_code == 200


def test_a_new_password_ends_every_other_session(ana, browser):
    other = Client()
    sign_in(other)
    sign_in(browser)
    browser.post("/cuenta/clave", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert other.get("/cuenta/").status_code == 302
    assert browser.get("/cuenta/").status_code == 200


def test_a_link_by_mail_sets_it(ana, browser):
    ask(browser)
    (mail,) = leaves()
    link = link_in(mail)
    assert browser.post(link, {"password1": NEW, "password2": NEW})["Location"] == "/entrar"
    assert browser.get(link).status_code == 410
    assert sign_in(browser, password=NEW).status_code == 302


def test_an_administrator_writes_somebody_down_and_takes_a_second_step_away(ana, browser):
    sign_in(browser)
    person = {"username": "luis", "name": "Luis", "email": "", "role": "engineer", "language": "en", "password": NEW}
    assert browser.post("/personas/nuevo", person).status_code in (302, 303)
    luis = Client(headers={"accept-language": "en"})
    assert sign_in(luis, "luis", NEW).status_code == 302
    set_up(luis)
    with behind(DatabaseRole.STAFF):
        him = Staff.objects.get(username="luis")
    assert browser.post(f"/personas/{him.pk}/acceso/segundo-paso").status_code == 302
    assert luis.get("/cuenta/").status_code == 302
    page = browser.post(f"/personas/{him.pk}/acceso/enlace").content.decode()
    link = re.search(r"/entrar/enlace/[^\s\"<]+", page)[0]
    assert luis.post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert sign_in(luis, "luis", PASSWORD).status_code == 302


def test_what_is_refused_leaves_no_password(ana, browser):
    sign_in(browser)
    taken = {"username": "ana", "name": "Otra", "email": "", "role": "engineer", "language": "en", "password": NEW}
    assert browser.post("/personas/nuevo", taken).status_code == 422
    assert [one.pk for one in StaffPassword.objects.all()] == [ana.pk]


def test_the_first_steps_sign_in_whom_they_put_on_record(sign_in_login):
    browser = Client(headers={"accept-language": "en"})
    browser.get(f"{HOME}?clave={key.key()}")
    take(browser, "publicar")
    assert browser.post(f"{HOME}/publicar", ME, follow=True).status_code == 200
    assert browser.get("/cuenta/").status_code == 200


def test_on_the_server_too(ana, capsys, browser):
    assert main(["people", "rescue", "ana", "--second-step"]) == 0
    link = "/entrar/enlace/" + capsys.readouterr().out.split("/entrar/enlace/")[1].split()[0]
    assert browser.post(link, {"password1": NEW, "password2": NEW}).status_code == 302
    assert sign_in(browser, password=NEW).status_code == 302
    assert main(["people", "list"]) == 0


def test_the_worker_clears_sessions_that_are_over_and_reads_none(ana, browser):
    sign_in(browser)
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=now() - timedelta(hours=1))
    alias = connections.settings.pop(SIGN_IN)  # the worker's process has none
    try:
        with behind(DatabaseRole.WORKER), pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.cursor().connection.execute("SELECT session_key FROM django_session")
        rounds.old_sessions(Event())
    finally:
        connections.settings[SIGN_IN] = alias
    assert "a" * 32 not in [one.pk for one in Session.objects.all()]
    assert browser.get("/cuenta/").status_code == 200


MAY_READ = "SELECT has_any_column_privilege(%s, 'SELECT, INSERT, UPDATE')"


# --- whatever is smuggled in ------------------------------------------------------------------------------------------
INJECTED = {
    "the passwords": "SELECT hash FROM staff_password",
    "one's own": "UPDATE staff_password SET hash = 'x'",
    "a new one": "INSERT INTO staff_password VALUES (99, 'x')",
    "the second steps": "SELECT data FROM mfa_authenticator",
    "no second step": "DELETE FROM mfa_authenticator",
    "the sessions": "SELECT session_key, session_data FROM django_session",
    "a session": "INSERT INTO django_session VALUES ('x', '', now())",
    "whose sessions": "SELECT session_key FROM usersessions_usersession",
    "an identity": "INSERT INTO socialaccount_socialaccount (user_id, provider, uid) VALUES (1, 'openid_connect', 'x')",
    "the column of before": "SELECT password FROM staff",
    "as the sign-in": "SET ROLE guardia_sign_in",
    "as its login": "SET ROLE guardia_sign_in_login",
    "as another session": "SET SESSION AUTHORIZATION guardia_sign_in_login",
}
ROLES = {
    "guardia_app": ("guardia_staff", "guardia_worker", "guardia_portal", "guardia_portal_acts"),
    "guardia_worker_login": ("guardia_worker",),
    "guardia_portal_login": ("guardia_portal",),
    "guardia_portal_acts_login": ("guardia_portal_acts",),
}


@pytest.mark.parametrize("injected", INJECTED)
def test_no_other_login_reads_or_writes_them(ana, injected):
    for login, roles in ROLES.items():
        address = make_conninfo(os.environ["DATABASE_DIRECT_URL"], user=login)
        with psycopg.connect(address, autocommit=True) as one:
            for role in roles:
                one.execute(f"SET ROLE {role}")
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)):
                    one.execute(INJECTED[injected])


def test_the_login_of_the_sign_in_reads_nothing_else(ana):
    address = make_conninfo(os.environ["DATABASE_DIRECT_URL"], user="guardia_sign_in_login")
    with psycopg.connect(address, autocommit=True) as one:
        tables = [name for (name,) in one.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        may = {name for name in tables if one.execute(MAY_READ, [f'"{name}"']).fetchone() == (True,)}
        assert may == {*SECRETS, "socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken"}
        for statement in ('SELECT * FROM "case"', "SELECT * FROM staff", "CREATE TEMPORARY TABLE staff (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                one.execute(statement)
