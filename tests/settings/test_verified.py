"""What the nightly comparison of all histories found, as the desk says it to whoever supervises, and the audit."""

from datetime import timedelta

import pytest
from django.urls import reverse

from guardia.config.now import now
from guardia.people.staff import Role
from guardia.reports import verification
from guardia.reports.verification import Finding, Part, Verified

FORGED = Finding(Part.CASES, "104-001-2 event 3", "the hash does not match")


def on_record(*found: Finding, days_ago: int = 0) -> None:
    verified = Verified(7, 12_345, 12_340)
    for each in found:
        verified.takes(each)
    verification.put_on_record(verified, now() - timedelta(days=days_ago))


def summary_of(browser) -> str:
    return browser.get(reverse("settings")).content.decode()


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.SUPERVISOR, True), (Role.ADMINISTRATOR, True), (Role.ENGINEER, False)]
)
def test_the_desk_tells_whoever_supervises(sign_in, role, sees):
    on_record(FORGED)
    browser = sign_in(role)
    page = summary_of(browser)
    assert ("The histories contradict themselves" in page) == sees
    assert ("What was compared" in page) == sees
    assert (page.count(str(FORGED)) == 2) == sees, "in the banner, and among what was compared"
    assert (str(FORGED) in browser.get(reverse("bench")).content.decode()) == sees


def test_the_summary_says_what_was_compared(supervisor):
    assert "Not yet: it is done once a night." in summary_of(supervisor)
    on_record()
    page = summary_of(supervisor)
    assert "7 cases, 12,345 events" in page
    assert "None: all are intact." in page
    assert "contradict" not in page


def test_the_summary_says_that_nobody_compared_for_two_days(supervisor):
    on_record(days_ago=3)
    assert "Not for two days: check the worker" in summary_of(supervisor)


def test_the_journal_says_what_was_found(administrator):
    on_record(FORGED)
    on_record()
    page = administrator.get(reverse("settings_audit"), {"que": "verified"}).content.decode()
    assert "Histories verified" in page
    assert "the first ones: cases: 104-001-2 event 3: the hash does not match" in page
    assert page.count("contradictions: 0") == 1
