"""Coming in by name and password: what is told, what is limited, what is written down."""

from datetime import timedelta

import pytest
from django.test import Client

from guardia.config.now import now
from guardia.people import attempts
from guardia.people.audit import AuditKind, account_mark, write_down
from guardia.people.staff import Role, StaffPassword
from tests.walls.conftest import PASSWORD, journal, sign_in

WRONG = b"The user name or the password is wrong."


def test_who_is_known_comes_in_and_it_is_on_record(hire, browser):
    ana = hire()
    came = sign_in(browser)
    assert (came.status_code, came["Location"]) == (302, "/")
    (entry,) = journal()
    assert (entry.kind, entry.staff, entry.address) == (AuditKind.SIGNED_IN, ana, "127.0.0.1")
    assert entry.facts == {"by": ["password"]}
    assert "Firefox" in entry.agent
    assert browser.cookies["django_language"].value == "en"


def test_who_came_for_a_page_is_led_there_and_nowhere_else(hire, browser):
    hire()
    assert (
        browser.post("/entrar?next=/llamadas/", {"username": "ana", "password": PASSWORD})["Location"] == "/llamadas/"
    )
    browser.post("/salir")
    outside = browser.post("/entrar?next=https://evil.example.com/", {"username": "ana", "password": PASSWORD})
    assert outside["Location"] == "/"


@pytest.mark.parametrize("username", ["ana", "nadie"])
def test_a_wrong_password_and_an_unknown_name_are_told_the_same(hire, browser, username):
    hire()
    refused = sign_in(browser, username, "equivocada")
    assert refused.status_code == 422
    assert WRONG in refused.content
    assert b"equivocada" not in refused.content
    (entry,) = journal()
    assert entry.kind == AuditKind.SIGN_IN_FAILED
    assert entry.account == account_mark(username)
    assert username == "ana" or entry.staff is None


def test_what_was_typed_as_a_name_is_not_kept(hire, browser):
    """Now and then it is somebody's password."""
    hire()
    sign_in(browser, "mi-clave-secreta", "x")
    (entry,) = journal()
    assert "mi-clave" not in repr(entry.__dict__)


def test_whoever_was_deactivated_is_told_what_anybody_is_told(hire, browser):
    hire(is_active=False)
    refused = sign_in(browser)
    assert refused.status_code == 422
    assert WRONG in refused.content


@pytest.mark.parametrize("username", ["ana", "nadie"])
def test_after_five_wrong_passwords_an_account_is_not_looked_at(hire, browser, username):
    hire()
    for _ in range(5):
        assert WRONG in sign_in(browser, username, "x").content
    limited = sign_in(browser, username)
    assert limited.status_code == 422
    assert b"Too many attempts." in limited.content
    sign_in(browser, username)
    assert [entry.kind for entry in journal()].count(AuditKind.SIGN_IN_LIMITED) == 1


def test_an_address_is_limited_over_all_accounts(hire, browser, settings):
    hire()
    settings.ATTEMPTS_OF_ADDRESS = 3
    for number in range(3):
        sign_in(browser, f"nadie{number}", "x")
    assert b"Too many attempts." in sign_in(browser).content
    elsewhere = sign_in(browser, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_strangers_who_know_a_name_shut_nobody_out_of_a_browser_that_is_known(hire, browser):
    hire()
    sign_in(browser)
    stranger = Client(REMOTE_ADDR="198.51.100.1", headers={"accept-language": "en"})
    for _ in range(5):
        sign_in(stranger, password="x")
    assert b"Too many attempts." in sign_in(stranger).content
    again = browser.post("/entrar/de-nuevo", {"password": PASSWORD})
    assert again.status_code == 302
    browser.post("/salir")
    assert sign_in(browser).status_code == 302
    browser.post("/salir")
    for _ in range(5):
        sign_in(browser, password="x")
    assert b"Too many attempts." in sign_in(browser).content  # it has a limit of its own


def test_the_mark_of_one_person_is_none_of_anothers(hire, browser):
    hire()
    hire("luis")
    sign_in(browser)
    browser.post("/salir")
    for _ in range(5):
        sign_in(Client(), "luis", "x")
    assert b"Too many attempts." in sign_in(browser, "luis").content


def test_the_limit_ends_with_its_time(hire):
    hire()
    at, mark = now(), account_mark("ana")
    for _ in range(5):
        write_down(AuditKind.SIGN_IN_FAILED, at=at, account=mark, address="192.0.2.7")
    assert attempts.too_many(mark, "192.0.2.7", at)
    assert not attempts.too_many(mark, "192.0.2.7", at + timedelta(minutes=6))


def test_a_failed_attempt_outlives_the_refusal(transactional_db, browser):
    """Each request is one transaction, and one that is refused leaves nothing; this must stay."""
    from guardia.config.database_roles import DatabaseRole, behind

    sign_in(browser, "nadie", "x")
    with behind(DatabaseRole.STAFF):
        assert [entry.kind for entry in journal()] == [AuditKind.SIGN_IN_FAILED]


def test_out_is_out(hire, browser):
    hire()
    sign_in(browser)
    assert browser.get("/salir").status_code == 405
    browser.post("/salir")
    assert browser.get("/")["Location"].startswith("/entrar?next=")
    assert journal()[-1].kind == AuditKind.SIGNED_OUT


def test_a_session_is_a_new_one_after_the_sign_in(hire, browser):
    hire()
    browser.get("/entrar")
    browser.cookies["sessionid"] = "a" * 32
    sign_in(browser)
    assert browser.cookies["sessionid"].value != "a" * 32


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "socialaccount_signup"])
def test_nobody_signs_up_or_resets_by_an_address_of_allauth(name):
    from django.urls import NoReverseMatch, reverse

    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_page_says_what_to_do_without_a_password(browser, as_staff):
    page = browser.get("/entrar/sin-clave")
    assert page.status_code == 200
    assert b"recovery codes" in page.content


@pytest.mark.parametrize("password", ["corta", "password1234", "ana-sofia-perez", "123456789012"])
def test_a_weak_password_is_refused(hire, browser, password):
    hire("ana-sofia-perez")
    sign_in(browser, "ana-sofia-perez")
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert browser.post("/cuenta/clave", sent).status_code == 422


def test_a_password_may_be_long_and_hold_anything(hire, browser):
    ana = hire()
    sign_in(browser)
    new = "una frase larga con ñ, 日本語 y espacios " * 2
    browser.post("/cuenta/clave", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    ana.refresh_from_db()
    assert ana.check_password(new)
    assert StaffPassword.objects.get(pk=ana.pk).hash.startswith("argon2")


def test_every_role_comes_in(hire, browser):
    for role in Role:
        hire(f"de-{role}", role)
        assert sign_in(browser, f"de-{role}").status_code == 302
        assert browser.get("/cuenta/").status_code == 200
        browser.post("/salir")


def test_a_technician_is_led_to_the_field(hire, browser):
    hire(role=Role.TECHNICIAN)
    assert sign_in(browser)["Location"] == "/campo"
    assert browser.get("/campo").status_code == 200
