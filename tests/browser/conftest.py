"""A real Chromium on a real server; a page that breaks the strict policy, or whose script fails, fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.browser.windows import Kind, Window, Windows
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
def driver() -> Iterator[Playwright]:
    """Playwright itself: one thread can begin it once."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver) -> Iterator[Browser]:
    browser = launch(driver)
    expect.set_options(timeout=15_000)  # milliseconds, as each page's own: a busy machine is no fault
    yield browser
    browser.close()


def launch(driver: Playwright, *flags: str) -> Browser:
    """The Chromium of this machine; the test is skipped where there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium: apt install chromium")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return driver.chromium.launch(executable_path=path, args=[*FLAGS, *as_root, *flags])


@pytest.fixture
def story(transactional_db, monkeypatch) -> stories.Story:
    """A case in diagnosis since some minutes, committed; everybody reads English."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=12))
        told = stories.Story()
        Staff.objects.update(language="en")
        told.open_case()
    return told


@pytest.fixture(scope="session")
def windows(chromium) -> Windows:
    return Windows(chromium, SPIES)


@pytest.fixture
def open_page(windows, live_server) -> Iterator[Callable[..., Page]]:
    """A page in an empty window of its own; its errors are collected and none is allowed.

    ``own_window``: what a test does to the window cannot be undone, such as a clock or a script for each page.
    """
    troubles: list[str] = []
    taken: list[Window] = []
    contexts: list[BrowserContext] = []

    def opened(*, width: int = 1440, script: bool = True, theme: str = "light", own_window: bool = False) -> Page:
        kind = Kind(width, script, theme, live_server.url)
        if own_window:
            contexts.append(context := windows.context(kind))
        else:
            taken.append(window := windows.take(kind))
            context = window.context
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.text.startswith("CSP") else None)
        return page

    yield opened
    for window in taken:
        windows.give_back(window)
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def desk(open_page, story, live_server) -> Callable[..., Page]:
    """A page in which this person has signed in: the bench, or ``at`` another address."""

    def signed_in(username: str = "ingeniero1", at: str = "/", **how) -> Page:
        page = open_page(**how)
        client = Client()
        with behind(DatabaseRole.STAFF):
            client.force_login(Staff.objects.get(username=username))
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": "en"}
        page.context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page.goto(at)
        if at == "/" and how.get("script", True):
            # htmx begins in a task of its own, on a busy machine after the page has loaded
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
