"""The language a notice is written in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from guardia.notices.notice import Notice


@contextmanager
def in_the_language_of(notices: Sequence[Notice]) -> Iterator[str]:
    """The language the notices were owed in, or the house's where it is not one of ours."""
    language = language_of(notices[0].language)
    with translation.override(language):
        yield language


def language_of(written: str) -> str:
    """One of ours."""
    try:
        return translation.get_supported_language_variant(written)
    except LookupError:
        return settings.LANGUAGE_CODE
