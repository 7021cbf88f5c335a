"""The page that checks a file of evidence, in a browser that has no network."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guardia.proof import log
from tests.browser.conftest import SPIES

PAGE = Path(log.__file__).parent / "offline" / "guardia-verificador.html"
FINDINGS = """async (texts) => {
    const found = [];
    for (const text of texts) {
        try { found.push((await Guardia.check(Guardia.parse(text))).findings.map(({ rule }) => rule)); }
        catch (trouble) { found.push([trouble instanceof Guardia.NoEvidence ? "no evidence" : String(trouble)]); }
    }
    return found;
}"""


@pytest.fixture
def verifier(chromium) -> Iterator[Callable[..., Page]]:
    """The page from a file, in a browser without a network: it asks for nothing but itself, and no script fails."""
    troubles: list[str] = []
    contexts = []

    def opened(*, width: int = 1440, theme: str = "light", locale: str = "es-EC") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale=locale, offline=True
        )
        contexts.append(context)
        context.add_init_script(SPIES)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if "CSP" in message.text else None)
        page.on("request", lambda request: troubles.append(request.url) if request.url != PAGE.as_uri() else None)
        page.goto(PAGE.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def drop(page: Page, content: bytes | dict, name: str = "informe.json") -> None:
    """What is dropped is read; returns when the verdict stands there."""
    content = json.dumps(content).encode() if isinstance(content, dict) else content
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    expect(page.locator("#headline")).to_be_focused()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
