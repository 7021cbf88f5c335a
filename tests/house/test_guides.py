"""The guides name what stands on the screen: each word in bold is a word of the catalogue of that language."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ENGLISH = [*sorted((DOCS / "guides").glob("*.md")), DOCS / "first-day.md", DOCS / "tour.md"]
SPANISH = [*sorted((DOCS / "es" / "guias").glob("*.md")), DOCS / "es" / "primer-dia.md", DOCS / "es" / "recorrido.md"]
WALK = DOCS / "one-incident.md"
"""Of the demo, which speaks Spanish."""

BOLD = re.compile(r"\*\*([^*]+)\*\*")


def catalogue(in_spanish: bool) -> set[str]:
    """Every text of the screens, as it is written in that language; a plural stands for two."""
    with (ROOT / "guardia/locale/es/LC_MESSAGES/django.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    texts = [message.string if in_spanish else message.id for message in messages]
    return {one for text in texts for one in ([text] if isinstance(text, str) else text)}


def words_of(guide: Path) -> list[str]:
    return [" ".join(words.split()) for words in BOLD.findall(guide.read_text())]


@pytest.mark.parametrize(
    ("guides", "in_spanish"), [(ENGLISH, False), ([*SPANISH, WALK], True)], ids=["in English", "in Spanish"]
)
def test_each_button_is_named_as_it_is_on_screen(guides, in_spanish):
    known = catalogue(in_spanish)
    wrong = [f"{guide.name}: {words}" for guide in guides for words in words_of(guide) if words not in known]
    assert wrong == []


def test_a_word_that_is_on_no_screen_would_be_noticed():
    assert "Open the case and give the number" in catalogue(False)
    assert "Abrir caso y dar el número" in catalogue(True)
    assert "Abrir caso y dar un número" not in catalogue(True)


def test_each_guide_stands_in_both_languages():
    assert len(ENGLISH) == len(SPANISH) >= 8
    for one, other in zip(ENGLISH, SPANISH, strict=True):
        assert len(words_of(one)) > 3, one
        assert len(words_of(other)) > 3, other
