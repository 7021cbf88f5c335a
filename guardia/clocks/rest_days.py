"""Ecuador's rest days by its law: Ley Orgánica Reformatoria a la LOSEP y al Código del Trabajo, R.O. 906, 20-12-2016.

The law moves the rest, not the feast: where the rest is moved, the true date is a working day. It rests on the day
before a Tuesday, on the Friday of the week for a Wednesday or Thursday, on the Friday before a Saturday and on the
Monday after a Sunday; local days alike. 1 January, 25 December and Shrove Tuesday do not move within the week, but they
do from a weekend. Two feasts on end (2 and 3 November) have a rule of their own. Days that a decree grants are input,
and so are the days of a province; a canton of the list brings its own day alone.
"""

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guardia.customers.values import fold

LOCAL_DAYS = Path(__file__).parent / "data" / "local-days-ec.csv"
ZONES = ("America/Guayaquil", "Pacific/Galapagos")
FIRST, LAST = 2017, 2030
LAST_DAY = date(LAST, 12, 31)

ALONE = (0, -1, 2, 1, 0, -1, 1)
"""How many days the rest is moved, by the weekday of the feast, Monday first."""
STAYS = (0, 0, 0, 0, 0, -1, 1)
"""The same for the feasts that do not move within the week."""
BEFORE_ANOTHER = (0, 0, 2, 0, 0, -1, 2)
"""The first of two feasts on end: Wednesday and Thursday rest on Thursday and Friday, Sunday and Monday on Monday and
Tuesday."""
AFTER_ANOTHER = (0, 0, -2, 0, 0, -2, 1)
"""The second of two: Tuesday and Wednesday rest on Monday and Tuesday, Friday and Saturday on Thursday and Friday."""

FIXED = (
    (1, 1, gettext_noop("New Year's Day"), STAYS),
    (5, 1, gettext_noop("Labour Day"), ALONE),
    (5, 24, gettext_noop("Battle of Pichincha"), ALONE),
    (8, 10, gettext_noop("First Cry of Independence"), ALONE),
    (10, 9, gettext_noop("Independence of Guayaquil"), ALONE),
    (11, 2, gettext_noop("All Souls' Day"), ALONE),
    (11, 3, gettext_noop("Independence of Cuenca"), ALONE),
    (12, 25, gettext_noop("Christmas Day"), STAYS),
)
BY_EASTER = (
    (-48, gettext_noop("Carnival Monday"), STAYS),
    (-47, gettext_noop("Carnival Tuesday"), STAYS),
    (-2, gettext_noop("Good Friday"), STAYS),
)
LOCAL = gettext_noop("Local day")
DECREED = gettext_noop("Rest day by decree")


class RestDaysUnknown(ValueError):
    """No such canton in the list, or a year outside it. The text is a sentence for the reader, with what to do."""


@dataclass(frozen=True, order=True)
class RestDay:
    """A day of rest: on which day, of which true date, and why (``name``: English msgid; ``canton`` where local)."""

    day: date
    true_day: date
    name: str
    canton: str = ""

    def __str__(self) -> str:
        return f"{_(self.name)}, {self.canton}" if self.canton else _(self.name)


@dataclass(frozen=True)
class Feast:
    day: date
    name: str
    moves: tuple[int, ...]
    canton: str = ""

    def rest(self, feasts: Collection[date]) -> RestDay:
        """When this feast is rested. ``feasts``: the true dates of all, for those that follow each other."""
        moves = self.moves
        if self.day + timedelta(1) in feasts:
            moves = BEFORE_ANOTHER
        elif self.day - timedelta(1) in feasts:
            moves = AFTER_ANOTHER
        return RestDay(self.day + timedelta(moves[self.day.weekday()]), self.day, self.name, self.canton)


def rest_days(years: Iterable[int], canton: str = "", decreed: Iterable[date] = (), feast: str = "") -> list[RestDay]:
    """The rest days of whole years (2017 to 2030), in order: the nation's, the canton's own, and those decreed.

    A feast of one year may be rested in another: 1 January 2022 was, on 31 December 2021. Two feasts may be rested on
    one day (Cuenca, 14 April 2028): the law is silent, and a further day is the decree's to grant. ``feast``: month and
    day of the canton's own (``07-25``) as they were announced; else those of the list.
    Raises RestDaysUnknown for an unknown canton or year.
    """
    years = set(years)
    if outside := sorted(year for year in years if not FIRST <= year <= LAST):
        words = _("The public holidays of %(year)d are not known, only those of %(first)d to %(last)d.")
        raise RestDaysUnknown(words % {"year": outside[0], "first": FIRST, "last": LAST})
    feasts = [each for year in range(FIRST, LAST + 2) for each in feasts_of(year, canton, feast)]
    dates = {each.day for each in feasts}
    by_law = (each.rest(dates) for each in feasts)
    by_decree = (RestDay(day, day, DECREED) for day in set(decreed))
    return sorted(rest for rest in (*by_law, *by_decree) if rest.day.year in years)


def feasts_of(year: int, canton: str = "", feast: str = "") -> Iterator[Feast]:
    """The true dates of a year, whatever the weekday. Raises RestDaysUnknown for an unknown canton."""
    for month, day, name, moves in FIXED:
        yield Feast(date(year, month, day), name, moves)
    for distance, name, moves in BY_EASTER:
        yield Feast(easter(year) + timedelta(distance), name, moves)
    if canton:
        listed, month, day = local_day(canton) if not feast else (canton, int(feast[:2]), int(feast[3:]))
        yield Feast(date(year, month, day), LOCAL, ALONE, listed)


def local_day(canton: str) -> tuple[str, int, int]:
    """The canton as the list writes it, and the month and day of its feast. Raises RestDaysUnknown."""
    days = local_days()
    if fold(canton) not in days:
        words = _("The local holiday of “%(canton)s” is not in the list (%(known)s). Give its date as a day of decree.")
        known = ", ".join(sorted(name for name, *_day in days.values()))
        raise RestDaysUnknown(words % {"canton": canton, "known": known})
    return days[fold(canton)]


def feast_of(canton: str) -> str:
    """Month and day of its feast, as ``07-25``. Raises RestDaysUnknown."""
    _listed, month, day = local_day(canton)
    return f"{month:02}-{day:02}"


@cache
def local_days() -> dict[str, tuple[str, int, int]]:
    with LOCAL_DAYS.open(encoding="utf-8", newline="") as file:
        return {
            fold(row["canton"]): (row["canton"], int(row["month"]), int(row["day"])) for row in csv.DictReader(file)
        }


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
