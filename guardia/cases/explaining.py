"""Why each clock of a case or call shows its hour: its parts, the waits and who asked for them, what changed since.

Facts only, from the events; `explanations` puts them into sentences.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.closing_figures import UPHELD
from guardia.cases.event import CaseEvent
from guardia.cases.labels import CAUSE_NAMES, CLOCK_NAMES
from guardia.cases.stages import reception
from guardia.clocks.calendars import CalendarChange, ChangeKind, announced_at
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.clock_state import ClockState, Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.explain import Counts, Explanation, SpanPart, explain
from guardia.clocks.fold import Fold
from guardia.clocks.rest_days import FIRST, LAST, ZONES, rest_days
from guardia.procedure import version as versions
from guardia.procedure.clock_rule import ALWAYS, ClockRule
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, Moment, WaitCause


@dataclass(frozen=True)
class Correction:
    """A wait was written down anew: when, from and until which hours it was, and why."""

    at: datetime
    was: tuple[datetime, datetime | None] | None
    reason: str


@dataclass(frozen=True)
class WaitExplained:
    """A wait that holds this clock, or held it until it was corrected or ruled void (``stands`` is False)."""

    wait: Wait
    stands: bool
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class CalendarMoved:
    """A rest day was announced, or taken back, while the clock ran (A3 D). Hours in UTC."""

    edition: int
    at: datetime
    day: str
    kind: str
    reason: str
    was_due_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class Explained:
    clock: ClockState
    rule: ClockRule
    calendar: str
    explanation: Explanation
    waits: tuple[WaitExplained, ...] = ()
    moved: tuple[CalendarMoved, ...] = ()
    rests: Mapping[date, str] | None = None

    @property
    def state(self) -> str:
        """``running``, ``waiting``, ``breached`` (also while it runs on), ``kept`` or ``dropped``."""
        return state_of(self.clock)


def state_of(clock: ClockState | Clock) -> str:
    """The state of a clock as it was folded, or as it stands in its row (``Explained.state``)."""
    if clock.ended_at:
        return clock.outcome
    if clock.waiting_since and clock.due_at is None:
        return "waiting"
    return "breached" if clock.breached_at else "running"


def explain_case(case: Case, now: datetime) -> list[Explained]:
    """Every clock that the case has or had, the running ones first, each with its parts at ``now`` (UTC)."""
    procedure = versions.of(case.procedure_version_id)
    happened = case.happened()
    clocks = Fold(effects_of(case.procedure_version_id)).apply_all(happened).with_breaches(now).clocks
    told = _SharedFacts.of(case, happened)
    return [_explained(clock, procedure, told, now) for clock in in_order(clocks.values())]


def explain_call(call: Call, now: datetime) -> list[Explained]:
    """The clocks of a call; those that a case has taken over are explained as the case's."""
    taken = call.clocks.filter(case__isnull=False).values_list("kind", "ordinal")
    if call.case and (keys := set(taken)):
        return [one for one in explain_case(call.case, now) if one.clock.key in keys]
    procedure, fold = versions.of(call.procedure_version_id), reception.fold_at(call, now)
    nothing = _SharedFacts((), {}, ())
    return [_explained(clock, procedure, nothing, now) for clock in in_order(fold.clocks.values())]


def in_order(clocks: Iterable[ClockState]) -> list[ClockState]:
    """What breaks first stands first; what stands still after it; what has ended last, the latest first."""
    running = [clock for clock in clocks if clock.ended_at is None]
    ended = [clock for clock in clocks if clock.ended_at is not None]
    running.sort(key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at, clock.kind))
    ended.sort(key=lambda clock: (clock.ended_at or clock.started_at, clock.started_at, clock.kind), reverse=True)
    return [*running, *ended]


