"""A real Chromium on a real server; a page that breaks the strict policy, or whose script fails, fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.procedure import story as stories

# Playwright's event loop runs in this thread for good; the database is only used between its calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SPIES = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium: apt install chromium")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *as_root])
        expect.set_options(timeout=15_000)  # milliseconds, as each page's own: a busy machine is no fault
        yield browser
        browser.close()


@pytest.fixture
def story(transactional_db, monkeypatch) -> stories.Story:
    """A case in diagnosis since some minutes, committed; everybody reads English."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=12))
        told = stories.Story()
        Staff.objects.update(language="en")
        told.open_case()
    return told


@pytest.fixture
def open_page(chromium, live_server) -> Iterator[Callable[..., Page]]:
    """A new browser window; its errors are collected and none is allowed."""
    troubles: list[str] = []
    contexts = []

    def opened(*, width: int = 1440, script: bool = True, theme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme=theme,
            locale="en",
            base_url=live_server.url,
        )
        contexts.append(context)
        context.add_init_script(SPIES)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.text.startswith("CSP") else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def desk(open_page, story, live_server) -> Callable[..., Page]:
    """A window at the bench in which this person has signed in."""

    def signed_in(username: str = "ingeniero1", **how) -> Page:
        page = open_page(**how)
        client = Client()
        with behind(DatabaseRole.STAFF):
            client.force_login(Staff.objects.get(username=username))
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
        page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page.goto("/")
        if how.get("script", True):  # htmx begins in a task of its own, on a busy machine after the page has loaded
            page.locator("[data-htmx-powered]").first.wait_for(state="attached")
        return page

    return signed_in


def eventually(page: Page, condition: Callable[[], bool]) -> None:
    """Until it holds, asked again as the browser goes on; gives up after half a minute."""
    for _ in range(150):
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it never came")
