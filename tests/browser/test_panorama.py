"""The panorama and the map in a real browser: a mark by the keyboard, each width and theme, axe, forced colours."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.cases.stages.field_work import Agreement
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.field.crew import Crew
from tests.browser.looks import fits, looks, photographed

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def is_clean(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []


@pytest.fixture
def sent(story):
    """A crew of Quito is agreed on for a site in Cuenca."""
    with behind(DatabaseRole.STAFF):
        City.objects.filter(pk=story.site.city_id).update(latitude=-2.9, longitude=-79.005)
        City.objects.update_or_create(
            name="Quito", province="Pichincha", defaults={"band": "main", "latitude": -0.23, "longitude": -78.52}
        )
        crew = Crew.objects.create(name="Cuadrilla 1", base="Quito")
        story.diagnosis("visit")
        hours = {"forecast_from": story.now + timedelta(hours=1), "forecast_to": story.now + timedelta(hours=3)}
        agreement = Agreement("Despacho", "Jefe", "Portería", "24 horas", **hours, crew=crew)
        story.case.agree(agreement, by=story.by, at=story.now)
    return story


def test_a_mark_is_reached_and_opened_by_the_keyboard(desk, story):
    page = desk()
    page.goto("/panorama")
    mark = page.locator("#edad svg a").first
    expect(mark).to_have_attribute("aria-label", "under 4 h: 1")
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/panorama/filas?que=edad*")
    expect(page.locator("tr.behind-row")).to_have_count(1)
    page.locator("tr.behind-row a").click()
    page.wait_for_url(f"**/casos/{story.number}/**")


def test_the_panorama_fits_each_width_and_axe_finds_nothing(desk, story):
    page = desk()
    page.goto("/panorama")
    for name in looks(page, 360, 1024, 1440):
        assert fits(page), name
        is_clean(page)
        photographed(page, f"panorama-{name}")


def test_the_map_fits_each_width_and_axe_finds_nothing(desk, sent):
    page = desk()
    page.goto("/despacho/mapa")
    expect(page.locator("svg.drawn path.land")).to_have_count(24)
    for name in looks(page, 360, 1440):
        assert fits(page), name
        is_clean(page)
        photographed(page, f"map-{name}")


def test_colours_that_the_system_forces_are_taken(desk, story):
    page = desk()
    page.goto("/panorama")
    page.emulate_media(forced_colors="active")
    mark, cell = page.locator("#edad svg .shape").first, page.locator("#plazos svg .cell").first
    colours = [one.evaluate("each => getComputedStyle(each).fill") for one in (mark, cell)]
    assert len(set(colours)) == 2
    page.emulate_media(media="print", forced_colors="none")
    expect(page.locator("#edad .picture-foot")).to_be_hidden()


def test_without_a_script_the_tables_say_the_same(open_page, desk, story):
    page = desk(script=False)
    page.goto("/panorama")
    page.locator("#edad summary").click()
    expect(page.locator("#edad tbody tr").first).to_contain_text("1")
