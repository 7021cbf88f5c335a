"""“Test now” in a real browser: one key, result and picture come in by themselves, in both themes and narrow."""

import pytest

from guardia.cases import probing as ruling
from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence import probing
from guardia.evidence.probes.measured import Measured, counted
from guardia.evidence.target import ServiceTarget
from guardia.evidence.target_editing import save_target
from guardia.evidence.test_result import Verdict
from tests.browser.looks import photographed


@pytest.fixture
def target(story, settings) -> ServiceTarget:
    settings.PROBE_LOOPBACK, settings.PROBE_PAUSE_SECONDS = True, 0
    fields = {"service": story.service, "kind": "tcp", "address": "127.0.0.1", "port": 443}
    with behind(DatabaseRole.STAFF):
        return save_target(ServiceTarget(customer=story.bank), fields, by=story.engineer, at=story.now)


def it_comes_out(story, samples: list[float | None]) -> None:
    """Whatever is due has this result."""
    verdict = Verdict.BAD if None in samples else Verdict.GOOD
    with behind(DatabaseRole.STAFF):
        for probe in probing.take(story.now, 10):
            probing.settle(probe, Measured(verdict, "tcp", counted(samples), samples), story.now)
            ruling.record(story.case, probe, story.now)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_one_key_tests_and_before_and_after_stand_side_by_side(desk, story, target, theme, width):
    page = desk(theme=theme, width=width, at=f"/casos/{story.number}/")
    page.keyboard.press("p")
    evidence = page.locator("#evidence")
    evidence.get_by_text("1 test is running…").wait_for()
    story.minutes_pass(60)
    it_comes_out(story, [12.0, None, 31.0, 18.0, None, 22.0, 25.0, 40.0, 16.0, 19.0])
    evidence.get_by_text("20.0 % lost").wait_for()
    evidence.get_by_role("img", name="Samples of connection (TCP) 127.0.0.1:443").wait_for()
    with behind(DatabaseRole.STAFF):
        story.minutes_pass(1)
        story.diagnosis()
        story.minutes_pass(1)
        story.service_is_restored()
    it_comes_out(story, [11.0, 12.0, 10.0, 9.0, 12.0, 11.0, 13.0, 10.0, 11.0, 12.0])
    page.goto(f"/casos/{story.number}/")
    evidence.get_by_text("After ·").wait_for()
    photographed(page, f"evidence-{theme}-{width}")


def test_the_company_shows_what_is_tested(desk, story, target):
    page = desk(at=f"/companias/{story.bank.pk}/")
    page.get_by_role("link", name="connection (TCP) 127.0.0.1:443").wait_for()
    photographed(page, "company")
    page.goto(f"/companias/{story.bank.pk}/pruebas/nuevo?servicio={story.service.pk}")
    photographed(page, "target-form")
