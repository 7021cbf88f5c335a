"""Words of ours that a case tells its customer, in every language at once: whoever reads it reads the own one."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation

from guardia.procedure.vocabulary import Language


def in_languages(said: Callable[[], str]) -> dict[str, str]:
    """The texts of a piece of news, by name: Spanish is ``text``, each other language ``text_en`` and so on."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts["text" if language == Language.ES else f"text_{language}"] = said()
    return texts
