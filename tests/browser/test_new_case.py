"""A new case in a browser, with the caller on the line: the cursor goes where one writes next, and nothing is lost."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service
from tests.browser.conftest import eventually
from tests.browser.looks import fits

SAID = "Internet muy lento desde las 10:30, la recepcionista llama"


def with_many(story, count: int = 300) -> Service:
    with behind(DatabaseRole.STAFF):
        Service.objects.bulk_create(
            Service(customer=story.bank, site=story.site, circuit=f"ENL-1{n:04}", folded_circuit=f"enl-1{n:04}")
            for n in range(count)
        )
        return Service.objects.create(customer=story.bank, site=story.site, circuit="ZAM-77", folded_circuit="zam-77")


class SlowLine:
    """Whatever is asked beside the form stays on the way until it is let through."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        page.route(re.compile("/casos/nuevo/al-lado"), lambda route: self.held.append(route))
        self.page = page

    def arrives(self, least: int = 1) -> None:
        """What was held goes on its way, in its order."""
        eventually(self.page, lambda: len(self.held) >= least)
        held, self.held = self.held, []
        for route in held:
            route.continue_()


def test_p2_a_service_that_was_found_leads_to_the_symptoms(desk, story):
    far = with_many(story)
    page = desk(at="/casos/nuevo")
    page.keyboard.type("zam-77")
    page.locator("#found a").first.click()
    expect(page.locator("#id_symptoms")).to_be_focused()
    page.keyboard.type(SAID)
    expect(page.locator("#id_symptoms")).to_have_value(SAID)
    assert page.locator("[name=service]:checked").get_attribute("value") == str(far.pk)


def test_p2_on_a_slow_line_what_is_typed_after_the_choice_stays(desk, story):
    far = with_many(story)
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    line = SlowLine(page)
    expect(page.locator("#find-service")).to_be_focused()
    page.keyboard.type("zam-77")
    page.keyboard.press("Enter")  # the answer is not here yet
    line.arrives()
    expect(page.locator("#id_symptoms")).to_be_focused()
    assert page.locator("[name=service]:checked").get_attribute("value") == str(far.pk)
    page.keyboard.type(SAID)
    page.locator("#id_site_contact").fill("la guardia de la agencia")
    page.locator("#id_call_back_number").focus()
    page.keyboard.type("07 2")
    line.arrives()
    expect(page.locator("#id_access_hours")).to_have_attribute("placeholder", "24 horas")
    page.keyboard.type("55 0148")
    expect(page.locator("#id_symptoms")).to_have_value(SAID)
    expect(page.locator("#id_site_contact")).to_have_value("la guardia de la agencia")
    expect(page.locator("#id_call_back_number")).to_have_value("07 255 0148")


def test_p2_a_service_that_is_clicked_leads_to_the_symptoms_and_arrows_stay_among_them(desk, story):
    with_many(story, 3)
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    expect(page.locator("#service-options input").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#service-options input").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_symptoms")).to_be_focused()
    page.locator("#service-options label").nth(2).click()
    expect(page.locator("#id_symptoms")).to_be_focused()


def test_p2_the_words_propose_and_one_key_takes_it_while_one_writes(desk, story):
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    expect(page.locator("#id_symptoms")).to_be_focused()
    page.keyboard.type(SAID)
    expect(page.locator("#proposed .proposal")).to_contain_text("Degraded")
    assert page.locator("[name=impact]:checked").count() == 0
    page.keyboard.press("F2")
    expect(page.locator("[name=impact][value=degraded]")).to_be_checked()
    expect(page.locator("#id_since")).to_have_value(re.compile("10:30"))
    expect(page.locator("#id_symptoms")).to_be_focused()
    page.keyboard.type(".")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/abierto")
    with behind(DatabaseRole.STAFF):
        case = Case.objects.latest("pk")
        assert (case.impact, case.symptoms) == ("degraded", f"{SAID}.")


def test_p2_a_case_without_its_impact_is_completed_by_one_key(desk, story):
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    page.keyboard.type("Internet muy lento")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/abierto")
    with behind(DatabaseRole.STAFF):
        case = Case.objects.latest("pk")
    page.goto(f"/casos/{case.number}/")
    expect(page.locator("#impact-missing")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.locator("#impact-missing")).to_have_count(0)
    with behind(DatabaseRole.STAFF):
        case.refresh_from_db()
    assert case.impact == "degraded"


def test_p2_what_was_written_before_the_scripts_stood_goes_before_an_older_draft(desk, story):
    page = desk()
    address = f"/casos/nuevo?compania={story.bank.pk}"
    page.goto(address)
    page.locator("#id_symptoms").fill("el borrador de antes")
    held: list[Route] = []
    page.route(re.compile("drafts.*[.]js"), lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    page.locator("#id_symptoms").fill("lo que se escribe ahora")
    eventually(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator("form[data-draft-ready]")).to_be_visible()
    expect(page.locator("#id_symptoms")).to_have_value("lo que se escribe ahora")


@pytest.mark.parametrize("width", [360, 800])
def test_on_a_small_screen_the_form_stands_above_what_is_known(desk, story, width):
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    page.set_viewport_size({"width": width, "height": 780})
    tops = [page.locator(one).bounding_box()["y"] for one in ("h1", "#id_symptoms", "#fitting")]
    assert tops[0] < 250
    assert tops == sorted(tops)
    assert fits(page)
