"""An hour shown back in whole words while it is typed, with how far from now it is; ``read_hour`` reads them again."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from guardia.web.shared.hour_reading import comes_twice, offset_of
from guardia.web.shared.hour_vocabulary import zone_name

SPACE = "\u00a0"
DAYS_ALONE = timedelta(days=2)


def hour_in_words(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """``sábado 28 de noviembre de 2026, 02:00 hora de Ecuador · dentro de 3 h 10 min``; of an hour that comes twice
    with its offset."""
    return f"{hour_and_zone(at, zone)} · {distance_in_words(at, now)}"


def hour_and_zone(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    hour = f"{local:%H:%M} {offset_of(local)}" if comes_twice(at, zone) else f"{local:%H:%M}"
    return f"{day_written(local)}, {hour} {zone_in_words(zone, local.year)}"


def day_in_words(day: date, today: date) -> str:
    """``sábado 28 de noviembre de 2026 · dentro de 4 días``."""
    away = (day - today).days
    if away == 0:
        words = _("today")
    elif away > 0:
        words = ngettext("in %(days)d day", "in %(days)d days", away) % {"days": away}
    else:
        words = ngettext("%(days)d day ago", "%(days)d days ago", -away) % {"days": -away}
    return f"{day_written(day)} · {words}"


def day_written(day: date) -> str:
    """Weekday and date; Django's Portuguese begins both with a capital, which nobody does within a sentence."""
    words = f"{date_format(day, 'l')} {date_format(day, 'DATE_FORMAT')}"
    return words.lower() if language_in_use().startswith("pt") else words


def short_date(at: date, form: str) -> str:
    """A date with the month cut short, such as ``2 nov``; Django begins such months with a capital in each language."""
    words = date_format(at, form)
    return words if language_in_use() == "en" else words.lower()


def zone_in_words(zone: ZoneInfo, year: int) -> str:
    """The zone's name, without the half of the year where its clocks change."""
    if zone.key == "UTC":
        return "UTC"
    offsets = {datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)}
    return zone_name(zone.key, language_in_use(), "generic" if len(offsets) > 1 else "standard")


def distance_in_words(at: datetime, now: datetime) -> str:
    """How far from now, in whole minutes: ``dentro de 3 h 10 min``, ``hace 25 min``, ``ahora``."""
    minutes = round((at - now).total_seconds() / 60)
    if minutes == 0:
        return _("now")
    words = pgettext("from now", "in %(length)s") if minutes > 0 else _("%(length)s ago")
    return words % {"length": length_in_words(abs(minutes))}


def length_in_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    days, of_a_day = divmod(hours, 24)
    if timedelta(minutes=minutes) >= DAYS_ALONE:
        parts = [f"{days}{SPACE}d", f"{of_a_day}{SPACE}h" if of_a_day else ""]
    else:
        parts = [f"{hours}{SPACE}h" if hours else "", f"{rest}{SPACE}min" if rest else ""]
    return " ".join(part for part in parts if part)


def language_in_use() -> str:
    return get_language() or settings.LANGUAGE_CODE
