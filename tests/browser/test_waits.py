"""Waits, objections and the reasons of every hour in a browser: by hand, without a script, at 360 px."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from guardia.cases.waiting import WaitReason
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import WaitCause
from tests.browser.looks import fits, looks
from tests.browser.test_desk import number_of
from tests.procedure.story import staff

ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar al cuarto de equipos", "llamada grabada 03:10")


@pytest.fixture
def waited(story):
    """It has stood still for three minutes, and goes on; a carrier is waited for since then."""
    with behind(DatabaseRole.STAFF):
        story.now = now() - timedelta(minutes=6)
        story.case.wait(ACCESS, by=story.by, at=story.now)
        story.minutes_pass(3)
        story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
        carrier = WaitReason(
            WaitCause.THIRD_PARTY,
            "Despacho",
            "corte en su troncal",
            party="Telco Andina",
            party_ticket="TA-77",
            party_contact="NOC, 02 555 0501",
            party_promise_at=now() + timedelta(minutes=20),
        )
        story.case.wait(carrier, by=story.by, at=story.now)
        quality = staff("calidad", Role.QUALITY)
        Staff.objects.filter(pk=quality.pk).update(language="en")
    return story


def open_case(page: Page, story) -> None:
    page.goto(f"/casos/{story.number}/")


def objected(story) -> None:
    with behind(DatabaseRole.STAFF):
        waits = story.case.waits.filter(cause="customer")
        words = "El guardia estuvo en la puerta toda la noche.\nNadie preguntó."
        story.case.contest(waits, who="Jefe de Sistemas", words=words, by=story.by, at=now())


def test_the_wait_box_says_who_asked_why_with_what_proof_and_who_chases(desk, waited):
    page = desk()
    open_case(page, waited)
    box = page.locator("#waits")
    for words in (
        "Telco Andina (TA-77)",
        "corte en su troncal",
        "NOC, 02 555 0501",
        "followed up by ingeniero1",
        "Portería",
    ):
        expect(box).to_contain_text(words)
    first = box.locator(".wait").first
    expect(first).to_contain_text("Telco Andina")
    expect(first.locator("[data-clock] .time")).to_be_visible()


def test_a_wait_is_corrected_from_its_own_link_and_the_box_follows(desk, waited):
    page = desk()
    open_case(page, waited)
    page.locator(".waits-before summary").click()
    page.locator(".wait").nth(1).get_by_role("link", name="Correct").click()
    expect(page.locator("#act select[name=wait] option:checked")).to_contain_text("no dejan entrar")
    page.locator("#act label", has_text="it did not happen").click()
    page.locator("#act textarea[name=reason]").fill("la puerta estaba abierta")
    page.locator("#act button.primary").click()
    expect(page.locator(".wait[data-void]")).to_contain_text("la puerta estaba abierta")


def test_an_empty_reason_comes_back_with_what_was_typed(desk, waited):
    page = desk(script=False, at=f"/casos/{waited.number}/corregir-espera")
    page.fill("#act input[name=since]", "00:00")
    page.check("#act input[value=never]", force=True)
    page.fill("#act textarea[name=reason]", " ")
    page.click("#act button.primary")
    expect(page.locator("#act .errorlist")).to_be_visible()
    expect(page.locator("#act input[name=since]")).to_have_value("00:00")


def test_the_third_partys_next_promise_is_put_on_record(desk, waited):
    page = desk()
    open_case(page, waited)
    page.locator(".wait").first.get_by_role("link", name="Next promise").click()
    page.locator("#act input[name=promise_at]").fill("23:59")
    page.locator("#act textarea[name=word]").fill("cuadrilla en camino")
    page.locator("#act button.primary").click()
    expect(page.locator(".wait").first).to_contain_text("23:59")


def test_every_clock_says_why_it_shows_its_hour_and_stays_open_while_the_page_lives(desk, waited):
    page = desk()
    open_case(page, waited)
    page.locator("#every-clock > summary").click()
    clock = page.locator("#plazo-diagnosis-1")
    expect(clock).to_contain_text("20 min from ")
    expect(clock).to_contain_text("the customer, asked by Portería")
    clock.locator("summary").click()
    expect(clock.locator(".clock-lines")).to_contain_text("no dejan entrar")
    with behind(DatabaseRole.STAFF):
        waited.case.note("algo nuevo", by=waited.by, at=now())
    expect(page.locator("#log")).to_contain_text("algo nuevo")
    expect(clock.locator(".clock-lines")).to_be_visible()


def test_a_customer_objects_and_the_quality_manager_rules_side_by_side(desk, waited):
    page = desk()
    open_case(page, waited)
    page.locator(".waits-before summary").click()
    page.locator(".wait").nth(1).get_by_role("link", name="The customer objects").click()
    page.fill("#act input[name=who]", "Jefe de Sistemas")
    page.fill("#act textarea[name=words]", "El guardia estuvo en la puerta")
    page.locator("#act button.primary").click()
    expect(page.locator("#waits")).to_contain_text("waits for the quality manager's ruling")

    page = desk("calidad", at="/objeciones/")
    objection = page.locator(".objection")
    expect(objection).to_contain_text("El guardia estuvo en la puerta")
    expect(objection).to_contain_text("llamada grabada 03:10")
    page.locator("label", has_text="The customer is right").click()
    page.locator(".objection button.primary").click()  # without reasons
    expect(page.locator(".refusal")).to_contain_text("the reasons of the ruling")
    expect(page.locator("input[value=upheld]")).to_be_checked()
    page.fill(".objection textarea", "No hay constancia en la bitácora de acceso")
    page.locator(".objection button.primary").click()
    expect(page.locator(".empty")).to_contain_text("No objection is waiting")
    expect(page.locator(".ruled")).to_contain_text("No hay constancia en la bitácora de acceso")
    page.goto(f"/casos/{waited.number}/")
    expect(page.locator(".wait[data-void]")).to_contain_text("the stop does not count")


def test_an_engineer_sees_the_objections_and_cannot_rule(desk, waited):
    objected(waited)
    page = desk(at="/objeciones/")
    expect(page.locator(".objection")).to_contain_text("Only the quality manager can rule on it.")
    expect(page.locator(".objection form")).to_have_count(0)


def test_a_closed_case_still_takes_an_objection(desk, story):
    with behind(DatabaseRole.STAFF):
        story.now = now() - timedelta(minutes=8)
        story.case.wait(replace(ACCESS), by=story.by, at=story.now)
        story.minutes_pass(1)
        story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
        story.case.recover("responde", by=story.by, at=story.now)
        story.customer_confirms()
        story.case.stage, story.case.status = "closure", "resolved"
        case = story.case
        case.stage = "closure"
        case.save()
        story.case.close("fibra", "volvió sola", by=story.by, at=story.now)
    page = desk()
    open_case(page, story)
    page.get_by_role("link", name="The customer objects").last.click()
    page.fill("#act input[name=who]", "Jefe de Sistemas")
    page.fill("#act textarea[name=words]", "No fue así")
    page.locator("#act button.primary").click()
    expect(page.locator("#waits")).to_contain_text("waits for the quality manager's ruling")


def test_nothing_overflows(desk, waited):
    objected(waited)
    page = desk("calidad")
    for place in (f"/casos/{waited.number}/", "/objeciones/"):
        page.goto(place)
        for summary in page.locator("#every-clock > summary").all():
            summary.click()
        assert all(fits(page) for _look in looks(page, 360, 1440)), place
    page = desk()
    for act in ("espera", "corregir-espera", "promesa", "objecion", "reanudar"):
        page.goto(f"/casos/{waited.number}/{act}")
        assert all(fits(page) for _look in looks(page, 360, 1440)), act
    assert number_of(waited)
