"""Turns what pydantic found into problems of the file: line, key, what is wrong, what to write."""

from collections.abc import Iterator
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_args

from django.utils.translation import gettext, gettext_noop
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from guardia.config.languages import language_codes
from guardia.procedure.problems import Problem
from guardia.procedure.texts import Text
from guardia.procedure.yaml_file import Document

IDENTITY = ("key", "kind", "stage", "band", "cause", "moment", "clause", "level")
"""How one of many parts is called in a message, in place of its position."""

OWED = {
    "starts": gettext_noop("Write the moments at which the clock starts"),
    "stops": gettext_noop("Write the moments at which the promise is fulfilled"),
    "target": gettext_noop("Write how long the promise lasts, such as 20 min"),
    "answers": gettext_noop("Write who answers for it, such as engineer"),
}
"""What the last line of the procedure demands of every clock."""

KINDS = {
    "string_type": gettext_noop("Write a text; put numbers in quotes"),
    "string_too_short": gettext_noop("Write at least one word"),
    "bool_type": gettext_noop("Write true or false"),
    "int_type": gettext_noop("Write a whole number"),
    "int_parsing": gettext_noop("Write a whole number"),
    "tuple_type": gettext_noop("Write a list: each entry on its own line after a hyphen, or [one, two]"),
    "dict_type": gettext_noop("Write keys with their values, indented below it"),
    "model_type": gettext_noop("Write keys with their values, indented below it"),
    "too_short": gettext_noop("Write at least one entry"),
    "too_long": gettext_noop("Write exactly two entries"),
}
"""The remedy for a value of the wrong kind, by pydantic's name of the error."""

PAIR = 2
"""What is too long is a pair, or a list with a most."""

BOUNDS = {
    "greater_than": gettext_noop("Write more than %s"),
    "greater_than_equal": gettext_noop("Write %s or more"),
    "less_than": gettext_noop("Write less than %s"),
    "less_than_equal": gettext_noop("Write %s or less"),
}


def problems_of(error: ValidationError, document: Document, root: type[BaseModel]) -> Iterator[Problem]:
    for detail in filter(is_reported, error.errors(include_url=False)):
        path = written_path(detail["loc"], document.content)
        message, remedy = explain(detail, root)
        yield Problem(document.file, document.line(path), key_of(path, document.content), message, remedy)


def is_reported(detail: ErrorDetails) -> bool:
    """Not the shortness of a list that is long enough: pydantic counts the entries that are right, and names the others
    anyway.
    """
    least = detail.get("ctx", {}).get("min_length", 0)
    return not (detail["type"] == "too_short" and isinstance(detail["input"], list) and len(detail["input"]) >= least)


def written_path(loc: tuple[int | str, ...], content: Any) -> tuple[int | str, ...]:
    """The steps of pydantic's path that stand in the file; its own inner steps (``duration``, ``[key]``) left out."""
    path: list[int | str] = []
    here = content
    for position, step in enumerate(loc):
        found = isinstance(here, dict) and step in here
        found = found or (isinstance(here, list) and isinstance(step, int) and step < len(here))
        if found:
            here = here[step]
        if found or (isinstance(here, dict) and position == len(loc) - 1 and step != "[key]"):
            path.append(step)
    return tuple(path)


def key_of(path: tuple[Any, ...], content: Any) -> str:
    """The path as a person says it: ``clocks.diagnosis.target`` and not ``clocks[3].target``."""
    names: list[str] = []
    here: Any = content
    for step in path:
        here = here[step] if isinstance(here, list) or (isinstance(here, dict) and step in here) else None
        names.append(str(step) if isinstance(step, str) else identity(here, step))
    return ".".join(names) or "procedure"


def identity(part: Any, position: int) -> str:
    names = (part.get(key) for key in IDENTITY) if isinstance(part, dict) else ()
    return next((str(name) for name in names if isinstance(name, str | int)), str(position + 1))


def explain(detail: ErrorDetails, root: type[BaseModel]) -> tuple[str, str]:
    """Message and remedy of one error, in the reader's language."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "refused":
        return context["message"], context["remedy"]
    if detail["loc"] and (kind == "missing" or detail["input"] is None):
        return missing(detail)
    if kind == "extra_forbidden":
        return unknown_key(detail, root)
    if kind in ("enum", "literal_error"):
        return unknown_word(detail)
    return wrong_kind(detail)


def missing(detail: ErrorDetails) -> tuple[str, str]:
    name = str(detail["loc"][-1])
    if name in language_codes() and isinstance(detail["input"], dict):
        return gettext("The text is missing in “%s”") % name, gettext("Write it in each language: %s") % ", ".join(
            language_codes()
        )
    remedy = OWED.get(name, gettext_noop("Write it; the sample procedure shows how"))
    return gettext("“%s” is missing") % name, gettext(remedy)


def unknown_key(detail: ErrorDetails, root: type[BaseModel]) -> tuple[str, str]:
    name = str(detail["loc"][-1])
    part = part_at(root, detail["loc"][:-1])
    names = list(language_codes() if part is Text else part.model_fields if part else [])
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    remedy = gettext("Write “%s”") % close[0] if close else gettext("Known here: %s") % ", ".join(names)
    return gettext("There is no “%s” here") % name, remedy


def part_at(root: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that stands at the end of the path."""
    part: type[BaseModel] | None = root
    for step in loc:
        if part and step in part.model_fields:
            part = next(models_in(part.model_fields[str(step)].annotation), None)
    return part


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def unknown_word(detail: ErrorDetails) -> tuple[str, str]:
    """A word outside its closed list."""
    expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    words = [word.strip() for word in expected.split(",")]
    close = get_close_matches(str(detail["input"]), words, n=1)
    remedy = gettext("Write “%s”") % close[0] if close else gettext("Write one of: %s") % ", ".join(words)
    return gettext("%s is not known here") % quoted(detail["input"]), remedy


def wrong_kind(detail: ErrorDetails) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in BOUNDS:
        return gettext("%s is out of bounds") % quoted(detail["input"]), gettext(BOUNDS[kind]) % context.popitem()[1]
    if kind == "too_long" and context.get("max_length") != PAIR:
        most = gettext("Write %s entries at most") % context.get("max_length")
        return gettext("%s does not belong here") % quoted(detail["input"]), most
    remedy = KINDS.get(kind, gettext_noop("Compare it with the sample procedure"))
    return gettext("%s does not belong here") % quoted(detail["input"]), gettext(remedy)


def quoted(value: Any) -> str:
    """The value as it can be quoted in one line."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict | list | tuple):
        return gettext("A group of keys") if isinstance(value, dict) else gettext("A list")
    words = " ".join(str(value).split())
    return f"“{words}”" if len(words) <= 60 else f"“{words[:57]}…”"
