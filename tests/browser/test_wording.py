"""The operator's own words in a browser: a placeholder put in, the mail beside it, kept; with and without a script."""

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.own_words_editing import newest

EDIT = "/ajustes/textos/diagnosed/en"


@pytest.fixture
def diagnosed(story):
    with behind(DatabaseRole.STAFF):
        story.diagnosis()
    return story


@pytest.mark.parametrize("script", [True, False])
def test_a_placeholder_is_put_in_the_mail_looked_at_and_the_text_kept(diagnosed, desk, script):
    page = desk(diagnosed.supervisor.username, script=script, at=EDIT)
    page.fill("[name=body]", "Mended so: {plan}. For")
    page.click("[name=poner][value=company]")
    assert page.input_value("[name=body]") == (
        "Mended so: {plan}. For{company}" if script else "Mended so: {plan}. For {company}"
    )
    if not script:
        page.click("[name=mirar]")
    told = f"For{'' if script else ' '}{diagnosed.bank.name}."
    expect(page.locator("#mail-preview pre")).to_contain_text("Mended so: empalmar.")
    expect(page.frame_locator("#mail-preview iframe").locator("body")).to_contain_text(told.rstrip("."))
    page.click("[name=guardar]")
    expect(page.locator(".badge")).to_have_text("holds now")
    with behind(DatabaseRole.STAFF):
        assert newest("diagnosed", "", "en").version == 1
    page.click("text=Back to Guardia's text")
    expect(page.locator(".change")).to_have_count(2)


def test_what_is_missing_is_said_while_somebody_types(diagnosed, desk):
    page = desk(diagnosed.supervisor.username, at=EDIT)
    page.fill("[name=body]", "Nothing of it.")
    expect(page.locator("#mail-preview .refusal")).to_contain_text("Put {plan} in a sentence of its own.")
    page.click("[name=guardar]")
    expect(page.locator(".errorlist")).to_contain_text("Put {plan} in a sentence of its own")
    expect(page.frame_locator("#mail-preview iframe").locator("body")).to_contain_text("Nothing of it.")
