"""The change log: each change of a setting in words, the latest first, by what it is about, by whom and since when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guardia.calls.exchange import ExchangeAgent
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.people.lookup import staff_by_name
from guardia.people.setting_change import SettingChange, latest_changes
from guardia.people.staff import Staff
from guardia.procedure.weekly_hours import Weekday
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.settings.change_nouns import CODES, FIELDS, HIDDEN, NOUNS, day_words
from guardia.web.desk.settings.frame import looks, number_in, settings_page
from guardia.web.shared.hour_fields import day_of_filter, typed_day

SHOWN = 50
NOTHING = "–"
Thing = tuple[type[Model], int]
"""What a change names by its id: a person, a company, an exchange."""
Things = Mapping[Thing, Any]
WITH: dict[type[Model], str] = {Contact: "customer", ExchangeAgent: "exchange"}
"""What the name of a thing is said with."""


@looks
def record(request: HttpRequest) -> HttpResponse:
    asked = request.GET.dict()
    found = list(matching(asked)[: SHOWN + 1])
    lines = in_words(found[:SHOWN])
    home = reverse("settings_record")
    kept = {name: asked[name] for name in ("que", "quien", "desde", "hasta") if asked.get(name)}
    context = {
        "lines": lines,
        "nouns": [(key, noun.words, key == asked.get("que")) for key, noun in NOUNS.items()],
        "people": [(one.pk, one.name, str(one.pk) == asked.get("quien")) for one in staff_by_name()],
        "since": typed_day(day_of_filter(asked.get("desde", ""))),
        "until": typed_day(day_of_filter(asked.get("hasta", ""))),
        "is_filtered": bool(kept),
        "older": f"{home}?{urlencode({**kept, 'antes': lines[-1].pk})}" if len(found) > SHOWN else "",
        "is_first": not asked.get("antes"),
    }
    return settings_page(request, "record", context, tab="settings_record")


def matching(asked: Mapping[str, str]) -> QuerySet[SettingChange]:
    """What the address asks for; a filter that says nothing filters nothing."""
    since, until = between(day_of_filter(asked.get("desde", "")), day_of_filter(asked.get("hasta", "")))
    noun = asked.get("que", "")
    return latest_changes(
        noun=noun if noun in NOUNS else "",
        by=number_in(asked.get("quien", "")),
        before=number_in(asked.get("antes", "")),
        since=since,
        until=until,
    )


def between(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """The hours at which these days of the operator's zone begin and end, both included; None leaves a side open."""
    return midnight(since) if since else None, midnight(until) + timedelta(days=1) if until else None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), desk_zone())


@dataclass(frozen=True)
class Line:
    """One field that changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change in words. ``about``: which of the nouns; ``by`` is empty for the command line."""

    pk: int
    noun: str
    about: str
    by: str
    at: datetime
    lines: tuple[Line, ...]
    reason: str = ""
    is_new: bool = False


def in_words(changes: Iterable[SettingChange]) -> list[Change]:
    """In the order given; a question for each kind of thing they name, however many there are."""
    found = list(changes)
    things = things_of(thing for change in found for thing in things_in(change))
    return [change_in_words(change, things) for change in found]


def change_in_words(change: SettingChange, things: Things) -> Change:
    before, after = change.before or {}, change.after or {}
    fields = [field for field in {**before, **after} if field not in HIDDEN and before.get(field) != after.get(field)]
    noun = NOUNS.get(change.noun)
    return Change(
        pk=change.pk,
        noun=str(noun.words) if noun else change.noun,
        about=about(change, things),
        by=change.by.name if change.by else str(change.by_contact or ""),
        at=change.at,
        lines=tuple(
            Line(field_name(field), value_words(field, before, things), value_words(field, after, things))
            for field in fields
            if change.before is not None or after.get(field) not in (None, "", [], False)
        ),
        reason=after.get("reason") or "",
        is_new=change.before is None,
    )


def about(change: SettingChange, things: Things) -> str:
    """Which level, seat, stage, day, person or thing."""
    noun = NOUNS.get(change.noun)
    if noun is None:
        return change.key
    if noun.about:
        return noun.about(change.key)
    named = thing_of(change)
    thing = things.get(named) if named else None
    after, before = ((side or {}).get(noun.name, "") for side in (change.after, change.before))
    return str(after or (noun.names(thing) if thing else "") or before or change.key)


def thing_of(change: SettingChange) -> Thing | None:
    """The thing that a change is about, where its id is all that the change says of it."""
    noun, after = NOUNS.get(change.noun), change.after or {}
    if noun is None or noun.model is None or after.get(noun.name):
        return None
    pk = number_in(str(after.get(noun.id_field, "")) if noun.id_field else change.key)
    return (noun.model, pk) if pk else None


def things_in(change: SettingChange) -> Iterable[Thing]:
    """All that a change names by its id: what it is about, and people before and after."""
    if thing := thing_of(change):
        yield thing
    for side in (change.before or {}, change.after or {}):
        yield from ((Staff, one) for one in side.get("members") or ())
        if isinstance(side.get("staff"), int):
            yield (Staff, side["staff"])


def things_of(wanted: Iterable[Thing]) -> Things:
    """Those that are still there, a question for each kind of them."""
    ids: dict[type[Model], set[int]] = {}
    for model, pk in wanted:
        ids.setdefault(model, set()).add(pk)
    found: dict[Thing, Any] = {}
    for model, pks in ids.items():
        rows = model._default_manager.all()
        rows = rows.select_related(WITH[model]) if model in WITH else rows
        found |= {(model, pk): thing for pk, thing in rows.in_bulk(pks).items()}
    return found


def field_name(field: str) -> str:
    if field.isdigit():
        return _("Level %s") % field
    if field in set(Weekday):
        return str(WEEKDAYS[list(Weekday).index(Weekday(field))])
    return str(FIELDS.get(field, field))


HOURS = frozenset({"from", "until", "since", "effective_at", "expires_at", "former_good_until", "ended_at"})


def value_words(field: str, side: Mapping[str, Any], things: Things) -> str:
    """What a field held, in words: a code by its word, a list in a row, what leads to which in pairs."""
    value = side.get(field)
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "members":
        return ", ".join(person(one, things) for one in value)
    if field == "staff":
        return person(value, things)
    if field in HOURS:
        return date_format(datetime.fromisoformat(value).astimezone(desk_zone()), "d/m/Y H:i")
    if field == "starts_on":
        return day_words(value)
    if field in {"phone", "mobile", "desk_phone"}:
        return spoken(value) or str(value)
    codes = CODES.get(field, {})
    if isinstance(value, list):
        return ", ".join(str(codes.get(one, one)) for one in map(str, value))
    if isinstance(value, dict):
        return ", ".join(_("%(queue)s to %(desk)s") % {"queue": each, "desk": desk} for each, desk in value.items())
    return str(codes.get(value, value))


def person(pk: int, things: Things) -> str:
    return things[Staff, pk].name if (Staff, pk) in things else f"#{pk}"


urlpatterns = [
    path("cambios", record, name="settings_record"),
]
