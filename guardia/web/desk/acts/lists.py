"""Lists as they are typed, one line each: parts with how many and from where, people with their documents."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

MOST_LINES, LONGEST_LINE = 60, 300
APART = re.compile(r"\s+·\s*|\s*·\s+|\s*;\s*|\s+\|\s+")
MANY = re.compile(r"(?:\s*×\s*|\s+[xX*]\s*)(\d{1,6}(?:[.,]\d{1,3})?)$")
BEFORE = re.compile(r"^(\d{1,6}(?:[.,]\d{1,3})?)\s*[×xX*]\s+")
TIMES_WHAT = re.compile(r"×\s*\S*$")
Row = dict[str, Any]


class LinesField(forms.CharField):
    """A text of several lines, each read by ``line``; a wrong one is named by its number."""

    def __init__(self, *, line: Callable[[str, int], Row], rows: int = 3, **more: Any) -> None:
        super().__init__(required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": rows}), **more)
        self.line = line

    def clean(self, value: Any) -> list[Row]:
        written = [line.strip() for line in super().clean(value).splitlines()]
        if sum(map(bool, written)) > MOST_LINES:
            raise forms.ValidationError(_("More than %d lines do not fit. Put small things together.") % MOST_LINES)
        found, wrong = [], []
        for number, line in enumerate(written, start=1):
            try:
                if line:
                    found.append(self.line(line, number))
            except forms.ValidationError as trouble:
                wrong += trouble.messages
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def part_line(line: str, number: int) -> Row:
    """``ONT GPON ×2 · Bodega Quito``: one where no number is said, the store may be left out."""
    return _counted(line, number, "store", _("ONT GPON ×2 · Quito store"))


def used_line(line: str, number: int) -> Row:
    """``SFP 10G ×1 · AB-1234``: the serial number may be left out."""
    return _counted(line, number, "serial", _("SFP 10G ×1 · AB-1234"))


def person_line(line: str, number: int) -> Row:
    """``Persona 1, 010000000-1``: the document stands after the last comma, and may be left out."""
    fitting(line, number)
    name, comma, document = line.rpartition(",")
    name, document = (name.strip(), document.strip()) if comma else (line, "")
    if not name:
        raise forms.ValidationError(
            _("Line %(line)d: the name is missing. Write it as in “%(example)s”.")
            % {"line": number, "example": _("Name Surname, 010000000-1")}
        )
    return {"name": name, "document": document}


def _counted(line: str, number: int, third: str, example: str) -> Row:
    fitting(line, number)
    what, *rest = APART.split(line)
    if len(rest) > 1:
        raise wrong(_("Line %(line)d: there is more than one “·”. Write it as in “%(example)s”."), number, example)
    name, quantity = what.strip(), "1"
    for pattern in (MANY, BEFORE):
        if found := pattern.search(name):
            quantity, name = found[1].replace(",", "."), (name[: found.start()] + name[found.end() :]).strip()
            break
    else:
        if TIMES_WHAT.search(name):
            raise wrong(_("Line %(line)d: how many is not a number. Write it as in “%(example)s”."), number, example)
    if not name:
        raise wrong(_("Line %(line)d: what it is is missing. Write it as in “%(example)s”."), number, example)
    if not float(quantity):
        raise wrong(_("Line %(line)d: none of it is nothing to carry. Write how many, or delete it."), number, example)
    return {"name": name, "quantity": quantity, third: rest[0].strip() if rest else ""}


def fitting(line: str, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise forms.ValidationError(
            _("Line %(line)d is too long. Write the essential, %(most)d letters at most.")
            % {"line": number, "most": LONGEST_LINE}
        )


def wrong(words: str, number: int, example: str) -> forms.ValidationError:
    return forms.ValidationError(words % {"line": number, "example": example})


def written_parts(parts: Iterable[Mapping[str, Any]], third: str) -> str:
    """Parts as they are typed, so that what is on record can be corrected."""
    return "\n".join(
        f"{part['name']} ×{part['quantity']}" + (f" · {part[third]}" if part.get(third) else "") for part in parts
    )


def written_people(people: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(", ".join(filter(None, (one["name"], one.get("document", "")))) for one in people)
