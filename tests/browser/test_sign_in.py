"""Signing in with a real browser: by password, by code, by a key of the browser's own (a virtual authenticator)."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Role, Staff
from tests.browser.looks import fits

PASSWORD = "correcta-batería-grapa"


@pytest.fixture
def ana(transactional_db) -> Staff:
    with behind(DatabaseRole.STAFF):
        return Staff.objects.create_user("ana", PASSWORD, name="Ana", role=Role.ENGINEER, language="en")


def with_key(page: Page) -> None:
    """A key that is always touched, and knows its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "isUserVerified": True}})


def enter(page: Page, username: str = "ana") -> None:
    page.goto("/entrar")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_key_is_set_up_and_then_signs_in_alone(ana, open_page):
    page = open_page()
    with_key(page)
    enter(page)
    page.goto("/cuenta/")
    page.locator('a[href="/cuenta/llaves/nueva"]').click()
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have saved them").click()
    page.goto("/cuenta/")
    page.evaluate("fetch('/salir', {method: 'POST', body: new FormData(document.forms[document.forms.length - 1])})")
    page.context.clear_cookies()
    page.goto("/entrar")
    page.get_by_role("button", name="Sign in with a key").click()
    page.wait_for_url("**/")
    expect(page.locator(".topbar")).to_be_visible()


def test_a_key_is_the_second_step_of_a_password(ana, open_page):
    page = open_page()
    with_key(page)
    enter(page)
    page.goto("/cuenta/llaves/nueva")
    page.get_by_label("Sign in with this key alone").uncheck()
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    enter(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a key").click()
    page.wait_for_url("**/")
    expect(page.locator(".topbar")).to_be_visible()


def test_without_a_key_the_page_says_what_to_do(ana, open_page):
    page = open_page()
    page.goto("/entrar")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Sign in with a key").click()
    expect(page.get_by_text("The key was not used.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_administrator_sets_up_codes_on_a_telephone(transactional_db, open_page, settings, theme):
    settings.MFA_ROLES = ["administrator"]
    with behind(DatabaseRole.STAFF):
        Staff.objects.create_user("jefa", PASSWORD, name="Jefa", role=Role.ADMINISTRATOR, language="en")
    page = open_page(width=360, script=False, theme=theme)
    enter(page, "jefa")
    expect(page.get_by_text("Your role signs in with a second step.")).to_be_visible()
    assert fits(page)
    with page.expect_navigation():
        page.locator('a[href="/cuenta/aplicacion"]').click()
    assert fits(page)
    secret = page.locator("#secret").input_value()
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    page.get_by_label("Code shown by the application").fill(
        format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    )
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert fits(page)
    page.goto("/personas/")  # the bench of an installation that promises nothing yet leads to its first steps
    expect(page.locator(".topbar")).to_be_visible()
    for place in (
        "/cuenta/",
        "/cuenta/clave",
        "/cuenta/codigos/nuevos",
        "/cuenta/aplicacion/quitar",
        "/entrar/sin-clave",
    ):
        page.goto(place)
        assert fits(page)


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_password_is_set_anew_by_mail_on_a_telephone(ana, open_page, theme):
    """The mailbox is written, the link of the mail opened, the new password signs in."""
    from guardia.people import password_reset
    from guardia.people.password_reset import PasswordReset

    with behind(DatabaseRole.STAFF):
        Staff.objects.update(email="ana@example.com")
    page = open_page(width=360, theme=theme)
    page.goto("/entrar")
    page.get_by_role("link", name="I cannot sign in").click()
    page.wait_for_url("**/entrar/sin-clave")
    stands(page)
    page.get_by_label("Your email address").fill("ana@example.com")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.locator(".panel")).to_contain_text("Check your mailbox")
    stands(page)
    with behind(DatabaseRole.STAFF):
        link = f"/entrar/enlace/{password_reset.token(PasswordReset.objects.get().pk)}"
    page.goto(link)
    stands(page)
    for label in ("New password", "New password, again"):
        page.get_by_label(label, exact=True).fill("otra-batería-correcta")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("User name").fill("ana")
    page.get_by_label("Password").fill("otra-batería-correcta")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".topbar")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    stands(page)


@pytest.fixture
def directory(settings, live_server):
    from allauth.socialaccount.providers import registry
    from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
    from oidc_provider_mock import run_server_in_thread

    registry.register(OpenIDConnectProvider)
    with run_server_in_thread() as server:
        address = f"http://127.0.0.1:{server.server_port}"
        app = {"provider_id": "oidc", "name": "Directorio", "client_id": "guardia", "secret": "s"}
        app["settings"] = {"server_url": address}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        settings.OIDC_URL, settings.OIDC_NAME, settings.EGRESS_LOOPBACK = address, "Directorio", True
        settings.PUBLIC_URL = live_server.url
        yield address
    registry.provider_map.pop("openid_connect", None)


@pytest.mark.parametrize("script", [True, False])
def test_the_directory_is_reached_though_no_form_may_be_answered_from_outside(ana, open_page, directory, script):
    page = open_page(script=script)
    page.goto("/entrar")
    page.get_by_role("button", name="Sign in with Directorio").click()
    page.wait_for_url(f"{directory}/**")


def stands(page: Page) -> None:
    """It fits, and axe finds nothing."""
    assert fits(page)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    assert [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]] == []
