"""An hour or a day as it is typed (issue 21 §6): one way on every screen, 24 hours, the day before the month.

``read_hour`` and ``read_day`` are pure: the instant of reading and the zone are arguments. The words of the three
languages are all understood, whatever the language of the screen, since a shift hands notes on as they were written.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guardia.web.shared import hour_vocabulary as vocabulary
from guardia.web.shared.hour_vocabulary import folded

FARTHEST = timedelta(days=366)
"""An hour of another year is a slip of the finger."""
UNLIKELY = timedelta(days=300)
"""And so is tomorrow's day where the past is meant: it is never last year's."""
JUST_NOW = timedelta(minutes=1)
YEARS = range(1970, 2200)

CLOCK = re.compile(r"(?<![\d:/.+-])(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:\.\d+)?)?|\s?h(?:s|rs|oras?)?\b)(?![\d:])")
SIGNED = re.compile(r"([+-])((?:\d{1,4}[a-z]+)*(?:\d{1,4})?)")
PART = re.compile(r"(\d{1,4})([a-z]*)")
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
SHORT_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?|(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
OFFSET = re.compile(r"(?<=:\d\d)\s+([+-])(\d{2}):?(\d{2})$")
OFFSET_OF_UTC = re.compile(r"(?<=\d)\s*(?:utc|gmt)\s*([+-])(\d{1,2})(?::?(\d{2}))?$")
ISO_OFFSET = re.compile(r"(?<=\d{4}-\d\d-\d\d \d\d:\d\d)(?::\d\d(?:\.\d+)?)?([+-])(\d{2}):?(\d{2})$")
NAMED_ZONE = re.compile(r"\(?\b([a-z]+(?:/[a-z_-]+){1,2}|utc|gmt)\)?$|(?<=\d)(z)$")


class Direction(StrEnum):
    """Which hour is meant where the day or the year is left out: the last one, the next one, or the near one."""

    PAST = "past"
    AHEAD = "ahead"
    EITHER = "either"


class HourRefused(ValueError):
    """What is typed is no hour, or not one hour alone: ``sentence`` says why and what to type instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Reading:
    """At which local time (naive, of the zone that counts) and for which direction something is read."""

    local: datetime
    direction: Direction


def read_hour(
    text: str, *, now: datetime, zone: tzinfo, direction: Direction = Direction.PAST, farthest: timedelta = FARTHEST
) -> datetime:
    """The hour that is meant, in UTC. ``zone`` counts unless the text names another one.

    Raises HourRefused: for what is no hour, for more than one, for one that is farther away than ``farthest``, for one
    that clocks leave out and, unless an offset says which, for one that comes twice (RFC 5545 §3.3.5 leaves both open).
    """
    line = folded(text)
    if line in vocabulary.NOW:
        return now.astimezone(UTC)
    if (away := time_away(line)) is not None:
        return within(now + away, now, farthest).astimezone(UTC)
    line, zone = with_zone(line, zone)
    rest, hour = parted(line)
    reading = Reading(now.astimezone(zone).replace(tzinfo=None), direction)
    local = local_hour(rest, hour, reading)
    return within(instant(local, zone), now, farthest)


def read_later(text: str, *, now: datetime, zone: tzinfo, farthest: timedelta = FARTHEST) -> datetime:
    """``read_hour`` where only an hour to come will do. Raises HourRefused, with the same hour of another day."""
    at = read_hour(text, now=now, zone=zone, direction=Direction.AHEAD, farthest=farthest)
    if at > now:
        return at
    later = at.astimezone(zone)
    while later <= now:
        later += timedelta(days=max(1, (now - later).days))
    sentence = _("That time is past, and a future one is needed: for example %(example)s.")
    raise HourRefused(sentence % {"example": f"{later:%d/%m %H:%M}"})


def read_day(text: str, *, today: date, direction: Direction = Direction.EITHER) -> date:
    """The day that is meant, of the zone in which ``today`` is a day. Raises HourRefused."""
    line = folded(text)
    reading = Reading(datetime.combine(today, time(12)), direction)
    if found := day_of(line, time(12), reading):
        return found
    raise HourRefused(_("Write a day such as 28/11, 28/11/2026, today or mon."))


def read_clock(text: str) -> time:
    """An hour of any day, such as that at which a turn changes. Raises HourRefused."""
    rest, found = parted(folded(text))
    if rest:
        raise HourRefused(_("Write only the time, such as 08:00."))
    return found


