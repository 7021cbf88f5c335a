"""A company's own sign-in with a real browser, on a telephone: out to the provider by itself, and back."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import own_sign_in
from guardia.customers.contact import Contact
from guardia.customers.own_sign_in import save
from guardia.people.staff import Role, Staff
from tests.browser.looks import fits
from tests.browser.test_escalation import THEMES
from tests.browser.test_portal import troubles
from tests.portal.provider import CLIENT, SECRET, running


@pytest.fixture
def provider(settings, live_server):
    settings.EGRESS_LOOPBACK, settings.PUBLIC_URL = True, live_server.url
    with running() as provider:
        provider.claims = {"email": "jefe@example.com", "email_verified": True}
        yield provider


@pytest.fixture
def door(story, provider) -> str:
    fields = {"standing": "required", "issuer": provider.address, "client_id": CLIENT, "secret": SECRET}
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=story.head.pk).update(language="en")
        save(story.bank, {**fields, "domains": "example.com", "vouches": False}, by=story.supervisor, at=now())
        return f"/mi-empresa/con/{own_sign_in.token(story.bank.pk)}"


@THEMES
@pytest.mark.parametrize("script", [True, False])
def test_a_contact_comes_in_by_the_companys_provider(open_page, story, door, theme, script):
    page = open_page(width=360, script=script, theme=theme)
    page.goto(door)
    stands(page, script)
    page.get_by_role("button", name="Go to my company’s sign-in").click()
    expect(page.get_by_role("heading", name="1 open fault")).to_be_visible()
    page.get_by_role("link", name="Where you are signed in").click()
    expect(page.locator("main")).to_contain_text("with the company’s own sign-in")
    stands(page, script)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("link", name="Sign in with your account of Banco Austral")).to_be_visible()
    stands(page, script)
    page.get_by_label("The email address we write to").fill("jefe@example.com")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="1 open fault")).to_be_visible()


@THEMES
def test_whoever_stays_out_is_told_what_to_do(open_page, story, door, provider, theme):
    provider.claims["email"] = "nadie@example.com"
    page = open_page(width=360, theme=theme)
    page.goto(door)
    page.get_by_role("button", name="Go to my company’s sign-in").click()
    expect(page.get_by_role("alert")).to_contain_text("Your company knows you")
    expect(page.get_by_role("link", name="Begin again")).to_be_visible()
    stands(page, True)


@THEMES
@pytest.mark.parametrize("width", [360, 1440])
def test_an_administrator_writes_it_and_tries_it(open_page, story, provider, live_server, theme, width):
    with behind(DatabaseRole.STAFF):
        chief = Staff.objects.create(username="jefa", name="Jefa", role=Role.ADMINISTRATOR, language="en")
        client = Client()
        client.force_login(chief)
    page = open_page(width=width, theme=theme)
    cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
    page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
    page.goto(f"/companias/{story.bank.pk}/")
    page.get_by_role("link", name="Sign-in for its people").click()
    page.get_by_label("How its people sign in").select_option(label="By company account only")
    page.get_by_label("Address of the provider").fill(provider.address)
    page.get_by_label("Client identifier").fill(CLIENT)
    page.get_by_label("Client secret").fill("another")
    page.get_by_label("Its email domains").fill("example.com")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test the provider").click()
    expect(page.get_by_role("alert")).to_contain_text("refuses our client identifier or secret")
    stands(page, True)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test the provider").click()
    expect(page.get_by_text("The provider answers as it should.")).to_be_visible()
    stands(page, True)


def stands(page: Page, script: bool) -> None:
    assert fits(page)
    assert not script or troubles(page) == []
