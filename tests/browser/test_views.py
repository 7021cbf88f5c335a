"""The bench narrowed, kept as a view and opened by a key; two cases linked on their pages."""

import re

import pytest
from playwright.sync_api import expect

from guardia.cases import linking, saved_views
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Staff
from tests.browser.looks import fits, looks, photographed


def test_filters_become_a_view_that_a_key_opens(story, desk):
    page = desk()
    page.keyboard.press("f")
    expect(page.locator("#f-company")).to_be_visible()
    page.locator("#f-company").fill("austral")
    page.locator("input[name=vip]").check()
    page.locator(".filter-form button").click()
    expect(page.locator(".bench .chip")).to_have_count(2)
    expect(page.locator("#main")).to_contain_text("Banco Austral")
    page.locator(".filters summary").click()
    page.locator("#view-name").fill("Austral VIP")
    page.get_by_role("button", name="Save as a view").click()
    expect(page.locator("#toasts")).to_contain_text("“Austral VIP” is saved.")
    expect(page.locator("#saved-views a[aria-current=page]")).to_contain_text("Austral VIP")
    page.locator(".views a", has_text="Assigned to me").click()
    page.keyboard.press("1")
    expect(page).to_have_url(re.compile(r"compania=austral.*vip=1.*guardada="))
    page.keyboard.press("Control+k")
    page.keyboard.type("aus")
    expect(page.locator("#palette-found").get_by_role("group", name="Saved views")).to_contain_text("Austral VIP")


def test_one_press_removes_what_hides_everything(story, desk, live_server):
    page = desk(at=f"{live_server.url}/?compania=austral&etapa=execution")
    expect(page.locator(".bench-empty")).to_contain_text("Nothing matches these filters.")
    page.locator(".bench-empty .chosen a").click()
    expect(page).to_have_url(re.compile(r"/\?compania=austral$"))
    expect(page.locator("#main")).to_contain_text("Banco Austral")


def test_a_view_deleted_is_taken_back(story, desk, live_server):
    with behind(DatabaseRole.STAFF):
        saved_views.save({"vip": "1"}, "Mis VIP", by=Staff.objects.get(pk=story.engineer.pk), at=now())
    page = desk(at=f"{live_server.url}/vistas")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("main")).to_contain_text("None yet.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main .saved-list")).to_contain_text("Mis VIP")


@pytest.fixture
def second(story) -> Case:
    with behind(DatabaseRole.STAFF):
        call, number, story.call = story.call, story.number, None
        case = story.case_is_registered("sin enlace en la agencia")
        story.call, story.number = call, number
    return case


def test_two_cases_are_linked_unlinked_and_linked_again(story, second, desk, live_server):
    page = desk(at=f"{live_server.url}/casos/{story.number}/")
    page.locator(".links .button", has_text="Link").click()
    page.locator(f"input[value='{second.number}']").check(force=True)
    page.locator("#act button[data-sends]").click()
    expect(page.locator(".links")).to_contain_text(second.display_number)
    page.locator(".links a", has_text="Remove the link").click()
    page.locator("#act button[data-sends]").click()
    expect(page.locator("#toasts")).to_contain_text("Undo")
    page.locator("#toasts button", has_text="Undo").click()
    expect(page.locator(".links")).to_contain_text(second.display_number)


def test_nothing_is_wider_than_the_screen(story, second, desk, live_server):
    with behind(DatabaseRole.STAFF):
        me, first = Staff.objects.get(pk=story.supervisor.pk), Case.objects.get(number=story.number)
        saved_views.save({"vip": "1"}, "Bancos VIP de la Sierra", by=me, at=now(), shared=True)
        saved_views.save({"impacto": "down"}, "Sin servicio", by=me, at=now())
        linking.end_as_duplicate(Case.objects.get(pk=second.pk), first, "la misma caída", by=story.by, at=now())
    page = desk("supervisora")
    places = {
        "bench": "/?vip=1",
        "empty": "/?compania=austral&etapa=execution",
        "views": "/vistas",
        "goes-on": f"/casos/{story.number}/",
        "ended": f"/casos/{second.number}/",
        "duplicate": f"/casos/{story.number}/duplicado#act",
    }
    for name, place in places.items():
        page.goto(f"{live_server.url}{place}")
        for look in looks(page, 360, 1280):
            photographed(page, f"{name}-{look}")
            assert fits(page), (name, look)
