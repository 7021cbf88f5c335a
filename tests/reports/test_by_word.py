"""P5: the supervisor's list of the night, in the morning: what was confirmed by word, and what became of it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from guardia.cases.case_proofs import deny
from guardia.cases.stages.verification import Confirmer
from guardia.customers.phones import spoken
from guardia.intake import customer_acts
from guardia.reports import by_word
from tests.procedure.story import Story

SATURDAY = date(2026, 11, 21)


@pytest.fixture
def night(as_staff) -> Story:
    """Confirmed by word on Saturday at 02:34 in Ecuador."""
    return confirmed_by_word(Story())


def confirmed_by_word(story: Story) -> Story:
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    who = Confirmer("Turno de noche", "Asistente", "07 255 50149")
    story.service_is_tested()
    story.case.confirm(who, "se empalmó la fibra", by=story.by, at=story.now)
    return story


def test_p5_the_night_reaches_from_evening_to_evening(night):
    assert by_word.night_of(night.now) == SATURDAY
    (row,) = by_word.of_night(SATURDAY, night.now)
    assert (row.case, row.name, row.position, row.engineer) == (
        night.case,
        "Turno de noche",
        "Asistente",
        night.engineer.name,
    )
    assert row.stands_until == night.now + timedelta(hours=72)
    assert by_word.of_night(SATURDAY - timedelta(days=1), night.now) == []
    assert by_word.of_night(SATURDAY + timedelta(days=1), night.now) == []


def test_p5_what_was_denied_and_what_is_over_say_so(night):
    (row,) = by_word.of_night(SATURDAY, night.now + timedelta(hours=73))
    assert (row.denied_at, row.stands_until) == (None, None)
    deny(night.case, night.desk, at=night.now + timedelta(hours=5))
    (row,) = by_word.of_night(SATURDAY, night.now + timedelta(hours=6))
    assert (row.denied_at, row.stands_until) == (night.now + timedelta(hours=5), None)


def test_p5_what_a_contact_proves_is_not_in_it(night):
    night.case.relapse("cayó", by=night.by, at=night.now)
    night.diagnosis()
    night.service_is_restored()
    night.service_is_tested()
    customer_acts.works(night.case, night.head, "", "", at=night.now)
    assert [row.name for row in by_word.of_night(SATURDAY, night.now)] == ["Turno de noche"]


def test_p5_the_page_shows_them_and_teaches_where_there_are_none(night, client):
    client.force_login(night.supervisor)
    said = client.get(reverse("by_word"), {"dia": "2026-11-21"}).content.decode()
    assert "Turno de noche, Asistente" in said
    assert spoken("+593725550149") in said
    empty = client.get(reverse("by_word"), {"dia": "2026-11-20"}).content.decode()
    assert 'class="empty"' in empty
    assert client.get(reverse("by_word"), {"dia": "ayer"}).status_code == 422
    assert client.get(reverse("by_word"), {"dia": "2099-01-01"}).status_code == 422
