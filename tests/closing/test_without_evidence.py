"""A case that went on without green evidence says so wherever it is told: letters, report, file, verification."""

import json

import pytest
from django.utils import translation

from guardia.notices.mail import composed, text_of, what_is_missing
from guardia.notices.own_words import OwnWording
from guardia.people.staff import Actor
from guardia.proof.offline.guardia_verify import check, lines_of
from guardia.web.report.document import closing_document
from tests.notices import journeys
from tests.notices.reading import owed

REASON = "el equipo del cliente no deja probar"
PREVENTION = "se instala un segundo puerto en diciembre"


@pytest.fixture
def closed(story):
    """Of this test alone: the others of this file begin with nothing."""
    journeys.everything_happens(story)
    return story


@pytest.fixture
def unproven(story):
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.customer_confirms()
    story.minutes_pass(31)
    story.case.stabilise_without_evidence(REASON, by=Actor.of_staff(story.supervisor), at=story.now)
    story.case.close("fibra cortada", "empalme", prevention=PREVENTION, by=story.by, at=story.now)
    return story


def words_of(notice) -> str:
    with translation.override(notice.language):
        return " ".join(text_of(composed([notice], notice.owed_at)).split())


@pytest.mark.parametrize("moment", ["stabilised", "closed"])
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_letters_say_so_and_claim_nothing_else(unproven, moment, language):
    notice = owed(unproven, moment)
    notice.language = language
    words = words_of(notice)
    assert REASON in words
    assert unproven.supervisor.name in words
    assert not what_is_missing([notice], notice.owed_at)
    claims = {"es": "estable desde", "en": "stable since", "pt": "estável desde"}
    assert claims[language] not in words
    assert (PREVENTION in words) == (moment == "closed")


def test_an_operators_own_words_were_written_for_tests_that_prove_it(unproven):
    notice = owed(unproven, "stabilised")
    notice.wording = OwnWording(subject="Estable", headline="Todo está muy bien.", body="{evidence}")
    assert "muy bien" not in words_of(notice)


@pytest.fixture
def said(unproven) -> dict:
    return json.loads(closing_document(unproven.case, unproven.now).history)


def claimed(said: dict) -> dict:
    return said["cases"][0]["report"]


def rules(said: dict) -> set[str]:
    return {finding.rule for finding in check(json.dumps(said).encode()).findings}


def test_the_report_names_reason_person_and_what_is_done(unproven):
    with translation.override("en"):
        document = closing_document(unproven.case, unproven.now).document
    section = next(section for section in document.sections if section.key == "sin-evidencia")
    assert {row[2:] for row in section.tables[0].rows} == {(REASON, unproven.supervisor.name)}
    assert "without good stability tests" in document.banner
    assert any(pair.value == PREVENTION for part in document.sections for pair in part.pairs)


def test_the_file_carries_it_and_the_verification_tells_it(unproven, said):
    checked = check(json.dumps(said).encode())
    assert checked.is_sound
    assert claimed(said)["prevention"] == PREVENTION
    assert any(REASON in line and unproven.supervisor.name in line for line in lines_of(checked, said, "en"))


def test_a_reason_that_was_left_out_or_changed_is_found(said):
    kept = claimed(said)["without_evidence"]
    claimed(said)["without_evidence"] = []
    assert rules(said) == {"without_evidence"}
    claimed(said)["without_evidence"] = kept
    kept[0]["reason"] = "todo estaba bien"
    assert rules(said) == {"without_evidence"}


def test_a_prevention_that_was_changed_or_put_in_is_found(said, closed):
    claimed(said)["prevention"] = "nada"
    assert rules(said) == {"prevention"}
