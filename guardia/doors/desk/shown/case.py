"""The case page: the rail of stages, what is promised now, who answers, what happened."""

from dataclasses import dataclass
from datetime import datetime

from guardia.doors.desk.shown.clock import ClockFace


@dataclass(frozen=True, slots=True)
class RailSegment:
    """One stage, promised against real. Shares are percents of the bar's length, ready to be drawn."""

    name: str
    href: str
    took: str
    state: str = "to_come"  # done, now, to_come
    broken: bool = False
    kept: bool = False
    waiting: bool = False
    run: float = 0
    over: float = 0
    stood: float = 0
    target_at: float | None = None
    clock: ClockFace | None = None

    @property
    def is_now(self) -> bool:
        return self.state == "now"

    @property
    def over_from(self) -> float:
        return self.target_at if self.target_at is not None else self.run

    @property
    def stood_from(self) -> float:
        return max(0.0, self.run - self.stood)


@dataclass(frozen=True, slots=True)
class Why:
    """Why a clock shows this hour: its parts in the order they are added up."""

    clause: str
    quote: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Promise:
    name: str
    clock: ClockFace
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened. ``kind`` chooses its mark: breach, public, internal or plain."""

    id: str
    at: datetime
    kind: str
    name: str
    said: str
    by: str = ""
    details: tuple[str, ...] = ()
    recorded_later: str = ""


@dataclass(frozen=True, slots=True)
class LogTab:
    href: str
    words: str
    count: int
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class ToldPerson:
    name: str
    words: str
    ticked: bool = False
    warns: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PagedPerson:
    """One person of a level: the channels and whether each delivered; or the hour at which the level enters."""

    level: str
    name: str
    channels: tuple[tuple[str, bool], ...] = ()
    enters: str = ""
    confirm_href: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who must answer now."""

    title: str
    state: str
    clock: ClockFace | None = None
    clock_words: str = ""
    people: tuple[PagedPerson, ...] = ()
    call_words: str = ""
    call_number: str = ""
    call_clock: ClockFace | None = None
    call_href: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    words: str
    warns: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class OtherAct:
    """An act beside the stage's own: a link that puts its form in place."""

    href: str
    words: str
    key: str = ""
    is_current: bool = False
