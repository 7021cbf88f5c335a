"""Every change of the settings that is on record, the latest first: by what it is about, by whom, since when."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from guardia.people.setting_change import SettingChange
from guardia.people.staff import Staff
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.settings.frame import looks, number_in, shown
from guardia.web.desk.settings.told import told
from guardia.web.desk.settings.told_words import NOUNS

SHOWN = 50


@looks
def record(request: HttpRequest) -> HttpResponse:
    asked = request.GET.dict()
    found = list(matching(asked).select_related("by", "by_contact").order_by("-pk")[: SHOWN + 1])
    lines = told(found[:SHOWN])
    context = {
        "lines": lines,
        "nouns": [(key, words, key == asked.get("que")) for key, words in NOUNS.items()],
        "people": [(one.pk, one.name, str(one.pk) == asked.get("quien")) for one in Staff.objects.order_by("name")],
        "since": day_in(asked.get("desde", "")),
        "until": day_in(asked.get("hasta", "")),
        "is_filtered": any(asked.get(name) for name in ("que", "quien", "desde", "hasta")),
        "older": address(asked, lines[-1].pk) if len(found) > SHOWN else "",
        "is_first": not asked.get("antes"),
    }
    return shown(request, "record", context, tab="settings_record")


def matching(asked: Mapping[str, str]) -> QuerySet[SettingChange]:
    """What the address asks for; a filter that says nothing filters nothing."""
    wanted: dict[str, Any] = {}
    if asked.get("que") in NOUNS:
        wanted["noun"] = asked["que"]
    if number_in(asked.get("quien", "")):
        wanted["by"] = number_in(asked.get("quien", ""))
    if number_in(asked.get("antes", "")):
        wanted["pk__lt"] = number_in(asked.get("antes", ""))
    if since := day_in(asked.get("desde", "")):
        wanted["at__gte"] = midnight(since)
    if until := day_in(asked.get("hasta", "")):
        wanted["at__lt"] = midnight(until) + timedelta(days=1)
    return SettingChange.objects.filter(**wanted)


def day_in(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), desk_zone())


def address(asked: Mapping[str, str], before: int) -> str:
    kept = {name: asked[name] for name in ("que", "quien", "desde", "hasta") if asked.get(name)}
    return f"{reverse('settings_record')}?{urlencode({**kept, 'antes': before})}"
