"""By what a person is found in what others wrote, and what is left of a sentence afterwards. No database is asked."""

import re

import pytest

from guardia.privacy.marks import Redactor, is_telling, marks, own_digits
from guardia.privacy.retention_kinds import KINDS

WHO = marks(["José Pérez Ñuñez", "Ana"], ["a.b@example.com"], ["+593998000001", "02 555 0100"])


@pytest.mark.parametrize(
    "text",
    [
        *("jose perez nuñez", "JOSÉ  PÉREZ ÑUÑEZ.", "con José Perez Nunez, ayer", "Pérez: José Pérez Ñuñez"),
        *("099 800 0001", "+593 99-800-0001", "0998000001", "00593998000001", "(02)5550100", "tel:025550100"),
        *("A.B@example.com", "<a.b@example.com>"),
    ],
)
def test_a_person_is_found_however_it_is_written(text):
    assert re.search(WHO.pattern, text, re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["Ana", "xjose perez nuñez", "José Pérez", "1998000001234", "za.b@example.com", "5550100"]
)
def test_what_is_somebody_elses_is_not_found(text):
    assert not re.search(WHO.pattern, text, re.IGNORECASE)


def test_what_names_half_a_language_is_no_mark():
    assert WHO.names == ("José Pérez Ñuñez",)
    assert (is_telling("Luis"), is_telling("Maximiliano"), is_telling("Luis Paz")) == (False, True, True)
    assert own_digits("+593 2 240 0512;ext=4") == "22400512"


def test_a_sentence_keeps_all_but_the_person():
    redactor = Redactor(WHO, "[x]")
    assert redactor.text("Llama JOSÉ PÉREZ ÑUÑEZ al 099 800 0001.") == "Llama [x] al [x]."
    assert redactor.text("+593998000001") == ""
    assert redactor.text("José Pérez Ñuñez", 2) == "[x"


def test_a_number_in_a_list_leaves_no_hole():
    assert Redactor(WHO, "[x]").json(["+593998000001", "+593998000002", ""]) == ["+593998000002", ""]


def test_beside_a_name_goes_the_document_and_other_people_stay():
    before = {"people": [{"name": "José Pérez Ñuñez", "document": "17"}, {"name": "Otra", "document": "18"}], "n": 3}
    after = {"people": [{"name": "[x]", "document": ""}, {"name": "Otra", "document": "18"}], "n": 3}
    assert Redactor(WHO, "[x]").json(before) == after


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_each_kind_has_its_least_and_its_basis(kind):
    assert kind.days is None or kind.days >= kind.least
    assert str(kind.basis)
    assert kind.cuts
