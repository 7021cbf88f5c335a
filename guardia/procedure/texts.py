"""Texts in every language, and the base of every part of a procedure."""

import re
from typing import Annotated

from django.utils.translation import get_language, gettext, gettext_noop
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from guardia.procedure.problems import refusal
from guardia.procedure.vocabulary import Language

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something."""


def written_as(pattern: str, remedy: str) -> AfterValidator:
    """Accepts what the pattern matches as a whole; ``remedy`` is the English msgid of what to write instead."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise refusal(gettext("“%s” is not written as it must be") % value, gettext(remedy))
        return value

    return AfterValidator(check)


Name = Annotated[str, written_as(r"[a-z][a-z0-9_]{0,39}", gettext_noop("Write small letters, digits and underscores"))]
"""How one part of a procedure calls another: small letters, digits, underscores."""

ClauseNumber = Annotated[str, written_as(r"[A-Z]\d{0,2}(\.\d{1,2})?", gettext_noop("Write it like P3 or P4.1"))]
"""The clause of the published procedure: ``P3``, ``P4.1``, ``L2``; a letter alone is the chapter."""


class Part(BaseModel):
    """A part of a procedure: never changed after it was read, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def language_of(code: str | None) -> Language:
    """The language in which texts are read under this code (``pt-br`` reads ``pt``); Spanish where it is unknown."""
    written = (code or "").split("-")[0]
    return Language(written) if written in tuple(Language) else Language.ES


class Text(Part):
    """The same words in every language of the house. The published wording is the Spanish one."""

    es: Words
    en: Words
    pt: Words

    def in_language(self, language: str | None) -> str:
        """The words in ``language`` (``pt-br`` reads ``pt``); the published wording where it is unknown."""
        return getattr(self, language_of(language))

    def __str__(self) -> str:
        return self.in_language(get_language())


class ClauseText(Part):
    """A clause outside the stages: the published promise, and what was decided where it is silent."""

    clause: ClauseNumber
    promise: Text | None = None
    decisions: tuple[Text, ...] = ()