@dataclass(frozen=True)
class _SharedFacts:
    """What a case's clocks share: its waits, the kinds each was asked to hold, the events that changed something."""

    waits: Sequence[Wait]
    asked: Mapping[int, frozenset[str]]
    changes: Sequence[CaseEvent]

    @classmethod
    def of(cls, case: Case, happened: Sequence[Happening]) -> "_SharedFacts":
        asked: dict[int, frozenset[str]] = {}
        changed = False
        for each in happened:
            if each.moment in (Moment.WAIT_STARTED, Moment.WAIT_CORRECTED):
                wait = int(each.data["wait"])
                asked[wait] = asked.get(wait, frozenset()) | set(each.data["clocks"])
            changed = changed or each.moment in (Moment.WAIT_CORRECTED, Moment.CALENDAR_CHANGED)
        moments = [Moment.WAIT_CORRECTED, Moment.CALENDAR_CHANGED]
        if (contents := case.contents) and contents.events is not None:
            return cls(contents.waits, asked, [event for event in contents.events if event.moment in moments])
        waits = list(case.waits.order_by("started_at", "pk").select_related("ruled_by")) if asked else []
        events = case.events.filter(moment__in=moments).order_by("seq").prefetch_related("texts")
        return cls(waits, asked, list(events) if changed else [])

    def corrections(self, wait: Wait) -> tuple[Correction, ...]:
        about = [e for e in self.changes if e.moment == Moment.WAIT_CORRECTED and e.data["wait"] == wait.pk]
        return tuple(Correction(e.recorded_at, _span(e.data.get("was")), _text(e, "reason")) for e in about)


def _explained(clock: ClockState, procedure: Procedure, told: _SharedFacts, now: datetime) -> Explained:
    explanation = explain(clock, now)
    return Explained(
        clock,
        procedure.clock(ClockKind(clock.kind)),
        "" if clock.calendar == ALWAYS else str(procedure.hours(clock.calendar).name),
        explanation,
        tuple(_waits(clock, told)),
        tuple(_moved(clock, told.changes)),
        _names(explanation, clock.edition),
    )


def _waits(clock: ClockState, told: _SharedFacts) -> Iterable[WaitExplained]:
    held = {stretch.wait for stretch in clock.stretches}
    for wait in told.waits:
        over = clock.ended_at and wait.started_at >= clock.ended_at
        earlier = wait.ended_at and wait.ended_at < clock.started_at
        if str(wait.pk) in held:
            yield WaitExplained(wait, True, told.corrections(wait))
        elif clock.kind in told.asked.get(wait.pk, ()) and not over and not earlier:
            yield WaitExplained(wait, False, told.corrections(wait))


def _moved(clock: ClockState, changes: Iterable[CaseEvent]) -> Iterable[CalendarMoved]:
    for event in changes:
        within = clock.started_at <= event.recorded_at and (not clock.ended_at or event.occurred_at <= clock.ended_at)
        if event.moment != Moment.CALENDAR_CHANGED or not within:
            continue
        for one in event.data["moved"]:
            if one["clock"] == clock.kind:
                yield CalendarMoved(
                    event.data["edition"],
                    event.occurred_at,
                    event.data["day"],
                    event.data["kind"],
                    _text(event, "reason"),
                    _hour(one["was"]),
                    _hour(one["due_at"]),
                )


def _names(explanation: Explanation, edition: int) -> Mapping[date, str]:
    """What each skipped rest day is called: by the law, or as its decree was announced."""
    days = {day for part in explanation.parts if part.counts == Counts.CLOSED for day in part.rest_days}
    if not days:
        return {}
    years = sorted({day.year for day in days if FIRST <= day.year <= LAST})
    names: dict[date, str] = {}
    for canton in ("", *announced_at(edition).cantons) if settings.TIME_ZONE in ZONES else ():
        names |= {
            rest.day: str(rest) for rest in rest_days(years, canton) if rest.day in days and rest.day not in names
        }
    if unnamed := days - names.keys():
        rows = CalendarChange.objects.filter(kind=ChangeKind.REST, day__in=unnamed, pk__lte=edition).order_by("pk")
        names |= {row.day: row.reason for row in rows if row.day}
    return {day: names.get(day, "") for day in sorted(days)}


def _text(event: CaseEvent, name: str) -> str:
    return next((text.text or "" for text in event.texts.all() if text.name == name), "")


