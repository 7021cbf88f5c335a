"""Hours as former tools write them, read without a guess: each with what was damaged about it.

What has only one reading is read by it, even where it is damaged (a day above 12 in the place of the month, 24:00, a
month by its Spanish name); what has two is read by the order that the mapping names or that the file itself shows.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guardia.history.mapping import Order

NOTHING = frozenset(
    {"", "null", "none", "nan", "nat", "n/a", "na", "-", "--", "?", "(null)", "(empty)", "not set", "\\n", "undefined"}
)
"""What stands in a cell that holds no hour."""
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janeiro enero ene janvier januar",
            "february feb fevereiro fev febrero fevrier februar",
            "march mar marco marzo mars marz maerz mrz",
            "april apr abril abr avril",
            "may maio mayo mai",
            "june jun junho junio juin juni",
            "july jul julho julio juillet juli",
            "august aug agosto ago aout",
            "september sep sept setembro set septiembre setiembre septembre",
            "october oct outubro out octubre octobre oktober",
            "november nov novembro noviembre novembre",
            "december dec dezembro dez diciembre dic decembre",
        ),
        1,
    )
    for name in names.split()
}
TIME = re.compile(
    r"(?<![\d.])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\s?\.?\s?m\.?(?![a-z]))?", re.IGNORECASE
)
OFFSET = re.compile(r"\s*(?:(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?|(Z|UTC|GMT))(?=\s|$)", re.IGNORECASE)
DATE_PARTS = re.compile(r"\d+|[^\W\d_]+")
SECONDS, MILLISECONDS = re.compile(r"\d{10}(?:\.\d+)?"), re.compile(r"\d{13}")
FILLERS = frozenset(
    ["de", "del", "of", "as", "a", "at", "um", "o", "el", "le", "h", "hs", "hrs", "hr", "hora", "horas", "uhr"]
)
"""Words between the parts of a date that say nothing."""
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
FIRST_DAY_OF_A_SHEET = datetime(1899, 12, 30)  # noqa: DTZ001  # of the clock on the wall
A_YEAR = 4
"""So many digits has a year that is written out."""
NO_DAY = ("0000-00-00", "0001-01-01", "1899-12-30", "1900-01-00", "01/01/0001", "1/1/0001", "00/00/0000", "00-00-0000")
"""How databases and spreadsheets write a day that is none."""
FIRST_YEAR = 1980
"""No tool of these wrote an hour before it."""
FEW = 20
"""One hour in so many may stand in another order than the file's others: it is damaged."""
FURTHEST = timedelta(hours=14)
"""No zone lies further from UTC."""


class Hour(NamedTuple):
    """``at``: UTC, None where nothing stood there or it cannot be read. ``damage``: a word for it, empty where there is
    none: *unreadable*, *swapped*, *24:00*, *no such hour*, *twice that hour*.
    """

    at: datetime | None
    damage: str = ""


