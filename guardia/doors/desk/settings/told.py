"""A change of the settings in words: what it was about, who, when, and each thing before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.cases.words import STAGE_NAMES
from guardia.customers.phones import spoken
from guardia.doors.desk.settings import told_contacts, told_wording
from guardia.doors.desk.settings.frame import number_in
from guardia.doors.desk.shown.clock import desk_zone
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Stage
from guardia.procedure.weekly_hours import Weekday

Words = str | Promise

NOUNS: dict[str, Words] = {
    "level": gettext_lazy("Number of a level"),
    "rota": gettext_lazy("Rota"),
    "cover": gettext_lazy("Cover"),
    "steps": gettext_lazy("Steps of the matrix"),
    "answers": gettext_lazy("Times to answer"),
    "hours": gettext_lazy("Weekly hours"),
    "calendar": gettext_lazy("Rest days"),
    "staff": gettext_lazy("Person"),
    "shift_plan": gettext_lazy("Hours of the shifts"),
    "letterhead": gettext_lazy("Letterhead"),
    **told_contacts.NOUNS,
    **told_wording.NOUNS,
}
FIELDS: dict[str, Words] = {
    "phone": gettext_lazy("Number"),
    "phone_name": gettext_lazy("Name of the number"),
    "members": gettext_lazy("People"),
    "every_days": gettext_lazy("Days of a turn"),
    "starts_on": gettext_lazy("First turn"),
    "turns_at": gettext_lazy("Hour of the change"),
    "zone": gettext_lazy("Time zone"),
    "from": pgettext_lazy("hour", "From"),
    "until": pgettext_lazy("hour", "Until"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "staff": gettext_lazy("Who"),
    "rest_days": gettext_lazy("On rest days"),
    "move": gettext_lazy("To move the case"),
    "call": gettext_lazy("To make the night call"),
    "kind": gettext_lazy("What"),
    "username": gettext_lazy("User name"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "role": gettext_lazy("Role"),
    "language": gettext_lazy("Language"),
    "position": gettext_lazy("Title"),
    "mobile": gettext_lazy("Mobile"),
    "desk_phone": gettext_lazy("Desk telephone"),
    "channels": gettext_lazy("Channels"),
    "is_active": gettext_lazy("Active"),
    "password": gettext_lazy("Password"),
    "hours": gettext_lazy("Hours"),
    "sender": gettext_lazy("Who signs"),
    "heading": gettext_lazy("Heading"),
    "footer": gettext_lazy("Below the signature"),
    "logo": gettext_lazy("Logo"),
    "colour": gettext_lazy("Colour of the rule"),
    **told_contacts.FIELDS,
    **told_wording.FIELDS,
}
REST_DAYS: dict[str, Words] = {
    "as_usual": gettext_lazy("as on any day"),
    "closed": pgettext_lazy("hours", "closed"),
    "open_all_day": gettext_lazy("all day"),
}
KINDS: dict[str, Words] = {
    "rest": gettext_lazy("rests"),
    "work": gettext_lazy("works"),
    "observe": gettext_lazy("its local day is observed"),
    "withdraw": gettext_lazy("withdrawn"),
    "set": gettext_lazy("a new one"),
}
HIDDEN = frozenset({"reason"})
NOTHING = "–"


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
    """In the order given; three questions at most, however many there are."""
    found = list(changes)
    names = people_named(found)
    return [one_told(change, names) for change in found]


def one_told(change: SettingChange, names: Mapping[int, str]) -> Told:
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
        about=about(change, names),
        by=change.by.name if change.by else "",
        at=change.at,
        lines=lines,
        reason=after.get("reason") or "",
        is_new=change.before is None,
    )


def about(change: SettingChange, names: Mapping[int, str]) -> str:
    """Which level, seat, stage, day or person."""
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
    if change.noun in told_contacts.NOUNS:
        return told_contacts.about(change)
    if change.noun in told_wording.NOUNS:
        return told_wording.about(change)
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
    if field in {"from", "until"}:
        return date_format(datetime.fromisoformat(value).astimezone(desk_zone()), "d/m/Y H:i")
    if field == "starts_on":
        return day_words(value)
    if field in told_contacts.CODES:
        return told_contacts.said(field, value)
    if field in {"phone", "mobile", "desk_phone"}:
        return spoken(value)
    words: Mapping[str, Words] = {"rest_days": REST_DAYS, "kind": KINDS, "password": KINDS}.get(field, {})
    if field == "role":
        words = dict(Role.choices)
    return str(words.get(value, value)) if not isinstance(value, list) else ", ".join(map(str, value))


def day_words(written: str) -> str:
    """``lun 30/11/2026``; what is no day is given back."""
    try:
        return date_format(date.fromisoformat(written), "D d/m/Y")
    except ValueError:
        return written


def people_named(changes: Iterable[SettingChange]) -> dict[int, str]:
    ids: set[int] = set()
    for change in changes:
        for side in (change.before or {}, change.after or {}):
            ids |= set(side.get("members") or ())
            ids |= {side["staff"]} if isinstance(side.get("staff"), int) else set()
        if change.noun == "staff" and change.key.isdigit():
            ids.add(int(change.key))
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
