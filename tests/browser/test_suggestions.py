"""What the composer offers while somebody types, by keyboard alone: quick answers behind ``/``."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guardia.cases.number import grouped
from guardia.config.database_roles import DatabaseRole, behind
from guardia.quick_answers import editing
from guardia.quick_answers.quick_answer import QuickAnswerUse
from tests.browser.conftest import eventually
from tests.browser.looks import fits, looks, photographed
from tests.browser.test_portal import troubles


def write(story, title: str, text: str, **more) -> None:
    with behind(DatabaseRole.STAFF):
        editing.save(None, {"title_es": title, "text_es": text, **more}, by=story.supervisor, at=story.now)


def answers(story) -> None:
    write(story, "Energía en la sede", "Revise la energía de {site}, caso {number}.")
    write(
        story,
        "Cuadrilla en camino",
        "Una cuadrilla va hacia {site}.",
        title_en="Crew",
        text_en="A crew goes to {site}.",
    )


def at_the_composer(desk: Callable[..., Page], story) -> Page:
    page = desk()
    page.goto(f"/casos/{story.number}/")
    page.keyboard.press("m")
    expect(page.locator("#composer-words")).to_be_focused()
    return page


def options(page: Page):
    return page.locator("#suggestions [role=option]")


def for_the_customer(page: Page) -> None:
    page.locator("#composer [name=audience][value=public]").check()
    page.locator("#composer-words").focus()


def test_a_quick_answer_is_inserted_and_sent_with_the_keyboard_alone(desk, story):
    answers(story)
    page = at_the_composer(desk, story)
    for_the_customer(page)
    page.keyboard.type("Buenos días. /")
    expect(options(page)).to_have_count(2)
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.type("ener")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#suggestions")).to_have_count(0)
    number = grouped(story.number)
    expect(page.locator("#composer-words")).to_have_value(
        f"Buenos días. Revise la energía de agencia matriz, caso {number}."
    )
    expect(page.locator("#composer-words")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#log")).to_contain_text("Revise la energía de agencia matriz")
    with behind(DatabaseRole.STAFF):
        eventually(page, lambda: QuickAnswerUse.objects.count() == 1)


def test_escape_closes_the_list_and_leaves_what_was_typed(desk, story):
    answers(story)
    page = at_the_composer(desk, story)
    page.keyboard.type("/")
    expect(options(page)).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_have_count(0)
    page.keyboard.type("24 de la subred 10.0.0.0/24")
    expect(page.locator("#composer-words")).to_have_value("/24 de la subred 10.0.0.0/24")
    expect(page.locator("#suggestions")).to_have_count(0)
    expect(page.locator("#composer-words")).to_be_focused()


def test_a_slash_within_a_word_opens_nothing_and_enter_begins_a_line(desk, story):
    answers(story)
    page = at_the_composer(desk, story)
    page.keyboard.type("24/7")
    page.keyboard.press("Enter")
    page.keyboard.type("y/o")
    expect(page.locator("#suggestions")).to_have_count(0)
    expect(page.locator("#composer-words")).to_have_value("24/7\ny/o")


def test_axe_finds_nothing_while_the_list_is_open_and_no_page_is_wider_than_its_window(desk, story):
    answers(story)
    page = at_the_composer(desk, story)
    for_the_customer(page)
    page.keyboard.type("/")
    expect(options(page)).to_have_count(2)
    for look in looks(page, 360, 1024, 1440):
        expect(options(page)).to_have_count(2)
        assert fits(page), look
        assert [one for one in troubles(page) if "suggest" in str(one) or "composer" in str(one)] == [], look
        photographed(page, f"suggestions-{look}")


def test_the_settings_of_quick_answers_stand_everywhere(desk, story):
    answers(story)
    page = desk("supervisora")
    for address in ("/ajustes/respuestas", "/ajustes/respuestas/nueva", "/ajustes/respuestas/1"):
        page.goto(address)
        for look in looks(page, 360, 1024, 1440):
            assert fits(page), (address, look)
            assert troubles(page) == [], (address, look)
            photographed(page, f"{address.replace('/', '_')}-{look}")


def test_the_preview_follows_and_a_placeholders_button_puts_it_where_one_writes(desk, story):
    page = desk("supervisora")
    page.goto("/ajustes/respuestas/nueva")
    page.locator("#id_title_en").fill("One")
    page.locator("#id_text_en").fill("Case ")
    page.locator("[data-placeholder=number]").click()
    expect(page.locator("#id_text_en")).to_have_value("Case {number}")
    expect(page.locator("#quick-answer-preview")).to_contain_text("Case 104-273-8")


def test_a_colleague_is_named_with_the_keyboard_alone_and_sees_it(desk, story):
    page = at_the_composer(desk, story)
    page.keyboard.type("Ojo @super")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#composer-words")).to_have_value("Ojo @supervisora ")
    page.keyboard.type("con la ruta")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#log")).to_contain_text("Ojo @supervisora con la ruta")
    theirs = desk("supervisora")
    theirs.locator("a.mentions").click()
    expect(theirs.locator("main")).to_contain_text("Ojo @supervisora con la ruta")
    for look in looks(theirs, 360, 1024, 1440):
        assert fits(theirs), look
        assert troubles(theirs) == [], look
        photographed(theirs, f"mentions-{look}")


def test_to_the_customer_no_list_of_colleagues_opens(desk, story):
    answers(story)
    page = at_the_composer(desk, story)
    for_the_customer(page)
    page.keyboard.type("Hola @super")
    expect(page.locator("#suggestions")).to_have_count(0)
    page.keyboard.type(" /")
    expect(options(page)).to_have_count(2)
