"""The words of an hour while it is typed, in a real browser."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_while_an_hour_is_typed_it_stands_in_words_beside_it(desk, story, theme, width):
    page = desk(width=width, theme=theme)
    page.goto("/afectaciones/nueva")
    field = page.locator("#id_started")
    field.press_sequentially("-25m")
    words = page.locator("output[for=id_started]")
    expect(words).to_have_text(re.compile(r"Ecuador Time · 25\smin ago$"))
    assert field.get_attribute("aria-describedby").endswith("id_started_words")
    field.fill("las dos")
    expect(words).to_have_text(re.compile("Write a time such as 14:05"))
    expect(words).to_have_attribute("data-refused", "")
    field.fill("")
    expect(words).to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
