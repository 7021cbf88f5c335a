"""The page that stands in while the database does not answer, in a real browser: it goes back by itself."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import OperationalError
from django.test import override_settings
from playwright.sync_api import expect

from guardia.config import database_roles
from guardia.config import urls as _every_view  # noqa: F401  (read before the database goes)
from guardia.web.api import health
from guardia.web.portal import static_copy
from tests.browser.conftest import eventually

LANGUAGES = {"es": "estamos trabajando en ello", "en": "we are at work on it", "pt": "estamos trabalhando nisso"}


@pytest.fixture
def outage(story, tmp_path, monkeypatch):
    """Requests find no database from here on, until ``end`` is called."""
    with override_settings(STATE_DIR=tmp_path):
        static_copy.refresh()
        behind = database_roles.behind

        def unreachable(*args, **more):
            raise OperationalError("connection failed")

        class Outage:
            def end(self) -> None:
                for module in (database_roles, health):
                    monkeypatch.setattr(module, "behind", behind)

        for module in (database_roles, health):
            monkeypatch.setattr(module, "behind", unreachable)
        yield Outage()
        Outage().end()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_read_at_every_width_in_every_language(outage, open_page, width, theme, language):
    page = open_page(width=width, theme=theme)
    for address in (f"/procedimiento?lang={language}", f"/?papel&lang={language}"):
        assert page.goto(address).status == 503
        expect(page.locator('a[href="tel:1800400404"]')).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if language == "es":
            assert Axe().run(page).response["violations"] == []
    page.goto(f"/procedimiento?lang={language}")
    expect(page.locator("h1")).to_contain_text(LANGUAGES[language])


def test_it_goes_back_by_itself_once_the_database_answers(outage, open_page):
    page = open_page(own_window=True)
    page.clock.install()
    page.goto("/procedimiento")
    page.clock.fast_forward(25_000)
    expect(page.locator(".unavailable")).to_be_visible()
    outage.end()
    # What /salud said is stored for a second there; each look is 10 to 20 s after the one before.
    eventually(page, lambda: not page.clock.fast_forward(25_000) and page.locator("#stages .stage").count() == 7)
    eventually(page, lambda: page.locator(".unavailable").count() == 0)


def test_the_sheet_is_one_page_of_paper(outage, open_page):
    page = open_page(own_window=True, width=672)  # the width of what is printed on A4, in CSS pixels
    page.goto("/?papel")
    page.emulate_media(media="print")
    box = page.locator("#sheet").bounding_box()
    assert box["height"] < 990  # of A4 between its margins
    expect(page.locator(".print-it")).to_be_hidden()


def test_it_is_read_by_keyboard_and_without_a_script(outage, open_page):
    page = open_page(script=False)
    page.goto("/procedimiento")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".unavailable-back a")).to_be_visible()