def time_away(line: str) -> timedelta | None:
    """How far from now: ``+30m``, ``-2h``, ``+1h30``, ``hace 2 h``, ``in 10 minutes``. None where it says no such."""
    for word, sign in vocabulary.AWAY:
        before, after = line.startswith(f"{word} "), line.endswith(f" {word}")
        if before or after:
            line = f"{sign}{line.removeprefix(word) if before else line.removesuffix(word)}"
            break
    found = SIGNED.fullmatch(line.replace(" ", "").replace(",", ""))
    if found is None or not found[2]:
        return None
    parts = PART.findall(found[2])
    total = timedelta()
    for place, (number, unit) in enumerate(parts):
        follows_hours = place > 0 and parts[place - 1][1] in vocabulary.HOURS
        seconds = vocabulary.UNITS.get(unit or ("m" if follows_hours else ""))
        if seconds is None:
            raise HourRefused(_("Give the unit: +30m for minutes, +2h for hours, +1d for days."))
        total += timedelta(seconds=seconds * int(number))
    return total if found[1] == "+" else -total


def with_zone(line: str, zone: tzinfo) -> tuple[str, tzinfo]:
    """The text without the zone that it names, and that zone; or the one that was given."""
    line = line.split("\u00b7")[0].strip()  # what stands behind the point is how far away it is
    for name in vocabulary.names_of_zone(getattr(zone, "key", "")):
        line = line.removesuffix(f"({name})").removesuffix(name).strip()
    if found := OFFSET_OF_UTC.search(line) or OFFSET.search(line) or ISO_OFFSET.search(line):
        away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if away < timedelta(hours=15):
            end = found.start() if found.re is not ISO_OFFSET else found.start(1)
            return line[:end].strip(), fixed(away, found[1])
    if found := NAMED_ZONE.search(line):
        name = found[1] or found[2]
        if name in {"utc", "gmt", "z"}:
            return line[: found.start()].strip(), UTC
        if key := vocabulary.zone_called(name):
            return line[: found.start()].strip(), ZoneInfo(key)
    return line, zone


def fixed(away: timedelta, sign: str) -> timezone:
    return timezone(away if sign == "+" else -away)


def parted(line: str) -> tuple[str, time]:
    """What stands beside the hour, and the hour. Raises HourRefused."""
    found = list(CLOCK.finditer(line))
    if vocabulary.TWELVE_HOURS.search(line):
        raise HourRefused(_("Write the time in 24-hour format: 14:05, not 2:05 in the afternoon."))
    if len(found) > 1:
        raise HourRefused(_("Write only one time, such as 14:05."))
    if not found:
        if not day_is_there(line):
            raise unreadable()
        raise HourRefused(_("The time is missing. Write it after the day, such as 24/11 14:05."))
    (clock,) = found
    rest = f"{line[: clock.start()]} {line[clock.end() :]}".strip(" ,;")
    if clock[2] is None and not rest:
        words = _("That may be a time or a duration. Write %(hour)s:00, or +%(hours)sh to count from now.")
        raise HourRefused(words % {"hour": f"{int(clock[1]):02}", "hours": int(clock[1])})
    try:
        return rest, time(int(clock[1]), int(clock[2] or 0), int(clock[3] or 0))
    except ValueError:
        raise HourRefused(_("Times run from 00:00 to 23:59. Enter one of them.")) from None


def unreadable() -> HourRefused:
    return HourRefused(_("Write a time such as 14:05, or a day and a time such as 24/11 14:05."))


def day_is_there(line: str) -> bool:
    try:
        return day_of(line, time(12), Reading(datetime(2026, 1, 1, 12), Direction.EITHER)) is not None  # noqa: DTZ001
    except HourRefused:
        return True


def local_hour(rest: str, hour: time, reading: Reading) -> datetime:
    """The naive local hour. Raises HourRefused."""
    if words_of(rest):
        day = day_of(rest, hour, reading)
        if day is None:
            raise unreadable()
        return datetime.combine(day, hour)
    found = datetime.combine(reading.local.date(), hour)
    if reading.direction == Direction.PAST and found > reading.local + JUST_NOW:
        return found - timedelta(days=1)
    if reading.direction == Direction.AHEAD and found < reading.local:
        return found + timedelta(days=1)
    return found


