"""A running promise as it is written on a screen: its number, its state in a word and a shape, its hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from guardia.cases.case import Case
from guardia.clocks.clock import Clock
from guardia.web.shared.hour_in_words import short_date

MINUS = "\u2212"
SPACE = "\u00a0"


class State(StrEnum):
    """The five states of time; each has a word, a shape of the same name in icons.svg, and a colour."""

    ON_TIME = "on_time"
    SOON = "soon"
    URGENT = "urgent"
    LATE = "late"
    WAITING = "waiting"


WORDS = {
    State.ON_TIME: pgettext_lazy("clock", "on time"),
    State.SOON: pgettext_lazy("clock", "due soon"),
    State.URGENT: pgettext_lazy("clock", "urgent"),
    State.LATE: pgettext_lazy("clock", "overdue"),
    State.WAITING: pgettext_lazy("clock", "waiting"),
}


def written(left: timedelta, loose: bool = False) -> str:
    """Time left as it stands on a clock: ``06:30``, ``1 h 52``, ``−02:14``, ``−1 h 05``, ``3 d 04 h``.

    ``loose`` leaves out the first zero (``6:30``), for a time within a sentence.
    """
    sign = MINUS if left < timedelta() else ""
    whole = int(abs(left).total_seconds())
    days, hours, minutes = whole // 86400, whole // 3600, whole // 60
    if days >= 3:
        return f"{sign}{days}{SPACE}d{SPACE}{hours % 24:02}{SPACE}h"
    if hours:
        return f"{sign}{hours}{SPACE}h{SPACE}{minutes % 60:02}"
    return f"{sign}{minutes}:{whole % 60:02}" if loose else f"{sign}{minutes:02}:{whole % 60:02}"


def stood(waited: timedelta) -> str:
    """How long something has stood still or lasted, in minutes: ``41 min``, ``1 h 04``."""
    minutes = max(0, int(waited.total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes}{SPACE}min"
    return f"{minutes // 60}{SPACE}h{SPACE}{minutes % 60:02}"


def promised(target: timedelta) -> str:
    """A target as it is compared with what was taken: ``20:00``, ``3 h``, ``1 h 30``."""
    hours, minutes = divmod(int(target.total_seconds()) // 60, 60)
    return f"{hours}{SPACE}h" if hours and not minutes else written(target, loose=True)


def desk_zone() -> ZoneInfo:
    """The operator's zone: the one in which the desk reads and writes every hour. Mails speak the site's."""
    return ZoneInfo(settings.TIME_ZONE)


A_DAY_IS_ENOUGH = timedelta(days=26)
"""Within it no day of a month comes twice."""


def hour(at: datetime, now: datetime, seconds: bool = False) -> str:
    """The hour in the operator's zone, with the day of the week once it is not today's or tonight's, with the month
    once such a day comes again, and with the year where that is another one.
    """
    local = at.astimezone(desk_zone())
    words = date_format(local, "H:i:s" if seconds else "H:i")
    if abs(at - now) < timedelta(hours=18):
        return words
    if abs(at - now) < A_DAY_IS_ENOUGH:
        return f"{date_format(local, 'D j')} {words}"
    return f"{short_date(local, 'j M' if local.year == now.astimezone(desk_zone()).year else 'j M Y')} {words}"


@dataclass(frozen=True, slots=True)
class ClockFace:
    """One running promise at ``at``. Hours are aware; ``due_at`` is None only while it waits or nothing is promised."""

    at: datetime
    due_at: datetime | None
    started_at: datetime | None = None
    warn_at: datetime | None = None
    urgent_at: datetime | None = None
    waiting_since: datetime | None = None

    @property
    def state(self) -> State:
        if self.waiting_since or self.due_at is None:
            return State.WAITING
        if self.at > self.due_at:
            return State.LATE
        if self.urgent_at and self.at >= self.urgent_at:
            return State.URGENT
        return State.SOON if self.warn_at and self.at >= self.warn_at else State.ON_TIME

    @property
    def is_late(self) -> bool:
        return self.state is State.LATE

    @property
    def is_waiting(self) -> bool:
        return self.state is State.WAITING

    @property
    def word(self) -> str:
        return str(WORDS[self.state])

    @property
    def number(self) -> str:
        return self._number(loose=False)

    @property
    def loose_number(self) -> str:
        return self._number(loose=True)

    def _number(self, loose: bool) -> str:
        if self.due_at and not self.waiting_since:
            return written(self.due_at - self.at, loose)
        return stood(self.at - (self.waiting_since or self.at))

    @property
    def due_words(self) -> str:
        """The hour beside a number in a list: ``due 03:21``, or since when it is broken or stands still."""
        since = self.waiting_since or (self.due_at if self.is_late else None)
        if since:
            return pgettext("clock", "since %(hour)s") % {"hour": hour(since, self.at)}
        return _("due %(hour)s") % {"hour": hour(self.due_at, self.at)} if self.due_at else ""

    @property
    def due_sentence(self) -> str:
        """The hour where the second decides: ``due at 03:31:00``, ``fell due at 03:13:00``."""
        if self.waiting_since:
            return _("stopped since %(hour)s") % {"hour": hour(self.waiting_since, self.at, seconds=True)}
        if self.due_at is None:
            return ""
        words = _("fell due at %(hour)s") if self.is_late else _("due at %(hour)s")
        return words % {"hour": hour(self.due_at, self.at, seconds=True)}


# --- clock faces ------------------------------------------------------------------------------------------------------
# Clock faces: of a case's next promise, and of one of its clocks.
def next_of(case: Case, at: datetime, *, waiting: bool = False) -> ClockFace:
    """The promise of the case that breaks first; or, for a list of what waits, how long it has stood still."""
    if waiting or case.next_due_at is None:
        return ClockFace(at=at, due_at=None, waiting_since=case.waiting_since or at)
    return ClockFace(
        at=at,
        due_at=case.next_due_at,
        started_at=case.next_started_at,
        warn_at=case.next_warn_at,
        urgent_at=case.next_urgent_at,
    )


def face_of(clock: Clock, at: datetime) -> ClockFace:
    return ClockFace(
        at=at,
        due_at=clock.due_at,
        started_at=clock.started_at,
        warn_at=clock.warn_at,
        urgent_at=clock.urgent_at,
        waiting_since=clock.waiting_since,
    )
