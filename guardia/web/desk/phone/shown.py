"""What the desk sees of the telephone on every page: who rings, who of us is on the line, whom we owe a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guardia.web.desk.page import tag_of
from guardia.web.desk.shown.clock import ClockFace, written
from guardia.web.desk.shown.common_cause import CommonCause


@dataclass(frozen=True, slots=True)
class KeyedCase:
    """An open case of the company: its service is in trouble, and one key attaches the call to it."""

    key: int
    number: str
    href: str
    words: str
    subject: str
    impact: str = ""
    impact_word: str = ""
    join_href: str = ""

    @property
    def tag(self) -> str:
        return f"{self.number}{self.words}{self.impact}"


@dataclass(frozen=True, slots=True)
class RingingCard:
    """One call that waits. Its ``answer_href`` is empty where an exchange says itself that it was answered;
    ``take_href``: the exchange can hand it to the telephone of who looks at it.
    """

    id: int
    who: str
    contact: str
    number: str
    line: str
    desk: str
    since: datetime
    rings: str
    page_href: str
    open_href: str
    open_words: str
    may_act: bool
    answer_href: str = ""
    take_href: str = ""
    abandon_href: str = ""
    clock: ClockFace | None = None
    vip: bool = False
    rings_here: bool = False
    handed: str = ""
    is_known: bool = False
    is_newest: bool = False
    small: bool = False
    closed: str = ""
    cases: Sequence[KeyedCase] = ()
    more_cases: bool = False
    probably: Sequence[CommonCause] = ()

    @property
    def tag(self) -> str:
        due = self.clock.due_at if self.clock else None
        how = (self.rings, self.handed, due, self.is_newest, self.small, self.take_href)
        return tag_of([self.id, self.who, self.contact, *how, *self.tags])

    @property
    def tags(self) -> list[str]:
        return [*(case.tag for case in self.cases), *(one.tag for one in self.probably)]


@dataclass(frozen=True, slots=True)
class MyCall:
    """The call that this person has on the line. ``leads``: a page may be led to it, once."""

    id: int
    key: str
    words: str
    href: str
    leads: bool


@dataclass(frozen=True, slots=True)
class CallBack:
    """Somebody who hung up before anybody answered, and is rung back."""

    id: int
    who: str
    contact: str
    number: str
    dial: str
    words: str
    page_href: str
    reached_href: str
    drop_href: str
    dial_href: str = ""
    clock: ClockFace | None = None
    vip: bool = False
    line: str = ""

    @property
    def tag(self) -> str:
        return f"{self.id}:{self.who}:{self.clock.state if self.clock else ''}:{self.dial_href}"


@dataclass(frozen=True, slots=True)
class Phone:
    """The telephone at ``at`` as one person sees it. Calls of other desks than one's own stand last."""

    at: datetime
    cards: Sequence[RingingCard] = ()
    more_words: str = ""
    mine: MyCall | None = None
    shown: str = ""
    calls_words: str = ""
    calls_count: str = ""
    calls_clock: ClockFace | None = None
    on_the_line_since: datetime | None = None
    on_the_line_href: str = ""
    call_backs: Sequence[CallBack] = ()
    more_call_backs: str = ""
    missed: Sequence[CallBack] = ()
    may_join: bool = True

    @property
    def on_the_line_for(self) -> str:
        return written(self.at - self.on_the_line_since, loose=True) if self.on_the_line_since else ""

    @property
    def now(self) -> float:
        return self.at.timestamp()

    @property
    def tag(self) -> str:
        """Equal tags, equal telephone on the screen; the seconds are the browser's own."""
        due = self.calls_clock.due_at if self.calls_clock else None
        mine = self.mine or ""
        return tag_of([self.calls_words, due, mine, self.shown, self.on_the_line_since, self.more_words, *self.tags])

    @property
    def tags(self) -> list[str]:
        return [card.tag for card in self.cards]

    @property
    def owed_tag(self) -> str:
        """Of the call-backs, which the bench shows; while a call rings, `r` is that call's."""
        each = [one.tag for one in (*self.call_backs, *self.missed)]
        return tag_of([self.more_call_backs, bool(self.cards), *each])
