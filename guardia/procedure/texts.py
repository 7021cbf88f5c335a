"""Texts in every language, and the base of every part of a procedure."""

import re
from typing import Annotated, Self

from django.utils.translation import get_language, gettext, gettext_noop
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails

from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.procedure.problems import refusal

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something."""


def written_as(pattern: str, remedy: str) -> AfterValidator:
    """Accepts what the pattern matches as a whole; ``remedy`` is the English msgid of what to write instead."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise refusal(gettext("“%s” is not written correctly") % value, gettext(remedy))
        return value

    return AfterValidator(check)


Name = Annotated[
    str, written_as(r"[a-z][a-z0-9_]{0,39}", gettext_noop("Write lowercase letters, digits and underscores"))
]
"""How one part of a procedure calls another: small letters, digits, underscores."""

ClauseNumber = Annotated[str, written_as(r"[A-Z]\d{0,2}(\.\d{1,2})?", gettext_noop("Write it like P3 or P4.1"))]
"""The clause of the published procedure: ``P3``, ``P4.1``, ``L2``; a letter alone is the chapter."""


class Part(BaseModel):
    """A part of a procedure: never changed after it was read, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def language_of(code: str | None) -> str:
    """The language in which texts are read under this code (``pt-br`` reads ``pt``); Spanish where it is unknown."""
    written = (code or "").split("-")[0]
    return written if written in language_codes() else PUBLISHED_IN


class Text(Part):
    """The same words by language code. The published wording is the Spanish one.

    A file that is read must have every language of the installation, and no other. A published version keeps what it
    had: it stays readable whatever languages come and go.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Words]

    es: Words

    @model_validator(mode="after")
    def must_have_every_language(self, info: ValidationInfo) -> Self:
        if info.context is None:  # a published version
            return self
        lacking = [language for language in language_codes() if language not in self.languages]
        strange = [language for language in self.languages if language not in language_codes()]
        if lacking or strange:
            wrong = [InitErrorDetails(type="missing", loc=(each,), input=self.model_dump()) for each in lacking]
            wrong += [InitErrorDetails(type="extra_forbidden", loc=(each,), input="") for each in strange]
            raise ValidationError.from_exception_data("Text", wrong)
        return self

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages it is written in."""
        return (PUBLISHED_IN, *self.__pydantic_extra__)

    def in_language(self, language: str | None) -> str:
        """The words in ``language`` (``pt-br`` reads ``pt``); the published wording where there are none."""
        return self.__pydantic_extra__.get(language_of(language), self.es)

    def __str__(self) -> str:
        return self.in_language(get_language())


class ClauseText(Part):
    """A clause outside the stages: the published promise, and what was decided where it is silent."""

    clause: ClauseNumber
    promise: Text | None = None
    decisions: tuple[Text, ...] = ()
