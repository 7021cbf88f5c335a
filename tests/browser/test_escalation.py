"""The escalation in a real browser: two taps of a supervisor, one of who is paged, the call that is owed (E1 to E5)."""

from datetime import date, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from playwright.sync_api import expect

from guardia.cases import escalating
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation import signed_links
from guardia.escalation.rota import Rota
from guardia.notices.notice import Notice
from guardia.people.staff import Staff
from tests.browser.looks import fits, looks

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture
def night(monkeypatch):
    """E5's hours are open or closed, whatever the hour at which the tests run."""

    def is_night(value: bool) -> None:
        monkeypatch.setattr(escalating, "is_night", lambda procedure, at: value)

    is_night(False)
    return is_night


@pytest.fixture
def escalated(story, night):
    """The supervisor holds level 1 and was paged just now, since the customer asked for it."""
    return escalate(story)


def escalate(story):
    with behind(DatabaseRole.STAFF):
        supervisor = story.supervisor
        supervisor.name, supervisor.position, supervisor.language = "Supervisora 1", "Supervisor TSC", "en"
        supervisor.email, supervisor.mobile = "supervisora@example.com", "+593999000001"
        supervisor.save()
        rota = Rota(level=1, seat=1, members=[supervisor.pk], starts_on=date(2020, 1, 6), turns_at=time(8))
        rota.valid = DateTimeTZRange(now() - timedelta(days=9), None)
        rota.save()
        at = now()
        story.case.escalate("Pide un supervisor", source="customer", asked_by="Jefe de Sistemas", by=story.by, at=at)
    return story


def answering(story) -> str:
    with behind(DatabaseRole.STAFF):
        who = story.case.answering_id
        return Staff.objects.get(pk=who).name if who else ""


def test_two_taps_on_a_telephone_put_a_received_call_on_record(desk, escalated):
    page = desk("supervisora", width=360, at="/escalamiento/recibido")
    assert fits(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Banco Austral").click()
    assert fits(page)
    page.get_by_role("button", name="I took the call: I answer for it").click()
    expect(page.locator("#escalation")).to_contain_text("Supervisora 1 has answered for it since")
    assert answering(escalated) == "Supervisora 1"


def test_one_tap_answers_the_page_without_script_or_cookie(open_page, escalated):
    with behind(DatabaseRole.STAFF):
        link = f"/responder/{signed_links.answer_token(Notice.objects.get(staff=escalated.supervisor).pk)}"
    page = open_page(width=360, script=False)
    page.goto(link)
    assert fits(page)
    expect(page.locator("main")).to_contain_text("Nobody answers for it yet.")
    button = page.get_by_role("button", name="I answer", exact=True)
    assert button.bounding_box()["height"] >= 44
    assert answering(escalated) == ""
    button.click()
    expect(page.locator("main")).to_contain_text("You have answered for it since")
    assert page.context.cookies() == []
    page.reload()
    assert answering(escalated) == "Supervisora 1"


def test_the_customers_view_fits_a_telephone(open_page, escalated):
    page = open_page(width=360, script=False)
    page.goto(f"/c/quien-responde/{signed_links.customer_token(escalated.bank.pk)}")
    assert fits(page)
    expect(page.get_by_role("heading", name="Who answers now")).to_be_visible()
    expect(page.locator("a[href='tel:+593999000001']")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_what_is_typed_about_a_call_outlives_the_polls_until_it_is_answered(desk, story, night, width):
    night(True)
    escalate(story)
    page = desk(width=width, at=f"/casos/{story.number}/")
    assert fits(page)
    expect(page.locator("#call-owed .dial")).to_have_attribute("href", "tel:+59324005124")
    page.get_by_label("Who answered").fill("Guardia de noche")
    polled = page.expect_response(lambda response: "/vivo" in response.url and response.status == 200)
    with polled, behind(DatabaseRole.STAFF):
        story.case.note("algo nuevo", by=story.by, at=now())
    assert page.get_by_label("Who answered").input_value() == "Guardia de noche"
    page.get_by_role("button", name="Answered", exact=True).click()
    expect(page.locator("#call-owed")).to_be_hidden()
    expect(page.locator("#log")).to_contain_text("answered by Guardia de noche")


def test_the_list_is_walked_with_the_keyboard(desk, escalated):
    page = desk("supervisora", at="/escalamientos/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/casos/{escalated.number}/")
    page.get_by_role("button", name="I take command").click()
    expect(page.locator("#escalation")).to_contain_text("has had command since")


def test_the_pages_fit_a_telephone(desk, story, night):
    night(True)
    escalate(story)
    page = desk("supervisora", width=360)
    for address in ("/escalamientos/", "/quien-responde", "/"):
        page.goto(address)
        for look in looks(page, 360):
            assert fits(page), (address, look)
