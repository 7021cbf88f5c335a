"""A call as far as it was heard, and the times in which nothing was."""

from dataclasses import dataclass
from datetime import datetime

from guardia.calls.call import LeftAs, Measure
from guardia.calls.course_visits import Person, Visit


@dataclass(frozen=True)
class Unheard:
    """A time in which the exchange was not heard, and whose log was not read since. ``until`` None: still so."""

    since: datetime
    until: datetime | None

    def touches(self, start: datetime, end: datetime) -> bool:
        return self.since < end and (self.until is None or self.until > start)


@dataclass(frozen=True)
class HandedOn:
    """The call was handed on; ``taken_by``: who answered it then."""

    at: datetime
    kind: str
    by: str = ""
    to: str = ""
    taken_by: Person | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Later:
    """After the first answer: since when nobody has the call, or it waits again; and how that ended. Hours in UTC."""

    at: datetime
    counts: bool = False  # it waits for a person, in a queue or at telephones that ring; else it is on its way there
    queue: str = ""
    rung: tuple[Person, ...] = ()  # whose telephones ring for it, or rang
    taken_at: datetime | None = None
    taken_by: Person | None = None
    lost_at: datetime | None = None  # over before anybody took it
    unseen: bool = False  # an hour of it was not heard: its minute is not measured

    @property
    def is_open(self) -> bool:
        return self.taken_at is None and self.lost_at is None


@dataclass(frozen=True)
class Course:
    """A call as far as it was heard. Hours in UTC; numbers as the exchange wrote them; empty: not said."""

    reference: str
    is_ours: bool  # it came in from outside
    arrived_at: datetime
    number: str = ""
    name: str = ""
    dialled: str = ""
    option: str = ""
    queue: str = ""  # the first one
    waiting_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: Person | None = None
    abandoned_at: datetime | None = None
    left_as: LeftAs | None = None
    ended_at: datetime | None = None
    measure: Measure = Measure.EXCHANGE
    visits: tuple[Visit, ...] = ()
    transfers: tuple[HandedOn, ...] = ()
    later: tuple[Later, ...] = ()  # what followed the first answer
    end_unseen: bool = False  # over by then, and nobody heard it end
    rang_numbers: tuple[str, ...] = ()  # one of ours rang outside; the dial plan may write one number in several ways
    reached_at: datetime | None = None  # … and it was answered
    reached_by: Person | None = None
