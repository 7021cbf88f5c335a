"""The languages of an installation: English, whose words stand in the sources, and one for each catalogue.

A further language is a catalogue in guardia/locale, texts in the operator's procedure, and nothing else.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, override

LOCALE = Path(__file__).resolve().parent.parent / "locale"
OF_THE_SOURCES = "en"
PUBLISHED_IN = "es"
"""The language of the published wording, which every text has; the others translate it."""


def installed() -> list[tuple[str, str]]:
    """Code and own name of each language, the published one first: what the settings offer."""
    catalogues = {file.parent.parent.name for file in LOCALE.glob("*/LC_MESSAGES/django.po")}
    codes = {*catalogues, OF_THE_SOURCES}
    in_order = sorted(codes, key=lambda code: (code != PUBLISHED_IN, code != OF_THE_SOURCES, code))
    return [(code, own_name(code)) for code in in_order]


def own_name(code: str) -> str:
    """What its speakers call it, with a capital; the code where Django does not know it."""
    return str(capfirst(LANG_INFO.get(code, {}).get("name_local", code)))


def of_the_terminal() -> str:
    """``es`` of ``es_EC.UTF-8``; empty for a language that there is not."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if said := os.environ.get(name):
            return said[:2] if said[:2] in dict(installed()) else ""
    return ""


def language_codes() -> tuple[str, ...]:
    """The languages that screens and letters are offered in now."""
    return tuple(code for code, _name in settings.LANGUAGES)


def in_each_language[T](words: Callable[[], T]) -> dict[str, T]:
    """What it gives in each language, by code."""
    texts = {}
    for code in language_codes():
        with override(code):
            texts[code] = words()
    return texts


def active() -> str:
    """The code of the language that is being written in, without its region; the published one where none is."""
    return (get_language() or PUBLISHED_IN).split("-")[0]


def in_active(texts: Mapping[str, str] | None) -> str:
    """Of texts by language the one in the active language; in the published one where it lacks."""
    texts = texts or {}
    return texts.get(active()) or texts.get(PUBLISHED_IN) or ""


def text_name(code: str) -> str:
    """Under which name a piece of news keeps its text in this language: ``text``, or ``text_en`` and so on."""
    return "text" if code == PUBLISHED_IN else f"text_{code}"


def named_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts of a piece of news, given by language, under the names that an event keeps them by."""
    return {text_name(code): text for code, text in texts.items()}


def translations() -> tuple[str, ...]:
    """The languages that a text written in Spanish may be given in as well."""
    return tuple(code for code in language_codes() if code != PUBLISHED_IN)


def in_language(code: str) -> str:
    """“In English”."""
    return gettext("In %(language)s") % {"language": name_in_active(code)}


def the_same_in(code: str) -> str:
    """“The same in English”."""
    return gettext("The same in %(language)s") % {"language": name_in_active(code)}


def name_in_active(code: str) -> str:
    """What a language is called in the active one (“inglés”), as CLDR writes it within a sentence."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_display_name((get_language() or PUBLISHED_IN).replace("-", "_")) or code
    except UnknownLocaleError:
        return own_name(code)
