"""Sign-in by a directory: a real provider on the loopback says who it is; who works here is the operator's word."""

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from oidc_provider_mock import run_server_in_thread

from guardia.people.audit import AuditKind
from tests.walls.conftest import journal

HOUSE = "http://testserver"


class Stays(HTTPRedirectHandler):
    def redirect_request(self, *_said):
        return None


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread() as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def directory(settings, provider):
    registry.register(OpenIDConnectProvider)
    settings.OIDC_URL, settings.OIDC_NAME = provider, "Directorio"
    app = {"provider_id": "oidc", "name": "Directorio", "client_id": "guardia", "secret": "s"}
    app["settings"] = {"server_url": provider}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield provider
    registry.provider_map.pop("openid_connect", None)


def person(provider: str, sub: str, **claims) -> None:
    """Somebody whom the directory knows."""
    import json

    body = json.dumps(claims).encode()
    asked = Request(f"{provider}/users/{sub}", body, {"Content-Type": "application/json"}, method="PUT")
    build_opener().open(asked)


def led_to(away) -> str:
    """Where the page goes on by itself: no form of ours may be answered by another site."""
    assert away.status_code == 200
    found = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', away.content.decode())
    assert found
    return html.unescape(found[1])


def come(browser, provider: str, sub: str):
    """Through the directory and back; the operator's answer to the return."""
    address = led_to(browser.post("/entrar/directorio/oidc"))
    assert address.startswith(provider)
    body = f"sub={sub}".encode()
    opener = build_opener(Stays)
    try:
        answer = opener.open(Request(address, body, method="POST"))
    except Exception as redirected:
        answer = redirected
    back = urlsplit(html.unescape(answer.headers["Location"]))
    return browser.get(f"{back.path}?{back.query}")


def test_the_sign_in_offers_it_by_its_name(hire, browser, directory):
    hire()  # an empty installation leads to its first steps
    assert b"Sign in with Directorio" in browser.get("/entrar").content


def test_whoever_the_directory_knows_by_a_checked_address_comes_in(hire, browser, directory):
    ana = hire(email="ana@example.com")
    person(directory, "u-1", email="ana@example.com", email_verified=True)
    assert come(browser, directory, "u-1")["Location"] == "/"
    assert browser.get("/").status_code == 200
    (entry,) = journal(AuditKind.SIGNED_IN)
    assert (entry.staff, entry.facts) == (ana, {"by": ["socialaccount"]})


def test_it_is_the_same_person_after_the_address_has_changed(hire, browser, directory):
    ana = hire(email="ana@example.com")
    person(directory, "u-1", email="ana@example.com", email_verified=True)
    come(browser, directory, "u-1")
    browser.post("/salir")
    ana.email = "otra@example.com"
    ana.save()
    assert come(browser, directory, "u-1")["Location"] == "/"


@pytest.mark.parametrize(
    ("ours", "claims"),
    [
        ("", {"email": "ana@example.com", "email_verified": True}),
        ("ana@example.com", {"email": "ana@example.com", "email_verified": False}),
        ("ana@example.com", {"email": "ana@example.com"}),
        ("ana@example.com", {}),
    ],
)
def test_nobody_else_does_and_it_is_on_record(hire, browser, directory, ours, claims):
    hire(email=ours)
    person(directory, "u-2", **claims)
    assert come(browser, directory, "u-2")["Location"] == "/entrar"
    assert b"no account here has your address" in browser.get("/entrar").content
    assert [entry.kind for entry in journal()] == [AuditKind.SIGN_IN_FAILED]
    assert browser.get("/")["Location"].startswith("/entrar")


def test_whoever_was_deactivated_does_not_come_in_by_the_directory(hire, browser, directory):
    ana = hire(email="ana@example.com")
    person(directory, "u-1", email="ana@example.com", email_verified=True)
    come(browser, directory, "u-1")
    browser.post("/salir")
    ana.is_active = False
    ana.save()
    assert come(browser, directory, "u-1")["Location"] == "/entrar"
    assert browser.get("/")["Location"].startswith("/entrar")


def test_two_of_one_address_are_nobody(hire, browser, directory):
    hire(email="noc@example.com")
    hire("luis", email="noc@example.com")
    person(directory, "u-3", email="noc@example.com", email_verified=True)
    assert come(browser, directory, "u-3")["Location"] == "/entrar"


def test_by_name_where_the_house_says_so(hire, browser, directory, settings):
    settings.OIDC_MATCH = "username"
    hire()
    person(directory, "u-4", preferred_username="ANA")
    assert come(browser, directory, "u-4")["Location"] == "/"


@pytest.mark.parametrize("trusts", [True, False])
def test_the_second_step_is_asked_unless_the_directory_is_trusted_to_have_asked(
    hire, browser, directory, settings, trusts
):
    settings.MFA_ROLES, settings.OIDC_HAS_SECOND_STEP = ["engineer"], trusts
    hire(email="ana@example.com")
    person(directory, "u-1", email="ana@example.com", email_verified=True)
    come(browser, directory, "u-1")
    assert browser.get("/").status_code == (200 if trusts else 302)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=y", "?error=access_denied", "?state=%00"])
def test_a_return_that_nobody_went_out_for_is_refused(browser, directory, as_staff, query):
    answer = browser.get(f"/entrar/directorio/oidc/vuelta{query}")
    assert answer.status_code == 302
    assert answer["Location"] == "/entrar"


def test_without_a_directory_there_is_none(browser, as_staff):
    assert browser.post("/entrar/directorio/oidc").status_code == 404
    assert browser.get("/entrar/directorio/otro/vuelta").status_code == 404


def test_a_directory_does_not_lead_the_house_inside(settings, as_staff, browser, directory):
    """Its own words name the addresses that are asked; none of them is of this machine."""
    import requests

    from guardia.web.sign_in.directory import DirectoryAdapter

    settings.EGRESS_LOOPBACK = False
    with pytest.raises(requests.ConnectionError), DirectoryAdapter().get_requests_session() as session:
        session.get(f"{directory}/.well-known/openid-configuration")
