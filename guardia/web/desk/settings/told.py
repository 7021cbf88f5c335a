"""A change of the settings in words: what it was about, who, when, and each thing before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guardia.cases.words import STAGE_NAMES
from guardia.customers.phones import spoken
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Stage
from guardia.procedure.weekly_hours import Weekday
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.settings import (
    told_alerts,
    told_bands,
    told_connections,
    told_contacts,
    told_delivery,
    told_elements,
    told_sign_in,
    told_targets,
    told_telephone,
    told_wording,
)
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.told_sign_in import STANDINGS
from guardia.web.desk.settings.told_things import Things, things_of
from guardia.web.desk.settings.told_words import FIELDS, KINDS, NOUNS, REST_DAYS, Words

HIDDEN = frozenset({"reason", "domain"}) | told_bands.HIDDEN
"""Said beside the lines: why, and which domain."""
NOTHING = "–"
CODED: Mapping[str, Mapping[str, Words]] = {
    "rest_days": REST_DAYS,
    "kind": KINDS,
    "password": KINDS,
    "secret": KINDS,
    "standing": STANDINGS,
    **told_alerts.CODED,
    **told_connections.CODED,
}
ROOMS = (told_elements, told_wording, told_delivery, told_targets, told_connections)
"""Rooms whose changes say themselves what they are about."""
ROOMS_OF_THINGS = (told_bands, told_contacts, told_telephone, told_sign_in, told_alerts)
"""Rooms whose changes name it by its id: ``of`` says which thing, ``about`` its words."""


@dataclass(frozen=True)
class Line:
    """One thing that changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One change. ``about``: which of the nouns; ``by`` is empty for the command line."""

    pk: int
    noun: str
    about: str
    by: str
    at: datetime
    lines: tuple[Line, ...]
    reason: str = ""
    is_new: bool = False


def told(changes: Iterable[SettingChange]) -> list[Told]:
    """In the order given; a question for each kind of thing they are about, however many there are."""
    found = list(changes)
    names, things = people_named(found), things_named(found)
    return [one_told(change, names, things) for change in found]


def one_told(change: SettingChange, names: Mapping[int, str], things: Things) -> Told:
    before, after = change.before or {}, change.after or {}
    fields = [field for field in {**before, **after} if field not in HIDDEN and before.get(field) != after.get(field)]
    lines = tuple(
        Line(field_name(field), said(field, before.get(field), names), said(field, after.get(field), names))
        for field in fields
        if change.before is not None or after.get(field) not in (None, "", [], False)
    )
    return Told(
        pk=change.pk,
        noun=str(NOUNS.get(change.noun, change.noun)),
        about=about(change, names, things),
        by=change.by.name if change.by else str(change.by_contact or ""),
        at=change.at,
        lines=lines,
        reason=after.get("reason") or "",
        is_new=change.before is None,
    )


def about(change: SettingChange, names: Mapping[int, str], things: Things) -> str:
    """Which level, seat, stage, day, person or thing."""
    if change.noun == "level":
        return _("Level %s") % change.key
    if change.noun in {"rota", "cover"}:
        level, _dot, seat = change.key.partition(".")
        return _("Level %(level)s, seat %(seat)s") % {"level": level, "seat": seat}
    if change.noun == "steps" and change.key in set(Stage):
        return str(STAGE_NAMES[Stage(change.key)])
    if change.noun == "staff":
        return (change.after or {}).get("name") or names.get(number_in(change.key), change.key)
    if change.noun == "calendar":
        return day_words(change.key)
    for room in ROOMS:
        if change.noun in room.NOUNS:
            return room.about(change)
    for of_things in ROOMS_OF_THINGS:
        if change.noun in of_things.NOUNS:
            thing = of_things.of(change)
            return of_things.about(change, things.get(thing) if thing else None)
    return change.key


def field_name(field: str) -> str:
    if field.isdigit():
        return _("Level %s") % field
    if field in set(Weekday):
        return str(WEEKDAYS[list(Weekday).index(Weekday(field))])
    return str(FIELDS.get(field, field))


def said(field: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "members":
        return ", ".join(names.get(one, f"#{one}") for one in value)
    if field == "staff":
        return names.get(value, f"#{value}")
    if field in {"from", "until", "since"}:
        return date_format(datetime.fromisoformat(value).astimezone(desk_zone()), "d/m/Y H:i")
    return of_a_room(field, value) or coded(field, value)


def of_a_room(field: str, value: Any) -> str:
    """A value that its own room knows how to say; nothing for any other."""
    if field == "starts_on":
        return day_words(value)
    if words_of_band := told_bands.said(field, value):
        return words_of_band
    if field in told_contacts.CODES:
        return told_contacts.said(field, value)
    return spoken(value) if field in {"phone", "mobile", "desk_phone"} else ""


def coded(field: str, value: Any) -> str:
    words = CODED.get(field, {})
    if field == "role":
        words = dict(Role.choices)
    return plain(words, value)


def plain(words: Mapping[str, Words], value: Any) -> str:
    """A code by its word, a list in a row, what leads to which in pairs."""
    if isinstance(value, dict):
        return told_telephone.said(value) or NOTHING
    return str(words.get(value, value)) if not isinstance(value, list) else ", ".join(map(str, value))


def day_words(written: str) -> str:
    """``lun 30/11/2026``; what is no day is given back."""
    try:
        return date_format(date.fromisoformat(written), "D d/m/Y")
    except ValueError:
        return written


def things_named(changes: Iterable[SettingChange]) -> Things:
    return things_of(room.of(change) for change in changes for room in ROOMS_OF_THINGS if change.noun in room.NOUNS)


def people_named(changes: Iterable[SettingChange]) -> dict[int, str]:
    ids: set[int] = set()
    for change in changes:
        for side in (change.before or {}, change.after or {}):
            ids |= set(side.get("members") or ())
            ids |= {side["staff"]} if isinstance(side.get("staff"), int) else set()
        if change.noun == "staff" and change.key.isdigit():
            ids.add(int(change.key))
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
