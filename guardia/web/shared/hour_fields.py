"""The one field in which an hour is typed, that of a day and that of an hour of any day, with their widget.

Forms of the desk, the portal, the settings and the first run take them from here. No picker of the browser stands
beside them: it would speak the browser's language, and write a month before its day where that does.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from guardia.config.now import now as database_now
from guardia.web.shared.hour_reading import (
    FARTHEST,
    Direction,
    HourRefused,
    comes_twice,
    offset_of,
    read_clock,
    read_day,
    read_hour,
    read_later,
)

LONGEST = 120
"""Letters of a text: an hour that was copied from where it is shown back in words fits."""
YEARS_OF_FILTERS = range(2000, 2101)
LATER, DAY, CLOCK = "later", "day", "clock"
"""What ``data-hour`` may say beside a direction: an hour to come and no other, a day, an hour of any day."""


def operators_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def as_hour(words: str, zone: ZoneInfo, now: datetime, ahead: bool, farthest: timedelta = FARTHEST) -> datetime:
    """The hour that was meant, in UTC. Raises ValidationError, which says why not and what to type."""
    direction = Direction.AHEAD if ahead else Direction.PAST
    try:
        return read_hour(words, now=now, zone=zone, direction=direction, farthest=farthest)
    except HourRefused as refused:
        raise forms.ValidationError(refused.sentence) from refused


def typed_hour(at: datetime, zone: ZoneInfo) -> str:
    """The hour as somebody would type it: ``28/11/2026 02:00``."""
    local = at.astimezone(zone)
    return f"{local:%d/%m/%Y %H:%M}{f' {offset_of(local)}' if comes_twice(at, zone) else ''}"


def typed_day(day: date | None) -> str:
    """``28/11/2026``; nothing where there is no day."""
    return f"{day:%d/%m/%Y}" if day else ""


def day_of_filter(text: str) -> date | None:
    """The day that a filter of the past names; None where it is empty or names none."""
    if not text.strip():
        return None
    try:
        today = database_now().astimezone(operators_zone()).date()
        found = read_day(text[:LONGEST], today=today, direction=Direction.PAST)
        return found if found.year in YEARS_OF_FILTERS else None
    except HourRefused:
        return None


class HourInput(forms.TextInput):
    """A line of text; ``hours.js`` shows beside it, in words, what the server understands."""

    def __init__(self, kind: str) -> None:
        super().__init__({"data-hour": kind, "autocomplete": "off", "spellcheck": "false"})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, datetime):
            zone = operators_zone()
            return typed_hour(value if value.tzinfo else value.replace(tzinfo=zone), zone)
        if isinstance(value, time):
            return f"{value:%H:%M}"
        return typed_day(value) if isinstance(value, date) else super().format_value(value)


class HourField(forms.CharField):
    """``14:05``, ``24/11 14:05``, ``ayer 23:10``, ``+30m`` or nothing; gives an hour in UTC, or None.

    Read in the operator's zone at ``now``, which a form sets, else when it is read. A bare hour is the last one that
    has passed; with ``ahead`` the next one to come; with ``later`` no other will do. ``farthest``: from now.
    """

    now: datetime | None = None

    def __init__(
        self, *args: Any, ahead: bool = False, later: bool = False, farthest: timedelta = FARTHEST, **kwargs: Any
    ) -> None:
        self.ahead, self.later, self.farthest = ahead or later, later, farthest
        kind = LATER if later else Direction.AHEAD.value if ahead else Direction.PAST.value
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(*args, widget=HourInput(kind), **kwargs)

    def clean(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self.checked(value, self.now or database_now(), operators_zone())
        text = super().clean(value).strip()
        if not text:
            return None
        now, zone = self.now or database_now(), operators_zone()
        if not self.later:
            return as_hour(text, zone, now, self.ahead, self.farthest)
        try:
            return read_later(text, now=now, zone=zone, farthest=self.farthest)
        except HourRefused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def checked(self, at: datetime, now: datetime, zone: ZoneInfo) -> datetime:
        """An hour that a machine sent: nothing has to be read of it. Raises ValidationError."""
        if abs(at - now) > self.farthest or (self.later and at <= now):
            read = read_later if self.later else read_hour
            try:
                return read(at.astimezone(zone).strftime("%d/%m/%Y %H:%M"), now=now, zone=zone, farthest=self.farthest)
            except HourRefused as refused:
                raise forms.ValidationError(refused.sentence) from refused
        return at.astimezone(UTC)


class DayField(forms.CharField):
    """``28/11``, ``28/11/2026``, ``hoy``, ``lun``; gives a day of the operator's zone, or None."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=LONGEST, widget=HourInput(DAY), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return read_day(text, today=database_now().astimezone(operators_zone()).date())
        except HourRefused as refused:
            raise forms.ValidationError(refused.sentence) from refused


class ClockField(forms.CharField):
    """``08:00``: an hour of any day; gives a time, or None."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=LONGEST, widget=HourInput(CLOCK), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        try:
            return read_clock(text) if text else None
        except HourRefused as refused:
            raise forms.ValidationError(refused.sentence) from refused
