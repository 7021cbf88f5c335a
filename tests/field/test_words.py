"""The technician's page and what its script says, read in two languages: what is the same in both is data."""

import re

from django.utils import translation

from guardia.web.field.page import script_words
from tests.desk.test_languages import COGNATES, SAME, WORD, data_words, read_in


def test_no_foreign_word_stands_on_the_page(outing):
    here, there = (set(read_in(language, outing.technician, "/campo")) for language in ("es", "en"))
    visit = outing.visit
    written = [*vars(visit).values(), *vars(outing.crew).values(), *vars(outing.technician).values()]
    known = SAME | COGNATES | data_words(outing) | set(WORD.findall(" ".join(str(row) for row in written)))
    # The words of the script stand in the page as data of its own; the test below reads them.
    assert sorted(text for text in here & there if set(WORD.findall(text)) - known) == []


def test_what_the_script_says_is_said_in_each_language():
    said = {}
    for language in ("es", "en", "pt"):
        with translation.override(language):
            said[language] = {name: str(words) for name, words in script_words().items()}
    same = [name for name in said["en"] if said["en"][name] in {said["es"][name], said["pt"][name]}]
    assert same == []
    for language in ("es", "pt"):
        for name, words in said[language].items():
            assert sorted(re.findall(r"\{\w+\}", words)) == sorted(re.findall(r"\{\w+\}", said["en"][name])), name
