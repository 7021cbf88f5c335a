"""The rehearsal in a browser: its pages on a telephone and a desk, and the page that verifies without us."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices import holding
from guardia.notices.outbox import LETTERS
from guardia.people.rehearsal import NamedList
from guardia.people.staff import Role, Staff
from guardia.reports.report_history import company_history
from guardia.web.report.document import closing_document
from tests.browser.looks import fits, looks, photographed
from tests.browser.verifier_page import FINDINGS, drop, verifier
from tests.notices.post_office import PostOffice
from tests.notices.sender import Sender
from tests.procedure.story import Story
from tests.proof.test_rehearsal import one_in_it_and_one_after

__all__ = ["verifier"]


@pytest.fixture
def rehearsed(story) -> Story:
    """A case that began in the rehearsal, whose letters a worker has held; an administrator may look."""
    with behind(DatabaseRole.STAFF):
        Staff.objects.create(username="administradora", name="Ana Mora", role=Role.ADMINISTRATOR, language="en")
        holding.begin(NamedList(mailboxes=("ana@example.com",), domains=("proyecto.example",)), by=None, at=now())
        story.call = None
        story.case_is_registered("sin enlace desde las 02:00")
    Sender(PostOffice(), now()).sends(LETTERS)
    return story


def test_no_page_of_it_is_wider_than_its_window(rehearsed, desk):
    page = desk("administradora")
    with behind(DatabaseRole.STAFF):
        held = rehearsed.case.notices.filter(contact=rehearsed.head).get().deliveries.get()
    case = reverse("case", args=[rehearsed.number])
    message = reverse("settings_rehearsal_message", args=[held.pk])
    for name, address in (
        ("page", "/ajustes/ensayo"),
        ("list", "/ajustes/ensayo/lista"),
        ("live", "/ajustes/ensayo/en-vivo"),
        ("message", message),
        ("case", f"{case}?bitacora=avisos"),
        ("bench", "/"),
    ):
        page.goto(address)
        banner = page.locator(".banner[data-kind=rehearsal]")
        expect(banner).to_contain_text("Rehearsal: nothing is sent.")
        for look in looks(page, 360, 1440):
            assert fits(page), (address, look)
            assert banner.bounding_box()["height"] <= 40, "it pushes the bench away little"
            photographed(page, f"rehearsal-{name}-{look}")


def test_it_goes_live_by_two_steps(rehearsed, desk):
    page = desk("administradora", at="/ajustes/ensayo")
    page.get_by_role("link", name="Go live…").click()
    page.get_by_label("To confirm").fill("otra cosa")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the name of the operator")
    page.get_by_label("To confirm").fill(str(rehearsed.version.procedure.provider.name))
    page.get_by_role("button", name="Go live").click()
    expect(page.locator(".banner[data-kind=rehearsal]")).to_have_count(0)


def test_the_page_of_the_verifier_agrees(verifier, as_staff):
    story = Story()
    cases = one_in_it_and_one_after(story)
    files = [json.loads(closing_document(case, story.now).history) for case in cases]
    files.append(json.loads(b"".join(company_history(story.bank.pk, "Banco", story.now, "es"))))
    more = json.loads(json.dumps(files[2]))
    more["months"][0]["down"] *= 2
    page = verifier()
    assert page.evaluate(FINDINGS, [json.dumps(each) for each in (*files, more)]) == [[], [], [], ["month"]]
    drop(page, files[0])
    expect(page.locator("main")).to_contain_text("Nada de esto se avisó al cliente")
    drop(page, files[1])
    expect(page.locator("main")).not_to_contain_text("Nada de esto se avisó al cliente")
