"""Registration with the caller on the line, and the same screen once the number is given."""

from dataclasses import dataclass

from guardia.doors.desk.shown.bench import CallTask
from guardia.doors.desk.shown.clock import ClockFace


@dataclass(frozen=True, slots=True)
class FoundCompany:
    href: str
    name: str
    words: str
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is on the line, as far as the number or the search has told."""

    company: str
    words: str
    from_number: str = ""
    vip: bool = False
    other_href: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ServiceOption:
    id: int
    circuit: str
    words: str
    site: str
    known: str
    has_open_case: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case of the same site: perhaps what the caller speaks of."""

    number: str
    subject: str
    words: str
    join_href: str
    href: str


@dataclass(frozen=True, slots=True)
class ToldFirst:
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class BeforeCase:
    number: str
    href: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Meter:
    """The registration clock as a bar; percents of its length."""

    run: float
    points: tuple[float, ...]
    taken: str
    reception: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """The right column: the clock of P2, what may already be known, who will be told."""

    clock: ClockFace | None = None
    clock_name: str = ""
    meter: Meter | None = None
    open_cases: tuple[OpenCase, ...] = ()
    told: tuple[ToldFirst, ...] = ()
    told_title: str = ""
    nobody_reachable: bool = False
    what_follows: str = ""
    number: str = ""
    registered_in: str = ""
    registered_state: str = "on_time"
    call: CallTask | None = None
