"""The settings of the webhooks in a browser: one is made with the keyboard alone, and its pages stand everywhere."""

import pytest
from django.test import Client, override_settings

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices import leases
from guardia.people.staff import Role, Staff
from guardia.webhooks import sending
from guardia.webhooks.subscription import WebhookSubscription
from tests.browser.looks import fits, looks, photographed
from tests.browser.test_portal import troubles
from tests.notices.sender import worker_step
from tests.webhooks.receiver import Receiver, Reply

WIDE = """() => [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right >
    document.documentElement.clientWidth).map(one => one.outerHTML.slice(0, 120)).slice(-4)"""
HOME = "/ajustes/avisos-a-sistemas"


@pytest.fixture
def receiver():
    one = Receiver()
    with override_settings(EGRESS_LOOPBACK=True):
        yield one
    one.close()


@pytest.fixture
def admin(story):
    """Somebody who may connect systems. The screens are loaded with the first look at one, before the browser asks."""
    client = Client()
    with behind(DatabaseRole.STAFF):
        client.force_login(Staff.objects.create(username="ana", name="Ana", role=Role.ADMINISTRATOR, language="en"))
    assert client.get(HOME).status_code == 200


def seen_everywhere(page, name: str) -> None:
    for look in looks(page, 360, 768, 1024, 1440):
        assert fits(page), (name, look, page.evaluate(WIDE))
        assert troubles(page) == [], (name, look)
        photographed(page, f"webhooks-{name}-{look}")


def test_one_is_made_with_the_keyboard_and_stands_everywhere(desk, story, admin, receiver):
    page = desk("ana", HOME)
    seen_everywhere(page, "empty")
    page.get_by_role("link", name="New webhook").press("Enter")
    page.locator("#id_name").wait_for()
    seen_everywhere(page, "new")
    page.locator("#id_name").focus()
    page.keyboard.type("CRM del banco")
    page.keyboard.press("Tab")
    page.keyboard.type(receiver.url)
    page.keyboard.press("Enter")
    page.locator("#secret").wait_for()
    assert page.locator("#secret").input_value().startswith("whsec_")
    seen_everywhere(page, "secret")
    with behind(DatabaseRole.STAFF):
        one = WebhookSubscription.objects.get()
        story.case.note("una nota", by=story.by, at=now())
        story.now = now()
        story.diagnosis()
    receiver.replies = [Reply(), Reply(503, b"<html><body><h1>Service Unavailable</h1>" + b"later " * 30)]
    with worker_step():
        number = leases.seen(now(), None)
    sending.send_due(sending.Posting(worker_step, now, number))
    page.get_by_role("link", name="I have copied it").press("Enter")
    page.get_by_text("fails since").first.wait_for()
    page.get_by_role("button", name="Send a trial").press("Enter")
    page.get_by_text("The receiver took it: 200").wait_for()
    seen_everywhere(page, "one")
    page.goto(HOME)
    seen_everywhere(page, "list")
    page.goto(f"{HOME}/{one.pk}/editar")
    seen_everywhere(page, "edit")
