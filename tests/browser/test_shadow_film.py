"""The film of a shadow day as a browser plays it from the disk: promises turn amber and red, pages go out."""

import pytest
from django.utils.translation import override
from playwright.sync_api import expect

from guardia.shadow.report import film_of

FILM = {
    "day": "2026-11-21",
    "zone": "America/Guayaquil",
    "left_out": False,
    "cases": [["A1", "Norte", "Sin servicio", 7200, 10800, 14400], ["B2", "Sur", "Lentitud", 9000, 9600, 9900]],
    "clocks": [
        [0, "diagnosis", 7200, 7800, 8400, 10800, "not judged"],
        [1, "verification", 9600, 9900, 10200, 9900, "kept"],
    ],
    "happens": [
        [7200, "letter", 0, "registered", "", False],
        [8401, "page", 0, "1", "", True],
        [9000, "letter", 1, "registered", ""],
    ],
}


def in_english():
    with override("en"):
        return film_of(FILM, "en")


@pytest.fixture
def film(chromium, tmp_path):
    (tmp_path / "film.html").write_text(in_english(), encoding="utf-8")
    page = chromium.new_page()
    troubles = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto((tmp_path / "film.html").as_uri())
    yield page
    page.close()
    assert troubles == []


def at(film, second):
    film.locator("#jump").evaluate(
        "(range, at) => { range.value = at; range.dispatchEvent(new Event('input')); }", second
    )


def test_it_begins_five_minutes_before_the_first_case(film):
    expect(film.locator("#now")).to_have_text("01:55")
    expect(film.locator("#none")).to_be_visible()


def test_p3_turns_amber_and_then_red_and_the_page_goes_out(film):
    at(film, 7860)
    promise = film.locator(".promise").first
    expect(promise).to_have_class("promise unsure soon")
    expect(film.locator("#feed li")).to_have_count(1)
    at(film, 8460)
    expect(promise).to_have_class("promise unsure late")
    expect(film.locator("#feed li").first).to_contain_text("02:20")
    expect(film.locator("#pages")).to_have_text("Pages and calls: 0 (~ 1)")


def test_keys_jump_play_and_change_the_speed(film):
    film.keyboard.press("ArrowRight")
    expect(film.locator("#now")).to_have_text("02:05")
    film.keyboard.press("ArrowUp")
    film.keyboard.press("ArrowUp")
    expect(film.locator("#speed")).to_have_value("1200")
    film.keyboard.press("Space")
    expect(film.locator("#play")).to_have_text("Pause")
    expect(film.locator("#none")).to_be_visible()  # it plays on until no case is open any more
    film.keyboard.press("Home")
    film.keyboard.press("Space")
    expect(film.locator("#play")).to_have_text("Play")
