"""What is pressed is large enough for a finger (WCAG 2.2, 2.5.8), and what is printed fits its paper."""

from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from guardia.cases.number import grouped

PAGES = [
    *("/", "/casos/{number}", "/casos/nuevo", "/afectaciones", "/trabajos", "/llamadas/historial", "/companias/"),
    *("/ajustes/", "/ajustes/personas", "/ajustes/rotaciones", "/informes/", "/informes/recepcion", "/cuenta/"),
]
SMALL = """() => {
  const isSeen = (box) => box.width > 0 && box.height > 0;
  const inText = (one) => getComputedStyle(one).display.startsWith("inline") && one.matches("a, summary, button")
    && [...one.parentElement.childNodes].some((each) => each !== one && each.textContent.trim());
  const boxOf = (one) => {
    const label = one.matches("input[type=checkbox], input[type=radio]") && one.closest("label");
    return (label || one).getBoundingClientRect();
  };
  return [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")]
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((one) => !one.closest(".unseen, .skip") && !inText(one))
    .map((one) => [one, boxOf(one)])
    .filter(([, box]) => isSeen(box) && (box.width < 23.5 || box.height < 23.5))
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`);
}"""


@pytest.mark.parametrize("width", [360, 1440])
def test_what_is_pressed_is_large_enough(desk, story, width):
    page = desk("supervisora", width=width)
    found: dict[str, str] = {}
    for path in PAGES:
        page.goto(path.format(number=story.number))
        found |= {small: path for small in page.evaluate(SMALL) if small not in found}
    assert not found, "\n".join(f"{path} {small}" for small, path in found.items())


def paper(page: Page) -> list[str]:
    """The text of each page that the browser prints; A4."""
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4"))).pages]


CUT = """() => [...document.querySelectorAll("th, td, caption")].filter((one) => one.checkVisibility())
  .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 90))"""
ON_PAPER = {"width": 703, "height": 1000}
"""What is left of A4 between its margins, in pixels of the style sheet."""


def test_a_case_is_printed_without_what_is_filled_in(desk, story):
    page = desk()
    page.goto(f"/casos/{story.number}")
    page.emulate_media(media="print")
    shown = page.locator("input, textarea, select, button, a.button").evaluate_all(
        "found => found.filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 90))"
    )
    assert shown == []
    expect(page.locator("#act")).to_be_hidden()
    sheets = paper(page)
    assert grouped(story.number) in sheets[0]
    assert all(sheet.strip() for sheet in sheets), "no page is empty"
    assert len(sheets) <= 4


@pytest.mark.parametrize("path", ["/informes/", "/informes/recepcion"])
def test_the_report_of_the_month_fits_its_paper(desk, story, path):
    page = desk("supervisora")
    page.goto(path)
    page.emulate_media(media="print")
    page.set_viewport_size(ON_PAPER)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sheets = paper(page)
    assert 1 <= len(sheets) <= 3
    assert all(sheet.strip() for sheet in sheets)
