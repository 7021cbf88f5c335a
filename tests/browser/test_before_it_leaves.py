"""Before a word leaves: its letter is seen while it is typed; a notice that cannot be sent says why; limits of mail."""

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.pacing import DomainLimit
from tests.browser.looks import fits, photographed

LETTER = "#composer-letter"


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_the_letter_is_seen_while_its_words_are_typed_and_never_for_a_note(desk, story, width, theme):
    page = desk(width=width, theme=theme, at=f"/casos/{story.number}/")
    expect(page.get_by_role("button", name="See what they will read")).to_have_count(1)
    page.locator("[name=audience][value=public]").check()
    page.fill("#composer textarea", "Seguimos con pruebas en el nodo")
    expect(page.locator(f"{LETTER} pre").first).to_contain_text("Seguimos con pruebas en el nodo")
    expect(page.locator(f"{LETTER} pre").first).to_be_visible()
    assert page.locator("#composer textarea").evaluate("words => words.clientWidth") > 240
    assert fits(page)
    photographed(page, f"letter-{width}-{theme}")
    page.locator("[name=audience][value=internal]").check()
    expect(page.locator(LETTER)).not_to_be_visible()
    with behind(DatabaseRole.STAFF):
        assert not Notice.objects.filter(moment="news_sent").exists()


def test_a_notice_that_cannot_be_sent_again_says_why_where_it_stands(desk, story):
    with behind(DatabaseRole.STAFF):
        Notice.objects.update(state=NoticeState.FAILED)
        Contact.objects.update(email="")
    page = desk(width=1280, at=f"/casos/{story.number}/?bitacora=avisos")
    page.locator(".log-act button", has_text="Send again").first.click()
    line = page.locator(".log-line", has=page.locator("#refused"))
    expect(line).to_contain_text("has no address that accepts messages right now")
    button = line.locator("button")
    expect(button).to_be_focused()
    assert button.get_attribute("aria-describedby") == "refused"
    expect(page.locator(".consequence.warned")).to_contain_text("Nobody at the company can be notified in writing")
    assert fits(page)
    photographed(page, "refused")


def test_without_a_script_the_reason_stands_there_too(desk, story):
    with behind(DatabaseRole.STAFF):
        Notice.objects.update(state=NoticeState.FAILED)
        Contact.objects.update(email="")
    page = desk(script=False, at=f"/casos/{story.number}/?bitacora=avisos")
    page.locator(".log-act button", has_text="Send again").first.click()
    expect(page.locator(".log-line #refused")).to_contain_text("has no address that accepts messages right now")


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1280, "dark")])
def test_a_domain_is_limited_and_freed_and_limited_again(desk, story, width, theme):
    page = desk("supervisora", width=width, theme=theme, at="/ajustes/entrega")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport()
    photographed(page, f"delivery-empty-{width}-{theme}")
    page.click("text=Limit a domain")
    page.fill("[name=domain]", "*")
    page.fill("[name=per_minute]", "30")
    page.click("main [data-sends]")
    expect(page.locator("main .errorlist")).to_contain_text("A limit is for one domain")
    page.fill("[name=domain]", "lento.example.com")
    page.click("main [data-sends]")
    expect(page.locator("main table").first).to_contain_text("30 a minute")
    assert fits(page)
    photographed(page, f"delivery-{width}-{theme}")
    page.get_by_role("button", name="Take away lento.example.com").click()
    expect(page.locator("main")).to_contain_text("No domain has a limit")
    page.locator(".toast button", has_text="Undo").click()
    expect(page.locator("main table").first).to_contain_text("30 a minute")
    with behind(DatabaseRole.STAFF):
        assert DomainLimit.objects.get().per_minute == 30
