"""Ctrl K on any page: a case, a page or an act of the case in front, by a few letters and Enter."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.test_desk import second_case

HOLD_WHAT_IS_ASKED = """() => {
  const ask = window.fetch
  const held = new Promise((then) => { window.go_on = then })
  window.fetch = async (...about) => { await held; return ask(...about) }
}"""


def chosen(page):
    return page.locator("#palette [aria-selected=true]")


def test_from_the_bench_to_a_company_by_three_letters(story, desk, live_server):
    page = desk()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-words")).to_be_focused()
    page.keyboard.type("ban")
    expect(page.locator("#palette-found")).to_contain_text("Banco Austral")
    page.locator("#palette-found section", has_text="Companies").locator("a").first.click()
    expect(page).to_have_url(re.compile(r"/companias/\d+/"))


def test_on_a_case_it_offers_what_the_stage_asks_for_first(story, desk, live_server):
    page = desk()
    page.goto(f"{live_server.url}/casos/{story.number}/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-found h3").first).to_have_text("In this case")
    expect(chosen(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/casos/{story.number}/\w+"))


def test_arrows_move_and_escape_leaves_everything_as_it_was(story, desk, live_server):
    page = desk()
    page.keyboard.press("Control+k")
    page.keyboard.type("re")
    expect(page.locator("#palette-found")).to_have_attribute("data-words", "re")
    expect(chosen(page)).to_have_count(1)
    first = chosen(page).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(chosen(page)).to_have_text(re.compile(re.escape(first.split("\n")[0])))
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_enter_before_the_answer_opens_what_was_typed(story, desk, live_server):
    page = desk()
    page.keyboard.press("Control+k")
    expect(chosen(page)).to_have_count(1)
    page.evaluate(HOLD_WHAT_IS_ASKED)
    page.keyboard.type("banco")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()
    page.evaluate("window.go_on()")
    expect(page).to_have_url(re.compile(r"/companias/\d+/|/casos/"))


def test_what_is_called_by_no_such_word_is_said_with_what_can_be_written(story, desk, live_server):
    page = desk()
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz qqqq")
    expect(page.locator("#palette-found")).to_contain_text("Nothing matches “zzzz qqqq”")


def test_the_arrows_choice_stays_while_the_page_behind_changes(story, desk, live_server):
    page = desk()
    page.keyboard.press("Control+k")
    page.keyboard.type("re")
    expect(page.locator("#palette-found")).to_have_attribute("data-words", "re")
    expect(chosen(page)).to_have_count(1)
    first = chosen(page).get_attribute("id")
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).not_to_have_id(first)
    second = chosen(page).get_attribute("id")
    second_case(story)
    expect(page.locator(".bench-list .row")).to_have_count(1)
    expect(chosen(page)).to_have_id(second)
    expect(page.locator("#palette")).to_be_visible()


def test_what_is_typed_while_an_answer_is_under_way_is_asked_for_in_the_end(story, desk, live_server):
    """The answer to opening is held back; three letters come meanwhile, each later than the pause after typing."""
    page = desk()
    held = []
    page.route("**/paleta*", lambda route: held.append(route), times=1)
    with page.expect_request("**/paleta*"):
        page.keyboard.press("Control+k")
    for letters in ("r", "re", "red"):
        with page.expect_event("console", lambda said, words=letters: said.text == f"asks {words}"):
            page.evaluate(
                """words => {
                    const field = document.getElementById("palette-words");
                    field.addEventListener("htmx:config:request", () => console.log(`asks ${words}`), {once: true});
                    field.value = words;
                    field.dispatchEvent(new Event("input", {bubbles: true}));
                }""",
                letters,
            )
    expect(page.locator("#palette-found")).to_have_attribute("data-words", "red")


def test_each_field_that_asks_while_one_types_asks_for_the_last_words():
    """htmx keeps the first of what waits for an answer, and what waits loses its place to the answer before it: the
    last letters would never be sought.
    """
    asking = [
        (path.name, tag)
        for path in Path("guardia/templates").rglob("*.html")
        for tag in re.findall(r"<[^<>]*hx-trigger=\"[^\"]*\binput\b[^<>]*", path.read_text(encoding="utf-8"))
    ]
    assert len(asking) > 5
    assert [name for name, tag in asking if 'hx-sync="this:replace"' not in tag] == []
