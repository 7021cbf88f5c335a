"""What stands around every desk page: the desk, the calls, the shift, the hour."""

from dataclasses import dataclass
from datetime import datetime

from guardia.doors.desk.shown.bench import View
from guardia.doors.desk.shown.clock import ClockFace


@dataclass(frozen=True, slots=True)
class Shell:
    at: datetime
    zone: str
    desk: str
    staff: str
    shift: str = ""
    calls_words: str = ""
    calls_count: str = ""
    calls_clock: ClockFace | None = None
    on_the_line: str = ""
    on_the_line_href: str = ""
    handles_cases: bool = True
    views: tuple[View, ...] = ()
    rooms: tuple[View, ...] = ()
    settings: tuple[View, ...] = ()
    kept_today: str = ""
    kept_detail: str = ""

    @property
    def now(self) -> float:
        return self.at.timestamp()
