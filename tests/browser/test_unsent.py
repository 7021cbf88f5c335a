"""A session ends while somebody types: after the sign-in the text stands where it was typed, for that person alone."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Role, Staff

PASSWORD = "correcta-batería-grapa"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TEXT = "Corte en la troncal norte"


@pytest.fixture
def two(story, settings) -> None:
    settings.MFA_ROLES = []
    with behind(DatabaseRole.STAFF):
        for name in ("ana", "bea"):
            Staff.objects.create_user(name, PASSWORD, name=name.title(), role=Role.ADMINISTRATOR, language="en")


def enter(page: Page, username: str) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def signed_in(open_page, username: str = "ana", **how) -> Page:
    page = open_page(**how)
    page.goto("/entrar")
    enter(page, username)
    expect(page.locator(".topbar")).to_be_visible()
    return page


def writes(page: Page, path: str, field: str, words: str = TEXT) -> None:
    page.goto(path)
    page.locator(f"{field}:visible").first.fill(words)


def session_ends(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


PLACES = [
    ("/companias/nuevo", "[name=name]", ".sheet form[method=post] button.primary"),
    ("/ajustes/calendario/dia", "[name=reason]", ".sheet form[method=post] button.primary"),
]


@pytest.mark.parametrize(("path", "field", "button"), PLACES)
def test_what_was_sent_after_the_session_had_ended_stands_there_again(two, open_page, path, field, button):
    page = signed_in(open_page)
    writes(page, path, field)
    session_ends(page)
    page.locator(button).first.click()
    enter(page, "ana")
    page.wait_for_url(f"**{path}")
    expect(page.locator(f"{field}:visible").first).to_have_value(TEXT)
    expect(page.get_by_role("alert").filter(has_text="was not sent")).to_be_visible()
    page.reload()
    expect(page.get_by_text("was not sent")).to_have_count(0)


def test_so_does_what_is_written_of_a_case(two, open_page, story):
    page = signed_in(open_page)
    case = f"/casos/{story.number}"
    page.goto(f"{case}/nota")
    page.locator("form[data-draft] textarea:visible").first.fill(TEXT)
    session_ends(page)
    page.locator("form[data-draft] button[data-sends]:visible").first.click()
    enter(page, "ana")
    page.wait_for_url(f"**{case}/nota")
    expect(page.locator("form[data-draft] textarea:visible").first).to_have_value(TEXT)
    expect(page.get_by_text("this was not sent")).to_be_visible()


def test_it_outlives_the_second_step(two, open_page):
    with behind(DatabaseRole.STAFF):
        ana = Staff.objects.get(username="ana")
        TOTP.activate(ana, SECRET)
        codes = RecoveryCodes.activate(ana).get_unused_codes()  # each holds once
    page = open_page()
    page.goto("/entrar")

    def come_in(code: str) -> None:
        enter(page, "ana")
        page.locator("[name=code]").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()

    come_in(codes[0])
    expect(page.locator(".topbar")).to_be_visible()
    writes(page, "/companias/nuevo", "[name=name]")
    session_ends(page)
    page.locator(".sheet form[method=post] button.primary").first.click()
    come_in(codes[1])
    page.wait_for_url("**/companias/nuevo")
    expect(page.locator("[name=name]:visible").first).to_have_value(TEXT)


def test_nobody_else_finds_it(two, open_page):
    page = signed_in(open_page)
    writes(page, "/companias/nuevo", "[name=name]")
    session_ends(page)
    page.locator(".sheet form[method=post] button.primary").first.click()
    enter(page, "bea")
    page.wait_for_url("**/companias/nuevo")
    expect(page.locator("[name=name]:visible").first).to_have_value("")
    assert TEXT not in page.evaluate("JSON.stringify([...Object.entries(sessionStorage)])")


def test_who_signs_out_leaves_nothing_behind(two, open_page):
    page = signed_in(open_page)
    writes(page, "/companias/nuevo", "[name=name]")
    assert TEXT in page.evaluate("sessionStorage.getItem('unsent')")
    page.evaluate("document.querySelector('form[data-signs-out]').requestSubmit()")
    page.wait_for_function("sessionStorage.getItem('unsent') === null")


def test_no_secret_is_kept(two, open_page):
    page = signed_in(open_page)
    page.goto("/ajustes/correo-y-mensajes")
    for field in page.locator("input[type=password]").all():
        field.evaluate(
            "(field) => { field.value = 'clave-secreta'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
    page.locator("[name=host]").first.fill("smtp.example.com")
    kept = page.evaluate("JSON.stringify([...Object.entries(sessionStorage), ...Object.entries(localStorage)])")
    assert ("smtp.example.com" in kept, "clave-secreta" in kept) == (True, False)


def test_what_was_sent_and_taken_is_forgotten(two, open_page):
    page = signed_in(open_page)
    writes(page, "/companias/nuevo", "[name=name]")
    page.locator(".sheet form[method=post] button.primary").first.click()
    page.wait_for_url(lambda url: "/nuevo" not in url)
    session_ends(page)
    page.goto("/companias/nuevo")
    enter(page, "ana")
    page.wait_for_url("**/companias/nuevo")
    expect(page.locator("[name=name]:visible").first).to_have_value("")
    expect(page.get_by_text("was not sent")).to_have_count(0)
