"""The calls that stand open, as the desk shows them: who rings on which line, whom we owe a call, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases import desk_hours, phone_later
from guardia.cases.call_rows import running_clocks_of
from guardia.cases.desk_hours import opens_at
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks.clock import Clock
from guardia.customers.phones import spoken
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk, Line
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.case_page.links import CommonCause
from guardia.web.desk.clock import ClockFace, face_of, hour, written
from guardia.web.desk.page import tag_of
from guardia.web.shared.act import Button


# --- lines ------------------------------------------------------------------------------------------------------------
# A line of the procedure in words, and what its caller is told while the desk behind it is closed (L1 to L3, A2).
def line_words(call: Call) -> str:
    """``Switchboard, technical option · (02) 4004040, option 1``; else what the exchange said."""
    line = line_of(versions.of(call.procedure_version_id), call.line)
    if line is None:
        return call.line or call.dialled
    return f"{line.name} · {number_of(line)}"


def number_of(line: Line) -> str:
    return _("%(number)s, option %(n)s") % {"number": line.number, "n": line.option} if line.option else line.number


def line_of(procedure: Procedure, key: str) -> Line | None:
    return next((line for line in procedure.lines if line.key == key), None)


def desk_of(procedure: Procedure, key: str) -> Desk | None:
    return next((desk for desk in procedure.desks if desk.key == key), None)


def desk_words(call: Call) -> str:
    """The desk that the line leads to, or that the call was handed on to."""
    desk = desk_of(versions.of(call.procedure_version_id), call.at_desk)
    return str(desk.name) if desk else call.at_desk


def closed_words(call: Call, at: datetime) -> str:
    """What to read aloud to somebody who called a desk that is closed at ``at``: when it opens, what is done now."""
    if call.at_desk == TECHNICAL or desk_of(versions.of(call.procedure_version_id), call.at_desk) is None:
        return ""
    if opens_at(call.procedure_version_id, call.at_desk, at) is None:
        return ""
    return desk_hours.spoken(call.procedure_version_id, call.at_desk, at, get_language() or "es")


# --- line names -------------------------------------------------------------------------------------------------------
# The telephone lines and desks of the procedure as a screen names them (L1 to L3).
@dataclass(frozen=True, slots=True)
class LineNames:
    """``lines``: by the key that calls name them by, in the order of the procedure; ``desks``: the names by key."""

    lines: Mapping[str, Line]
    desks: Mapping[str, str]

    def name(self, key: str) -> str:
        """Its name; a line the procedure does not know as it was written down."""
        known = self.lines.get(key)
        return str(known.name) if known else key or _("unknown line")

    def number(self, key: str) -> str:
        """``(02) 4004040, option 2``; nothing for a line the procedure does not know."""
        known = self.lines.get(key)
        return number_of(known) if known else ""

    def desk(self, key: str) -> str:
        return self.desks.get(key, key)


def line_names(at: datetime) -> LineNames:
    """As the version in force at ``at`` (UTC) has them; none before one is published."""
    version = versions.version_at(at)
    if version is None:
        return LineNames({}, {})
    procedure = version.procedure
    desks = {desk.key: str(desk.name) for desk in procedure.desks}
    return LineNames({line.key: line for line in procedure.lines}, desks)


# --- rows -------------------------------------------------------------------------------------------------------------
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
    """The telephone at ``at`` as one person sees it. Calls of other desks than one's own stand last.

    ``on_the_bench``: the keys of the first call work without turning to it, for nothing else has them there.
    """

    at: datetime
    cards: Sequence[RingingCard] = ()
    more_words: str = ""
    mine: dict[str, Any] | None = None
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
    mine_clock: ClockFace | None = None
    on_the_bench: bool = False

    @property
    def on_the_line_for(self) -> str:
        return written(self.at - self.on_the_line_since, loose=True) if self.on_the_line_since else ""

    @property
    def now(self) -> float:
        return self.at.timestamp()

    @property
    def call_ids(self) -> frozenset[int]:
        """The calls that have a line of their own, so that no row of the bench repeats them."""
        mine = [self.mine["id"]] if self.mine else []
        return frozenset([*mine, *(card.id for card in self.cards)])

    @property
    def tag(self) -> str:
        """Equal tags, equal telephone on the screen; the seconds are the browser's own."""
        due = self.calls_clock.due_at if self.calls_clock else None
        mine = (self.mine or "", self.mine_clock.due_at if self.mine_clock else None)
        return tag_of([self.calls_words, due, *mine, self.shown, self.on_the_line_since, self.more_words, *self.tags])

    @property
    def tags(self) -> list[str]:
        return [card.tag for card in self.cards]

    @property
    def owed_tag(self) -> str:
        """Of the call-backs, which the bench shows; while a call rings, `r` is that call's."""
        each = [one.tag for one in (*self.call_backs, *self.missed)]
        return tag_of([self.more_call_backs, bool(self.cards), *each])


