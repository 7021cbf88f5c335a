"""Articles in a browser: written with a preview, compared, proposed in a case and said of; read by a customer."""

from playwright.sync_api import Page, expect

from guardia.articles import editing
from guardia.articles.article import Article
from guardia.config.database_roles import DatabaseRole, behind
from tests.browser.looks import fits, looks
from tests.browser.test_portal import by_day, link, signed_in, troubles  # noqa: F401


def written(story, title: str, *, published: bool = True, **more) -> Article:
    given = {"title_es": title, "text_es": "1. Medir con el `OTDR`\n2. Empalmar **dos hilos**", **more}
    with behind(DatabaseRole.STAFF):
        article = editing.save(None, given, by=story.engineer, at=story.now)
        return editing.publish(article, by=story.supervisor, at=story.now) if published else article


def articles(story) -> list[Article]:
    return [
        written(story, "No tienen servicio: medir primero", causes="Corte de fibra", for_portal=True),
        written(story, "Otro", causes="Corte de fibra", published=False),
    ]


def test_what_is_typed_is_seen_as_it_will_be_read(desk, story):
    page = desk(at="/articulos/nuevo")
    page.locator("#id_title_es").fill("Fibra cortada")
    page.locator("#id_text_es").fill("1. Medir\n2. <b>Empalmar</b>")
    expect(page.locator("#article-preview li").nth(1)).to_have_text("<b>Empalmar</b>")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".article-text li").first).to_have_text("Medir")
    expect(page.locator("main")).to_contain_text("A supervisor publishes it")


def test_in_a_case_the_word_is_marked_and_taken_back_without_leaving_it(desk, story):
    article = articles(story)[0]
    page = desk(at=f"/casos/{story.number}/")
    expect(page.locator("#fitting-count")).to_have_text("1")
    page.locator("#fitting > summary").click()
    row = page.locator(".fitting-row")
    expect(row).to_contain_text(article.display_number)
    row.locator("details > summary").click()
    expect(row.locator("ol li").first).to_contain_text("Medir")
    button = page.get_by_role("button", name="It helped AR-0001")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(row).to_contain_text("used in this case by 1 person")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#case-head")).to_be_visible()


def test_beside_a_new_case_they_follow_the_words(desk, story):
    articles(story)
    page = desk(at=f"/casos/nuevo?compania={story.bank.pk}")
    expect(page.locator("#fitting-count")).to_have_text("0")
    page.locator("#id_symptoms").fill("No navegan desde las 10")
    expect(page.locator("#fitting-count")).to_have_text("1")
    expect(page.locator("#id_symptoms")).to_be_focused()


def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(desk, story):
    article = articles(story)[0]
    with behind(DatabaseRole.STAFF):
        editing.save(article, {"title_es": "Dos", "text_es": "Tres"}, by=story.engineer, at=story.now)
    page = desk("supervisora")
    home = f"/articulos/{article.number}"
    for address in ("/articulos", f"{home}?edicion=2&con=1", "/articulos/nuevo", f"{home}/editar"):
        page.goto(address)
        stands_everywhere(page)
    page.goto(f"/casos/{story.number}/articulos")
    stands_everywhere(page)
    in_its_case(page, story)


def stands_everywhere(page: Page) -> None:
    for look in looks(page, 360, 1440):
        assert fits(page), (page.url, look)
        assert troubles(page) == [], (page.url, look)


def in_its_case(page: Page, story) -> None:
    page.goto(f"/casos/{story.number}/")
    expect(page.locator("#fitting-count")).to_have_text("1")
    page.locator("#fitting > summary").click()
    page.locator(".fitting-row summary").click()
    for look in looks(page, 360, 1440):
        assert fits(page), look
        assert [one for one in troubles(page) if "fitting" in str(one)] == [], look


def test_a_customer_finds_help_and_says_whether_it_helped(open_page, story, link):  # noqa: F811
    article = articles(story)[0]
    page = signed_in(open_page, "light", script=True)
    page.goto("/mi-empresa/pedir")
    page.locator("#texto").fill("estamos sin internet")
    offered = page.locator("#articles-near a")
    expect(offered).to_have_text("No tienen servicio: medir primero")
    assert troubles(page) == []
    for address in ("/mi-empresa/ayuda", f"/mi-empresa/ayuda/{article.number}"):
        page.goto(address)
        stands_everywhere(page)
    page.get_by_role("button", name="It helped me").click()
    expect(page.locator("main")).to_contain_text("Thank you")
