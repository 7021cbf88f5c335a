"""Planned work in a real browser: planned, announced, answered by its company, public; both themes, any width."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.network.element import Element
from guardia.outages import work_answers
from guardia.outages.outage import Origin, Outage, OutageState
from guardia.web.status import page
from tests.browser.looks import fits, looks, photographed
from tests.works.nights import Night

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def accessible(page: Page) -> None:
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def night(story) -> Night:
    """One work is announced, with an objection that waits; another overran."""
    with behind(DatabaseRole.STAFF):
        story.now = now()
        Contact.objects.update(language="en")
        told = Night(story)
        told.announce(needs_agreement=True, is_public=True)
        told.objects("it: end of the month")
    return told


def overruns(night: Night) -> None:
    with behind(DatabaseRole.STAFF):
        begin = now() - timedelta(hours=5)
        night.at(begin - timedelta(hours=1))
        night.announce("urgent", starts_at=begin, ends_at=begin + timedelta(hours=4), name="Route east", is_public=True)
        night.at(now())
    night.the_worker_looks()


def test_the_pages_of_the_desk(desk, night):
    overruns(night)
    page = desk()
    first = "TP-0001"
    for name, path in (
        ("works", "/trabajos"),
        ("work", f"/trabajos/{first}"),
        ("work-late", "/trabajos/TP-0002"),
        ("work-form", "/trabajos/nuevo"),
    ):
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        for look in looks(page, 1280, 360):
            photographed(page, f"{name}-{look}")
            assert fits(page), (name, look)
            accessible(page)


def test_planned_and_announced_with_the_keys(desk, story, night):
    page = desk()
    page.keyboard.press("b")
    page.get_by_role("heading", name="Planned work").wait_for()
    page.keyboard.press("w")
    day = (now() + timedelta(days=9)).strftime("%d/%m/%Y")
    page.get_by_label("Name at the desk").fill("Node of the south")
    page.get_by_label("What is done, as customers read it (Spanish)").fill("Cambio de un equipo")
    page.get_by_label("Begins").fill(f"{day} 02:00")
    page.get_by_label("Ends").fill("05:00")
    page.get_by_label("Other services, one circuit per line").fill("ENL-9")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("No service is called: ENL-9.")).to_be_visible()
    page.get_by_label("Other services, one circuit per line").fill("ENL-0042")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("1 service, 1 company")).to_be_visible()
    page.get_by_role("button", name="Announce it to them").click()
    expect(page.get_by_text("the companies are being notified")).to_be_visible()
    expect(page.get_by_text("announced to the companies")).to_be_visible()


def test_a_company_agrees_by_the_link_without_a_script(open_page, story, night):
    with behind(DatabaseRole.STAFF):
        address = f"/c/trabajo/{work_answers.token(story.other.pk, night.pk, story.stranger.pk)}"
    page = open_page(script=False)
    page.goto(address)
    for look in looks(page, 1280, 360):
        photographed(page, f"work-link-{look}")
        assert fits(page), look
    assert page.get_by_role("button", name="Yes, we agree").bounding_box()["height"] >= 44
    page.get_by_role("button", name="Yes, we agree").click()
    page.get_by_text("Thank you: your company agrees.").wait_for()
    with_script = open_page()
    with_script.goto(address)
    for _look in looks(with_script, 1280, 360):
        accessible(with_script)


@pytest.fixture
def public(night, settings) -> Callable[[], None]:
    settings.STATUS_PAGE = True
    page.kept.forget()
    with behind(DatabaseRole.STAFF):
        node = Element.objects.create(code="A1", folded_code="a1", name="a", kind="node", city=night.story.site.city)
        hour = timedelta(hours=1)
        for number, (state, ended) in enumerate([(OutageState.DECLARED, None), (OutageState.ENDED, now() - 30 * hour)]):
            Outage.objects.create(
                number=9000 + number,
                name="x",
                public_name={"es": "Corte de fibra", "en": "Fibre cut between Cuenca and Loja"},
                state=state,
                origin=Origin.PERSON,
                element=node if ended is None else None,
                procedure_version=night.story.version,
                impact="down",
                started_at=(ended or now()) - 2 * hour,
                restored_at=ended,
                ended_at=ended,
                forecast_at=now() + hour,
                is_public=True,
            )
    yield
    page.kept.forget()


def test_the_public_status_page(open_page, public, night):
    overruns(night)
    page = open_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/estado")
    page.get_by_role("heading", name="There is an outage").wait_for()
    assert sum(sizes) < 60_000
    for look in looks(page, 1280, 360):
        photographed(page, f"status-{look}")
        assert fits(page), look
        accessible(page)
    assert page.locator("script").count() == 0
