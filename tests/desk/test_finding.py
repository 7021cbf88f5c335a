"""Search finds by whatever is said first, newest first, and reads by its indexes alone."""

from datetime import timedelta

import pytest
from django.db import connection

from guardia.cases import finding
from guardia.cases.case import Case
from guardia.cases.finding import found_by
from guardia.cases.stages.registration import Report
from guardia.config.now import now


@pytest.fixture
def three(story):
    """Three cases of one circuit, a minute apart, the newest last."""
    at = now() - timedelta(minutes=9)
    return [
        Case.register(Report(story.service, words), by=story.by, at=at + timedelta(minutes=n))
        for n, words in enumerate(("Se cae el enlace", "No hay servicio", "Otra vez el enlace"))
    ]


def test_words_company_and_circuit_find_the_newest_first(story, three):
    for words in (story.bank.name, story.service.circuit):
        assert found_by(words, 9)[:3] == three[::-1]
        assert found_by(words, 2) == three[:0:-1]
    assert found_by("enlaces", 9) == [three[2], three[0]]
    assert found_by(f" {three[1].display_number} ", 9) == [three[1]]


@pytest.mark.parametrize("whose", ["customer_reference", "carrier_reference"])
@pytest.mark.parametrize("words", ["REF-771/b", "ref-771/B", " REF-771/B "])
def test_the_number_of_somebody_else_finds_its_case_once(three, whose, words):
    stored = "REF-771/B" if words.strip() != "REF-771/b" else "ref-771/b"
    Case.objects.filter(pk=three[0].pk).update(**{whose: stored})
    assert found_by(words, 9) == [three[0]]


def test_what_is_over_is_left_out_where_only_open_cases_are_asked_for(story, three):
    Case.objects.filter(pk=three[2].pk).update(closed_at=now())
    assert found_by(story.bank.name, 9, only_open=True)[:2] == three[1::-1]
    assert found_by("enlace", 9, only_open=True) == [three[0]]


@pytest.mark.parametrize("words", ["", "%", "zzz", "'", "--", '"', "ñ & |", "!", "1" * 30, "{}", "%(most)s"])
def test_whatever_is_typed_has_an_answer(three, words):
    assert isinstance(found_by(words, 9), list)


def test_a_word_is_found_however_long_ago_it_was_said(three, monkeypatch):
    """The newest cases are looked through first; a word that stands in too few of them is looked up in its index."""
    monkeypatch.setattr(finding, "LATELY", 1)
    assert found_by("enlace", 1) == [three[2]]
    assert found_by("enlace", 9) == [three[2], three[0]]
    assert found_by("servicio", 1) == [three[1]]


def test_other_questions_are_planned_as_before(three):
    found_by("enlace", 9)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')")
        assert cursor.fetchone() == ("auto", "on")
