"""A form of the desk filled with what a machine sent, and what came of its verb: a value, or a problem."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django import forms
from pydantic import BaseModel, Field, create_model

from guardia.config.languages import translations
from guardia.web.api.v2.form_schema import Body, form_data, unasked
from guardia.web.api.v2.problems import not_found, of_fields, of_refusal
from guardia.web.shared.act import Refusal, attempt
from guardia.web.shared.hour_fields import operators_zone

NOTHING: Mapping[str, Any] = MappingProxyType({})
LARGEST_NUMBER = 2**31 - 1


def filled[Form: forms.Form](
    form: type[Form],
    sent: Mapping[str, Any],
    on_record: Mapping[str, Any] = NOTHING,
    *,
    called: Mapping[str, str] = NOTHING,
    **about: Any,
) -> Form:
    """The form with what was ``sent``, valid; ``about`` is what the desk makes it with.

    ``called``: what a field of the form is called in the body, where that differs.

    Raises ProblemRaised (422): the form's own sentences, or a field that it does not ask for now.
    """
    found = form(form_data(sent, form, on_record), **about)
    if unknown := unasked(sent, found):
        raise of_fields({name: [words] for name, words in unknown.items()})
    if not found.is_valid():
        raise of_fields({called.get(name, name): words for name, words in found.errors.items()})
    return found


def done[Result](verb: Callable[[], Result], called: Mapping[str, str] = NOTHING) -> Result:
    """What the verb gives back. ``called``: what a field of the verb is called in the body, where that differs.

    Raises ProblemRaised with the rule's own sentence and clause.
    """
    result = attempt(verb)
    if isinstance(result, Refusal):
        fields = {called.get(name, name): words for name, words in result.fields.items()}
        raise of_refusal(replace(result, fields=fields))
    return result


def sent_in(body: BaseModel) -> dict[str, Any]:
    """What was sent, by its name; what was left out is left out here too."""
    return body.model_dump(exclude_none=True)


def in_every_language(body: type[Body], name: str, words: str, most: int) -> type[Body]:
    """The body with one more text for each further language of the installation, such as ``words_en``."""
    fields: dict[str, Any] = {
        f"{name}_{code}": (str | None, Field(None, description=f"{words} ({code})", max_length=most))
        for code in translations()
    }
    return create_model(body.__name__, __base__=body, **fields)


def number_in(written: str, prefix: str, title: str, remedy: str) -> int:
    """The number of what is called ``AM-0042`` or ``42``. Raises ProblemRaised (404)."""
    digits = written.upper().removeprefix(prefix)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11 and 0 < int(digits) <= LARGEST_NUMBER):
        raise not_found(title, remedy)
    return int(digits)


def hour_here(at: datetime | None) -> str | None:
    """ISO 8601 with the offset of the operator's zone."""
    return at.astimezone(operators_zone()).isoformat() if at else None


def etag_of_answer(answer: BaseModel) -> str:
    """It changes with whatever the answer says."""
    return f'"{hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:32]}"'
