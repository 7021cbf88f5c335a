"""What the nightly comparison found, as whoever supervises reads it: by day and by night, narrow and wide."""

import os
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Staff
from guardia.reports import verification
from guardia.reports.since_when import Ground, SinceWhen
from guardia.reports.verification import Finding, Part, Verified
from guardia.reports.whom_to_ask import STAFF, WORKER, WhomToAsk
from tests.browser.looks import fits

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def found(story) -> list[Finding]:
    """Five findings, of each part, with all that can stand below one."""
    with behind(DatabaseRole.WORKER):
        who, at = Staff.objects.get(username="supervisora").pk, story.now - timedelta(hours=7)
        night = SinceWhen(at, story.now, Ground.COMPARED, was_found=True)
        mine = WhomToAsk((STAFF, WORKER), who, 12)
        ours, hashes = WhomToAsk(of_the_log=True), ("SHA-256 " + "0" * 64, "SHA-256 " + "6c6ecde8" * 8)
        findings = [
            Finding(Part.CASES, "104-001-2 event 14", "the fault is not the one of this event", (), night, mine),
            Finding(
                Part.CASES,
                "104-001-2 event 16",
                "wait 1: the end is not the one of this event",
                ("2026-11-21 08:37:20 UTC", "2026-11-21 07:37:20 UTC"),
                SinceWhen(at, story.now, Ground.EVENTS),
                mine,
            ),
            Finding(Part.CASES, "", "procedure, version 1: the document is not the one that was published", hashes,
                    SinceWhen(at, story.now, Ground.ROW), WhomToAsk()),
            Finding(Part.LOG, "104-001-2 event 3", "it is gone, and was in the log as leaf 2, which is not signed yet",
                    (), SinceWhen(at, story.now, Ground.LOGGED), ours),
            Finding(Part.JOURNAL, "", "entry 17 was changed", (), SinceWhen(None, story.now), WhomToAsk()),
        ]  # fmt: skip
        verified = Verified(7, 12_345, 12_340)
        for each in findings:
            verified.takes(each)
        verification.put_on_record(verified, story.now)
    return findings


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(360, "dark", "es"), (1440, "light", "en"), (360, "light", "pt"), (1440, "dark", "es")],
)
def test_each_finding_says_since_when_and_whom_to_ask(found, desk, width, theme, language):
    page = desk("supervisora", width=width, theme=theme)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto("/ajustes/")
    items = page.locator("#found .findings > li")
    expect(items).to_have_count(5)
    for place, each in enumerate(found):
        expect(items.nth(place)).to_contain_text(each.what)
    expect(items.nth(0)).to_contain_text("DATABASE_WORKER_URL")
    expect(items.nth(1)).to_contain_text("2026-11-21 07:37:20 UTC")
    same = {"en": "The same as above.", "es": "Lo mismo que arriba.", "pt": "O mesmo que acima."}
    expect(items.nth(1)).to_contain_text(same[language])
    assert fits(page)
    if SHOTS:
        page.locator("#found").screenshot(path=f"{SHOTS}/found-{width}-{theme}-{language}.png")
        page.screenshot(path=f"{SHOTS}/page-{width}-{theme}-{language}.png")
