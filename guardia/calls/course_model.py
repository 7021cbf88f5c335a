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
    rang_number: str = ""  # one of ours rang this number outside …
    reached_at: datetime | None = None  # … and it was answered
    reached_by: Person | None = None

    @property
    def is_decided(self) -> bool:
        """The exchange has said how the wait ended, or that the call is over."""
        return bool(self.answered_at or self.abandoned_at or self.ended_at)
