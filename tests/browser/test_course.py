"""The course of a case and its folded log in a browser: measured texts, the hour under the pointer, polls, colours."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from guardia.cases import case_link
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import WaitCause
from tests.browser.looks import fits, looks, photographed
from tests.notices.journeys import wait

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OVERLAPS = """svg => {
  const seen = [...svg.querySelectorAll('text')].filter(each => each.getClientRects().length);
  const boxes = seen.map(each => ({ words: each.textContent, box: each.getBBox() }));
  const width = svg.getBoundingClientRect().width, found = [];
  boxes.forEach(({ words, box }, at) => {
    if (box.x < -1 || box.x + box.width > width + 1) found.push(`${words} leaves the picture`);
    for (const { words: other, box: b } of boxes.slice(at + 1)) {
      const apart = box.x + box.width <= b.x || b.x + b.width <= box.x
        || box.y + box.height <= b.y + 1 || b.y + b.height <= box.y + 1;
      if (!apart) found.push(`${words} lies on ${other}`);
    }
  });
  return found;
}"""
OUTSIDE = """svg => {
  const width = svg.getBoundingClientRect().width;
  return [...svg.querySelectorAll('g.bar rect')].filter(each => {
    const box = each.getBBox();
    return box.x < -0.5 || box.x + box.width > width + 0.5 || box.width < 0.5;
  }).length;
}"""


def troubles(page: Page, place: str) -> list[str]:
    found = Axe().run(page, context=place, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def with_days_of_waiting(story) -> None:
    """Overdue, three waits of which two last days, and it runs still."""
    story.now = now() - timedelta(days=9)
    story.call = None
    story.case_is_registered()
    story.minutes_pass(26)
    story.diagnosis()
    for minutes in (40, 3 * 24 * 60, 4 * 24 * 60):
        story.minutes_pass(30)
        wait(story, WaitCause.CUSTOMER, "la sede está cerrada", minutes)


def more_tests(story, numbers=range(6)) -> None:
    """Tests one after the other, as a probe brings them."""
    for number in numbers:
        story.now = now()
        story.test_shows(f"pérdida {90 + number} %", name=f"ping {number}")


def address(story) -> str:
    return f"/casos/{story.number}/"


@pytest.mark.parametrize("told", ["short", "days"])
def test_no_text_lies_on_another_and_no_bar_leaves_the_axis_in_any_width(desk, story, told):
    with behind(DatabaseRole.STAFF):
        if told == "days":
            with_days_of_waiting(story)
        else:
            story.now = now()
            story.diagnosis()
    page = desk()
    page.goto(address(story))
    drawn = page.locator("#course svg.course")
    expect(drawn).to_be_visible()
    for look in looks(page, 360, 1024, 1440):
        assert drawn.evaluate(OVERLAPS) == [], look
        assert drawn.evaluate(OUTSIDE) == 0, look
        assert fits(page), look
        photographed(page, f"course-{told}-{look}")


def test_axe_finds_nothing_and_forced_colours_leave_no_shape_unseen(desk, story):
    with behind(DatabaseRole.STAFF):
        with_days_of_waiting(story)
        more_tests(story)
    page = desk()
    page.goto(address(story))
    page.locator("#course-desk-numbers > summary").click()
    for look in looks(page, 360, 1440):
        assert troubles(page, "#course") == [], look
        assert troubles(page, "#log > ol") == [], look
    page.emulate_media(forced_colors="active")
    paints = page.locator("#course .real, #course .late-stripe, #course .promised").evaluate_all(
        """all => all.map(each => [getComputedStyle(each).fill, getComputedStyle(each).stroke])"""
    )
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paints
    assert all({fill, stroke} - {ground, "none"} for fill, stroke in paints)


def test_the_hour_under_the_pointer_and_by_the_arrow_keys_stays_over_a_poll(desk, story):
    page = desk()
    page.goto(address(story))
    output, slider = page.locator("#course output"), page.get_by_label("Time on the chart")
    box = page.locator("#course svg.course").bounding_box()
    page.locator("#course svg.course").scroll_into_view_if_needed()
    page.locator("#course svg.course").hover(position={"x": box["width"] / 2, "y": 30})
    expect(output).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    expect(page.locator("#course line.cursor")).not_to_have_attribute("display", "none")
    slider.focus()
    slider.press("Home")
    first = output.inner_text()
    assert "Reception" in first
    slider.press("ArrowRight")
    expect(output).not_to_have_text(first)
    assert slider.get_attribute("aria-valuetext") == output.inner_text()
    chosen = output.inner_text()
    with behind(DatabaseRole.STAFF):
        story.now = now()
        story.case.tell("seguimos", by=story.by, at=story.now)
    expect(page.locator("#log")).to_contain_text("seguimos")
    expect(output).to_have_text(re.compile(re.escape(chosen.split(" · ")[0][:8])))
    expect(page.locator("#course line.cursor")).not_to_have_attribute("display", "none")


def test_a_fold_says_how_many_opens_by_a_link_and_stays_open_while_lines_come(desk, story):
    with behind(DatabaseRole.STAFF):
        more_tests(story)
        inside = story.case.events.filter(moment="tested").order_by("seq")[2].seq
    page = desk()
    page.goto(address(story))
    fold = page.locator("details.log-fold")
    expect(fold).to_have_count(1)
    expect(fold.locator("summary")).to_contain_text("6 lines collapsed")
    expect(page.locator(f"#evento-{inside}")).to_be_hidden()
    page.goto(f"{address(story)}#evento-{inside}")
    page.reload()
    expect(page.locator(f"#evento-{inside}")).to_be_visible()
    with behind(DatabaseRole.STAFF):
        more_tests(story, [6])
    expect(fold.locator("summary")).to_contain_text("7 lines collapsed")
    expect(page.locator(f"#evento-{inside}")).to_be_visible()


def test_a_link_to_an_event_opens_its_fold_by_the_browser_itself(desk, story):
    """The same mechanism by which a search in the page opens it: no script of ours has a part in it."""
    with behind(DatabaseRole.STAFF):
        more_tests(story)
        inside = story.case.events.filter(moment="tested").order_by("seq")[2].seq
    page = desk(script=False)
    page.goto(f"{address(story)}#evento-{inside}")
    expect(page.locator(f"#evento-{inside}")).to_be_visible()


def test_without_a_script_a_fold_opens_by_hand_and_nothing_pretends_to_move(desk, story):
    with behind(DatabaseRole.STAFF):
        more_tests(story)
    page = desk(script=False)
    page.goto(address(story))
    expect(page.locator("#course svg.course")).to_be_visible()
    expect(page.locator(".course-hour")).to_be_hidden()
    page.locator("details.log-fold > summary").click()
    expect(page.locator("details.log-fold .log-line").first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_customer_sees_it_on_a_telephone_in_three_languages(open_page, story, language):
    with behind(DatabaseRole.STAFF):
        with_days_of_waiting(story)
        Contact.objects.filter(pk=story.head.pk).update(language=language)
        Staff.objects.update(language=language)
        link = f"/c/caso/{case_link.token(story.bank.pk, story.case.pk, story.head.pk)}"
    page = open_page(width=360)
    page.goto(link)
    drawn = page.locator("#etapas svg.course")
    for look in looks(page, 360, 1024):
        assert drawn.evaluate(OVERLAPS) == [], look
        assert fits(page), look
        photographed(page, f"course-portal-{language}-{look}")
    page.set_viewport_size({"width": 360, "height": 900})
    page.locator("#course-case-numbers > summary").click()
    assert fits(page)
    assert troubles(page, "#etapas") == []
    expect(page.locator("#etapas")).not_to_contain_text(re.compile("colleague|colega"))


def test_the_customer_reads_the_hour_under_the_pointer_and_by_the_arrow_keys(open_page, story):
    """The same script as at the desk; what the company may not see is not named there either."""
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=story.head.pk).update(language="es")
        link = f"/c/caso/{case_link.token(story.bank.pk, story.case.pk, story.head.pk)}"
    page = open_page(width=360)
    page.goto(link)
    drawn, output, slider = (page.locator(f"#etapas {of}") for of in ("svg.course", "output", ".course-hour input"))
    expect(output).to_contain_text("Apunte al gráfico")
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    drawn.hover(position={"x": box["width"] / 2, "y": 30})
    expect(output).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    expect(page.locator("#etapas line.cursor")).not_to_have_attribute("display", "none")
    slider.focus()
    slider.press("Home")
    assert "Recepción" in output.inner_text()
    assert slider.get_attribute("aria-valuetext") == output.inner_text()
    for look in looks(page, 360, 1440):
        assert fits(page), look
        assert troubles(page, "#etapas") == [], look
        photographed(page, f"course-portal-hour-{look}")


def test_printed_it_stands_whole_on_paper(desk, story, tmp_path):
    with behind(DatabaseRole.STAFF):
        with_days_of_waiting(story)
        more_tests(story)
    page = desk()
    page.goto(address(story))
    page.emulate_media(media="print")
    assert page.locator("#course svg.course").evaluate(OVERLAPS) == []
    expect(page.locator(".course-hour")).to_be_hidden()
    expect(page.locator("details.log-fold > summary").first).to_be_visible()
    assert page.pdf(path=tmp_path / "case.pdf", format="A4").startswith(b"%PDF")
