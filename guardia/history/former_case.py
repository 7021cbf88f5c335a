"""One case as a former tool had it, made of its rows: what is plain is taken, what is not is said by row and column.

Nothing is guessed. A row without a readable hour is no event; a case that ended without an hour is left out; one that
has not ended is no history.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guardia.history.hours import NOTHING, read_hour
from guardia.history.mapping import OF_AN_EVENT, Fact, Order
from guardia.history.mapping import Mapping as ColumnMapping
from guardia.history.staging import StagedRow

OPEN_STATES = frozenset({"working", "waiting"})
ENDED_STATES = frozenset({"restored", "closed", "cancelled"})
LONGEST_TEXT = 20_000
OF_A_FILE = frozenset({"attachment", "attachment_data"})


class Trouble(NamedTuple):
    """What could not be taken as it stands: where, which heading, and a word for it (``guardia.history.troubles``)."""

    file: int
    row: int
    heading: str
    what: str
    words: str = ""


@dataclass(frozen=True)
class Step:
    """Something that happened to the case in the former tool. ``at``: UTC. ``state``: what it was from then on, *note*
    where it stayed what it was; ``cause``: for whom it waits; ``reopens``: it had been restored or closed before.
    """

    at: datetime
    state: str
    cause: str = ""
    activity: str = ""
    text: str = ""
    author: str = ""
    reopens: bool = False


class Attached(NamedTuple):
    """A file that a row names; ``staged``: where its bytes lie, if the row brought them. ``place``: file and row."""

    name: str
    staged: str
    place: tuple[int, int]


@dataclass
class FormerCase:
    """A case of the former tool; ``closed_at`` is None while it is open there. All hours are UTC."""

    number: str
    row: int
    opened_at: datetime
    closed_at: datetime | None
    is_cancelled: bool = False
    restored_at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    file: int = 0
    """In which of the files its first row stands, counted from 0."""
    attachments: Sequence[Attached] = ()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def ended_at(self) -> datetime:
        """When it was closed, of one that is not open."""
        assert self.closed_at
        return self.closed_at

    def fact(self, name: Fact) -> str:
        return self.facts.get(name, "")

    @property
    def reopened(self) -> int:
        return sum(step.reopens for step in self.steps)

    def waited(self) -> dict[str, timedelta]:
        """How long it waited in all, by whom it waited for; empty where the former tool did not say for whom."""
        totals: dict[str, timedelta] = {}
        since: tuple[str, datetime] | None = None
        for step in self.steps:
            if step.state == "note":
                continue
            if since:
                totals[since[0]] = totals.get(since[0], timedelta()) + (step.at - since[1])
            since = (step.cause, step.at) if step.state == "waiting" else None
        if since and self.closed_at and self.closed_at > since[1]:
            totals[since[0]] = totals.get(since[0], timedelta()) + (self.closed_at - since[1])
        return totals


class Reader:
    """Makes cases of rows, by one mapping; ``tell`` is called with each trouble. ``keeps_open``: also of open ones."""

    def __init__(
        self,
        mapping: ColumnMapping,
        zone: ZoneInfo,
        order: Order,
        now: datetime,
        tell: Callable[[Trouble], None],
        *,
        keeps_open: bool = False,
    ) -> None:
        self.mapping, self.zone, self.order, self.now, self.tell = mapping, zone, order, now, tell
        self.keeps_open = keeps_open

    def case(self, number: str, rows: Sequence[StagedRow]) -> FormerCase | None:
        """The case; None where it is left out, for a trouble that was told."""
        case = self._case(number, rows)
        if case:
            case.attachments = list(_attached(rows))
        return case

    def _case(self, number: str, rows: Sequence[StagedRow]) -> FormerCase | None:
        first = rows[0]
        facts = self._facts(rows)
        hours = {name: self._hour_of(rows, name) for name in ("opened", "restored", "closed")}
        steps = self._steps(rows)
        opened = hours["opened"] or (steps[0].at if steps else None)
        if opened is None:
            return self._leave_out(first, "opened", "no opening")
        if early := sum(step.at < opened for step in steps):
            self._say(first, "opened", "before its opening", str(early))
        state = self._state(rows, facts) or _last_state(steps)
        if state in OPEN_STATES and self.keeps_open:
            return self._open_case(number, rows, opened, facts, steps)
        if state in OPEN_STATES:
            return self._leave_out(first, "state" if "state" in facts else "activity", "still open")
        ended = [step for step in steps if step.state in ENDED_STATES] if _last_state(steps) in ENDED_STATES else []
        closed = hours["closed"] or (ended[-1].at if ended else None)
        if closed is None and hours["restored"] and state in ENDED_STATES:
            closed = hours["restored"]
            self._say(first, "closed", "closed when restored")
        if closed is None:
            return self._leave_out(first, "closed", "no closing")
        if closed < opened:
            return self._leave_out(first, "closed", "closed before opened")
        if max(opened, closed) > self.now:
            return self._leave_out(first, "closed", "in the future")
        restored = hours["restored"] or next((s.at for s in reversed(steps) if s.state == "restored"), None)
        if restored and not opened <= restored <= self.now:
            self._say(first, "restored", "restored outside")
            restored = None
        is_cancelled = "cancelled" in (state, *(step.state for step in ended[-1:]))
        return FormerCase(number, first.number, opened, closed, is_cancelled, restored, facts, steps, first.file)

    def _open_case(
        self, number: str, rows: Sequence[StagedRow], opened: datetime, facts: Mapping[str, str], steps: Sequence[Step]
    ) -> FormerCase | None:
        if opened > self.now:
            return self._leave_out(rows[0], "opened", "in the future")
        return FormerCase(number, rows[0].number, opened, None, False, None, facts, steps, rows[0].file)

    # --- what the rows say --------------------------------------------------------------------------------------------
    def _facts(self, rows: Sequence[StagedRow]) -> dict[str, str]:
        """Of the case: of each fact the last that any row says, of what was there at the beginning the first."""
        found: dict[str, str] = {}
        for row in rows:
            for name, cells in row.facts.items():
                if name in OF_AN_EVENT or name in OF_A_FILE:
                    continue
                value = " · ".join(cell for cell in cells if cell.strip().lower() not in NOTHING).strip()[:LONGEST_TEXT]
                if value and (name not in found or name in ("state", "cause", "solution")):
                    found[name] = value
        return found

    def _hour_of(self, rows: Sequence[StagedRow], name: Fact) -> datetime | None:
        """The last hour that any row says; of the opening the first."""
        hours = []
        seen = set()
        for row in rows:
            text = " ".join(row.facts.get(name, ()))
            if text in seen:
                continue
            seen.add(text)
            if hour := self._read(row, name, text):
                hours.append(hour)
        return (hours[0] if name == "opened" else hours[-1]) if hours else None

    def _read(self, row: StagedRow, name: Fact, text: str) -> datetime | None:
        hour = read_hour(text, self.zone, self.order)
        if hour.damage:
            self._say(row, name, hour.damage, text)
        return hour.at

    def _state(self, rows: Sequence[StagedRow], facts: Mapping[str, str]) -> str:
        """What the case is now, by its column alone."""
        if "state" not in facts:
            return ""
        row = next(row for row in reversed(rows) if "".join(row.facts.get("state", ())).strip())
        kind = self.mapping.rows[row.kind]
        found = self.mapping.state_of(kind, row.facts["state"])
        if found is None:
            self._say(row, "state", "unknown state", facts["state"])
        name = (found or "").partition(" ")[0]
        return {"note": "", "reopened": "working"}.get(name, name)

    def _steps(self, rows: Sequence[StagedRow]) -> list[Step]:
        """In the order of their hours; two of one hour in the order of their rows."""
        lists: dict[tuple[object, ...], list[tuple[Step, int]]] = {}
        for row in rows:
            kind = self.mapping.rows[row.kind]
            if kind.tells_events and (step := self._step(row)):
                lists.setdefault((row.file, *kind.headings("time")), []).append((step, row.kind))
        for of_one in lists.values():
            if _backward(of_one) > _backward(of_one[::-1]):  # the newest first
                of_one.reverse()
        if disordered := sum(map(_backward, lists.values())):
            self._say(rows[0], "time", "out of order", str(disordered))
        found = sorted(chain.from_iterable(lists.values()), key=lambda each: each[0].at)
        return list(_with_reopenings(_settled(found)))

    def _step(self, row: StagedRow) -> Step | None:
        text = " ".join(row.facts.get("time", ()))
        at = self._read(row, "time", text)
        if at is None or at > self.now:
            self._say(row, "time", "event in the future" if at else "event without hour", text)
            return None
        words = row.facts.get("activity", ())
        activity = " / ".join(word.strip() for word in words if word.strip())
        state = self.mapping.state_of(self.mapping.rows[row.kind], words)
        if state is None and activity:
            self._say(row, "activity", "unknown state", activity)
        name, _blank, cause = (state or "note").partition(" ")
        note, author = (
            " · ".join(filter(str.strip, row.facts.get(fact, ())))[:LONGEST_TEXT].strip() for fact in ("note", "author")
        )
        return Step(at, name, cause, activity[:LONGEST_TEXT], note, author[:200])

    # --- what is said -------------------------------------------------------------------------------------------------
    def _say(self, row: StagedRow, name: Fact, what: str, words: str = "") -> None:
        headings = " / ".join(self.mapping.rows[row.kind].headings(name)) or name
        self.tell(Trouble(row.file, row.number, headings, what, words[:200]))

    def _leave_out(self, row: StagedRow, name: Fact, what: str) -> FormerCase | None:
        self._say(row, name, what)
        return None


def _last_state(steps: Sequence[Step]) -> str:
    """What the last of them says that the case is; empty where none says it."""
    return next((step.state for step in reversed(steps) if step.state != "note"), "")


def _backward(steps: Sequence[tuple[Step, int]]) -> int:
    """How many of them happened before the one that stands before them."""
    return sum(after.at < before.at for (before, _of), (after, _too) in pairwise(steps))


def _settled(steps: Sequence[tuple[Step, int]]) -> Iterator[Step]:
    """What says again what the case is already is a note. So is that it waits, where a row of another kind says of the
    same hour for whom.
    """
    now: tuple[str, str] = ("", "")
    waits_for = {(step.at, kind) for step, kind in steps if step.state == "waiting" and step.cause}
    for step, kind in steps:
        is_refined = (
            step.state == "waiting"
            and not step.cause
            and any(at == step.at and other != kind for at, other in waits_for)
        )
        if step.state != "note" and ((step.state, step.cause) == now or is_refined):
            step = replace(step, state="note", cause="")
        elif step.state != "note":
            now = step.state, step.cause
        yield step


def _with_reopenings(steps: Iterable[Step]) -> Iterator[Step]:
    """What is worked on, or waits, after it was restored or closed was opened again."""
    is_over = False
    for step in steps:
        if step.state == "reopened" or (is_over and step.state in OPEN_STATES):
            state = "working" if step.state == "reopened" else step.state
            step, is_over = replace(step, state=state, reopens=True), False
        elif step.state != "note":
            is_over = step.state in ENDED_STATES
        yield step


def _attached(rows: Sequence[StagedRow]) -> Iterator[Attached]:
    """Each file that these rows name, once; several of one cell stand between ``;``, unless its bytes come with it."""
    seen = set()
    for row in rows:
        staged = "".join(row.facts.get("attachment_data", ()))
        for cell in row.facts.get("attachment", ()):
            for name in (cell,) if staged else cell.split(";"):
                attached = Attached(name.strip()[:LONGEST_TEXT], staged, (row.file, row.number))
                if attached.name and attached[:2] not in seen:
                    seen.add(attached[:2])
                    yield attached
