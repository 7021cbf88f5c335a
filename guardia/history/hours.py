"""Hours as former tools write them, read without a guess: each with what was damaged about it.

What has only one reading is read by it, even where it is damaged (a day above 12 in the place of the month, 24:00, a
month by its Spanish name); what has two is read by the order that the mapping names or that the file itself shows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guardia.history.mapping import Order

NOTHING = frozenset({"", "null", "none", "nan", "nat", "n/a", "na", "-", "--", "?", "(null)", "(empty)", "not set"})
"""What stands in a cell that holds no hour."""
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan ene janeiro january enero", "feb fev fevereiro february febrero", "mar marco march marzo"),
            *("apr abr abril april", "may mai maio mayo", "jun junho june junio", "jul julho july julio"),
            *("aug ago agosto august", "sep set sept setembro september septiembre setiembre"),
            *("oct out outubro october octubre", "nov novembro november noviembre"),
            "dec dic dez dezembro december diciembre",
        ),
        1,
    )
    for name in names.split()
}
TIME = re.compile(
    r"(?<![\d.])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\s?\.?\s?m\.?(?![a-z]))?", re.IGNORECASE
)
OFFSET = re.compile(r"\s*(?:(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?|\b(Z|UTC|GMT))\s*$", re.IGNORECASE)
WEEKDAY = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun|lun|mar(?:tes)|mie|mié|jue|vie|sab|sáb|dom|seg|ter|qua|qui|sex)[a-zçáéí\-]*\.?,?\s+",
    re.IGNORECASE,
)
DATE_PARTS = re.compile(r"\d+|[^\W\d_]+")
SECONDS, MILLISECONDS = re.compile(r"\d{10}(?:\.\d+)?"), re.compile(r"\d{13}")
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
FIRST_DAY_OF_A_SHEET = datetime(1899, 12, 30)  # noqa: DTZ001  # of the clock on the wall
A_YEAR = 4
"""So many digits has a year that is written out."""


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
        """None: some can be read in two ways, and nothing in the file says which."""
        if self.day_first or self.month_first:
            return "dmy" if self.day_first >= self.month_first else "mdy"
        return None if self.either else "dmy"


def order_shown(texts: Iterable[str]) -> OrderShown:
    shown = OrderShown()
    for text in texts:
        shown.look_at(text)
    return shown


def read_hour(text: str, zone: ZoneInfo, order: Order) -> Hour:
    """The hour that ``text`` says; without an offset it is one of ``zone``."""
    text = " ".join(text.replace("\u202f", " ").split())
    if text.lower() in NOTHING or text.startswith("0000-00-00"):
        return Hour(None)
    try:
        return _counted(text, zone) or _written(text, zone, order)
    except (ValueError, OverflowError):
        return Hour(None, "unreadable")


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
    hour, rest = _time_of(text)
    offset = OFFSET.search(rest) if hour else None
    rest = rest[: offset.start()] if offset else rest
    day, damage = _date_of(WEEKDAY.sub("", rest), order)
    moment, midnight = hour or (time(), False)
    at = datetime.combine(day + timedelta(days=1) if midnight else day, moment)
    damage = damage or ("24:00" if midnight else "")
    if offset:
        return Hour(at.replace(tzinfo=_offset(offset)).astimezone(UTC), damage)
    return _placed(at, zone, damage)


def _time_of(text: str) -> tuple[tuple[time, bool] | None, str]:
    """The time of the day, and whether it is the midnight that ends the day; and the text without it."""
    found = TIME.search(text)
    if not found:
        return None, text.replace("T00", " ")
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    micro = int((found[4] or "").ljust(6, "0")[:6] or 0)
    half = re.sub(r"[^apm]", "", (found[5] or "").lower())
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(text)
        hours = hours % 12 + (12 if half == "pm" else 0)
    before, after = text[: found.start()].rstrip("Tt ,"), text[found.end() :]
    midnight = (hours, minutes, seconds) == (24, 0, 0)
    return (time(0 if midnight else hours, minutes, min(seconds, 59), micro), midnight), f"{before} {after}".strip()


def _offset(found: re.Match[str]) -> timezone:
    if found[4]:
        return UTC
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-span if found[1] == "-" else span)


def _date_of(text: str, order: Order) -> tuple[date, str]:
    """Raises ValueError for what is no date."""
    parts = [part for part in DATE_PARTS.findall(text) if part.lower() not in ("de", "del", "of", "às", "as")]
    words = [part for part in parts if not part.isdigit()]
    if len(parts) == 1 and parts[0].isdigit() and len(parts[0]) == 8:
        return date(int(parts[0][:4]), int(parts[0][4:6]), int(parts[0][6:])), ""
    if len(parts) != 3 or len(words) > 1:
        raise ValueError(text)
    if words:
        month = MONTHS[_plain(words[0])] if _plain(words[0]) in MONTHS else MONTHS.get(_plain(words[0])[:3], 0)
        first, second = (part for part in parts if part.isdigit())
        day, year = (second, first) if len(first) == A_YEAR else (first, second)
        return date(_year(year), month, int(day)), ""
    if len(parts[0]) == A_YEAR:
        return _possible(int(parts[0]), int(parts[1]), int(parts[2]))
    first, second, year = int(parts[0]), int(parts[1]), _year(parts[2])
    if order == "ymd" and len(parts[2]) < A_YEAR:
        return _possible(_year(parts[0]), second, int(parts[2]))
    return _possible(year, first, second) if order == "mdy" else _possible(year, second, first)


def _possible(year: int, month: int, day: int) -> tuple[date, str]:
    """The other way round where only that is a day at all."""
    if month > 12 >= day:
        return date(year, day, month), "swapped"
    return date(year, month, day), ""


def _year(digits: str) -> int:
    return int(digits) if len(digits) >= A_YEAR else 2000 + int(digits)


def _plain(word: str) -> str:
    return word.lower().replace("ç", "c").rstrip(".")


def _numbers(text: str) -> tuple[int, int, int] | None:
    """The three numbers of a date in which the year stands last."""
    parts = DATE_PARTS.findall(TIME.sub(" ", text, count=1))[:3]
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or len(parts[0]) > 2 or len(parts[1]) > 2:
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
