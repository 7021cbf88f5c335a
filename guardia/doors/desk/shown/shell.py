"""What stands around every desk page: the desk, the calls, the shift, the hour."""

from dataclasses import dataclass
from datetime import datetime

from guardia.doors.desk.shown.bench import View
from guardia.doors.desk.shown.clock import ClockFace, written


@dataclass(frozen=True, slots=True)
class Shell:
    at: datetime
    zone: str
    zone_words: str
    desk: str
    staff: str
    shift: str = ""
    calls_words: str = ""
    calls_count: str = ""
    calls_clock: ClockFace | None = None
    on_the_line_since: datetime | None = None
    on_the_line_href: str = ""
    handles_cases: bool = True
    views: tuple[View, ...] = ()
    rooms: tuple[View, ...] = ()
    settings: tuple[View, ...] = ()
    kept_today: str = ""
    kept_detail: str = ""

    @property
    def on_the_line_for(self) -> str:
        return written(self.at - self.on_the_line_since, loose=True) if self.on_the_line_since else ""

    @property
    def now(self) -> float:
        return self.at.timestamp()
