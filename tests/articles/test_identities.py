"""The draft of a closed case names nobody, and what still names somebody is not published for customers."""

import pytest
from django.core.exceptions import ValidationError

from guardia.articles import editing
from guardia.articles.draft_from_case import draft_from, may_be_drafted_from
from guardia.articles.identities import identities_in

NAMED = (
    "austral",
    "arrayanes",
    "enl-0042",
    "0148",
    "jefe",
    "gerente",
    "ingeniero1",
    "matriz",
    "203.0",
    "loja",
    "larga",
)


def test_a_draft_from_a_case_names_nobody(closed):
    assert may_be_drafted_from(closed)
    draft = draft_from(closed)
    written = " ".join(str(value) for value in draft.values()).lower()
    assert [name for name in NAMED if name in written] == []
    assert "[empresa]" in draft["title_es"]
    assert "**Síntomas**" in draft["text_es"]
    assert "no navegan" in draft["text_es"]
    assert "Se empalmó la fibra" in draft["text_es"]
    assert draft["causes"].startswith("Corte de fibra en [dirección]")
    assert draft["for_portal"] is False


def test_hours_and_measures_stay(story, closed):
    closed.symptoms = "Desde 2026-11-30 10:15, -28,5 dBm a 1,2 km; pérdida del 100 %"
    assert closed.symptoms in draft_from(closed)["text_es"]


@pytest.mark.parametrize(
    "words",
    ["Como en Banco Austral", "circuito ENL-0042", "llamar al Jefe de Sistemas", "el 07 255 50148", "jefe@example.com"],
)
def test_what_names_somebody_is_not_published_for_customers(story, closed, words):
    given = {"title_es": "Sin servicio", "text_es": words, "for_portal": True}
    article = editing.save(None, given, by=story.engineer, at=story.now, from_case=closed.pk)
    with pytest.raises(ValidationError, match="it still names"):
        editing.publish(article, by=story.supervisor, at=story.now)
    article = editing.save(article, given | {"for_portal": False}, by=story.engineer, at=story.now)
    assert editing.publish(article, by=story.supervisor, at=story.now).for_portal is False


def test_the_operators_own_number_may_stand_in_an_article(story, closed):
    given = {"title_es": "Sin servicio", "text_es": "Llame al 1800 400 404 o a noc@example.net", "for_portal": True}
    article = editing.save(None, given, by=story.engineer, at=story.now, from_case=closed.pk)
    assert editing.publish(article, by=story.supervisor, at=story.now).for_portal


def test_without_a_case_companies_and_circuits_are_known(story):
    assert identities_in("Como en el Hospital Los Arrayanes y ENL-0042", None) == ["Hospital Los Arrayanes", "ENL-0042"]
    assert identities_in("El router se enciende a las 10:15 del 30/11/2026", None) == []


def test_an_open_case_proposes_nothing(story):
    story.open_case()
    assert not may_be_drafted_from(story.case)
