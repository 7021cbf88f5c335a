"""What a browser is told: policy, cookies, transport; and whom the operator believes about where a request comes
from.
"""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client, RequestFactory

from guardia.config.requests import ProxyMiddleware, address_of
from guardia.people.audit import AuditKind
from tests.walls.conftest import journal, sign_in

pytestmark = pytest.mark.process

PRODUCTION = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-only-for-this-check",
    "PUBLIC_URL": "https://guardia.example.com",
    "ALLOWED_HOSTS": "guardia.example.com",
    "BEHIND_PROXY": "1",
}


def settings_of(**environment: str) -> dict:
    """The settings as an installation of this environment reads them."""
    names = [
        *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"),
        *("CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE"),
        *("SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SECURE_CSP", "SECURE_PROXY_SSL_HEADER", "TRUSTED_PROXIES"),
        *("SECRET_KEY", "DEBUG", "PASSWORD_HASHERS", "SECURE_CONTENT_TYPE_NOSNIFF", "SECURE_REFERRER_POLICY"),
        *("LANGUAGE_COOKIE_SECURE", "MFA_ROLES", "EGRESS_LOOPBACK", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH"),
        "COMPANY_COOKIE_NAME",
    ]
    words = (
        "import json, django; from django.conf import settings; django.setup();"
        f"print(json.dumps({{n: getattr(settings, n) for n in {names!r}}}))"
    )
    clean = {name: value for name, value in os.environ.items() if name not in {"MFA_ROLES", "EGRESS_LOOPBACK"}}
    environment = {**clean, "DJANGO_SETTINGS_MODULE": "guardia.config.settings", **environment}
    done = subprocess.run([sys.executable, "-c", words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-600:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def real() -> dict:
    return settings_of(**PRODUCTION)


@pytest.mark.parametrize("cookie", ["SESSION", "CSRF"])
def test_cookies_go_to_this_host_alone_over_tls_and_no_script_reads_them(real, cookie):
    assert real[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert real[f"{cookie}_COOKIE_SECURE"]
    assert real[f"{cookie}_COOKIE_HTTPONLY"]
    assert real[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert real["SESSION_COOKIE_DOMAIN"] is None
    assert real["SESSION_COOKIE_PATH"] == "/"


def test_the_cookie_of_a_company_bears_its_prefix(real):
    assert real["COMPANY_COOKIE_NAME"].startswith("__Secure-")


def test_transport_is_tls_for_a_year(real):
    assert real["SECURE_SSL_REDIRECT"]
    assert real["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert real["SECURE_CONTENT_TYPE_NOSNIFF"]
    assert real["SECURE_REFERRER_POLICY"] == "same-origin"
    assert not real["DEBUG"]
    assert real["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_the_policy_lets_no_foreign_script_in(real):
    policy = real["SECURE_CSP"]
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert "unsafe" not in json.dumps(policy)
    assert policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["form-action"] == ["'self'"]


@pytest.mark.parametrize("place", ["/entrar", "/entrar/sin-clave", "/entrar/enlace/1-x", "/nada", "/procedimiento"])
def test_every_answer_carries_the_policy(browser, as_staff, place):
    answer = browser.get(place)
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


WITH_A_KEY = (
    *("/c/caso/x", "/c/caso/x/escribir", "/c/caso/x/archivo/1", "/c/trabajo/x", "/c/quien-responde/x", "/c/informe/x"),
    *("/entrar/enlace/1-x", "/mi-empresa/con/x", "/mi-empresa/codigo/x", "/mi-empresa/confirmar/x", "/escalar/x"),
    *("/responder/x", "/campo/v/x", "/campo/fotos/x", "/telefonia/x", "/api/alertas/x", "/api/v1/tests/x"),
)


@pytest.mark.parametrize(
    "place", [*WITH_A_KEY, "/", "/entrar", "/mi-empresa/", "/estado", "/salud", "/procedimiento", "/x"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_answer_lets_the_browser_tell_another_site_where_it_was(browser, as_staff, place, method):
    """The address may be a key: whether it opens something or nothing, it stays between us and its reader."""
    answer = getattr(browser, method)(place)
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}


def test_pages_of_the_account_are_kept_by_no_cache(hire, browser):
    hire()
    sign_in(browser)
    for place in ("/cuenta/", "/cuenta/aplicacion", "/cuenta/clave"):
        assert "no-store" in browser.get(place)["Cache-Control"]


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text("a-key-of-a-file-0123456789-0123456789-0123456789\n")
    found = settings_of(**{**PRODUCTION, "SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")})
    assert found["SECRET_KEY"] == "a-key-of-a-file-0123456789-0123456789-0123456789"


def test_a_real_installation_does_not_begin_with_the_laptops_key():
    with pytest.raises(AssertionError, match="SECRET_KEY is not set"):
        settings_of(**{**PRODUCTION, "SECRET_KEY": "only-for-a-laptop-set-SECRET_KEY-on-a-real-installation"})


@pytest.mark.parametrize("wrong", ["10.0.0.0/99", "proxy.example.com", "*"])
def test_a_network_that_is_none_is_said_at_once(wrong):
    with pytest.raises(AssertionError, match="TRUSTED_PROXIES"):
        settings_of(**PRODUCTION, TRUSTED_PROXIES=wrong)


@pytest.mark.parametrize(
    ("nearest", "chain", "found"),
    [
        ("192.0.2.9", "203.0.113.5", "192.0.2.9"),  # no proxy of ours: what it says is nobody's word
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the visitor's own lie stands before
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "<script>, \x00", "10.0.0.1"),
        ("", "203.0.113.5", "0.0.0.0"),
    ],
)
def test_where_a_request_comes_from(settings, nearest, chain, found):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    asked = RequestFactory().get("/", REMOTE_ADDR=nearest, HTTP_X_FORWARDED_FOR=chain)
    assert address_of(asked) == found


@pytest.mark.parametrize(("nearest", "is_believed"), [("10.0.0.1", True), ("192.0.2.9", False)])
def test_that_it_came_over_tls_is_believed_of_a_proxy_alone(settings, nearest, is_believed):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    asked = RequestFactory().get("/", REMOTE_ADDR=nearest, HTTP_X_FORWARDED_PROTO="https")
    ProxyMiddleware(lambda request: request)(asked)
    assert asked.is_secure() == is_believed


def test_a_lie_about_the_address_escapes_no_limit(hire, browser):
    hire()
    for number in range(5):
        sign_in(browser, password="x", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert b"Too many attempts." in sign_in(browser).content
    assert {entry.address for entry in journal(AuditKind.SIGN_IN_FAILED)} == {"127.0.0.1"}


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.evil.example.com", "a b"])
def test_another_host_is_not_served(as_staff, host):
    assert Client().get("/entrar", HTTP_HOST=host).status_code == 400
