"""What a desk asks for with each request, as fields of a form: the number of an invoice, of a contract (A3)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from guardia.procedure.directory import Desk
from guardia.web.desk.acts.act import words

LONGEST = 120


def field_name(key: str) -> str:
    return f"field_{key}"


def asked_of(desks: Iterable[Desk]) -> dict[str, forms.Field]:
    """One field for each thing that some of the desks asks for; whether it must be filled, the verb says."""
    asked = {field.key: field for desk in desks for field in desk.fields}
    return {field_name(key): words(str(field.name), required=False, limit=LONGEST) for key, field in asked.items()}


def given_in(fields: Mapping[str, Any], desk: Desk) -> dict[str, str]:
    """What was filled in of what this desk asks for, by its own keys."""
    given = {field.key: str(fields.get(field_name(field.key), "")).strip() for field in desk.fields}
    return {key: value for key, value in given.items() if value}
