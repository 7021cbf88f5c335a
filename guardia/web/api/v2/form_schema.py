"""A form of the desk as the body of an operation: the same fields, names, limits and choices.

What may be sent is described here; what is right is decided by the form itself, so that no rule stands twice.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    create_model,
)
from pydantic_core import PydanticCustomError

from guardia.web.shared.hour_fields import ClockField, DayField, HourField

MOST_IN_A_LIST = 200
YEARS = range(1900, 2201)


def only_text(kind: str) -> BeforeValidator:
    """An hour or a day is a text: a number, which pydantic would take for seconds since 1970, is a mistake."""

    def read(value: Any) -> Any:
        if isinstance(value, str) and not value.replace(".", "", 1).lstrip("+-").isdigit():
            return value
        raise PydanticCustomError(f"{kind}_type", "not a text")

    return BeforeValidator(read)


def of_our_times(value: date) -> date:
    """The first and the last year that a calendar has cannot be written in every zone."""
    if value.year not in YEARS:
        raise PydanticCustomError("date_year", "no year of ours")
    return value


Hour = Annotated[AwareDatetime, only_text("datetime"), AfterValidator(of_our_times)]
Day = Annotated[date, only_text("date"), AfterValidator(of_our_times)]
Clock = Annotated[time, only_text("time")]


class Body(Schema):
    """A body that knows its fields; others are refused by their name."""

    model_config = ConfigDict(extra="forbid")


def body_of(name: str, form: type[forms.Form], *, known: bool = False) -> type[Body] | None:
    """The body with the fields of ``form``; None where it has none.

    ``known``: what is left out is what is on record already, so that nothing is required.
    """
    fields = {key: described(field, known) for key, field in form.base_fields.items()}
    return create_model(name, __base__=Body, **fields) if fields else None  # type: ignore[call-overload]


def described(field: forms.Field, known: bool) -> tuple[Any, Any]:
    """The type of one field and its description, as pydantic takes them."""
    kind, limits = type_of(field)
    words = english(field.label)
    if field.required and not known:
        return kind, Field(..., description=words, **limits)
    return kind | None, Field(None, description=words, **limits)


def english(label: str | Promise | None) -> str:
    """The label in the language of the sources: the document is one for all."""
    with override(None):
        return str(label or "")


SIMPLE_TYPES: tuple[tuple[type[forms.Field], Any], ...] = (
    (HourField, Hour),
    (DayField, Day),
    (ClockField, Clock),
    (forms.ModelMultipleChoiceField, list[StrictInt]),
    (forms.ModelChoiceField, StrictInt),
    (forms.MultipleChoiceField, list[str]),
    (forms.BooleanField, StrictBool),
    (forms.IntegerField, StrictInt),
)
"""The type of a value by the class of its field; the first that fits, so what is special stands first."""


def type_of(field: forms.Field) -> tuple[Any, dict[str, Any]]:
    """The type of a value, and its limits."""
    kind = next((kind for of, kind in SIMPLE_TYPES if isinstance(field, of)), str)
    if is_of_lines(field):
        kind = list[str]
    if kind in (list[StrictInt], list[str]):
        return kind, {"max_length": MOST_IN_A_LIST}
    if isinstance(field, forms.IntegerField):
        return kind, {"ge": field.min_value, "le": field.max_value}
    if isinstance(field, forms.ChoiceField) and kind is str:
        return choice_of(field), {}
    return kind, {"max_length": getattr(field, "max_length", None)} if kind is str else {}


def is_of_lines(field: forms.Field) -> bool:
    """A text of which each line is one thing: a list for a machine."""
    return type(field).__name__ == "LinesField"


def choice_of(field: forms.ChoiceField) -> Any:
    """The choices that a form always has; those that depend on the case are texts here."""
    choices: Any = field.choices
    values = tuple(str(value) for value, name in choices if not isinstance(name, list | tuple) and value != "")
    return Literal[values] if values else str


def form_data(sent: Mapping[str, Any], form: type[forms.Form], on_record: Mapping[str, Any]) -> dict[str, Any]:
    """What the form is given: what was sent, and for what was left out what is ``on_record``."""
    found = {name: value for name, value in on_record.items() if value not in (None, "")}
    found |= {name: value for name, value in sent.items() if value is not None}
    return {name: plain(value, form.base_fields.get(name)) for name, value in found.items()}


def plain(value: Any, field: forms.Field | None) -> Any:
    """A value as a form reads it; hours are left as they are (``HourField``)."""
    if isinstance(value, list) and field is not None and is_of_lines(field):
        return "\n".join(value)
    if isinstance(value, datetime | bool | list):
        return value
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, str):
        return value.replace("\0", "")
    return value


def unasked(sent: Mapping[str, Any], form: forms.BaseForm) -> dict[str, str]:
    """What was sent although the form, of this very case, does not ask for it: by name, in words."""
    words = _("This is not requested now.")
    return {name: words for name, value in sent.items() if value is not None and name not in form.fields}
