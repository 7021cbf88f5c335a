"""Keys of the API in a browser: made by keyboard, copied, rotated and ended; narrow and wide, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.people.api_key import authenticate
from guardia.people.staff import Role, Staff
from guardia.web.portal.visitor import COOKIE
from tests.browser.looks import fits, looks, photographed

HERE = "192.0.2.7"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def looked_at(page: Page, name: str) -> None:
    """In each width and theme it fits, and axe finds nothing."""
    for look in looks(page, 360, 768, 1024, 1440):
        assert fits(page), (name, look)
        if look.startswith(("360", "1440")):
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
            assert [node["html"][:160] for one in found for node in one["nodes"]] == [], (name, look)
            photographed(page, f"{name}-{look}")


@pytest.fixture
def boss(story) -> Staff:
    with behind(DatabaseRole.STAFF):
        return Staff.objects.create(username="jefa", name="Jefa", role=Role.ADMINISTRATOR, language="en")


def test_a_key_of_the_operator_is_made_by_keyboard_rotated_and_ended(boss, desk):
    page = desk("jefa", at="/ajustes/llaves")
    looked_at(page, "desk-empty")
    page.get_by_role("link", name="New key").press("Enter")
    page.get_by_label("Name", exact=True).fill("Zabbix")
    page.get_by_label("Name of the new account").fill("Monitoreo")
    page.get_by_label("Read and work on cases").press("Space")
    looked_at(page, "desk-new")
    page.get_by_label("From which networks, one a line").fill("192.0.2")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".errorlist")).to_contain_text("is no network")
    page.get_by_label("From which networks, one a line").fill("192.0.2.0/24")
    page.get_by_role("button", name="Save").press("Enter")
    written = page.locator("#key").input_value()
    looked_at(page, "desk-secret")
    with behind(DatabaseRole.STAFF):
        assert authenticate(written, HERE, now()).allows("cases.diagnose")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copies='#key']").press("Enter")
    expect(page.locator("[data-copies='#key']")).to_have_text("Copied")
    page.get_by_role("link", name="I have copied it").press("Enter")
    looked_at(page, "desk-key")
    page.get_by_role("button", name="Rotate").press("Enter")
    new = page.locator("#key").input_value()
    assert new != written
    page.get_by_role("link", name="I have copied it").press("Enter")
    expect(page.locator(".facts-line").first).to_contain_text("The former secret is good until")
    page.goto("/ajustes/llaves")
    looked_at(page, "desk-list")
    page.get_by_role("link", name="Zabbix").press("Enter")
    page.get_by_role("button", name="End this key").press("Enter")
    expect(page.locator(".toast")).to_contain_text("is refused from now on")
    page.goto("/ajustes/cambios")
    expect(page.locator("main")).to_contain_text("Key of the API")
    assert new.rpartition("_")[2] not in page.content()


@pytest.mark.parametrize("script", [True, False])
def test_a_company_makes_its_own_with_and_without_a_script(story, open_page, live_server, script):
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=story.manager.pk).update(administers=True, language="en", email="g@banco.example")
        contact = Contact.objects.get(pk=story.manager.pk)
        _session, token = sessions.begin(contact, contact.email, now())
    page = open_page(script=script)
    page.context.add_cookies([{"name": COOKIE, "value": token, "domain": "localhost", "path": "/mi-empresa"}])
    page.goto("/mi-empresa/llaves")
    page.get_by_role("link", name="New key").press("Enter")
    page.get_by_label("Name").fill("ServiceNow")
    if script:
        looked_at(page, "portal-new")
    page.get_by_role("button", name="Make the key").press("Enter")
    written = page.locator("#key").input_value()
    if script:
        looked_at(page, "portal-secret")
    with behind(DatabaseRole.STAFF):
        assert authenticate(written, HERE, now()).customer_id == story.bank.pk
    page.get_by_role("link", name="I have copied it").press("Enter")
    if script:
        looked_at(page, "portal-list")
    page.get_by_role("link", name="ServiceNow").press("Enter")
    if script:
        looked_at(page, "portal-key")
    page.get_by_role("button", name="End this key").press("Enter")
    expect(page.locator(".past")).to_contain_text("ended")
