"""A telephone in the field: a Chromium of its own with its own memory, which can be switched off and on again."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Staff
from tests.browser.conftest import FLAGS, SPIES
from tests.browser.relay import Relay

PRESS = 15_000


class Phone:
    """360 px wide, behind a road that can be cut. ``page`` is the open tab."""

    def __init__(self, browser_type, relay: Relay, memory: Path) -> None:
        self.browser_type, self.relay, self.memory = browser_type, relay, memory
        self.troubles: list[str] = []
        self.context: BrowserContext | None = None
        self.home = f"http://localhost:{relay.port}"

    def switch_on(self, *flags: str, **how) -> None:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.context = self.browser_type.launch_persistent_context(
            self.memory,
            executable_path=path,
            args=[*FLAGS, *as_root, *flags],
            viewport={"width": 360, "height": 800},
            locale="en",
            base_url=self.home,
            has_touch=True,
            **how,
        )
        self.context.add_init_script(SPIES)
        self.context.set_default_timeout(PRESS)

    def switch_off(self) -> None:
        assert self.context is not None
        self.context.close()
        self.context = None

    def sign_in(self, username: str) -> None:
        client = Client()
        with behind(DatabaseRole.STAFF):
            client.force_login(Staff.objects.get(username=username))
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
        # A cookie without an end goes with the browser, and a telephone is switched off.
        kept = [{"name": n, "value": v, "url": self.home, "expires": 4_000_000_000} for n, v in cookies.items()]
        assert self.context is not None
        self.context.add_cookies(kept)

    def open(self, address: str = "/campo") -> Page:
        assert self.context is not None
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(error.stack or str(error)))
        page.on("console", lambda said: self.troubles.append(said.text) if said.text.startswith("CSP") else None)
        page.goto(address)
        ready(page)
        return page


def ready(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=PRESS)


def kept_for_later(page: Page) -> None:
    """The page opens without signal from now on."""
    expect(page.locator("html")).to_have_attribute("data-kept", "yes", timeout=PRESS)


def waiting(page: Page, count: int) -> None:
    """So many acts and photographs stand on the telephone and have not arrived."""
    expect(page.locator("html")).to_have_attribute("data-queue", str(count), timeout=PRESS)


def press(page: Page, kind: str) -> None:
    page.locator(f"form[data-form-of={kind}] button").click()


@pytest.fixture
def phone(chromium, live_server, tmp_path) -> Iterator[Phone]:
    """``chromium`` only for Playwright itself: one of its own is started, and restarted."""
    relay = Relay(live_server.thread.port)
    held = Phone(chromium.browser_type, relay, tmp_path / "telephone")
    yield held
    if held.context:
        held.switch_off()
    relay.cut()
    assert held.troubles == []
