"""Words of ours that a case tells its customer, in every language at once: whoever reads it reads the own one."""

from collections.abc import Callable

from guardia.config.languages import PUBLISHED_IN, in_each_language


def in_languages(said: Callable[[], str]) -> dict[str, str]:
    """The texts of a piece of news, by name: Spanish is ``text``, each other language ``text_en`` and so on."""
    return {"text" if code == PUBLISHED_IN else f"text_{code}": words for code, words in in_each_language(said).items()}
