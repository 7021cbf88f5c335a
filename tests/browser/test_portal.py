"""A customer without training, on a telephone, without script: confirms, contests, escalates, signs in by a code."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.cases import case_link, escalating
from guardia.cases.waiting import WaitReason
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers import codes
from guardia.customers.contact import Contact
from guardia.customers.sign_in import SignInCode
from guardia.evidence.test_result import Verdict
from guardia.procedure.vocabulary import Moment, Stage, WaitCause
from tests.browser.looks import fits
from tests.browser.test_escalation import THEMES
from tests.procedure.story import rota

MOST_BYTES = 60_000
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def by_day(monkeypatch) -> None:
    monkeypatch.setattr(escalating, "is_night", lambda procedure, at: False)


@pytest.fixture
def link(story, by_day) -> str:
    """The page of the contact who reported; the visit's waits, tests and the solution are told by the tests."""
    with behind(DatabaseRole.STAFF):
        rota(1, story.supervisor, story.now)
        Contact.objects.filter(pk=story.head.pk).update(language="en")
        return f"/c/caso/{case_link.token(story.bank.pk, story.case.pk, story.head.pk)}"


def telephone(open_page, theme: str = "light", script: bool = False) -> Page:
    return open_page(width=360, script=script, theme=theme)


def restore(story) -> None:
    with behind(DatabaseRole.STAFF):
        story.diagnosis("remote")
        story.now = now() - timedelta(minutes=1)
        story.service_is_restored()


@THEMES
def test_a_customer_confirms_with_one_press(open_page, story, link, theme):
    restore(story)
    page, twice = telephone(open_page, theme), telephone(open_page, theme)
    twice.goto(link)
    page.goto(link)
    assert fits(page)
    expect(page.get_by_role("heading", name="Does your service work?")).to_be_visible()
    button = page.get_by_role("button", name="It works")
    assert button.bounding_box()["height"] >= 44
    assert button.bounding_box()["y"] < 900  # on the first screen
    button.click()
    expect(page.get_by_role("status").first).to_contain_text("Thank you. We have recorded your confirmation.")
    assert fits(page)
    twice.get_by_role("button", name="It works").click()
    expect(twice.get_by_role("status").first).to_contain_text("Thank you.")
    assert page.context.cookies() == []
    with behind(DatabaseRole.STAFF):
        assert story.case.stage == Stage.STABILITY
        assert story.moments().count(Moment.CONFIRMED) == 1


def test_a_customer_says_that_it_does_not_work(open_page, story, link):
    restore(story)
    page = telephone(open_page)
    page.goto(link)
    page.get_by_text("It does not work", exact=True).click()
    page.get_by_label("What do you see?").fill("sigue caído")
    assert fits(page)
    page.get_by_role("button", name="Report that it does not work").click()
    expect(page.locator("main")).to_contain_text("We are looking for the cause again.")
    with behind(DatabaseRole.STAFF):
        assert story.case.stage == Stage.DIAGNOSIS


@THEMES
def test_a_customer_contests_a_wait(open_page, story, link, theme):
    with behind(DatabaseRole.STAFF):
        why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
        story.case.wait(why, by=story.by, at=story.now)
    page = telephone(open_page, theme)
    page.goto(link)
    page.get_by_text("I object to this wait").click()
    page.get_by_label("Why?").fill("nadie nos llamó")
    assert fits(page)
    page.get_by_role("button", name="Send my objection").click()
    expect(page.locator("main")).to_contain_text("Your objection is on record.")
    expect(page.locator("#esperas")).to_contain_text("the quality manager has not ruled yet")
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.CONTESTED) == 1


@THEMES
def test_a_customer_escalates_and_sees_who_answers(open_page, story, link, theme):
    page = telephone(open_page, theme)
    page.goto(link)
    expect(page.locator("#quien-responde")).to_contain_text("Nobody above the Operations Centre has been notified yet.")
    call = page.get_by_role("link", name="Call Operations").first
    assert call.get_attribute("href").startswith("tel:")
    page.get_by_role("button", name="Escalate: Level 1").click()
    expect(page.locator("#quien-responde")).to_contain_text("we are waiting for its answer")
    expect(page.locator("#quien-responde")).to_contain_text("“Level 2” may be requested from")
    with behind(DatabaseRole.STAFF):
        assert story.moments().count(Moment.ESCALATED) == 1


