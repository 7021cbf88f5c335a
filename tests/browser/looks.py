"""How a page looks: in each width and theme, whether it fits, and a picture of it for whoever wants to see."""

import os
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page


def looks(page: Page, *widths: int) -> Iterator[str]:
    """The page that is open in each of these widths, light and dark; gives the name of each, such as ``360-dark``.

    It is loaded once: what is typed and what was done stay.
    """
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            yield f"{width}-{theme}"


def fits(page: Page) -> bool:
    """Nothing has to be pushed aside to be read. A page that is still being loaded has nothing to measure yet."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def photographed(page: Page, name: str) -> None:
    """Kept only where somebody wants to look at it: in the folder that SCREENSHOTS names."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
