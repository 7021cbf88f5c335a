"""A closed case is opened again, at the desk and on the customer's page: in both themes, wide and narrow, left open."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from guardia.cases import case_link
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from tests.browser.looks import photographed
from tests.procedure import story as stories

SIZES = [(width, theme) for width in (1440, 360) for theme in ("light", "dark")]
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def story(transactional_db, monkeypatch) -> stories.Story:
    """Closed yesterday; everybody reads English."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(days=1))
        told = stories.Story()
        type(told.engineer).objects.update(language="en")
        told.open_case()
        told.goes_to_the_closing()
    return told


def test_the_desk_opens_it_again_and_undoes_a_mistake(desk, story):
    for width, theme in SIZES:
        page = desk(width=width, theme=theme, at=f"/casos/{story.number}/")
        page.get_by_role("link", name="Reopen the case").click()
        what = page.get_by_label("What fails again, and who says so")
        what.fill("El jefe dice que no navega")
        expect(page.locator("#act")).to_contain_text("enter the time of the restoration")
        for _poll in range(2):  # the page asks for news while the form stands open
            page.wait_for_event("response", lambda answer: "/casos/" in answer.url)
        expect(what).to_have_value("El jefe dice que no navega")
        assert page.evaluate(FITS)
        photographed(page, f"reopen-{theme}-{width}")
        page.get_by_role("button", name="Reopen the case").click()
        expect(page.locator("main")).to_contain_text("Open again")
        page.get_by_role("link", name="Reopened by mistake").click()
        page.get_by_label("Why it was a mistake").fill("Era otra sede")
        photographed(page, f"mistaken-{theme}-{width}")
        assert page.evaluate(FITS)
        page.get_by_role("button", name="Close it again, unchanged").click()
        expect(page.get_by_role("link", name="Reopen the case")).to_be_visible()
        expect(page.locator("main")).to_contain_text("Closed again, unchanged")
        page.goto(f"/casos/{story.number}/informe")
        expect(page.locator("body")).to_contain_text("It replaces edition")
        assert page.evaluate(FITS)
        photographed(page, f"edition-{theme}-{width}")


def test_the_customer_opens_it_again_on_the_cases_page(open_page, story):
    with behind(DatabaseRole.STAFF):
        token = case_link.token(story.bank.pk, story.case.pk, story.desk.pk)
    for width, theme in SIZES:
        page = open_page(width=width, theme=theme)
        page.goto(f"/c/caso/{token}")
        page.get_by_text("Reopen the case").click()
        expect(page.locator("#reabrir")).to_contain_text("Only the time without service counts")
        assert page.evaluate(FITS)
        photographed(page, f"portal-reopen-{theme}-{width}")
    page.get_by_label("What fails again?").fill("No navega")
    page.get_by_role("button", name="Reopen it").click()
    expect(page.locator("#hecho")).to_contain_text("Your case is open again")
