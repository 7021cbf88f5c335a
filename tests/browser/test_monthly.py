"""The month of a company, its letter and the interruptions in a real browser: both themes, narrow and wide."""

import pytest

from guardia.cases.case import Case
from guardia.cases.waiting import WaitReason
from guardia.config.database_roles import DatabaseRole, behind
from guardia.procedure.vocabulary import WaitCause
from guardia.reports.month import Month
from tests.browser.looks import fits, looks, photographed


@pytest.fixture
def month(story) -> str:
    """Three incidents of one site, one of them late and with an hour left out; as if a month ago for the letter."""
    with behind(DatabaseRole.STAFF):
        story.minutes_pass(26)
        story.diagnosis()
        reason = WaitReason(WaitCause.CUSTOMER, "Head of systems", "no access to the building", excluded=True)
        story.case.wait(reason, by=story.by, at=story.now)
        for _again in range(2):
            story.open_case()
        Case.objects.update(fault="fibre cut by an excavator two kilometres from the site")
        return str(Month.of(Case.objects.latest("pk").opened_at))


def test_the_month_and_the_interruptions(desk, story, month):
    page = desk()
    for name, path in (
        ("month", f"/informes/mensual/{story.bank.pk}?mes={month}"),
        ("months", f"/informes/mensual/?mes={month}"),
        ("interruptions", f"/informes/interrupciones?mes={month}"),
    ):
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        for look in looks(page, 1280, 360):
            photographed(page, f"{name}-{look}")
            assert fits(page), (name, look)


def test_the_letter_before_it_is_sent(desk, story):
    page = desk("supervisora", at=f"/informes/mensual/{story.bank.pk}")
    page.get_by_role("link", name="Send the report").click()
    page.get_by_text("4 contacts get it").wait_for()
    for look in looks(page, 1280, 360):
        photographed(page, f"send-{look}")
        assert fits(page), look
    page.get_by_role("button", name="Send the report").click()
    page.get_by_text("The report is on its way to 4 contacts.").wait_for()
    page.get_by_role("link", name="Send again").wait_for()
