"""A person's marks are taken out of a text or of a JSON value; what else it says stays. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from guardia.privacy.marks import Marks, short_pattern

ABOUT_THE_SAME = frozenset(
    {
        *("name", "title", "position", "email", "mail", "address", "phone", "phones", "mobile", "desk_phone"),
        *("number", "document", "username", "extension", "mailbox", "from_name", "from_number", "call_back_number"),
        *("external_id", "channels"),
    }
)
"""Beside a name in the same record stands the rest of that person: it goes with it."""


class Redactor:
    """``token`` stands where a mark stood. A number or a mailbox that is the whole value leaves it empty.

    ``short``: names of one short word, which are marks in the person's own cases alone.
    """

    def __init__(self, marks: Marks, token: str, short: Iterable[str] = ()) -> None:
        self.token = token
        parts = [f"(?i:{marks.pattern})" if marks.pattern else "", short_pattern(short)]
        self.marks = re.compile("|".join(part for part in parts if part) or r"(?!)")
        self.ways = re.compile(marks.of_ways or r"(?!)", re.IGNORECASE)

    def found_in(self, value: Any) -> bool:
        if isinstance(value, str):
            return bool(self.marks.search(value))
        if isinstance(value, dict):
            return any(self.found_in(one) for one in (*value, *value.values()))
        return isinstance(value, list) and any(map(self.found_in, value))

    def text(self, value: str, longest: int | None = None) -> str:
        """``longest``: letters that the column holds."""
        if self.ways.fullmatch(value.strip()):
            return ""
        return self.marks.sub(self.token, value)[:longest]

    def json(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            new = [(one, self.json(one)) for one in value]
            return [after for before, after in new if after != "" or before == ""]
        if isinstance(value, dict):
            whole = any(key in ABOUT_THE_SAME and self._directly(one) for key, one in value.items())
            return {self.text(key): self._of(key, one, whole=whole) for key, one in value.items()}
        return value

    def _of(self, key: str, value: Any, *, whole: bool) -> Any:
        if whole and key in ABOUT_THE_SAME:
            return self._emptied(key, value)
        return self.json(value)

    def _emptied(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            return self.token if key == "name" else ""
        return [] if isinstance(value, list) else value

    def _directly(self, value: Any) -> bool:
        several = value if isinstance(value, list) else [value]
        return any(isinstance(one, str) and self.marks.search(one) for one in several)
