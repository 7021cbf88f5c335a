"""Acts on many cases in a browser: selecting, looking, doing and taking back with the keyboard alone, over polls."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from tests.browser.looks import fits, looks, photographed


def more_cases(story, count: int) -> list[str]:
    """So many cases more, registered now; their numbers as they are read."""
    with behind(DatabaseRole.STAFF):
        story.call, story.now = None, now()
        return [story.case_is_registered(f"corte {n}").display_number for n in range(count)]


def holders() -> set[str]:
    with behind(DatabaseRole.STAFF):
        return set(Case.objects.filter(closed_at=None).values_list("assigned__name", flat=True))


def selected(page: Page) -> int:
    return page.locator(".bench-list .pick:checked").count()


def faults(page: Page) -> list[str]:
    return [f"{found['id']}: {found['nodes'][0]['target']}" for found in Axe().run(page).response["violations"]]


def test_selected_looked_at_done_and_taken_back_with_the_keyboard_alone(desk, story):
    _one, two, _three = more_cases(story, 3)
    page = desk()
    for key in "jxjxjx":
        page.keyboard.press(key)
    expect(page.locator("#bulk-count")).to_have_text(re.compile("3 selected"))
    page.keyboard.press("x")
    expect(page.locator("#bulk-count")).to_have_text(re.compile("2 selected"))
    page.keyboard.press("x")
    (other,) = more_cases(story, 1)
    expect(page.locator(".row", has_text=other)).to_be_visible()
    assert selected(page) == 3, "a poll has come in between"
    with behind(DatabaseRole.STAFF):
        gone = Case.objects.get(number=int(two.replace("-", "")))
        gone.cancel("era otro", by=story.by, at=now())
    expect(page.locator(".bench-list", has_text=two)).to_have_count(0)
    expect(page.locator("#bulk-count")).to_have_text(re.compile("2 selected"))
    page.keyboard.press("y")
    page.keyboard.press("Enter")
    expect(page.locator("select[name=to]")).to_be_focused()
    page.keyboard.type("ingeniero2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("button[value=hacer]")).to_be_focused()
    expect(page.locator(".bulk-preview td", has_text="ingeniero1 → ingeniero2")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#course")).to_contain_text("done: 2")
    assert holders() == {"ingeniero1", "ingeniero2"}
    page.keyboard.press("u")
    expect(page.locator("#course")).to_contain_text("undone: 2")
    assert holders() == {"ingeniero1"}
    page.keyboard.press("g")
    expect(page.locator(".open-row")).to_be_visible()


def test_shift_takes_all_between_and_one_box_takes_all(desk, story):
    more_cases(story, 4)
    page = desk()
    boxes = page.locator(".bench-list .pick")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    assert [box.is_checked() for box in boxes.all()] == [False, True, True, True, False]
    every = page.locator("[data-pick-all]")
    every.click()
    assert selected(page) == 5
    expect(page.locator("#bulk-count")).to_have_text(re.compile("5 selected"))
    page.locator("[data-pick-none]").click()
    assert selected(page) == 0
    expect(page.locator(".bulk-bar")).to_be_hidden()


def test_two_hundred_have_a_bar_and_are_taken_back(desk, story):
    more_cases(story, 199)
    page = desk()
    page.goto("/?filas=200")
    page.locator("[data-pick-all]").click()
    assert selected(page) == 200
    page.keyboard.press("y")
    page.keyboard.press("Enter")
    page.locator("select[name=to]").select_option(label="ingeniero2")
    page.locator("button[value=mirar]").click(timeout=120_000)
    page.locator("button[value=hacer]").click(timeout=120_000)
    expect(page.locator("#course progress")).to_be_visible(timeout=60_000)
    expect(page.locator("#course")).to_contain_text("done: 200", timeout=120_000)
    assert holders() == {"ingeniero2"}
    page.locator("#undo-button").click()
    expect(page.locator("#course")).to_contain_text("undone: 200", timeout=120_000)
    assert holders() == {"ingeniero1"}


def test_without_a_script_many_are_handed_over_all_the_same(desk, story):
    more_cases(story, 1)
    page = desk(script=False)
    for box in page.locator(".bench-list .pick").all():
        box.check()
    page.locator(".bulk-bar button").first.click()
    page.locator("select[name=to]").select_option(label="ingeniero2")
    page.locator("button[value=mirar]").click()
    page.locator("button[value=hacer]").click()
    expect(page.locator("#course")).to_contain_text("done: 2")


def test_a_heading_sorts_and_a_second_press_turns_it_round(desk, story):
    more_cases(story, 1)
    page = desk()
    head = page.get_by_role("columnheader", name="Company")
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("link").press("Enter")
    expect(page).to_have_url(re.compile("orden=empresa"))
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("link").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")


@pytest.mark.parametrize("screen", ["bench", "check", "course"])
def test_axe_finds_nothing_and_nothing_is_pushed_aside(desk, story, screen):
    more_cases(story, 3)
    page = desk("supervisora")
    page.locator("[data-pick-all]").click()
    if screen != "bench":
        page.locator(".bulk-bar button", has_text="Notify").click()
        page.locator("textarea[name=text]").fill("La cuadrilla está en camino")
        page.locator("button[value=mirar]").click()
        expect(page.locator(".bulk-preview")).to_be_visible()
    if screen == "course":
        page.locator("button[value=hacer]").click()
        expect(page.locator("#undo-button")).to_be_visible()
    for name in looks(page, 360, 1024, 1440):
        photographed(page, f"bulk-{screen}-{name}")
        assert fits(page), name
        assert faults(page) == [], name


def test_news_for_many_is_sent_when_it_can_no_longer_be_taken_back_and_not_at_all_where_it_was(desk, story):
    more_cases(story, 1)
    page = desk()
    for is_taken_back in (True, False):
        page.goto("/")
        page.locator("[data-pick-all]").click()
        page.locator(".bulk-bar button", has_text="Notify").click()
        page.locator("textarea[name=text]").fill("The crew is on its way")
        page.locator("button[value=mirar]").click()
        page.locator("button[value=hacer]").click()
        expect(page.locator("#course [role=status]")).to_contain_text("Nothing is on record yet")
        if is_taken_back:
            page.keyboard.press("u")
            expect(page.locator("#course")).to_contain_text("undone before: 2")
        with behind(DatabaseRole.STAFF):
            assert not CaseEvent.objects.filter(moment="news_sent").exists()
    expect(page.locator("#course")).to_contain_text("done: 2", timeout=90_000)
    expect(page.locator("#undo-button")).to_have_count(0)
    with behind(DatabaseRole.STAFF):
        assert CaseEvent.objects.filter(moment="news_sent").count() == 2
