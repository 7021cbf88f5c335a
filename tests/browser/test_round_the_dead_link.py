"""Who is told what, the call to a company in the dark, the text before it is sent: on a screen and a telephone."""

from dataclasses import replace
from datetime import timedelta

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.web.desk.clock import desk_zone
from tests.browser.looks import fits, looks, photographed


def fits_everywhere(page, name: str) -> None:
    for look in looks(page, 1440, 360):
        assert fits(page), (name, look)
        photographed(page, f"{name}-{look}")


def test_the_screens_fit(story, desk):
    with behind(DatabaseRole.STAFF):
        Contact.objects.update(email_independent=False)
        story.now = now()
        story.diagnosis("visit")
        story.case.agree(replace(story.agreement(), customer="Guardia de la garita"), by=story.by, at=story.now)
    page = desk(at=f"/companias/{story.bank.pk}/")
    fits_everywhere(page, "company")
    page.goto(f"/companias/{story.bank.pk}/contactos/{story.head.pk}/editar")
    fits_everywhere(page, "contact")
    page.goto(f"/casos/{story.number}/")
    assert page.locator("#voice-owed").is_visible()
    page.get_by_role("button", name="See what they will read").first.click()
    page.locator("#preview details").first.wait_for()
    fits_everywhere(page, "case")
    page.goto("/")
    assert page.locator(".calls-owed .to-make").count() == 1
    fits_everywhere(page, "bench")
    page.goto(f"/casos/{story.number}/")
    page.locator("#voice-whom").fill("Jefe de Sistemas")
    page.locator("#voice-again").fill((now() + timedelta(hours=3)).astimezone(desk_zone()).strftime("%H:%M"))
    page.locator("#voice-owed button[value=answered]").click()
    page.locator("#voice-owed.call-agreed").wait_for()
    fits_everywhere(page, "agreed")
    page.locator("#voice-owed a.button").click()
    page.locator("#act input[name=hour]").wait_for()
    fits_everywhere(page, "hour")
    page.goto(f"/casos/{story.number}/")
    page.locator("#voice-owed button").click()
    page.wait_for_function("document.querySelector('#voice-owed').hidden")
