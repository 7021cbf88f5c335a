"""Who the operator is, where its offices stand, which desks answer and by which telephone lines (A, L)."""

from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, gettext_noop
from pydantic import AfterValidator, Field, StrictBool, ValidationInfo

from guardia.config.languages import language_codes
from guardia.procedure.problems import refusal
from guardia.procedure.texts import ClauseNumber, Name, Part, Text, Words, written_as


def known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as unknown:
        raise refusal(
            gettext("There is no time zone “%s”") % name, gettext("Write an IANA name such as America/Guayaquil")
        ) from unknown
    return name


def must_be_installed(code: str, info: ValidationInfo) -> str:
    """A language of the installation; a published version keeps the ones it had."""
    if info.context is not None and code not in language_codes():
        raise refusal(
            gettext("“%s” is not known here") % code, gettext("Write one of: %s") % ", ".join(language_codes())
        )
    return code


Zone = Annotated[str, AfterValidator(known_zone)]
LanguageCode = Annotated[str, AfterValidator(must_be_installed)]
Number = Annotated[
    str, written_as(r"[+(]?\d[\d ()\-]{4,24}", gettext_noop("Write a telephone number such as 02 555 0100"))
]
"""A telephone number as it is published: ``(02) 555 0100``, ``1800-555010``, ``+593 2 555 0124``."""

Option = Annotated[str, written_as(r"[\d*#]", gettext_noop("Write one key of the telephone, in quotes"))]


def dialled(number: str) -> str:
    """The number without its punctuation, as a telephone dials it."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


class Provider(Part):
    """The operator that publishes the promise; all hours of the procedure are of its zone."""

    name: Words
    former_name: Words | None = None
    country: Text
    zone: Zone
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)]


class Office(Part):
    """A4: where a written request may be handed in."""

    clause: ClauseNumber
    city: Words
    address: Words


class DeskField(Part):
    """A fact that a desk asks for with each request: the number of an invoice, of a contract (A3)."""

    key: Name
    name: Text
    required: StrictBool = False


class Desk(Part):
    """Who answers, and in which weekly hours (A1 to A3). Outside them ``out_of_hours`` takes the request down."""

    key: Name
    clause: ClauseNumber
    name: Text
    handles: Text
    hours: Name
    out_of_hours: Name | None = None
    others: StrictBool = False
    fields: tuple[DeskField, ...] = ()
    said_when_closed: Text | None = None  # what its lines say outside its hours


class Line(Part):
    """A published telephone number, with the option to choose in its menu (L1 to L3)."""

    clause: ClauseNumber
    name: Text
    number: Number
    option: Option | None = None
    desk: Name
    toll_free: StrictBool = False

    def digits(self) -> str:
        return dialled(self.number)

    @property
    def key(self) -> str:
        """What a call names its line by: ``025550100/2``, ``1800555010``."""
        return f"{self.digits()}/{self.option}" if self.option else self.digits()
