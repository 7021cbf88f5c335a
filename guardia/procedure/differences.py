"""What two texts of the procedure promise differently: each thing with where it stands, before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.procedure.number_words import alike_but_for_lengths
from guardia.procedure.schema import Procedure

NAMED_BY = ("key", "kind", "moment", "band", "cause", "level", "city", "stage", "clause", "number")
"""What tells one entry of a list from another, the first that it has."""
TOLD_APART_BY = ("applies_to", "option", "number")
"""Entries of the same name (a telephone number with two options) are told apart by these too."""


@dataclass(frozen=True)
class Difference:
    """``section`` is the heading of the file (``clocks``), ``entry`` which one of it (``diagnosis``; empty: the heading
    itself), ``field`` where in it (``target.duration``; empty: all of it). A value is None where it is not there.
    """

    section: str
    entry: str
    field: str
    before: Any
    after: Any

    @property
    def is_new(self) -> bool:
        return self.before is None and not self.field

    @property
    def is_gone(self) -> bool:
        return self.after is None and not self.field


def differences(old: Procedure, new: Procedure) -> list[Difference]:
    """In the order of the file. The same promise written in another way is no difference, and neither is a number in
    its words that its clock says too.
    """
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    found = [one for section in after for one in _in_section(section, before.get(section), after[section])]
    return [one for one in found if not _is_covered_by_its_clock(one)]


def _is_covered_by_its_clock(one: Difference) -> bool:
    if one.section not in ("stages", "bands") or not (isinstance(one.before, str) and isinstance(one.after, str)):
        return False
    *_path, language = one.field.split(".")
    return language in language_codes() and alike_but_for_lengths(one.before, one.after, language)


def _in_section(section: str, before: Any, after: Any) -> Iterator[Difference]:
    if not _is_named(before) and not _is_named(after):
        yield from _in_entry(section, "", before, after)
        return
    old, new = _by_name(before), _by_name(after)
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in old or name not in new:
            yield Difference(section, name, "", old.get(name), new.get(name))
        else:
            yield from _in_entry(section, name, old[name], new[name])
    listed = isinstance(before, list) and isinstance(after, list)
    if listed and [name for name in old if name in new] != [name for name in new if name in old]:
        yield Difference(section, "", "order", list(old), list(new))


def _in_entry(section: str, entry: str, before: Any, after: Any) -> Iterator[Difference]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for field in [*new, *(field for field in old if field not in new)]:
        if old.get(field) != new.get(field):
            yield Difference(section, entry, field, old.get(field), new.get(field))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value by its path. A list of plain values is one; of entries, each by its name or its place."""
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        named = _by_name(value) if _is_named(value) else {str(place): part for place, part in enumerate(value, 1)}
        for name, part in named.items():
            yield from _leaves(part, f"{path}.{name}" if path else name)
    elif value not in (None, [], {}):
        yield path, value


def _is_named(value: Any) -> bool:
    """A list of entries that have names, or a table of entries (weekly hours)."""
    if isinstance(value, Mapping):
        return bool(value) and all(isinstance(part, Mapping) for part in value.values()) and PUBLISHED_IN not in value
    return isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) and _name(part) for part in value)


def _by_name(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    found: dict[str, Any] = {}
    for part in value or ():
        name = _name(part)
        if name in found:
            name = " ".join([name, *(_plain(part[also]) for also in TOLD_APART_BY if part.get(also))])
        while name in found:
            name += " ·"
        found[name] = part
    return found


def _name(part: Mapping[str, Any]) -> str:
    return next((_plain(part[name]) for name in NAMED_BY if part.get(name) not in (None, "")), "")


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
