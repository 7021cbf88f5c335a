"""Who is told what, the call to a company in the dark, the text before it is sent: on a screen and a telephone."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.web.desk.clock import desk_zone

SHOTS = os.environ.get("SHOTS", "")


def keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_the_screens_fit(story, desk, width, theme):
    with behind(DatabaseRole.STAFF):
        Contact.objects.update(email_independent=False)
        story.now = now()
        story.diagnosis("visit")
        story.case.agree(replace(story.agreement(), customer="Guardia de la garita"), by=story.by, at=story.now)
    page = desk(width=width, theme=theme)
    page.goto(f"/companias/{story.bank.pk}/")
    assert fits(page)
    keep(page, f"company-{width}-{theme}")
    page.goto(f"/companias/{story.bank.pk}/contactos/{story.head.pk}/editar")
    assert fits(page)
    keep(page, f"contact-{width}-{theme}")
    page.goto(f"/casos/{story.number}/")
    assert page.locator("#voice-owed").is_visible()
    page.get_by_role("button", name="See what they will read").first.click()
    page.locator("#preview details").first.wait_for()
    assert fits(page)
    keep(page, f"case-{width}-{theme}")
    page.goto("/")
    assert page.locator(".calls-owed .call-owed").count() == 1
    assert fits(page)
    keep(page, f"bench-{width}-{theme}")
    page.goto(f"/casos/{story.number}/")
    page.locator("#voice-whom").fill("Jefe de Sistemas")
    page.locator("#voice-again").fill((now() + timedelta(hours=3)).astimezone(desk_zone()).strftime("%H:%M"))
    page.locator("#voice-owed button[value=answered]").click()
    page.locator("#voice-owed.call-agreed").wait_for()
    assert fits(page)
    keep(page, f"agreed-{width}-{theme}")
    page.locator("#voice-owed a.button").click()
    page.locator("#act input[name=hour]").wait_for()
    assert fits(page)
    keep(page, f"hour-{width}-{theme}")
    page.goto(f"/casos/{story.number}/")
    page.locator("#voice-owed button").click()
    page.wait_for_function("document.querySelector('#voice-owed').hidden")
