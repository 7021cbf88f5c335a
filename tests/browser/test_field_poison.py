"""What a telephone does when the operator cannot read what it sends, or when its kept page is not of whoever holds
it.
"""

import pytest
from playwright.sync_api import expect

from guardia.cases import visit_link
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.field.crew import CrewMember
from guardia.people.staff import Role
from guardia.web.field import sending
from tests.browser.field_phone import kept_for_later, phone, press, waiting  # noqa: F401
from tests.browser.test_field_page import acts_on_record, on, outing  # noqa: F401
from tests.procedure.story import staff


def note(page, words: str) -> None:
    page.locator("details[id^=note] summary").first.click()
    page.locator("form[data-kind=note] textarea").first.fill(words)
    page.locator("form[data-kind=note] button").first.click()


@pytest.mark.parametrize("most", [900, 2000])
def test_what_is_too_much_at_once_goes_one_by_one_and_what_cannot_be_read_holds_up_nothing(on, monkeypatch, most):  # noqa: F811
    page = on.open()
    kept_for_later(page)
    on.relay.cut()
    press(page, "depart")
    waiting(page, 1)
    note(page, "x" * 1200)
    waiting(page, 2)
    press(page, "arrive")
    waiting(page, 3)
    monkeypatch.setattr(sending, "LARGEST", most)
    on.relay.mend()
    page.locator("[data-send-now]").click()
    waiting(page, 0)
    arrived = [("depart", True), ("note", True), ("arrive", True)]
    assert acts_on_record() == [act for act in arrived if most == 2000 or act[0] != "note"]
    assert page.get_by_text("Too much was sent at once.").count() == (most == 900)


def test_a_page_that_was_kept_for_somebody_else_says_that_there_is_another(on, outing):  # noqa: F811
    page = on.open()
    kept_for_later(page)
    with behind(DatabaseRole.STAFF):
        CrewMember.objects.create(crew=outing.stranger_crew, staff=staff("tecnico2", Role.TECHNICIAN), name="Técnico 2")
    on.context.clear_cookies(name="sessionid")
    on.sign_in("tecnico2")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("[data-reload]").click()
    expect(page.get_by_text("No visit is waiting for you.")).to_be_visible()
    assert page.get_by_text("Banco Austral").count() == 0


def test_a_link_that_is_over_leaves_no_page_on_the_telephone(phone, outing):  # noqa: F811
    with behind(DatabaseRole.STAFF):
        address = f"/campo/v/{visit_link.token(outing.visit)}"
    phone.switch_on()
    page = phone.open(address)
    kept_for_later(page)
    with behind(DatabaseRole.STAFF):
        outing.case.hand_over_visit(outing.stranger_crew, "relevo", by=outing.by, at=now())
    page.goto(address)
    expect(page.get_by_text("This visit is not yours any more.")).to_be_visible()
    page.wait_for_function("async () => (await (await caches.open('campo-pages')).keys()).length === 0")
