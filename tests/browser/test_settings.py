"""The settings in a browser: by keyboard, narrow and wide, with and without a script; an alarm that can be filled."""

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.demo.staffing import PEOPLE, Team, fill_levels
from guardia.escalation.roster import on_duty
from guardia.escalation.rota import Rota
from guardia.people import connections
from guardia.people.staff import Staff
from guardia.procedure.version import in_force
from guardia.procedure.vocabulary import Stage
from tests.browser.looks import fits, looks, photographed
from tests.notices.post_office import HOST, PostOffice

PAGES = (
    "/ajustes/",
    "/ajustes/niveles",
    "/ajustes/niveles/1",
    "/ajustes/rotaciones",
    "/ajustes/rotaciones/1/1",
    "/ajustes/rotaciones/1/1/reemplazo",
    "/ajustes/matriz",
    "/ajustes/matriz/editar",
    "/ajustes/horarios",
    "/ajustes/horarios/night/editar",
    "/ajustes/calendario",
    "/ajustes/personas",
    "/ajustes/textos/",
    "/ajustes/textos/confirmed-supervisor/es",
    "/ajustes/cambios",
)


@pytest.fixture
def house(story) -> dict[str, Staff]:
    """The sample operator's levels, without a third one."""
    with behind(DatabaseRole.STAFF):
        people = {}
        for username, name, role in PEOPLE:
            fields = {"name": name, "role": role, "language": "en"}
            people[username] = Staff.objects.update_or_create(username=username, defaults=fields)[0]
        fill_levels(Team(people, []), now())
        Rota.objects.filter(level=3).delete()
    return people


def test_no_page_of_the_settings_is_wider_than_its_window(house, desk):
    page = desk("supervisora1")
    for address in PAGES:
        page.goto(address)
        for look in looks(page, 360, 1440):
            assert fits(page), (address, look)
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_gap_is_filled_and_taken_back(house, desk, script):
    page = desk("supervisora1", script=script, at="/ajustes/rotaciones")
    gap = page.locator(".gaps li")
    expect(gap).to_contain_text("nobody at all")
    gap.locator("a").click()
    page.select_option("#turn-1", str(house["gerente_senior"].pk))
    page.fill("[name=turns_at]", "00:00")
    page.click("[name=mirar]")
    expect(page.locator(".preview li").first).to_contain_text("Gerente sénior")
    page.click("[name=guardar]")
    expect(page.locator(".gaps")).to_have_count(0)
    with behind(DatabaseRole.STAFF):
        assert on_duty(3, now()) == [house["gerente_senior"]]
    page.click(".toast button:has-text('Undo')")
    expect(page.locator(".gaps li")).to_contain_text("nobody")
    with behind(DatabaseRole.STAFF):
        assert on_duty(3, now()) == []


def test_the_matrix_is_edited_by_keyboard_and_published_with_a_reason(house, desk):
    page = desk("supervisora1", at="/ajustes/matriz/editar")
    page.focus("[name='step-diagnosis-2']")
    page.keyboard.press("Control+A")
    page.keyboard.type("15 min")
    page.keyboard.press("Enter")
    expect(page.locator(".preview")).to_contain_text("after 15 minutes")
    expect(page.locator(".preview")).to_contain_text("1 running case keeps")
    page.fill("#id_reason", "Acuerdo del comité")
    page.click("[name=publicar]")
    expect(page.locator("h1")).to_contain_text("version 2")
    with behind(DatabaseRole.STAFF):
        assert in_force(now()).procedure.steps_for(Stage.DIAGNOSIS)[1].after.seconds == 900
    page.goto("/ajustes/cambios")
    expect(page.locator(".change").first).to_contain_text("Acuerdo del comité")


def test_port_and_encryption_of_a_mail_server_follow_from_one_another(house, desk, settings):
    """And never to no encryption, whatever the port."""
    settings.FROM_ENVIRONMENT = set()
    connections.forget()
    page = desk("supervisora1")
    with behind(DatabaseRole.STAFF):
        Staff.objects.filter(username="supervisora1").update(role="administrator")
    page.goto("/ajustes/correo-y-mensajes")
    port, tls = page.locator("#salida [name=port]"), page.locator("#salida [name=tls]")
    expect(port).to_have_attribute("placeholder", "587")
    tls.select_option("implicit")
    expect(port).to_have_attribute("placeholder", "465")
    port.fill("587")
    expect(tls).to_have_value("starttls")
    port.fill("25")
    expect(tls).to_have_value("starttls")
    tls.select_option("implicit")
    expect(port).to_have_value("")
    expect(page.locator("#entrada [name=port]")).to_have_attribute("placeholder", "993")


def test_mail_is_tried_and_saved_on_screen(house, desk, settings):
    """Typed in, tried with a real letter to the own mailbox, saved: nothing is wider than the window."""
    settings.FROM_ENVIRONMENT, settings.EGRESS_LOOPBACK = {"SMS_URL"}, True
    settings.SMS_URL = "json://gateway.example.com/{number}"
    with behind(DatabaseRole.STAFF):
        Staff.objects.update(email="jefa@example.com")
    connections.forget()
    office = PostOffice()
    office.open()
    try:
        page = desk("administrador", at="/ajustes/correo-y-mensajes")
        fits_everywhere(page, "channels")
        out = page.locator("#salida")
        out.get_by_label("Sent as").fill("casos@noc.example.com")
        out.get_by_label("Server").fill(HOST)
        out.get_by_label("Port").fill(str(office.port))
        out.get_by_role("button", name="Test").click()
        expect(page.locator("#salida .refusal").first).to_contain_text("Nothing was saved yet")
        fits_everywhere(page, "channels-wrong")
        out.get_by_label("Encryption").select_option("none")
        out.get_by_label("Sign-in").select_option("nobody")
        out.get_by_role("button", name="Test").click()
        expect(page.locator("#salida [role=status]")).to_contain_text("accepted an email for jefa@example.com")
        fits_everywhere(page, "channels-tried")
        out.get_by_role("button", name="Save").click()
        expect(page.locator("#salida").get_by_role("button", name="Take away")).to_be_visible()
        assert out.get_by_label("Server").input_value() == HOST
        expect(page.locator("#sms")).to_contain_text("Set in the environment as SMS_URL")
        fits_everywhere(page, "channels-saved")
    finally:
        office.close()
    assert office.recipients == ["jefa@example.com"]


def fits_everywhere(page, name: str) -> None:
    for look in looks(page, 360, 1440):
        assert fits(page), (name, look)
        photographed(page, f"{name}-{look}")