# --- calls ------------------------------------------------------------------------------------------------------------
STATE_WORDS = {
    "waiting": pgettext_lazy("call", "waits"),
    "on_the_line": pgettext_lazy("call", "on the line"),
    "to_register": gettext_lazy("ended, without a number yet"),
    "call_back": gettext_lazy("to be called back"),
    "over": gettext_lazy("ended, and nobody answered"),
    "in_menu": gettext_lazy("in the menu of the exchange"),
}


def running_clock(call: Call) -> Clock | None:
    """The call's running clock (read beforehand as ``running``): while it waits its minute, else what is due first."""
    if call.is_waiting and call.settled_at:
        return phone_later.minute_of(call)
    clocks = getattr(call, "running", None)
    if clocks is None:
        clocks = running_clocks_of(call)
    if call.is_waiting:
        return next((clock for clock in clocks if clock.kind == ClockKind.RECEPTION), None)
    return clocks[0] if clocks else None


def clock_of_call(call: Call, at: datetime) -> ClockFace | None:
    clock = running_clock(call)
    return face_of(clock, at) if clock else None


def who_calls(call: Call) -> str:
    return call.customer.name if call.customer else _("Not known yet")


def state_of_call(call: Call) -> str:
    if call.is_waiting:
        return "waiting"
    if call.is_on_the_line:
        return "on_the_line"
    if call.is_owed_a_call_back:
        return "call_back"
    if call.is_taken_up and call.at_desk == TECHNICAL:
        return "to_register"
    return "over" if call.ended_at else "in_menu"


def row_of(call: Call, at: datetime) -> dict[str, Any]:
    clock = running_clock(call)
    return {
        "id": call.pk,
        "version": state_of_call(call),
        "promise": str(CLOCK_NAMES[ClockKind(clock.kind)][0]) if clock else "",
        "from_number": spoken(call.from_number) if call.from_number else _("no number"),
        "when": when(call, at),
        "who": who_calls(call),
        "clock": face_of(clock, at) if clock else None,
        "known": str(call.contact) if call.contact else "",
        "vip": bool(call.customer and call.customer.vip),
        "acts": acts_of(call),
        "href": reverse("call", args=[call.pk]),
        "words": str(STATE_WORDS.get(state_of_call(call), "")),
    }


def when(call: Call, at: datetime) -> str:
    if call.is_waiting and call.waits_again_at:
        since = {"hour": hour(call.waits_again_at, at, seconds=True), "who": handed_on_by(call)}
        return _("waiting since %(hour)s, transferred by %(who)s") % since
    if call.lost_at and not call.reached_at:
        return _("hung up at %(hour)s") % {"hour": hour(call.lost_at, at, seconds=True)}
    if call.is_taken_up and call.speaks_since:
        who = call.speaker.name if call.speaker else call.speaker_as
        if call.is_on_the_line:
            return _("answered %(hour)s, %(who)s") % {"hour": hour(call.speaks_since, at, seconds=True), "who": who}
        ended = hour(call.ended_at or call.speaks_since, at, seconds=True)
        return _("ended at %(hour)s; %(who)s gives the number") % {"hour": ended, "who": who}
    if call.abandoned_at:
        return _("hung up at %(hour)s") % {"hour": hour(call.abandoned_at, at, seconds=True)}
    if call.waiting_at is None:
        return _("arrived %(hour)s") % {"hour": hour(call.arrived_at, at, seconds=True)}
    return _("waiting since %(hour)s") % {"hour": hour(call.waiting_at, at, seconds=True)}


def handed_on_by(call: Call) -> str:
    """Who had it before it began to wait again."""
    before = [row["name"] for row in call.later if row["taken_at"]]
    return before[-1] if before else call.answered_by.name if call.answered_by else call.answered_as


def acts_of(call: Call) -> tuple[Button, ...]:
    """What can be done from the list; that an exchange's call was answered or given up, the exchange says itself."""

    def step(name: str, words: str) -> Button:
        return Button(reverse("call_step", args=[call.pk, name]), words)

    see = Button(reverse("call", args=[call.pk]), _("See the call"), posts=False)
    over = step("abandona", _("Hung up"))
    if call.is_waiting:
        return (see, over) if call.exchange_id else (step("contesta", _("Answer")), over)
    if call.is_owed_a_call_back:
        return step("contactado", _("Reached")), step("no-es-falla", _("Not a fault"))
    if call.is_taken_up:
        ends = (over,) if call.is_on_the_line and not call.is_reached_since else ()
        return register_act(call), step("no-es-falla", _("Not a fault")), *ends
    return (see,)


def register_act(call: Call) -> Button:
    """A technical call becomes a case; what another desk's call becomes is chosen on its page."""
    if call.at_desk != TECHNICAL:
        return Button(reverse("call", args=[call.pk]), _("See the call"), posts=False)
    return Button(f"{reverse('new_case')}?llamada={call.pk}", _("Open the case"), posts=False)
