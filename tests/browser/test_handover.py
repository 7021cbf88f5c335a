"""The hand-over in a browser: prepared and signed by keyboard alone, drafts, print, small screens, both themes."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people import shifts
from guardia.people.shifts import Handover, Shift
from tests.browser.looks import fits, looks
from tests.browser.test_desk import second_case


@pytest.fixture
def on_shift(story):
    """ingeniero1 has been at the desk for an hour, with two open cases."""
    with behind(DatabaseRole.STAFF):
        shifts.enter(story.engineer, shifts.TECHNICAL, now() - timedelta(hours=1))
    second_case(story)
    return story


def steps(page: Page):
    return page.locator(".line textarea")


def prepare(page: Page) -> None:
    page.goto("/relevo?de=yo")
    steps(page).first.fill("Llamar al proveedor a las 14:00")
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile("draft saved"))


def sign(page: Page, note: str = "Noche tranquila") -> None:
    page.goto("/relevo")
    page.fill("#note", note)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/relevo/\d+$"))


def test_prepared_and_signed_by_keyboard_alone(desk, on_shift):
    goes = desk("ingeniero1", at="/relevo?de=yo")
    goes.keyboard.press("m")
    expect(goes.locator("#note")).to_be_focused()
    goes.keyboard.type("Corte del proveedor a las 23:00")
    goes.keyboard.press("Control+Enter")
    expect(goes.locator(".toast")).to_contain_text("draft saved")
    comes = desk("ingeniero2", at="/relevo")
    expect(comes.locator(".prepared")).to_contain_text("ingeniero1 has prepared this hand-over")
    expect(comes.locator("#note")).to_have_value("Corte del proveedor a las 23:00")
    steps(comes).first.focus()
    comes.keyboard.press("Tab")
    expect(comes.locator(".line select").first).to_be_focused()
    comes.keyboard.press("Tab")
    comes.keyboard.press("Tab")
    expect(steps(comes).nth(1)).to_be_focused()
    comes.keyboard.type("Esperar la prueba. ")
    comes.keyboard.press("Control+Enter")
    comes.wait_for_url(re.compile(r"/relevo/\d+$"))
    expect(comes.locator(".signed-lines tbody tr")).to_have_count(2)
    expect(comes.locator(".signed-lines")).to_contain_text("Esperar la prueba.")
    with behind(DatabaseRole.STAFF):
        assert Handover.objects.get().incoming.username == "ingeniero2"


def test_what_is_typed_is_there_after_a_reload_and_gone_after_the_signature(desk, on_shift):
    page = desk("ingeniero1")
    prepare(page)
    page.reload()
    expect(steps(page).first).to_have_value("Llamar al proveedor a las 14:00")
    other = desk("ingeniero2")
    sign(other)
    page.goto("/relevo")
    expect(page.locator(".handover")).not_to_contain_text("14:00 a las")
    assert other.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:relevo'))") == []


def test_what_was_prepared_is_discarded_and_brought_back(desk, on_shift):
    page = desk("ingeniero1")
    prepare(page)
    page.reload()
    page.get_by_role("button", name="Discard what I wrote").click()
    expect(page.locator(".toast")).to_contain_text("What was prepared was discarded.")
    expect(steps(page).first).not_to_have_value("Llamar al proveedor a las 14:00")
    page.locator(".toast button", has_text="Undo").click()
    expect(page.locator(".toast")).to_contain_text("What was prepared has been restored.")
    page.goto("/relevo?de=yo")
    expect(steps(page).first).to_have_value("Llamar al proveedor a las 14:00")


def test_a_case_that_comes_in_meanwhile_is_marked_as_new(desk, on_shift):
    prepare(desk("ingeniero1"))
    with behind(DatabaseRole.STAFF):
        on_shift.call, on_shift.now = None, now()
        number = on_shift.case_is_registered("Otra falla").display_number
    page = desk("ingeniero2", at="/relevo")
    expect(page.locator(".prepared")).to_contain_text("1 case is new since then.")
    expect(page.locator(".line", has=page.locator(".new"))).to_contain_text(number)


def test_without_a_script_it_is_prepared_and_signed_too(desk, on_shift):
    goes = desk("ingeniero1", script=False, at="/relevo?de=yo")
    goes.fill("#note", "Sin guion")
    goes.get_by_role("button", name="Leave it prepared").click()
    comes = desk("ingeniero2", script=False, at="/relevo")
    comes.get_by_role("button", name="Sign and take over").click()
    expect(comes.locator(".signed-note")).to_contain_text("Sin guion")


def test_nobody_on_shift_appears_on_an_open_page_and_goes_when_somebody_enters(desk, on_shift):
    page = desk("ingeniero2")
    expect(page.locator(".banner")).to_have_count(0)
    with behind(DatabaseRole.STAFF):
        shifts.leave(on_shift.engineer, now() - timedelta(minutes=40))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as on coming back to the tab
    expect(page.locator(".banner")).to_be_visible()
    page.get_by_role("button", name="Enter shift").first.click()
    expect(page.locator(".banner")).to_have_count(0)
    page.locator(".menu summary").click()
    expect(page.locator("#shift-people")).to_contain_text("ingeniero2")


def test_a1_who_is_asked_answers_with_any_key_and_an_open_page_alone_answers_nothing(desk, on_shift):
    page = desk("ingeniero1")
    with behind(DatabaseRole.STAFF):
        quiet = {"seen_at": now() - timedelta(minutes=20), "asked_at": now()}
        Shift.objects.filter(staff=on_shift.engineer).update(**quiet)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # a poll by itself
    expect(page.locator(".banner[data-asks]")).to_be_visible()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'F9', bubbles: true}))"
    )  # no person's key
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".banner[data-asks]")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page.locator(".banner[data-asks]")).to_have_count(0)
    with behind(DatabaseRole.STAFF):
        assert now() - Shift.objects.get(staff=on_shift.engineer).seen_at < timedelta(minutes=1)


def test_the_sheet_prints_on_a4_without_what_belongs_to_the_screen(desk, on_shift):
    page = desk("ingeniero2")
    sign(page)
    page.emulate_media(media="print")
    for unwanted in (".topbar", ".views", ".way-back", "[data-prints]"):
        expect(page.locator(unwanted).first).not_to_be_visible()
    expect(page.locator(".signatures")).to_contain_text("ingeniero2")
    head = page.locator(".signed-lines thead")
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_no_page_of_it_is_wider_than_its_screen(desk, on_shift):
    page = desk("supervisora")
    for address in ("/relevo", "/relevo?de=nadie", "/relevo/firmados", "/relevo/turnos"):
        page.goto(address)
        for look in looks(page, 360, 800, 1440):
            assert fits(page), (address, look)
    sign(page)
    assert all(fits(page) for _look in looks(page, 360, 800, 1440))


def test_on_a_telephone_everything_to_touch_is_big_enough(desk, on_shift):
    page = desk("ingeniero2", width=360, at="/relevo")
    for box in page.locator(".handover :is(textarea, select, .button, .takes-over a):visible").all():
        size = box.bounding_box()
        assert size["height"] >= 44, box.evaluate("element => element.outerHTML.slice(0, 80)")