@dataclass
class OrderShown:
    """In which order the days and months of a file stand, as those show that can be read in one order alone."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0

    def look_at(self, text: str) -> None:
        numbers = _numbers(text)
        if numbers is None:
            return
        first, second, _year = numbers
        if first > 12 >= second:
            self.day_first += 1
        elif second > 12 >= first:
            self.month_first += 1
        elif first != second:
            self.either += 1

    @property
    def order(self) -> Order | None:
        """None: some can be read in two ways, and nothing in the file says which, or it says both."""
        less, more = sorted((self.day_first, self.month_first))
        if self.either and less * FEW >= more:
            return None
        return "dmy" if self.day_first >= self.month_first else "mdy"


def order_shown(texts: Iterable[str]) -> OrderShown:
    shown = OrderShown()
    for text in texts:
        shown.look_at(text)
    return shown


def read_hour(text: str, zone: ZoneInfo, order: Order) -> Hour:
    """The hour that ``text`` says; without an offset it is one of ``zone``."""
    text = " ".join(text.split())
    if text.lower() in NOTHING or text.startswith(NO_DAY):
        return Hour(None)
    try:
        hour = _counted(text, zone) or _written(text, zone, order)
    except (ValueError, OverflowError):
        return Hour(None, "unreadable")
    return hour if hour.at and hour.at.year >= FIRST_YEAR else Hour(None, "unreadable")


def _counted(text: str, zone: ZoneInfo) -> Hour | None:
    """Seconds or milliseconds since 1970, or the days of a spreadsheet."""
    if MILLISECONDS.fullmatch(text):
        return Hour(datetime.fromtimestamp(int(text) / 1000, UTC))
    if SECONDS.fullmatch(text):
        return Hour(datetime.fromtimestamp(float(text), UTC))
    if SERIAL.fullmatch(text):
        days = timedelta(days=float(text.replace(",", ".")))
        return _placed(FIRST_DAY_OF_A_SHEET + timedelta(seconds=round(days.total_seconds())), zone, "")
    return None


def _written(text: str, zone: ZoneInfo, order: Order) -> Hour:
    moment, midnight, offset, rest = _time_of(text)
    day, damage = _date_of(rest, order)
    at = datetime.combine(day + timedelta(days=1) if midnight else day, moment)
    damage = damage or ("24:00" if midnight else "")
    if offset:
        return Hour(at.replace(tzinfo=offset).astimezone(UTC), damage)
    return _placed(at, zone, damage)


def _time_of(text: str) -> tuple[time, bool, timezone | None, str]:
    """The time of the day, whether it is the midnight that ends the day, its offset, and the text without these."""
    found = TIME.search(text)
    if not found:
        return time(), False, None, text
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    micro = int((found[4] or "").ljust(6, "0")[:6] or 0)
    half = re.sub(r"[^apm]", "", (found[5] or "").lower())
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(text)
        hours = hours % 12 + (12 if half == "pm" else 0)
    before, after = re.sub(r"(?<=\d)[Tt]$|[ ,]+$", "", text[: found.start()]), text[found.end() :]
    offset = OFFSET.match(after)
    rest = f"{before} {after[offset.end() :] if offset else after}"
    midnight = not half and (hours, minutes, seconds, micro) == (24, 0, 0, 0)
    if seconds == 60:  # a second that was put in
        seconds = 59
    return time(0 if midnight else hours, minutes, seconds, micro), midnight, offset and _offset(offset), rest


def _offset(found: re.Match[str]) -> timezone:
    """Raises ValueError for one that no place has."""
    if found[4]:
        return UTC
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if span > FURTHEST or int(found[3] or 0) >= 60:
        raise ValueError(found[0])
    return timezone(-span if found[1] == "-" else span)


def _date_of(text: str, order: Order) -> tuple[date, str]:
    """Raises ValueError for what is no date."""
    parts = _parts(text)
    if len(parts) == 1 and parts[0].isdecimal() and len(parts[0]) == 8:
        return date(int(parts[0][:4]), int(parts[0][4:6]), int(parts[0][6:])), ""
    words = [part for part in parts if not part.isdecimal()]
    if len(parts) != 3 or len(words) > 1:
        raise ValueError(text)
    if words:
        first, second = (part for part in parts if part.isdecimal())
        day, year = (second, first) if len(first) == A_YEAR else (first, second)
        return date(_year(year), _month(words[0]), int(day)), ""
    if len(parts[0]) == A_YEAR:
        return _possible(int(parts[0]), int(parts[1]), int(parts[2]))
    if order == "ymd" and len(parts[2]) < A_YEAR:
        return _possible(_year(parts[0]), int(parts[1]), int(parts[2]))
    one, two, of_year = int(parts[0]), int(parts[1]), _year(parts[2])
    return _possible(of_year, one, two) if order == "mdy" else _possible(of_year, two, one)


def _parts(text: str) -> list[str]:
    """The numbers and the month of a date, without the day of the week before them, whatever its language."""
    parts = [part for part in map(_plain, DATE_PARTS.findall(text)) if part not in FILLERS]
    return parts[1:] if len(parts) > 3 and not parts[0].isdecimal() else parts


def _month(word: str) -> int:
    """By its name or how that begins. Raises ValueError where that is no month, or of several."""
    found = {number for name, number in MONTHS.items() if name.startswith(word)} if len(word) >= 3 else set()
    month = MONTHS.get(word) or (found.pop() if len(found) == 1 else 0)
    if not month:
        raise ValueError(word)
    return month


def _possible(year: int, month: int, day: int) -> tuple[date, str]:
    """The other way round where only that is a day at all."""
    if month > 12 >= day:
        return date(year, day, month), "swapped"
    return date(year, month, day), ""


def _year(digits: str) -> int:
    """Of two digits as POSIX reads them: 69 is 1969. Raises ValueError for one and for three."""
    if len(digits) == 2:
        return 1900 + int(digits) if int(digits) >= 69 else 2000 + int(digits)
    if len(digits) != A_YEAR:
        raise ValueError(digits)
    return int(digits)


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


def _numbers(text: str) -> tuple[int, int, int] | None:
    """The three numbers of a date in which the year stands last."""
    try:
        parts = _parts(_time_of(" ".join(text.split()))[-1])
    except ValueError:
        return None
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or len(parts[0]) > 2 or len(parts[1]) > 2:
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def _placed(at: datetime, zone: ZoneInfo, damage: str) -> Hour:
    """An hour of the clock on the wall; one that came twice is the first of the two."""
    found = at.replace(tzinfo=zone)
    utc = found.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != at:
        return Hour(utc, damage or "no such hour")
    if found.replace(fold=1).utcoffset() != found.utcoffset():
        return Hour(utc, damage or "twice that hour")
    return Hour(utc, damage)
