"""Codes, recovery codes, and whose role must have a second step."""

import os
import re
import subprocess
import sys
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from guardia.people.audit import AuditKind
from guardia.people.staff import Role
from tests.walls.conftest import journal, sign_in

pytestmark = pytest.mark.process

WRONG = b"This code is not right."


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(browser) -> str:
    """The secret of an application that is set up now; as somebody who has just come in."""
    page = browser.get("/cuenta/aplicacion").content.decode()
    secret = re.search(r'id="secret"[^>]*value="([A-Z2-7]+)"', page)[1]
    assert browser.post("/cuenta/aplicacion", {"code": code_of(secret)})["Location"] == "/cuenta/codigos"
    return secret


def codes_on(page: bytes) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", page.decode())


@pytest.fixture
def with_app(hire, browser):
    hire()
    sign_in(browser)
    secret = set_up(browser)
    codes = codes_on(browser.get("/cuenta/codigos").content)
    browser.post("/salir")
    return secret, codes


def test_a_code_is_asked_for_and_lets_in(with_app, browser):
    secret, _codes = with_app
    assert sign_in(browser)["Location"].startswith("/entrar/segundo-paso")
    assert browser.get("/")["Location"].startswith("/entrar")
    assert browser.get("/entrar/segundo-paso").status_code == 200
    assert browser.post("/entrar/segundo-paso", {"code": code_of(secret, 1)}).status_code == 302
    assert browser.get("/").status_code == 200
    entry = journal(AuditKind.SIGNED_IN)[-1]
    assert entry.facts == {"by": ["password", "totp"]}


def test_a_code_is_good_once(with_app, browser):
    secret, _codes = with_app
    code = code_of(secret, 1)
    sign_in(browser)
    browser.post("/entrar/segundo-paso", {"code": code})
    browser.post("/salir")
    sign_in(browser)
    from django.core.cache import cache

    cache.clear()  # as in another process, whose cache knows nothing of it
    again = browser.post("/entrar/segundo-paso", {"code": code})
    assert again.status_code == 422
    assert WRONG in again.content


def test_a_recovery_code_is_good_once(with_app, browser):
    _secret, codes = with_app
    assert len(codes) == 10
    for turn, status in ((0, 302), (1, 422)):
        sign_in(browser)
        assert browser.post("/entrar/segundo-paso", {"code": codes[0]}).status_code == status, turn
        browser.post("/salir")


def test_recovery_codes_are_shown_once(hire, browser):
    hire()
    sign_in(browser)
    set_up(browser)
    assert len(codes_on(browser.get("/cuenta/codigos").content)) == 10
    assert codes_on(browser.get("/cuenta/codigos").content) == []
    browser.post("/cuenta/codigos/nuevos")
    assert len(codes_on(browser.get("/cuenta/codigos").content)) == 10
    assert journal(AuditKind.CODES_MADE)


def test_wrong_codes_are_limited_like_passwords(with_app, browser):
    secret, _codes = with_app
    sign_in(browser)
    for _ in range(5):
        assert WRONG in browser.post("/entrar/segundo-paso", {"code": "000000"}).content
    assert b"Too many attempts." in browser.post("/entrar/segundo-paso", {"code": code_of(secret, 1)}).content
    assert len(journal(AuditKind.STEP_FAILED)) == 5


def test_the_second_step_alone_opens_nothing(with_app, browser):
    assert browser.get("/entrar/segundo-paso")["Location"] == "/entrar"
    assert browser.post("/entrar/segundo-paso", {"code": "1"})["Location"] == "/entrar"


def test_a_secret_is_sealed_in_the_database(with_app):
    secret, codes = with_app
    kept = repr(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_an_administrator_sets_one_up_before_anything_else(hire, browser, settings):
    settings.MFA_ROLES = ["administrator"]
    hire("jefa", Role.ADMINISTRATOR)
    sign_in(browser, "jefa")
    for place in ("/", "/companias/", "/personas/", "/ajustes/"):
        assert browser.get(place)["Location"] == "/cuenta/"
    assert browser.post("/tomar", {"case": "1"})["Location"] == "/cuenta/"
    assert browser.get("/", headers={"hx-request": "true"})["HX-Redirect"] == "/cuenta/"
    assert b"signs in with a second step" in browser.get("/cuenta/").content
    set_up(browser)
    browser.get("/cuenta/codigos")
    assert browser.get("/ajustes/").status_code == 200


def test_an_administrator_does_not_remove_the_last_one(hire, browser, settings):
    settings.MFA_ROLES = ["administrator"]
    hire("jefa", Role.ADMINISTRATOR)
    sign_in(browser, "jefa")
    set_up(browser)
    assert browser.post("/cuenta/aplicacion/quitar").status_code == 422
    assert Authenticator.objects.filter(type="totp").exists()


def test_who_need_not_removes_it(with_app, browser):
    secret, _codes = with_app
    sign_in(browser)
    browser.post("/entrar/segundo-paso", {"code": code_of(secret, 1)})
    browser.post("/cuenta/aplicacion/quitar")
    assert not Authenticator.objects.exists()
    assert journal(AuditKind.STEP_REMOVED)


def test_after_a_while_it_is_asked_again_who_it_is(hire, browser):
    hire()
    sign_in(browser)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    assert browser.get("/cuenta/aplicacion")["Location"].startswith("/entrar/de-nuevo?next=")
    assert browser.post("/entrar/de-nuevo?next=/cuenta/aplicacion", {"password": "x"}).status_code == 422
    from tests.walls.conftest import PASSWORD

    again = browser.post("/entrar/de-nuevo?next=/cuenta/aplicacion", {"password": PASSWORD})
    assert again["Location"] == "/cuenta/aplicacion"
    assert browser.get("/cuenta/aplicacion").status_code == 200


def test_unless_it_is_set_otherwise_administrators_must(monkeypatch):
    clean = {name: value for name, value in os.environ.items() if name != "MFA_ROLES"}
    words = "from guardia.config import settings; print(settings.MFA_ROLES)"
    done = subprocess.run([sys.executable, "-c", words], env=clean, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['administrator']"


def test_the_demo_alone_lets_administrators_in_by_password(monkeypatch, tmp_path):
    """Its sample people are tried out by the password that it prints; whatever was set before is not inherited."""
    from guardia.cli.trial import Trial

    monkeypatch.setattr(os, "environ", {"MFA_ROLES": "administrator", "OIDC_URL": "https://id.example.com"})
    Trial(tmp_path, 8000)._environment(2525)
    assert os.environ["MFA_ROLES"] == ""
    assert "OIDC_URL" not in os.environ


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", '{"id": 1}', '{"id":"AA","rawId":"AA"}', "x" * 5000, '"a"']
)
@pytest.mark.parametrize("place", ["/entrar/llave", "/cuenta/llaves/nueva", "/entrar/de-nuevo/llave"])
def test_a_torn_answer_of_a_key_is_a_wrong_one(hire, browser, credential, place):
    hire()
    if place != "/entrar/llave":
        sign_in(browser)
        browser.get(place)
    assert browser.post(place, {"credential": credential, "name": "n"}).status_code in {302, 422, 403}
