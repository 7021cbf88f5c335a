"""The words of the screens: found, kept, judged."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from guardia.cli import catalogues
from guardia.cli.catalogues import python_texts, template_texts

TEMPLATE = """{% load i18n %}<p class="it's">{% translate "Hello 'you' 100%" %}
{% translate 'Open' context "verb" as open_it %}{{ _("In a variable")|title }}{% if a == _("In a tag") %}{% endif %}
{% blocktranslate trimmed with name=customer.name count n=list|length %}
  One case of {{ name }}
{% plural %}
  {{ n }} cases of {{ name }}
{% endblocktranslate %}{% blocktranslate context "adjective" %}Open{% endblocktranslate %}
{# _("not this") #} don't (x "y
"""
PYTHON = """
_("one" " two"); gettext_lazy("lazy"); ngettext("case", "cases", n); ngettext_lazy("day", "days", "n")
pgettext("verb", "Open"); npgettext_lazy("a", "b", "c", 3); f"{_('inside')}"; _(variable); ngettext("alone")
translation.gettext("by module")
"""


@pytest.fixture(autouse=True)
def own_catalogues(monkeypatch, tmp_path):
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)


def found(*texts):
    catalogue = catalogues.Catalog(fuzzy=False)
    for text in texts:
        catalogue.add(text, locations=[("guardia/x.py", 0)])
    return catalogue


def stored(language, **translations):
    catalogue = catalogues.refreshed(language, found(*translations))
    for text, words in translations.items():
        catalogue[text].string = words
    catalogues.write(language, catalogue)


def test_every_kind_of_text_in_a_template_is_found():
    assert list(template_texts(TEMPLATE)) == [
        ("Hello 'you' 100%%", None),  # Django doubles the sign in the catalogue and undoubles it on the screen
        ("Open", "verb"),
        ("In a variable", None),
        ("In a tag", None),
        (("One case of %(name)s", "%(n)s cases of %(name)s"), None),
        ("Open", "adjective"),
    ]


def test_every_kind_of_text_in_python_is_found():
    assert set(python_texts(PYTHON)) == {
        ("one two", None),
        ("lazy", None),
        (("case", "cases"), None),
        (("day", "days"), None),
        ("Open", "verb"),
        (("b", "c"), "a"),
        ("inside", None),
        ("by module", None),
    }


def test_translations_are_kept_and_unused_texts_go():
    stored("es", Case="Caso", Gone="Se fue")
    fresh = catalogues.refreshed("es", found("Case", "New"))
    assert fresh["Case"].string == "Caso"
    assert "Gone" not in fresh
    assert not fresh["New"].string


def test_english_needs_no_catalogue_and_falls_back_to_no_other_language():
    assert not (Path(settings.LOCALE_PATHS[0]) / "en").exists()
    calls = ("%(count)d call waiting", "%(count)d calls waiting")
    with translation.override("en"):
        assert translation.gettext("Close") == "Close"
        assert [translation.ngettext(*calls, n) for n in (1, 2)] == list(calls)
        assert translation.pgettext("period", "After") == "After"
    with translation.override("es"):
        assert translation.gettext("Close") == "Cerrar"
        assert [translation.ngettext(*calls, n) for n in (1, 2)] == [
            "%(count)d llamada en espera",
            "%(count)d llamadas en espera",
        ]
        assert translation.pgettext("period", "After") == "Siguiente"


def test_writing_twice_changes_nothing_and_shows_no_dates_or_lines():
    stored("es", Case="Caso")
    first = catalogues.po_file("es").read_bytes()
    catalogues.write("es", catalogues.refreshed("es", found("Case")))
    assert catalogues.po_file("es").read_bytes() == first
    assert b"Date" not in first
    assert b"#: guardia/x.py\n" in first


@pytest.mark.parametrize(
    ("translation", "problem"),
    [("", "no translation"), ("%(b)s casos", "placeholder nobody fills: b"), ("%(a)s casos", None)],
)
def test_what_is_wrong_is_named(translation, problem):
    stored("pt", **{"%(a)s cases": translation})
    told = list(catalogues.problems("pt", found("%(a)s cases")))
    assert told == ([f"pt: '%(a)s cases' {_words(problem)}"] if problem else [])


def _words(problem):
    return f"has {problem}" if problem.startswith("no") else f"is translated with a {problem}"


def test_an_unsure_and_a_missing_text_are_named():
    stored("es", Case="Caso")
    path = catalogues.po_file("es")
    path.write_text(path.read_text().replace("#: guardia", "#, fuzzy\n#: guardia"))
    unsure, missing = catalogues.problems("es", found("Case", "New"))
    assert "'Case' is marked fuzzy" in unsure
    assert "'New' is missing" in missing


def test_compiled_words_are_used_and_empty_ones_leave_the_english_text():
    stored("es", Case="Caso", Clock="")
    assert catalogues.compile_stale() == ["es"]
    assert catalogues.compile_stale() == []
    with catalogues.po_file("es").with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert (words.gettext("Case"), words.gettext("Clock")) == ("Caso", "Clock")
