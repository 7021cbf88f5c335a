"""From the board to an agreed visit without a mouse: the cursor, the crew's key, Enter, send."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from guardia.cases.stages.field_work import Agreement
from guardia.config.database_roles import DatabaseRole, behind
from guardia.field.crew import Crew
from guardia.field.crews import CrewMember, save_crew, save_member


@pytest.fixture
def crews(story) -> list[Crew]:
    """Two crews with who enters with them."""
    with behind(DatabaseRole.STAFF):
        found = [
            save_crew(Crew(), {"name": f"Cuadrilla {n}", "base": "Cuenca", "phone": f"07 555 040{n}"}) for n in (1, 2)
        ]
        for crew in found:
            save_member(CrewMember(crew=crew), {"name": f"Persona de {crew.name}", "document": f"000{crew.pk}"})
    return found


@pytest.fixture
def waiting(story, crews):
    """The plan is a visit, and who reported is known."""
    with behind(DatabaseRole.STAFF):
        case = story.case
        case.complete({"reporter_name": "Jefe de Sistemas"}, by=story.by, at=story.now)
        story.diagnosis("visit")
    return story


def visit_of(story):
    with behind(DatabaseRole.STAFF):
        return story.case.visits.select_related("crew").get()


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_from_the_board_to_an_agreed_visit_in_four_keys(waiting, desk, crews):
    page = desk(at="/despacho")
    pressed = press(page, "j", "b")
    expect(page.locator("#dispatch-chosen")).to_contain_text("Cuadrilla 2 for Banco Austral")
    expect(page.locator(f'[data-crew="{crews[1].pk}"]')).to_have_attribute("aria-pressed", "true")
    pressed += press(page, "Enter")
    page.wait_for_url("**/acuerdo?crew=*")
    expect(page.locator("select[name=crew]")).to_have_value(str(crews[1].pk))
    expect(page.locator("select[name=crew]")).to_be_focused()
    pressed += press(page, "Control+Enter")
    expect(page.locator("#act h2")).to_contain_text("The crew left")
    assert pressed == 4
    visit = visit_of(waiting)
    assert visit.crew == crews[1]
    assert visit.agreed_at is not None
    assert [one["name"] for one in visit.people] == ["Persona de Cuadrilla 2"]
    assert visit.forecast_to - visit.forecast_from == timedelta(hours=1.5)


def test_the_crew_that_is_chosen_survives_a_poll_and_is_let_go_with_escape(waiting, desk, crews):
    page = desk(at="/despacho")
    press(page, "j", "a")
    with behind(DatabaseRole.STAFF):
        waiting.case.note("algo nuevo", by=waiting.by, at=waiting.now)
    with page.expect_response(lambda answer: answer.url.endswith("/despacho?vivo=1") and answer.status == 200):
        pass
    expect(page.locator("#dispatch-chosen")).to_contain_text("Cuadrilla 1")
    press(page, "Escape")
    expect(page.locator("#dispatch-chosen")).to_be_hidden()
    press(page, "Enter")
    page.wait_for_url(f"**/casos/{waiting.number}/")


def test_an_agreed_visit_is_handed_over_with_the_same_keys(waiting, desk, crews):
    with behind(DatabaseRole.STAFF):
        hours = {name: waiting.now + timedelta(hours=2) for name in ("forecast_from", "forecast_to")}
        agreement = Agreement("Despacho", "Jefe", "Portería", "24 horas", **hours, crew=crews[0])
        waiting.case.agree(agreement, by=waiting.by, at=waiting.now)
    page = desk(at="/despacho")
    press(page, "j", "b", "Enter")
    page.wait_for_url("**/relevo-cuadrilla?crew=*")
    page.fill("[name=why]", "la primera no puede pasar")
    press(page, "Control+Enter")
    expect(page.locator("#visits")).to_contain_text("Cuadrilla 2")
    assert visit_of(waiting).crew == crews[1]


def test_nothing_runs_off_a_small_screen(waiting, desk):
    page = desk(width=360, at="/despacho")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"/casos/{waiting.number}/acuerdo")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_document_of_identity_is_kept_by_the_house_and_in_no_browser(waiting, desk, crews):
    page = desk(at=f"/casos/{waiting.number}/acuerdo")
    write = "(field, words) => { field.value = words; field.dispatchEvent(new Event('input', { bubbles: true })); }"
    page.locator("[name=people]").evaluate(write, "Persona 1, 010000000-1")
    page.locator("[name=access]").evaluate(write, "de noche, con el guardia")
    expect(page.locator("[data-draft-said]").first).to_contain_text("draft saved")
    kept = page.evaluate("Object.entries(localStorage).flat().join()")
    assert ("de noche" in kept, "010000000-1" in kept) == (True, False)
    page.reload()
    expect(page.locator("[name=people]")).to_have_value("Persona 1, 010000000-1")
