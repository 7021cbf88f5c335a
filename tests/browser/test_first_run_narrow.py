"""The first steps on a telephone, page after page."""

import pytest
from playwright.sync_api import Page, expect

from guardia.config import countries
from guardia.config.database_roles import DatabaseRole, behind
from guardia.web.first_run import key

STEPS = ("operador", "telefonos", "oficinas", "horario", "ciudades", "correo", "personas", "niveles", "empresa")
SPILL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def own_state(transactional_db, settings, tmp_path, monkeypatch):
    settings.STATE_DIR, settings.FROM_ENVIRONMENT = tmp_path, set()
    monkeypatch.delenv("OPERATOR_ZONE", raising=False)
    before = settings.TIME_ZONE
    yield
    countries.use_zone(before)


def test_no_step_is_wider_than_a_telephone(open_page):
    page: Page = open_page(width=360)
    with behind(DatabaseRole.STAFF):
        page.goto(f"/primeros-pasos?clave={key.key()}")
    for place, step in enumerate([*STEPS, "publicar"], 1):
        expect(page.locator(".step-count")).to_contain_text(f"{place} of 10")
        assert page.evaluate(SPILL) == 0, step
        if step == "operador":
            page.locator("[name=name]").fill("Telecomunicaciones Ejemplo")
        if step == "telefonos":
            page.locator("[name=technical]").fill("02 555 0100")
        if step == "publicar":
            break
        page.locator("[name=despues]" if step == "correo" else "button[data-sends]").click()