def _hour(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _span(written: Any) -> tuple[datetime, datetime | None] | None:
    start = _hour(written[0]) if written else None
    return (start, _hour(written[1])) if start else None


# A clock's hour in words: one sentence (“due 14:30: 20 min from 14:02, 8 min waiting: …”) and a line per part.
#
# Said in a given zone (the desk's on its screens, the site's in the API) and in the active language. Exact to the
# second.


SPACE = "\u00a0"
TONIGHT = timedelta(hours=18)
THIS_MONTH = timedelta(days=25)


def exactly(length: timedelta, days: bool = True) -> str:
    """``20 min``, ``1 h 30 min``, ``2 d 15 h``, ``45 s``: every part that is not nothing, to the second.

    Without ``days``, for office hours of which 24 make no day: ``45 h``.
    """
    whole = int(length.total_seconds())
    first = ((whole // 86400, "d"), (whole // 3600 % 24, "h")) if days else ((whole // 3600, "h"),)
    parts = (*first, (whole // 60 % 60, "min"), (whole % 60, "s"))
    return SPACE.join(f"{number}{SPACE}{unit}" for number, unit in parts if number) or f"0{SPACE}min"


@dataclass(frozen=True)
class ExplainedClock:
    """One explained clock, to be said in ``zone`` at ``now`` (UTC)."""

    told: Explained
    zone: ZoneInfo
    now: datetime

    def hour(self, at: datetime) -> str:
        """The hour, with its seconds where it has some, and its day once it is not today's or tonight's."""
        local = at.astimezone(self.zone)
        words = date_format(local, "H:i:s" if local.second else "H:i")
        if abs(at - self.now) < TONIGHT:
            return words
        return f"{date_format(local, 'D j' if abs(at - self.now) < THIS_MONTH else _('j M Y'))} {words}"

    @property
    def sentence(self) -> str:
        """The hour and the sum that leads to it."""
        return _("%(hour)s: %(sum)s") % {"hour": self.head, "sum": ", ".join(self.pieces())}

    @property
    def head(self) -> str:
        clock = self.told.clock
        if clock.ended_at:
            return self._ended(clock.ended_at, clock.due_at)
        if clock.due_at is None:
            since = clock.waiting_since
            return _("stopped since %(hour)s") % {"hour": self.hour(since)} if since else _("no time is promised")
        words = _("fell due at %(hour)s") if clock.due_at < self.now else _("due %(hour)s")
        return words % {"hour": self.hour(clock.due_at)}

    def _ended(self, ended_at: datetime, due_at: datetime | None) -> str:
        hours = {"ended": self.hour(ended_at), "due": self.hour(due_at) if due_at else "–"}
        words = {
            "kept": _("kept at %(ended)s, due %(due)s"),
            "breached": _("kept late at %(ended)s, due %(due)s"),
        }
        return words.get(self.told.clock.outcome, _("no longer owed since %(ended)s")) % hours

    def pieces(self) -> Iterator[str]:
        """Target and start, then what delayed it: waits with their causes and who asked, closed hours, rest days."""
        told, clock = self.told, self.told.clock
        length = exactly(clock.target, days=not told.calendar) if clock.target is not None else ""
        of = {"length": length, "start": self.hour(clock.started_at), "hours": told.calendar}
        words = _("%(length)s of “%(hours)s” from %(start)s") if told.calendar else _("%(length)s from %(start)s")
        yield words % of
        if waited := told.explanation.total(Counts.WAITS):
            causes = "; ".join(self.causes())
            yield _("%(length)s waiting: %(causes)s") % {"length": exactly(waited), "causes": causes}
        if closed := told.explanation.total(Counts.CLOSED):
            yield _("%(length)s outside office hours") % {"length": exactly(closed)}
        for day, name in (told.rests or {}).items():
            yield _("public holiday %(day)s") % {
                "day": f"{date_format(day, 'D j')} ({name})" if name else date_format(day, "D j")
            }

    def causes(self) -> list[str]:
        """What was waited for, each once: the cause or third party, and who asked for it."""
        named = {str(told.wait.pk): told.wait for told in self.told.waits}
        ids = [pk for part in self.told.explanation.parts for pk in part.waits]
        return list(dict.fromkeys(cause_of(named[pk]) if pk in named else excluded(pk) for pk in ids))

    def lines(self) -> list[str]:
        """The same, part by part, and what changed since."""
        lines = [self.part_line(part) for part in self.told.explanation.parts]
        for wait in self.told.waits:
            lines += self.history(wait)
        return lines + [self.moved_line(moved) for moved in self.told.moved]

    def part_line(self, part: SpanPart) -> str:
        hours = {"from": self.hour(part.start), "to": self.hour(part.end), "length": exactly(part.length)}
        return _("%(from)s–%(to)s, %(length)s: %(what)s") % {**hours, "what": self.part_words(part)}

    def part_words(self, part: SpanPart) -> str:
        if part.counts == Counts.RUNS:
            return pgettext("part of a clock", "runs")
        if part.counts == Counts.CLOSED:
            rests = [name for day, name in (self.told.rests or {}).items() if day in part.rest_days and name]
            closed = pgettext("part of a clock", "closed")
            return f"{closed}: {', '.join(rests)}" if rests else closed
        named = {str(told.wait.pk): told.wait for told in self.told.waits}
        words = [full_cause(named[pk]) if pk in named else excluded(pk) for pk in part.waits]
        return _("waiting: %(causes)s") % {"causes": "; ".join(words)}

    def history(self, told: WaitExplained) -> Iterator[str]:
        """What became of a wait: corrected, objected to, ruled on."""
        wait = told.wait
        for correction in told.corrections:
            was = self.span(*correction.was) if correction.was else ""
            words = _("wait corrected at %(hour)s, recorded before as %(was)s: %(reason)s")
            yield words % {"hour": self.hour(correction.at), "was": was, "reason": correction.reason}
        if wait.contested_at:
            words = _("%(who)s objected at %(hour)s to the wait of %(span)s: %(reason)s")
            yield words % {
                "who": wait.contested_by,
                "hour": self.hour(wait.contested_at),
                "span": self.span(wait.started_at, wait.ended_at),
                "reason": wait.contest_reason,
            }
        if wait.ruled_at:
            upheld = _("ruled at %(hour)s: the objection is right, the wait does not count. %(reasons)s")
            rejected = _("ruled at %(hour)s: the wait stands. %(reasons)s")
            words = upheld if wait.ruling == UPHELD else rejected
            yield words % {"hour": self.hour(wait.ruled_at), "reasons": wait.ruling_reasons}

    def span(self, start: datetime, end: datetime | None) -> str:
        return f"{self.hour(start)}–{self.hour(end)}" if end else _("since %(hour)s") % {"hour": self.hour(start)}

    def moved_line(self, moved: CalendarMoved) -> str:
        words = _(
            "moved at %(hour)s by a change of the calendar (%(reason)s): it was due %(was)s, it is now due %(due)s"
        )
        return words % {
            "hour": self.hour(moved.at),
            "reason": ", ".join(part for part in (moved.day, moved.reason) if part),
            "was": self.hour(moved.was_due_at) if moved.was_due_at else "–",
            "due": self.hour(moved.due_at) if moved.due_at else "–",
        }


def cause_of(wait: Wait) -> str:
    """``the customer, asked by Portería``; a third party by its name and ticket."""
    return _("%(whom)s, asked by %(who)s") % {"whom": waited_for(wait), "who": wait.asked_by}


def full_cause(wait: Wait) -> str:
    return f"{cause_of(wait)}: {wait.reason}"


def waited_for(wait: Wait) -> str:
    if not wait.party:
        return str(CAUSE_NAMES[WaitCause(wait.cause)])
    return f"{wait.party} ({wait.party_ticket})" if wait.party_ticket else wait.party


def excluded(kind: str) -> str:
    """Another clock whose time this one leaves out (P4.4: the work permit)."""
    return str(CLOCK_NAMES[ClockKind(kind)][0]).lower() if kind in list(ClockKind) else kind
