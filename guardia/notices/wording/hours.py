"""Hours as a customer reads them: in the zone of the site, with the day when it is not the day of reading."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from guardia.config.languages import PUBLISHED_IN
from guardia.notices.notice import Notice
from guardia.procedure.schema import Procedure

SPACE = "\u00a0"


NEAR = timedelta(days=60)
"""About the turn of a year nobody mistakes one for the other."""


@dataclass(frozen=True)
class Hours:
    """Says hours in the active language. ``now`` (UTC) decides whether a day must be named."""

    zone: str
    zone_words: str
    now: datetime

    def stamp(self, at: datetime) -> str:
        """``03:18``, or ``Wednesday November 25, 03:18`` on another day."""
        if self._is_today(at):
            return self._time(at)
        return gettext("%(day)s, %(time)s") % {"day": self._day(at), "time": self._time(at)}

    # One o'clock takes the singular in Spanish and Portuguese ("a la 01:18"): hence a plural form by hour.
    def at(self, at: datetime) -> str:
        words = ngettext("at %(time)s", "at %(time)s", self._number(at))
        return self._dated(words % {"time": self._time(at)}, at)

    def on(self, at: datetime) -> str:
        """The day first, as one says when a desk opens: ``on Monday November 30 at 08:30``; of today the hour alone."""
        if self._is_today(at):
            return self.at(at)
        words = ngettext("on %(day)s at %(time)s", "on %(day)s at %(time)s", self._number(at))
        return words % {"day": self._day(at), "time": self._time(at)}

    def since(self, at: datetime) -> str:
        words = ngettext("since %(time)s", "since %(time)s", self._number(at))
        return self._dated(words % {"time": self._time(at)}, at)

    def before(self, at: datetime) -> str:
        words = ngettext("before %(time)s", "before %(time)s", self._number(at))
        return self._dated(words % {"time": self._time(at)}, at)

    def between(self, start: datetime, end: datetime) -> str:
        words = ngettext("between %(start)s and %(end)s", "between %(start)s and %(end)s", self._number(start))
        return words % {"start": self.stamp(start), "end": self.stamp(end)}

    def window(self, start: datetime, end: datetime) -> str:
        """``between``, the day said once where both are of it: ``on Thursday November 26, between 02:00 and 06:00``."""
        one_day = self._local(start).date() == self._local(end).date()
        if not one_day or self._is_today(start):
            return self.between(start, end)
        hours = replace(self, now=start).between(start, end)
        return gettext("on %(day)s, %(hours)s") % {"day": self._day(start), "hours": hours}

    def zoned(self, words: str) -> str:
        """The words of an hour with the name of its zone: ``before 03:33 (Ecuador time)``."""
        return f"{words} ({self.zone_words})"

    def _dated(self, words: str, at: datetime) -> str:
        if self._is_today(at):
            return words
        return gettext("%(hour)s on %(day)s") % {"hour": words, "day": self._day(at)}

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def _is_today(self, at: datetime) -> bool:
        return self._local(at).date() == self._local(self.now).date()

    def _time(self, at: datetime) -> str:
        local = self._local(at)
        return f"{local.hour:02}:{local.minute:02}"

    def _number(self, at: datetime) -> int:
        return 1 if self._local(at).hour == 1 else 2

    def _day(self, at: datetime) -> str:
        local = self._local(at)
        is_of_another_year = local.year != self._local(self.now).year and abs(at - self.now) > NEAR
        date = date_format(local, "DATE_FORMAT" if is_of_another_year else "MONTH_DAY_FORMAT")
        words = f"{date_format(local, 'l')} {date}"
        # Django's Portuguese begins days and months with a capital, which nobody does within a sentence.
        return words.lower() if (get_language() or "").startswith("pt") else words


def hours_of(zone: str, procedure: Procedure, now: datetime) -> Hours:
    """Hours in this IANA zone; the operator's own zone bears the name of its country.

    Where clocks are changed in a year, the name is that of both: a letter may tell hours of either.
    """
    if zone == procedure.provider.zone:
        return Hours(zone, gettext("%(country)s time") % {"country": procedure.provider.country}, now)
    language = (get_language() or PUBLISHED_IN).replace("-", "_")
    known = ZoneInfo(zone)
    variant: Literal["generic", "standard"] = "generic" if changes_clocks(known, now.year) else "standard"
    return Hours(zone, get_timezone_name(known, width="long", locale=language, zone_variant=variant), now)


def changes_clocks(zone: ZoneInfo, year: int) -> bool:
    """Whether its hours differ from UTC by more in one half of this year than in the other."""
    january, july = (datetime(year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return january != july


def lasting(seconds: int) -> str:
    """How long something lasted: ``40 s``, ``12 min``, ``3 h 35 min``; minutes are rounded up."""
    if seconds < 60:
        return gettext("%(seconds)d s") % {"seconds": seconds}
    hours, minutes = divmod(-(-seconds // 60), 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def lasting_exactly(seconds: int) -> str:
    """``1 h 04 min 12 s``, to the second: how the affected time is told wherever it is told (P7)."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours and not minutes and not rest:
        return f"{hours}{SPACE}h"
    parts = [f"{hours}{SPACE}h"] if hours else []
    parts += [f"{minutes:02}{SPACE}min" if hours else f"{minutes}{SPACE}min"] if hours or minutes else []
    parts += [f"{rest:02}{SPACE}s" if parts else f"{rest}{SPACE}s"] if rest or not parts else []
    return ("−" if seconds < 0 else "") + " ".join(parts)


# The language a notice is written in.


@contextmanager
def in_the_language_of(notices: Sequence[Notice]) -> Iterator[str]:
    """The language the notices were owed in, or the operator's where it is not one of ours."""
    language = language_of(notices[0].language)
    with translation.override(language):
        yield language


def language_of(written: str) -> str:
    """One of ours."""
    try:
        return translation.get_supported_language_variant(written)
    except LookupError:
        return settings.LANGUAGE_CODE
