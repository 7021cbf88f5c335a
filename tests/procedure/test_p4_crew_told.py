"""P4: whoever is of the crew and has an account is told that the visit is theirs, is another, or is theirs no more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardia.field.crew import Crew, CrewMember
from guardia.notices import page
from guardia.notices.notice import Delivery, Notice
from guardia.people.staff import Role
from tests.procedure.story import Story, staff


def crew(name: str, *accounts: str) -> Crew:
    found = Crew.objects.create(name=name)
    CrewMember.objects.create(crew=found, name="Sin cuenta", document="0100000017")
    for account in accounts:
        member = staff(account, Role.TECHNICIAN)
        member.email, member.language = f"{account}@example.com", "en"
        member.save()
        CrewMember.objects.create(crew=found, staff=member, name=account, document="0100000025")
    return found


@pytest.fixture
def agreed(story) -> Story:
    story.open_case()
    story.diagnosis("visit")
    parts = [{"name": "SFP", "quantity": 2, "store": "Bodega Cuenca"}]
    story.visit_is_agreed(crew=crew("norte", "tecnica1"), parts=parts)
    story.minutes_pass(5)
    return story


def told(moment: str) -> list[str]:
    return sorted(notice.staff.username for notice in pages(moment))


def pages(moment: str) -> list[Notice]:
    found = Notice.objects.filter(moment=moment, staff__isnull=False).select_related("staff", "case")
    return list(found.order_by("pk"))


def text_of(notice: Notice, now) -> str:
    delivery = Delivery(pk=1, address=notice.staff.email, message_id="<a@example.com>", urgent=True)
    return page.render(delivery, [notice], now, lambda *ids: "https://guardia.example.com/x").text


def test_whoever_has_an_account_is_told_of_the_visit(agreed):
    assert told("dispatch_agreed") == ["tecnica1"]
    (notice,) = pages("dispatch_agreed")
    text = text_of(notice, agreed.now)
    for words in ("You have a visit", "agencia matriz", "between 03:33 and 05:03", "Portería", "2 × SFP", "empalmar"):
        assert words in text
    assert "https://guardia.example.com/x" not in text, "nothing is to be answered for"


def test_and_of_what_changes(agreed):
    later = replace(agreed.agreement(crew=agreed.case.open_visit().crew), access="desde las 08:00")
    agreed.case.change_dispatch(later, by=agreed.by, at=agreed.now)
    (notice,) = pages("dispatch_changed")
    text = text_of(notice, agreed.now)
    assert "Your visit has changed" in text
    assert "desde las 08:00" in text


def test_at_a_hand_over_both_crews_are_told(agreed):
    agreed.case.hand_over_visit(crew("sur", "tecnico2"), "relevo de turno", by=agreed.by, at=agreed.now)
    assert told("crew_changed") == ["tecnica1", "tecnico2"]
    texts = {notice.staff.username: text_of(notice, agreed.now) for notice in pages("crew_changed")}
    assert "Nothing more is asked of you" in texts["tecnica1"]
    assert "relevo de turno" in texts["tecnico2"]
    assert "You have a visit" in texts["tecnico2"]


def test_nobody_who_left_the_crew_or_has_no_address_is_told(story):
    story.open_case()
    found = crew("norte", "tecnica1", "tecnico2", "tecnico3")
    found.members.filter(name="tecnica1").update(active=False)
    for member in found.members.filter(name="tecnico2"):
        member.staff.email = ""
        member.staff.save()
    story.visit_is_agreed(crew=found)
    assert told("dispatch_agreed") == ["tecnico3"]


def test_the_short_page_fits_a_telephone(agreed):
    (notice,) = pages("dispatch_agreed")
    delivery = Delivery(pk=1, address="json://example.com", message_id="<a@example.com>", urgent=True)
    at = agreed.now + timedelta(minutes=1)
    message = page.render_short(delivery, [notice], at, lambda *ids: "https://guardia.example.com/x")
    assert "you have a visit" in message["Subject"]
    assert "between 03:33 and 05:03" in message.get_content()
