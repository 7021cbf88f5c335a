"""Resolver groups in a browser: the queue, the settings and the month stand everywhere; the page verifier agrees."""

import pytest
from django.db import transaction

from guardia.cases.group_editing import save
from guardia.config.database_roles import DatabaseRole, behind
from guardia.web.report.document import closing_document
from tests.browser.looks import fits, looks, photographed
from tests.browser.test_portal import troubles
from tests.browser.verifier_page import FINDINGS, verifier

__all__ = ["verifier"]


@pytest.fixture
def group(story):
    with behind(DatabaseRole.STAFF):
        fields = {"name_es": "Transporte", "name_en": "Transport", "target_minutes": "30"}
        group = save(None, {**fields, "members": [story.engineer.pk]}, by=story.supervisor, at=story.now)
        return group


def test_the_screens_of_groups_stand_everywhere_and_axe_finds_nothing(desk, story, group):
    page = desk("supervisora")
    page.goto(f"/casos/{story.number}/grupo")
    page.locator("#act select[name=group]").select_option(label="Transport")
    page.locator("#act [name=reason]").fill("medir la portadora")
    page.locator("#act [data-sends]").first.click()
    page.locator("#log").get_by_text("to Transport: medir la portadora").wait_for()
    for address in (f"/?grupo={group.pk}", "/ajustes/grupos", f"/ajustes/grupos/{group.pk}", "/informes/grupos"):
        page.goto(address)
        for look in looks(page, 360, 1024, 1440):
            assert fits(page), (address, look)
            assert troubles(page) == [], (address, look)
            photographed(page, f"group{address.replace('/', '_').replace('?', '_')}-{look}")


def test_the_page_verifier_agrees_on_a_case_with_a_group_and_a_mention(verifier, story, group):
    with behind(DatabaseRole.STAFF), transaction.atomic():
        story.case.pass_to_group(group, "medir", by=story.by, at=story.now)
        story.case.note("@ingeniero2 mira", by=story.by, at=story.now)
        story.diagnosis()
        file = closing_document(story.case, story.now).history
    assert verifier().evaluate(FINDINGS, [file.decode()]) == [[]]
