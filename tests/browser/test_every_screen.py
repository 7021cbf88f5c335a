"""Every screen of `bin/_screen_list` in the demo: axe finds nothing in either theme, and no word is cut or broken, also
where the browser's letters are twice as large.

Each is loaded once in each language; the theme is emulated, and the window made narrower. The demo that is looked at
is one of its own (EVERY_SCREEN=own), or one that runs (EVERY_SCREEN=http://127.0.0.1:8000). It takes a quarter of an
hour, so it is left out where nobody asks for it.
"""

import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from guardia.cli.children import any_free
from tests.browser.conftest import launch

ASKED_FOR = os.environ.get("EVERY_SCREEN", "")
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not ASKED_FOR, reason="EVERY_SCREEN is not set: a quarter of an hour"),
]
BIN = Path(__file__).parents[2] / "bin"
SCREENS = sorted(runpy.run_path(str(BIN / "_screen_list"))["SCREENS"] - {"first_run_step"})
"""The first steps stand in no demo: test_first_run_narrow.py looks at them."""
READS = (Path(__file__).parent / "every_screen.js").read_text(encoding="utf-8")
LANGUAGES = ("es", "en", "pt")
HEIGHT, MOST = 900, 3
"""``MOST``: screens of one address that are looked at, such as the forms of a case's verbs."""
LARGE = "--blink-settings=defaultFontSize=32"
"""The browser's own setting of how large letters are: twice what it is where nobody has set it."""
VIEWS = ((1440, "light"), (360, "dark"))
"""What axe looks at: each width and each theme once, as a run of it takes a second or more."""
DEMO = """
import sys
from pathlib import Path
from guardia.cli.children import ends_on_signals
from guardia.cli.trial import Trial
with ends_on_signals(), Trial(Path(sys.argv[1]), int(sys.argv[2])) as trial:
    trial.start(seed=[])
    print("Open", flush=True)
    trial.keep()
"""


class Looker:
    """A browser in which each visitor of the demo has signed in, in each language."""

    def __init__(self, browser: Browser, demo) -> None:
        self.browser, self.demo, self.axe = browser, demo, Axe()
        self.pages: dict[tuple[str, str], Page] = {}

    def opens(self, folder: str, place: str, language: str) -> Page:
        """The page at 360 pixels, in the light theme."""
        page = self.pages.get((folder, language)) or self._page(folder, language)
        page.set_viewport_size({"width": 360, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        page.goto(place)
        return page

    def _page(self, folder: str, language: str) -> Page:
        self.demo.enter(folder).dispose()
        page = self.pages[folder, language] = self.context(self.browser, folder, language).new_page()
        page.set_default_timeout(120_000)
        return page

    def context(self, browser: Browser, folder: str, language: str) -> BrowserContext:
        """Signed in already."""
        context = browser.new_context(base_url=self.demo.url, storage_state=self.demo.sessions[folder], locale=language)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.demo.url}])
        return context

    def finds(self, page: Page, width: int, theme: str) -> list[str]:
        """What axe finds at this width in this theme: rule, element and remedy."""
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=theme)
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")
        violations = self.axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{width} {theme}: {rule['id']} {node['target']} {node.get('failureSummary', '')[:200]}"
            for rule in violations
            for node in rule["nodes"][:3]
        ]

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Of a demo that runs."""
    if ASKED_FOR != "own":
        yield ASKED_FOR.rstrip("/")
        return
    port, log = any_free("127.0.0.1"), tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "AMI_"))}
    words = [sys.executable, "-c", DEMO, str(log / "state"), str(port)]
    process = subprocess.Popen(words, cwd=BIN.parent, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.endswith("Open\n"):
                break
        else:
            pytest.fail(f"the demo ended: {''.join(printed)}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@pytest.fixture(scope="module")
def looker(request, driver, chromium, address) -> Iterator[Looker]:
    """Knows where each screen of the demo is that this run looks at (``-k`` narrows it)."""
    demo_of = runpy.run_path(str(BIN / "_screens"))["Demo"]
    demo = demo_of(driver, address)
    demo.find({item.callspec.params["name"] for item in request.session.items if item.path == Path(__file__)})
    looker = Looker(chromium, demo)
    yield looker
    looker.close()


@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_and_no_word_is_cut(name, looker):
    places = [where for key, where in sorted(looker.demo.places.items()) if key[0] == name]
    assert places, f"no link of the demo leads to {name}"
    found = []
    for folder, place in places[:MOST]:
        for language in LANGUAGES:
            page = looker.opens(folder, place, language)
            found += [f"{place} {language}: {line}" for line in page.evaluate(READS)]
            if language == LANGUAGES[0]:
                found += [f"{place} {line}" for view in VIEWS for line in looker.finds(page, *view)]
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def large(driver, looker) -> Iterator[Looker]:
    """The same in a browser of large letters."""
    browser = launch(driver, LARGE)
    other = Looker(browser, looker.demo)
    yield other
    other.close()
    browser.close()


@pytest.mark.parametrize("name", sorted(set(SCREENS) - {"wall"}))
def test_letters_of_double_size_are_cut_nowhere(name, large):
    """The wall's letters are as large as its screen, whatever the browser says."""
    places = [where for key, where in sorted(large.demo.places.items()) if key[0] == name]
    found = []
    for folder, place in places[:1]:
        page = large.opens(folder, place, LANGUAGES[0])
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        page.set_viewport_size({"width": 1440, "height": HEIGHT})
        found += [f"{place}: {line}" for line in page.evaluate(READS)]
    assert not found, "\n".join(found)
