"""Channels of teams in a browser: the page that teaches, the guided form, by keyboard, narrow and wide, both themes."""

import pytest
from playwright.sync_api import expect

from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices.team_channel import TROUBLE, TeamChannel
from guardia.people.staff import Role, Staff
from tests.browser.looks import fits, looks, photographed
from tests.notices.chat_server import SLACK

HOME = "/ajustes/canales-de-equipo"


@pytest.fixture
def administrator(desk, story, live_server):
    with behind(DatabaseRole.STAFF):
        Staff.objects.create(username="administradora", name="Administradora", role=Role.ADMINISTRATOR, language="es")

    def opened(**how):
        page = desk("administradora", at=HOME, **how)
        page.context.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
        page.goto(HOME)
        return page

    return opened


@pytest.mark.parametrize("script", [True, False])
def test_a_channel_is_made_with_the_keyboard_alone(administrator, script):
    page = administrator(script=script)
    page.get_by_role("link", name="Slack").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Canal nuevo: Slack")
    page.get_by_label("Nombre").focus()
    page.keyboard.type("NOC turno")
    page.keyboard.press("Tab")
    page.keyboard.type("https://example.com/x")
    page.keyboard.press("Enter")
    error = page.get_by_text("Escriba el webhook entrante de Slack")
    expect(error).to_be_visible()
    page.get_by_label("Webhook entrante").focus()
    page.keyboard.type(SLACK)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="NOC turno")).to_be_visible()
    with behind(DatabaseRole.STAFF):
        assert TeamChannel.objects.get().secret == [SLACK]


def test_every_page_fits_in_each_width_and_theme(administrator, story):
    page = administrator()
    for look in looks(page, 360, 768, 1024, 1440):
        assert fits(page), look
        photographed(page, f"team-channels-empty-{look}")
    for kind in ("slack", "whatsapp"):
        page.goto(f"{HOME}/nuevo/{kind}")
        for look in looks(page, 360, 768, 1024, 1440):
            assert fits(page), (kind, look)
            photographed(page, f"team-channel-{kind}-{look}")
    with behind(DatabaseRole.STAFF):
        given = {"kind": "slack", "secret": [SLACK], "language": "es"}
        TeamChannel.objects.create(name="NOC turno", news=["opened", "breached", "escalated", "outage"], **given)
        TeamChannel.objects.create(name="Transporte", news=["group", "closed"], active=False, **given)
        watch.fails(TROUBLE, "NOC turno", "Slack: Failed to send to Slack: Page not found, error=404.", now())
    page.goto(HOME)
    for look in looks(page, 360, 768, 1024, 1440):
        assert fits(page), look
        photographed(page, f"team-channels-{look}")
