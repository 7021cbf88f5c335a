"""The language a notice is written in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from guardia.notices.notice import Notice


@contextmanager
def in_the_language_of(notices: Sequence[Notice]) -> Iterator[str]:
    """The language the notices were owed in, or the house's where it is not one of ours."""
    try:
        language = translation.get_supported_language_variant(notices[0].language)
    except LookupError:
        language = settings.LANGUAGE_CODE
    with translation.override(language):
        yield language