def test_what_was_written_is_not_lost_where_it_is_refused(open_page, story, link):
    page = telephone(open_page)
    page.goto(link)
    page.get_by_text("Have a colleague notified too").click()
    page.get_by_label("Name", exact=True).fill("Ana")
    page.locator("#correo").fill("ana@example")
    page.get_by_role("button", name="Ask for this person").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a contact at your company")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ana")
    assert fits(page)


def test_the_first_load_is_small(open_page, story, link, live_server):
    restore(story)
    page = telephone(open_page)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body()) + sum(map(len, response.headers.values()))))
    page.goto(link, wait_until="networkidle")
    assert len(sizes) >= 5
    assert sum(sizes) < MOST_BYTES, sum(sizes)
    assert page.locator("script").evaluate_all("all => all.map(one => one.src.split('/').pop())") == ["course.js"]


def signed_in(open_page, theme: str = "light", script: bool = False) -> Page:
    """The contact writes the mailbox and types the digits; they are read where the mail is made."""
    page = telephone(open_page, theme, script)
    page.goto("/mi-empresa/")
    page.get_by_label("The email address we write to").fill("jefe@example.com")
    assert fits(page)
    page.get_by_role("button", name="Send me a code").click()
    with behind(DatabaseRole.STAFF):
        digits = codes.digits_of(SignInCode.objects.latest("pk"))
    page.get_by_label("The six digits").fill(digits)
    assert fits(page)
    page.get_by_role("button", name="Sign in").click()
    return page


@THEMES
def test_a_code_opens_all_the_companys_sites_on_one_page(open_page, story, link, theme):
    page = signed_in(open_page, theme)
    expect(page.get_by_role("heading", name="1 open fault")).to_be_visible()
    assert fits(page)
    with page.expect_navigation():  # with its style sheets
        page.get_by_role("link", name="agencia matriz").click()
    expect(page.locator("main")).to_contain_text("No tienen servicio")
    assert fits(page)
    for name in ("Now", "History", "Services"):
        page.goto("/mi-empresa/")
        with page.expect_navigation():  # else the page that is being left is measured, or none
            page.get_by_role("link", name=name, exact=True).click()
        assert fits(page)
    page.goto("/mi-empresa/pedir")
    assert fits(page)
    page.get_by_label("Which service fails?").select_option(label="ENL-0042 · agencia matriz, Cuenca")
    page.get_by_label("What do you see?").fill("otra vez sin servicio")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("The number of your case comes before")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/mi-empresa/historial")
    expect(page.get_by_label("The email address we write to")).to_be_visible()


# --- for everybody (WCAG 2.2 AA) --------------------------------------------------------------------------------------


def troubles(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@THEMES
def test_axe_finds_nothing_on_the_page_of_a_case(open_page, story, link, theme):
    with behind(DatabaseRole.STAFF):
        why = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")
        story.case.wait(why, by=story.by, at=story.now)
        story.case.tell("seguimos", by=story.by, at=story.now)
    page = telephone(open_page, theme, script=True)
    page.goto(link)
    opened(page)
    assert troubles(page) == []
    restore(story)
    page.goto(link)
    opened(page)
    assert troubles(page) == []
    with behind(DatabaseRole.STAFF):
        story.now = now()
        story.customer_confirms()
        story.test_shows("pérdida 0 %", Verdict.GOOD)
    page.goto(link)
    opened(page)
    assert troubles(page) == []


def opened(page: Page) -> None:
    """Everything that is folded away is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


@THEMES
def test_axe_finds_nothing_on_the_companys_pages(open_page, story, link, theme):
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=story.head.pk).update(administers=True)
    page = telephone(open_page, theme, script=True)
    for address in ("/mi-empresa/entrar", "/c/caso/x"):
        page.goto(address)
        assert troubles(page) == [], address
    page = signed_in(open_page, theme, script=True)
    places = ("", "historial", "servicios", "pedir", "pedir?area=billing", "contactos", f"contactos/{story.desk.pk}")
    for place in (*places, f"casos/{story.number}", "casos/1", "compania", "contactos/nuevo"):
        page.goto(f"/mi-empresa/{place}")
        assert fits(page)
        assert troubles(page) == [], place
