"""What two texts of the procedure promise differently: each thing with where it stands, before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guardia.config.languages import PUBLISHED_IN, language_codes, name_in_active
from guardia.procedure.durations import Unit
from guardia.procedure.labels import ANSWERER_NAMES, ITEM_NAMES, NOTICE_OCCASIONS
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken import alike_but_for_lengths, length
from guardia.procedure.texts import Text
from guardia.procedure.vocabulary import Band, Stage
from guardia.procedure.weekly_hours import Weekday

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


def all_differences(old: Procedure, new: Procedure) -> list[Difference]:
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


# A difference between two texts of the procedure in words, in the active language: where, what, before and after.


SECTIONS: dict[str, Promise] = {
    "code": _("Code of the document"),
    "title": _("Position"),
    "provider": _("Operator"),
    "weekly_hours": _("Weekly hours"),
    "offices": _("Offices"),
    "desks": _("Desks"),
    "lines": _("Telephone lines"),
    "clauses": _("Clauses"),
    "stages": _("Stages"),
    "requirements": _("Requirements"),
    "clocks": pgettext_lazy("promises", "Promises"),
    "bands": _("Distance of the sites"),
    "waits": _("What may stop a clock"),
    "notices": _("Notices"),
    "escalation": _("Escalation"),
    "outages": _("Mass outages"),
    "planned_work": pgettext_lazy("room", "Planned work"),
}
FIELDS: dict[str, Promise] = {
    "target": _("promised time"),
    "duration": _("promised time"),
    "range_from": _("from"),
    "warnings": _("warning points, in per cent of the time"),
    "comparison": _("no more than, or less than"),
    "calendar": _("hours that count"),
    "unit": _("hours that count"),
    "starts": _("starts"),
    "stops": _("stops"),
    "drops": _("is dropped"),
    "restarts": _("starts again"),
    "excludes": _("does not count"),
    "answers": _("who answers for it"),
    "escalates": _("escalates automatically"),
    "counts_from": _("counts from"),
    "counts_until": _("counts until"),
    "name": _("name"),
    "promise": _("what is promised"),
    "time": _("the promise as it is published"),
    "decisions": _("decisions"),
    "address": _("address"),
    "number": _("number"),
    "option": _("option"),
    "desk": _("desk"),
    "hours": _("hours"),
    "days": _("hours"),
    "rest_days": _("on public holidays"),
    "recipients": _("who is told"),
    "must_contain": _("what the notice says"),
    "topic": _("topic"),
    "conditions": _("what it depends on"),
    "needs": _("what must be said"),
    "must_say": _("what must be said"),
    "examples": _("examples"),
    "levels": _("levels"),
    "by_stage": _("steps by stage"),
    "after": _("after"),
    "night": _("night number"),
    "role": _("who holds it"),
    "persons": _("people"),
    "tests_to_diagnose": _("tests before a diagnosis"),
    "tests_to_confirm": _("tests since the restoration before a confirmation"),
    "tests_of_stability": _("tests of the stability"),
    "confirmation_attempts": _("attempts to reach the person who confirms"),
    "reopening_days": _("days within which a closed case may be reopened"),
    "green_window": _("green window"),
    "night_call": _("time to make the night call"),
    "ruling_office_days": _("working days for a ruling"),
    "sample": _("sample value"),
    "tells_silent": _("what a customer who has not called receives"),
    "pile_up": _("cases that pile up"),
    "cases": _("cases"),
    "within": _("within"),
    "gather_back": _("how far back cases join"),
    "news_every": _("news at least every"),
    "notice": _("notified before the start"),
    "again": _("notified again before the start"),
    "on_overrun": _("what an overrun leads to"),
    "waits": _("may wait for"),
    "fields": _("what the desk asks for"),
    "said_when_closed": _("what is said while it is closed"),
    "handles": _("what it handles"),
    "order": _("order"),
    "zone": _("time zone"),
    "clause": _("clause"),
}
LENGTHS = frozenset(
    {"duration", "target", "range_from", "after", "green_window", "night_call"}
    | {"within", "gather_back", "news_every", "notice", "again"}
)
"""What the document keeps in seconds."""
UNSAID = frozenset({"by_band", "by_level", "steps"})
NAMES: dict[str, Mapping[Any, Promise]] = {"must_contain": ITEM_NAMES, "answers": ANSWERER_NAMES}
INSIDE = frozenset(
    {"sample", "starts", "stops", "drops", "restarts", "excludes", "unless_running", "warnings", "topic"}
)
"""How the operator runs it, which no customer is told."""


@dataclass(frozen=True)
class DescribedDifference:
    """``before`` and ``after`` are empty where there was or is nothing. ``is_told``: a customer is concerned by it."""

    where: str
    field: str
    before: str
    after: str
    is_told: bool = True

    @property
    def line(self) -> str:
        """As one line of a letter."""
        what = f"{self.where}: {self.field}" if self.field else self.where
        if not self.before:
            return gettext("%(what)s, new: %(after)s") % {"what": what, "after": self.after} if self.after else what
        if not self.after:
            return gettext("%(what)s, no longer: %(before)s") % {"what": what, "before": self.before}
        return gettext("%(what)s: %(after)s (before: %(before)s)") % {
            "what": what,
            "after": self.after,
            "before": self.before,
        }


def describe(difference: Difference, old: Procedure, new: Procedure) -> DescribedDifference:
    """In the active language; names are those of the new text, of the old one for what is gone."""
    parts = difference.field.split(".") if difference.field else []
    section = str(SECTIONS.get(difference.section, difference.section))
    entry = entry_name(difference, old, new)
    language = parts.pop() if parts and parts[-1] in language_codes() else ""
    field = " · ".join(dict.fromkeys(words_of(part, new) for part in parts if part not in UNSAID))
    last = next((part for part in reversed(parts) if not part.isdigit()), difference.section)
    mine = not language or language == (get_language() or PUBLISHED_IN)[:2]
    if not mine:
        name = capfirst(name_in_active(language))
        field = f"{field} ({name})" if field else name
    return DescribedDifference(
        where=f"{section} · {entry}" if entry else section,
        field=field,
        before=field_text(difference.before, difference, last, old),
        after=field_text(difference.after, difference, last, new),
        is_told=mine and not INSIDE & set(parts),
    )


def field_text(value: Any, difference: Difference, field: str, of: Procedure) -> str:
    is_time = difference.section == "clocks" and field in LENGTHS and isinstance(value, int | float)
    return clock_time(value, difference.entry, of) if is_time else value_text(value, field)


def clock_time(value: Any, clock: str, of: Procedure) -> str:
    """A time of a clock in its own hours: office time is said in working days (A3 D)."""
    rule = next(rule for rule in of.clocks if rule.kind == clock)
    day = of.hours(rule.calendar).minutes_of_a_day() if rule.unit is Unit.OFFICE else None
    return length(timedelta(seconds=value), rule.unit, round(day) if day else None)


def public_lines(found: list[Difference], old: Procedure, new: Procedure) -> list[str]:
    """What a customer is told of them, in the active language, each once."""
    told_of = (describe(each, old, new) for each in found)
    lines = [one.line for one in told_of if one.is_told and one.before != one.after]
    return list(dict.fromkeys(lines))


def entry_name(difference: Difference, old: Procedure, new: Procedure) -> str:
    if not difference.entry:
        return ""
    if difference.section == "notices":
        return str(NOTICE_OCCASIONS.get(difference.entry, difference.entry))
    for document in (new, old):
        held = getattr(document, difference.section, ())
        if isinstance(held, Mapping):
            if difference.entry in held:
                return str(held[difference.entry].name)
            continue
        for one in held if isinstance(held, tuple) else ():
            keys = (getattr(one, key, None) for key in ("key", "kind", "band", "cause", "stage"))
            if difference.entry in (str(key) for key in keys if key is not None):
                return str(getattr(one, "name", difference.entry))
    return difference.entry


def words_of(part: str, procedure: Procedure) -> str:
    """A field by its name; a band, a stage or a day by its own."""
    if part in FIELDS:
        return str(FIELDS[part])
    if part in tuple(Weekday):
        return str(WEEKDAYS[list(Weekday).index(Weekday(part))])
    if part in tuple(Band):
        return str(procedure.band(Band(part)).name)
    return str(procedure.stage(Stage(part)).name) if part in tuple(Stage) else part


def value_text(value: Any, field: str) -> str:
    """The value as a reader meets it; an entry as a whole by its name and its promise."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int | float) and field in LENGTHS:
        return length(timedelta(seconds=value))
    if isinstance(value, Mapping):
        return entry_text(value)
    if isinstance(value, list):
        return ", ".join(value_text(part, field) for part in value)
    return str(NAMES.get(field, {}).get(value, value))


def entry_text(entry: Mapping[str, Any]) -> str:
    """Its name and its promise; of one that has neither, all that it says."""
    if PUBLISHED_IN in entry:
        return str(Text.model_validate(entry))
    texts = [entry.get(key) for key in ("name", "promise", "address", "number", "role")]
    found = [entry_text(text) if isinstance(text, Mapping) else str(text) for text in texts if text]
    return " · ".join(found) or ", ".join(value_text(part, key) for key, part in entry.items() if part)
