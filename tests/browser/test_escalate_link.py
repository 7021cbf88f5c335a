"""A customer asks for the next level from a letter, on a telephone, without script (E1 D)."""

import pytest
from playwright.sync_api import expect

from guardia.cases import escalating
from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation import signed_links
from guardia.procedure.vocabulary import Moment
from tests.browser.looks import fits
from tests.browser.test_escalation import THEMES
from tests.procedure.story import rota


@pytest.fixture
def by_day(monkeypatch) -> None:
    monkeypatch.setattr(escalating, "is_night", lambda procedure, at: False)


@THEMES
def test_one_press_asks_for_level_1_and_a_second_one_finds_it_done(open_page, story, by_day, theme):
    with behind(DatabaseRole.STAFF):
        rota(1, story.supervisor, story.now)
        link = f"/escalar/{signed_links.escalate_token(story.bank.pk, story.case.pk, story.desk.pk)}"
    page = open_page(width=360, script=False, theme=theme)
    page.goto(link)
    assert fits(page)
    expect(page.locator("main")).to_contain_text("Nobody above the Operations Centre has been notified yet.")
    button = page.get_by_role("button", name="Escalate: Level 1")
    assert button.bounding_box()["height"] >= 44
    button.click()
    expect(page.locator("main")).to_contain_text("“Level 2” may be requested from")
    assert fits(page)
    page.get_by_role("link", name="Check again").click()
    expect(page.locator("main")).to_contain_text("A level was requested from one of our emails")
    page.go_back()
    page.reload()
    assert page.context.cookies() == []
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.ESCALATED) == 1
