"""What an hour that is being typed means, in words: asked by ``hours.js`` a moment after the last key."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.web.shared.hour_fields import CLOCK, DAY, LATER, LONGEST, operators_zone
from guardia.web.shared.hour_in_words import day_in_words, hour_in_words
from guardia.web.shared.hour_reading import Direction, HourRefused, read_clock, read_day, read_hour, read_later


@require_safe
def hour_typed(request: HttpRequest) -> JsonResponse:
    """``texto``, ``modo`` (what ``data-hour`` says), ``zona``, ``idioma``, and ``desde`` for an hour after another one.

    It knows nothing of the installation but its zone, so it is for anybody.
    """
    query, languages = request.GET, dict(settings.LANGUAGES)
    language, zone = query.get("idioma", ""), query.get("zona", "")
    text, base = query.get("texto", "")[:LONGEST], query.get("desde", "")[:LONGEST]
    with translation.override(language if language in languages else settings.LANGUAGE_CODE):
        try:
            in_zone = ZoneInfo(zone) if zone in available_timezones() else operators_zone()
            words, is_understood = words_of(text, query.get("modo", ""), in_zone, now(), base), True
        except HourRefused as refused:
            words, is_understood = refused.sentence, False
    answer = JsonResponse({"words": words, "understood": is_understood}, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def words_of(text: str, kind: str, zone: ZoneInfo, at: datetime, base: str = "") -> str:
    """Raises HourRefused."""
    if kind == DAY:
        today = at.astimezone(zone).date()
        return day_in_words(read_day(text, today=today), today)
    if kind == CLOCK:
        return _("%(hour)s, by 24 hours") % {"hour": f"{read_clock(text):%H:%M}"}
    if kind == LATER:
        return hour_in_words(read_later(text, now=at, zone=zone), now=at, zone=zone)
    direction = Direction(kind) if kind in set(Direction) else Direction.PAST
    since = read_hour(base, now=at, zone=zone, direction=direction) if base else at
    return hour_in_words(read_hour(text, now=since, zone=zone, direction=direction), now=at, zone=zone)


urlpatterns = [path("hora", hour_typed, name="hour_typed")]
