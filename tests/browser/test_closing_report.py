"""The closing report and the availability of a service in a real browser: both themes, narrow and wide."""

import pytest

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Actor
from tests.browser.looks import fits, looks, photographed
from tests.browser.test_evidence import it_comes_out, target

__all__ = ["target"]
REASON = "the company's own equipment answers no test"


@pytest.fixture
def closed(story, target):
    """Bad before, good after; in the follow-up nothing was measured, and a supervisor went on."""
    from guardia.cases import probing as ruling

    with behind(DatabaseRole.STAFF):
        story.minutes_pass(60)
        ruling.on_demand(story.case, story.engineer, story.now)
    it_comes_out(story, [12.0, None, 31.0, 18.0, None, 22.0, 25.0, 40.0, 16.0, 19.0])
    with behind(DatabaseRole.STAFF):
        story.diagnosis()
        story.minutes_pass(1)
        story.service_is_restored()
    it_comes_out(story, [11.0, 12.0, 10.0, 9.0, 12.0, 11.0, 13.0, 10.0, 11.0, 12.0])
    with behind(DatabaseRole.STAFF):
        story.customer_confirms()
        story.minutes_pass(31)
        story.case.stabilise_without_evidence(REASON, by=Actor.of_staff(story.supervisor), at=story.now)
        prevention = "a second way into the building, in December"
        story.case.close("fibre cut", "spliced", prevention=prevention, by=story.by, at=story.now)
    return story


def test_the_report_says_what_was_measured_and_who_went_on_without(desk, closed):
    page = desk(at=f"/casos/{closed.number}/informe")
    page.get_by_text("Closed without good stability tests").wait_for()
    page.get_by_text(REASON).first.wait_for()
    page.get_by_text("a second way into the building").first.wait_for()
    page.get_by_text("20.0 % lost").first.wait_for()
    pictures = page.get_by_role("img", name="Samples of connection (TCP) 127.0.0.1:443")
    assert pictures.count() == 2
    page.get_by_role("link", name="/estado/registro/verificador.html").wait_for()
    for look in looks(page, 1440, 360):
        assert fits(page), look
        photographed(page, f"report-{look}")


def test_the_availability_shows_month_cases_and_the_year(desk, closed):
    page = desk(at=f"/companias/{closed.bank.pk}/")
    page.get_by_role("link", name="Availability").first.click()
    page.get_by_role("heading", name="Availability of").wait_for()
    with behind(DatabaseRole.STAFF):
        number = Case.objects.get(pk=closed.case.pk).display_number
    page.get_by_role("link", name=number).wait_for()
    assert page.locator("#meses tbody tr").count() == 12
    for look in looks(page, 1440, 360):
        photographed(page, f"availability-{look}")
        assert fits(page), look
