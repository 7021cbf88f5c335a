"""Similar cases in a browser: they come after the page, stay open while it polls, and follow what is typed."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Service, Site
from tests.browser.looks import fits, looks


@pytest.fixture
def before(story) -> Case:
    """A closed case of another company, a month ago: the branch had no service, a transceiver was changed."""
    with behind(DatabaseRole.STAFF):
        site = Site.objects.create(customer=story.other, name="emergencias", city=story.site.city)
        service = Service.objects.create(customer=story.other, site=site, circuit="ENL-7", folded_circuit="enl-7")
        case = Case.register(Report(service, "El enlace está caído"), by=story.by, at=now())
        ended = now() - timedelta(days=40)
        texts = {"cause": "SFP dañado en el nodo", "plan": "cambiar el SFP", "solution": "se cambió el SFP"}
        Case.objects.filter(pk=case.pk).update(
            opened_at=ended - timedelta(hours=2), restored_at=ended, closed_at=ended, status="closed", **texts
        )
        return case


def test_the_panel_comes_after_the_page_and_stays_open_while_it_polls(desk, story, before):
    page = desk(at=f"/casos/{story.number}/")
    panel = page.locator("#similar")
    expect(page.locator("#similar-count")).to_have_text("1")
    expect(panel.locator(".why")).to_be_hidden()
    page.keyboard.press("l")
    expect(panel.locator("dl")).to_contain_text("se cambió el SFP")
    expect(panel).to_contain_text(story.other.name)
    for word in ("primera nota", "segunda nota"):
        with behind(DatabaseRole.STAFF):
            story.case.note(word, by=story.by, at=now())
        expect(page.locator("#log")).to_contain_text(word)
        expect(panel.locator("dl")).to_be_visible()
    panel.locator("summary").press("Enter")
    expect(panel.locator("dl")).to_be_hidden()


def test_its_cause_and_plan_go_into_the_form_and_nothing_that_was_typed_is_lost(desk, story, before):
    page = desk(at=f"/casos/{story.number}/")
    page.locator("#act [name=cause]").fill("algo en la óptica")
    expect(page.locator("#act [data-draft-said]")).to_contain_text("draft saved")
    page.locator("#similar summary").click()
    page.get_by_role("link", name="Use its cause and plan").click()
    expect(page.locator("#act [name=plan]")).to_have_value("cambiar el SFP")
    expect(page.locator("#act [name=cause]")).to_have_value("algo en la óptica\nSFP dañado en el nodo")
    expect(page.locator("#act [name=probable]")).to_be_checked()
    expect(page.locator("#similar dl")).to_be_visible()


def test_p2_beside_the_form_they_follow_the_words(desk, story, before):
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    expect(page.locator("#similar-count")).to_have_text("0")
    page.locator("#similar summary").click()
    expect(page.locator("#similar")).to_contain_text("No closed case resembles this one")
    page.locator("#id_symptoms").fill("No navegan desde las 10")
    expect(page.locator("#similar dl")).to_contain_text("se cambió el SFP")
    expect(page.locator("#similar .why")).to_have_text("same words: no navegan")
    expect(page.locator("#id_symptoms")).to_be_focused()


def test_without_a_script_they_are_a_page_of_their_own(desk, story, before):
    page = desk(script=False, at=f"/casos/{story.number}/")
    page.locator("#similar summary").click()
    page.locator("#similar a").click()
    expect(page.locator("main")).to_contain_text("se cambió el SFP")


def test_no_page_is_wider_than_its_window(desk, story, before):
    page = desk()
    for address in (f"/casos/{story.number}/", f"/casos/nuevo?compania={story.bank.pk}"):
        page.goto(address)
        page.locator("#id_symptoms, #act").first.wait_for()
        if "nuevo" in address:
            page.locator("#id_symptoms").fill("sin servicio")
        page.locator("#similar summary").click()
        expect(page.locator("#similar dl")).to_be_visible()
        assert all(fits(page) for _look in looks(page, 360, 1440)), address