def words_of(rest: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", rest) if word and word not in vocabulary.FILLERS]


def day_of(rest: str, hour: time, reading: Reading) -> date | None:
    """The day that these words name; None where they name none. Raises HourRefused where it is not to be had."""
    words = words_of(rest)
    line = " ".join(words)
    if line in vocabulary.DAYS_AWAY:
        return reading.local.date() + timedelta(days=vocabulary.DAYS_AWAY[line])
    first = words[0].rstrip(".") if words else ""
    weekday = vocabulary.weekday(first)
    if weekday is not None and len(words) == 1:
        return day_of_week(weekday, hour, reading)
    if weekday is not None and len(words) == 2 and words[1].isdigit():
        return day_of_week_and_month(weekday, words, hour, reading)
    if weekday is not None and (found := dated(words[1:], hour, reading)):
        if found.weekday() != weekday:
            raise HourRefused(_("That day falls on another day of the week. Write only one of the two."))
        return found
    return dated(words, hour, reading)


def day_of_week(weekday: int, hour: time, reading: Reading) -> date:
    """The last such day where the past is meant, else the next; today is one of them where its hour fits."""
    today = reading.local.date()
    if reading.direction == Direction.PAST:
        day = today - timedelta(days=(today.weekday() - weekday) % 7)
        return day - timedelta(days=7) if datetime.combine(day, hour) > reading.local + JUST_NOW else day
    day = today + timedelta(days=(weekday - today.weekday()) % 7)
    is_past = reading.direction == Direction.AHEAD and datetime.combine(day, hour) < reading.local
    return day + timedelta(days=7) if is_past else day


def day_of_week_and_month(weekday: int, words: list[str], hour: time, reading: Reading) -> date | None:
    """``lun 24``, as a screen writes an hour of this month; where it may be a month too, it is refused."""
    number = int(words[1])
    if month := vocabulary.month(words[0].rstrip(".")):
        sentence = _("That may be a day of the week or a month. Write the day as %(day)02d/%(month)02d.")
        raise HourRefused(sentence % {"day": number, "month": month})
    today = reading.local.date()
    span = [today + timedelta(days=away) for away in range(-FARTHEST.days, FARTHEST.days)]
    return nearest([day for day in span if day.day == number and day.weekday() == weekday], hour, reading)


def dated(words: list[str], hour: time, reading: Reading) -> date | None:
    """A day of the calendar by its numbers or by the name of its month. Raises HourRefused."""
    line = " ".join(words)
    if found := ISO_DAY.fullmatch(line):
        return day_in(int(found[1]), int(found[2]), int(found[3]))
    if found := SHORT_DAY.fullmatch(line):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
        return with_year(int(day), int(month), year or "", hour, reading)
    if not 2 <= len(words) <= 3:
        return None
    for day_word, month_word in ((words[0], words[1]), (words[1], words[0])):
        month = vocabulary.month(month_word.rstrip("."))
        number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|o)?", day_word)
        if month and number and (len(words) == 2 or re.fullmatch(r"\d{4}", words[2])):
            return with_year(int(number[1]), month, words[2] if len(words) == 3 else "", hour, reading)
    return None


def with_year(day: int, month: int, year: str, hour: time, reading: Reading) -> date:
    if month > 12 >= day:
        sentence = _("There is no month %(month)d: the day comes before the month, as in %(day)02d/%(right)02d.")
        raise HourRefused(sentence % {"month": month, "day": month, "right": day})
    if year:
        return day_in(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = reading.local.year
    days = []
    for each in (this, this - 1, this + 1):
        try:
            days.append(date(each, month, day))
        except ValueError:
            continue
    found = nearest(days, hour, reading)
    if found is None:
        raise no_such_day()
    return found


def day_in(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise no_such_day() from None
    if found.year not in YEARS:
        raise no_such_day()
    return found


def no_such_day() -> HourRefused:
    return HourRefused(_("There is no such day. Write one of the calendar, such as 24/11."))


def nearest(days: list[date], hour: time, reading: Reading) -> date | None:
    """Of days that fit, the near one in the direction; on 1 January, 31/12 is yesterday.

    One that would lie almost a year away is the near one on the other side, which the verb then judges.
    """
    local = reading.local
    spans = {
        Direction.PAST: (local - UNLIKELY, local + JUST_NOW),
        Direction.AHEAD: (local, local + UNLIKELY),
        Direction.EITHER: (local - FARTHEST, local + FARTHEST),
    }
    begin, end = spans[reading.direction]
    fitting = [day for day in days if begin <= datetime.combine(day, hour) <= end]
    return min(fitting or days, key=lambda day: abs(datetime.combine(day, hour) - local), default=None)


def instant(local: datetime, zone: tzinfo) -> datetime:
    """The one instant, in UTC, at which clocks of ``zone`` show this naive hour. Raises HourRefused."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise HourRefused(_("On that day clocks go forward and this time does not exist. Enter another."))
    if first != second:
        sentence = _("On that day clocks go back and this time occurs twice. Enter %(first)s or %(second)s.")
        both = {"first": with_offset(first, zone), "second": with_offset(second, zone)}
        raise HourRefused(sentence % both)
    return first


def comes_twice(at: datetime, zone: tzinfo) -> bool:
    local = at.astimezone(zone).replace(tzinfo=None)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first != second


def with_offset(at: datetime, zone: tzinfo) -> str:
    """``03/04 23:30 -03:00``: of an hour that comes twice, the one of the two."""
    local = at.astimezone(zone)
    return f"{local:%d/%m %H:%M} {offset_of(local)}"


def offset_of(local: datetime) -> str:
    written = f"{local:%z}"
    return f"{written[:3]}:{written[3:5]}"


def within(at: datetime, now: datetime, farthest: timedelta) -> datetime:
    if abs(at - now) > farthest:
        raise HourRefused(_("That is too far from today. Write a day and time closer to it, such as 24/11 14:05."))
    return at
