"""What stands around every desk page: the desk, the calls, the shift, the hour, and what the whole house must know."""

from dataclasses import dataclass
from datetime import datetime

from guardia.web.desk.page import tag_of
from guardia.web.desk.phone.shown import Phone
from guardia.web.desk.shown.bench import View


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """Somebody on shift."""

    name: str
    since: str
    is_me: bool = False


@dataclass(frozen=True, slots=True)
class OnThePhone:
    """One person in the queues of the desk. ``how``: free, rings, talks, paused, gone."""

    name: str
    how: str
    words: str


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """The shift of the technical desk: its hours, who is on it, which change comes, and whether I am on it.

    ``phones``: who is in its queues, as the exchange says; empty where none is heard or none has queues.
    """

    hours: str
    words: str
    count_words: str
    people: tuple[AtTheDesk, ...]
    next_words: str
    next_hour: str
    is_alarm: bool
    is_mine: bool
    may_enter: bool
    phones: tuple[OnThePhone, ...] = ()
    phones_words: tuple[str, ...] = ()
    phones_names: str = ""


@dataclass(frozen=True, slots=True)
class BannerAct:
    """A button of a banner: what it posts to, its word, and the key that presses it."""

    href: str
    words: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above every page. ``kind``: alarm (nobody on shift), stopped (no sweep), due (a hand-over)."""

    kind: str
    words: str
    more: str = ""
    href: str = ""
    link: str = ""
    acts: tuple[BannerAct, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    at: datetime
    zone: str
    zone_words: str
    desk: str
    staff: str
    phone: Phone
    desks: tuple[View, ...] = ()
    bench_href: str = "/"
    shift: ShiftNow | None = None
    banners: tuple[Banner, ...] = ()
    handles_cases: bool = True
    takes_requests: bool = True
    views: tuple[View, ...] = ()
    saved: tuple[View, ...] = ()
    rooms: tuple[View, ...] = ()
    settings: tuple[View, ...] = ()
    kept_today: str = ""
    kept_detail: str = ""

    @property
    def calls_words(self) -> str:
        return self.phone.calls_words

    @property
    def on_the_line_href(self) -> str:
        return self.phone.on_the_line_href

    @property
    def now(self) -> float:
        return self.at.timestamp()

    @property
    def tag(self) -> str:
        """Equal tags, equal shift and banners on the screen."""
        return tag_of([self.shift, *self.banners])
