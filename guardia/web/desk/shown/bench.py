"""The bench: one row per next promise, first what breaks first."""

from dataclasses import dataclass

from guardia.web.desk.shown.clock import ClockFace


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One case or call with the promise that breaks first. ``version`` changes when the row says something else."""

    id: str
    href: str
    version: str
    clock: ClockFace
    promise: str
    owed: str
    company: str
    impact: str
    impact_word: str
    holder: str
    fact: str = ""
    vip: bool = False
    city: str = ""
    number: str = ""
    service: str = ""
    symptom: str = ""
    take: str = ""
    opens: str = ""
    action: str = ""

    @property
    def about(self) -> str:
        return " · ".join(part for part in (self.number, self.service, self.symptom) if part)


@dataclass(frozen=True, slots=True)
class CallTask:
    """A telephone that must be rung now, with its own clock."""

    words: str
    number: str
    href: str
    clock: ClockFace


@dataclass(frozen=True, slots=True)
class NextPromise:
    """The first row, open: what is owed in a sentence, the one primary action, who must answer."""

    row: BenchRow
    sentence: str
    action: str
    action_href: str
    wait_href: str = ""
    answers: str = ""
    answers_lines: tuple[str, ...] = ()
    next_level: str = ""
    next_level_clock: ClockFace | None = None
    call: CallTask | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many promises are in a state; stops at 99+."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """A list one can look at; its address is the filter. ``key`` opens it from any page that shows it."""

    href: str
    words: str
    count: str = ""
    is_current: bool = False
    key: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is on, and the address without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Bench:
    title: str
    open_words: str
    order: str
    by_promise_href: str
    by_impact_href: str
    first: NextPromise | None = None
    rows: tuple[BenchRow, ...] = ()
    waiting: tuple[BenchRow, ...] = ()
    closed: tuple[BenchRow, ...] = ()
    desk: str = ""
    takes_requests: bool = False
    has_incidents: bool = True
    counts: tuple[Count, ...] = ()
    others_open: str = ""
    last_closed: str = ""
    tag: str = ""
    poll: str = ""
    next_page: str = ""
    chosen: tuple[Chosen, ...] = ()
    hiding: tuple[Chosen, ...] = ()
    clear_href: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.first or self.rows or self.waiting or self.closed)

    @property
    def is_by_impact(self) -> bool:
        return self.order == "impacto"
