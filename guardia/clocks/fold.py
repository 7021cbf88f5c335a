"""Clocks are derived: what has happened, in the order it was recorded, gives every clock. No time of day is read.

`record()` and `guardia clocks rebuild` call the same function, so a rebuild can only change what somebody broke.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from guardia.clocks.clock_state import ClockState, Happening, Key, Stretch, unmarked_breaches
from guardia.clocks.effects import Effects
from guardia.procedure.clock_rule import ALWAYS as ALWAYS_NAME
from guardia.procedure.schema import ClockRule
from guardia.procedure.vocabulary import Band, CaseKind, ClockKind, Moment, Stage

FROM_WHEN_TOLD = frozenset({ClockKind.NEXT_NEWS})
"""P: the next news is owed from when the last was given. What a telephone sends late is news when it arrives, whenever
it happened; neither does it keep a promise of news that nobody had (docs/adr/0043).
"""

DONE_FOR_A_FAULT = frozenset({Stage.EXECUTION, Stage.VERIFICATION, Stage.STABILITY, Stage.CLOSURE})
"""P4 to P7: of a fault that was taken for a request meanwhile, these are not promised again (docs/adr/0015)."""

BY_VOICE = frozenset({Moment.VOICE_TOLD, Moment.VOICE_AGREED})
"""Said in a conversation: whoever was rung had the news then, and not when the call was put on record."""

FROM_WHEN_IT_CAME = frozenset({ClockKind.COMPLAINT})
"""A3, A4: the law's time counts from when the complaint was received, also where it is taken down later."""


LOOKED_AT = frozenset(
    {
        *(Moment.REGISTERED, Moment.ADMIN_TAKEN, Moment.VOICE_TOLD, Moment.VOICE_AGREED),
        *(Moment.WAIT_STARTED, Moment.WAIT_ENDED, Moment.WAIT_CORRECTED, Moment.RULED, Moment.CALENDAR_CHANGED),
        *(Moment.BREACHED, Moment.BREACH_REDATED, Moment.BREACH_LIFTED),
    }
)
"""Moments by which clocks move in every procedure; the others move one where its rules name them."""
FACTS_LOOKED_AT = ("band", "edition", "case_kind", "not_measured")
"""And what an event of any moment says: its ``data`` with one of these moves clocks, or what they count by."""


def moving(effects: Effects) -> frozenset[str]:
    """The moments by which a clock of this procedure may move, whichever kind the case is of. An event of any other
    moment, and without one of ``FACTS_LOOKED_AT``, leaves a fold as it was.
    """
    tables = [effects] if effects.of_kind is None else [effects.of_kind(kind) for kind in CaseKind]
    triggers = (t for each in tables for named in (each.starts, each.restarts, each.stops, each.drops) for t in named)
    return LOOKED_AT | {trigger.partition("/")[0] for trigger in triggers}


def hour_for(kind: str, happening: Happening) -> datetime:
    """The hour (UTC) from which a clock of this kind counts, or until which, when this happens."""
    if happening.moment in BY_VOICE:
        return happening.at
    if kind in FROM_WHEN_IT_CAME and (came := happening.data.get("came_at")):
        return datetime.fromisoformat(came)
    return happening.told_at if kind in FROM_WHEN_TOLD else happening.at


class Fold:
    """The clocks of one call or case after each happening so far."""

    def __init__(self, effects: Effects, turns: bool = True) -> None:
        """``turns``: whether a happening may make it a case of the other kind; else ``effects`` hold throughout."""
        self.effects, self.turns = effects, turns
        self.clocks: dict[Key, ClockState] = {}
        self.running: dict[str, ClockState] = {}
        self.open_waits: dict[str, tuple[list[str], str]] = {}
        self.band: Band | None = None
        self.edition = 0
        self.agreed: datetime | None = None
        self.past: list[Happening] = []

    def apply(self, happening: Happening) -> None:
        """One thing that happened: drops, then stops, then starts, then waits.

        A clock counts from when something happened; the next news from when it was told (``FROM_WHEN_TOLD``).
        """
        kind = self._kind_after(happening)
        if kind != self.effects.kind and self.turns:
            self._turn_into(kind, happening.at)
        elif kind != self.effects.kind:
            self._begin_again(happening.at)
        self.past.append(happening)
        if band := happening.data.get("band"):
            self.band = Band(band)
        self.edition = max(self.edition, happening.data.get("edition") or 0)
        before = frozenset(ClockKind(kind) for kind in self.running)
        self._end(happening, self.effects.drops, dropped=True)
        self._end(happening, self.effects.stops)
        for rule in self._rules(happening, self.effects.restarts):
            # What is written down late restarts no clock that began after it (the customer was told since).
            at = hour_for(rule.kind, happening)
            if rule.kind in self.running and self.running[rule.kind].started_at <= at:
                self._judge(rule.kind, at)
                self._start(rule, happening)
        for rule in self._rules(happening, self.effects.starts):
            if rule.kind not in self.running and rule.is_started(happening.moment, happening.variant, before):
                self._start(rule, happening)
        self._tell_by_voice(happening)
        self._leave_out(happening)
        self._exclude(happening.at)
        self._wait(happening)
        self._correct(happening)
        self._breach(happening)
        if happening.moment == Moment.CALENDAR_CHANGED:
            self._move(happening)

    def _kind_after(self, happening: Happening) -> CaseKind:
        """A3: taken by a desk it is a request, registered an incident; passed on, what the other desk attends to."""
        if happening.moment == Moment.REGISTERED:
            return CaseKind.INCIDENT
        if happening.moment == Moment.ADMIN_TAKEN:
            return CaseKind.REQUEST
        said = happening.data.get("case_kind")
        return CaseKind(said) if said else self.effects.kind

    def _turn_into(self, kind: CaseKind, at: datetime) -> None:
        """The promises of the one kind lose their object; those of the other run from their own hours on.

        A technical report that came to the wrong desk was a report from the moment it came (P2, L4).
        """
        assert self.effects.of_kind is not None
        self.effects = self.effects.of_kind(kind)
        kinds = {rule.kind for rule in self.effects.rules}
        for running in list(self.running):
            if running not in kinds:
                self.lose(running, at)
        if kind == CaseKind.INCIDENT:
            since = Fold(self.effects, turns=False).apply_all(self.past)
            self.clocks = {key: clock for key, clock in self.clocks.items() if key[0] not in kinds} | since.clocks
            self.running = dict(since.running)

    def _begin_again(self, at: datetime) -> None:
        """What was done for the fault before it was taken for a request is over: a fault after all, it begins at P3."""
        for rule in self.effects.rules:
            if rule.stage in DONE_FOR_A_FAULT:
                self.lose(rule.kind, at)

    def apply_all(self, happenings: Iterable[Happening]) -> "Fold":
        for happening in happenings:
            self.apply(happening)
        return self

    def with_breaches(self, now: datetime) -> "Fold":
        """Mark what is broken at ``now`` (UTC), dated when it fell due: for what has no event of its own to say so."""
        for clock in unmarked_breaches(list(self.clocks.values()), now):
            data = {"clock": clock.kind, "ordinal": clock.ordinal}
            self.apply(Happening(Moment.BREACHED, "", clock.fell_due_at or now, data))
        return self

    def lose(self, kind: str, at: datetime) -> None:
        """The promise lost its object at ``at`` (UTC): broken where it was broken by then, else judged by nobody."""
        if kind in self.running:
            self._judge(kind, at, dropped=True)

    def _rules(self, happening: Happening, table: Mapping[str, list[ClockRule]]) -> list[ClockRule]:
        return [rule for trigger in happening.triggers for rule in table.get(trigger, ())]

    def _put(self, clock: ClockState) -> None:
        self.clocks[clock.key] = clock
        if clock.ended_at is None:
            self.running[clock.kind] = clock
        elif clock.kind in self.running and self.running[clock.kind].key == clock.key:
            del self.running[clock.kind]

    def _end(self, happening: Happening, table: Mapping[str, list[ClockRule]], dropped: bool = False) -> None:
        for rule in self._rules(happening, table):
            if rule.kind in self.running:
                self._judge(rule.kind, happening.at, dropped)

    def _judge(self, kind: str, at: datetime, dropped: bool = False) -> None:
        clock = self._by_the_newest(self.running[kind])
        at = max(at, clock.started_at)
        broken = clock.is_broken_by(at)
        # A promise that was already broken when it lost its object stays broken; otherwise nobody is judged.
        outcome = "breached" if broken else "dropped" if dropped else "kept"
        stretches = tuple(replace(s, end=max(at, s.start)) if s.end is None else s for s in clock.stretches)
        self._put(replace(clock, ended_at=at, outcome=outcome, stretches=stretches, dropped=dropped))

    def _start(self, rule: ClockRule, happening: Happening) -> None:
        at = hour_for(rule.kind, happening)
        target = self._length(rule, happening, at)
        if target is None:
            return
        ordinal = 1 + sum(1 for kind, _ in self.clocks if kind == rule.kind)
        stretches = tuple(Stretch(at, None, wait) for wait, (kinds, _) in self.open_waits.items() if rule.kind in kinds)
        self._put(
            ClockState(
                rule.kind,
                ordinal,
                rule.calendar,
                self.edition if rule.calendar != ALWAYS_NAME else 0,
                rule.comparison,
                target,
                rule.warnings,
                at,
                stretches,
                hours=self.effects.hours(rule.calendar, self.edition),
            )
        )

    def _tell_by_voice(self, happening: Happening) -> None:
        """P D: who is rung and answers has the news at the hour of the call, whenever it is written down; and the next
        news is not owed before the hour at which the customer asked to be rung (docs/adr/0058).
        """
        if happening.moment == Moment.VOICE_AGREED:
            hour = happening.data.get("hour")
            self.agreed = datetime.fromisoformat(hour) if hour else None
        elif not (happening.moment == Moment.VOICE_TOLD and happening.data.get("news")):
            return
        clock = self.running.get(ClockKind.NEXT_NEWS)
        rule = next((rule for rule in self.effects.rules if rule.kind == ClockKind.NEXT_NEWS), None)
        if clock is None or rule is None:
            return
        if happening.moment == Moment.VOICE_TOLD:
            begins_anew = clock.started_at <= happening.at
        else:
            begins_anew = self._is_over(clock, rule, happening.at)
        if begins_anew:
            self._judge(rule.kind, happening.at)
            self._start(rule, happening)
        elif (target := self._length(rule, happening, clock.started_at)) and happening.moment == Moment.VOICE_AGREED:
            self._put(replace(clock, target=target))

    def _is_over(self, clock: ClockState, rule: ClockRule, at: datetime) -> bool:
        """Whether the promise is broken by then, which no agreement undoes; or, once the hour is withdrawn, would have
        been without it: then the rule's own time counts from the withdrawal, and what was agreed held until then.
        """
        own = rule.target_for(self.band)
        return clock.is_broken_by(at) or bool(own and not self.agreed and clock.started_at + own < at)

    def _length(self, rule: ClockRule, happening: Happening, since: datetime) -> timedelta | None:
        """The target of a clock that began then. The next news: the later of its own hour and the one agreed on."""
        own = self._target(rule, happening)
        if rule.kind != ClockKind.NEXT_NEWS or own is None or self.agreed is None:
            return own
        return max(own, self.agreed - since)

    def _leave_out(self, happening: Happening) -> None:
        """P1: what began and nobody saw end is neither kept nor broken."""
        for kind in happening.data.get("not_measured", ()):
            if kind in self.running:
                self._judge(kind, self.running[kind].started_at, dropped=True)

    def _target(self, rule: ClockRule, happening: Happening) -> timedelta | None:
        if rule.target.as_set:
            due = happening.data.get("due_at")
            return datetime.fromisoformat(due) - happening.at if due else None
        return rule.target_for(self.band, happening.data.get("level"))

    def _stand(self, kind: str, start: datetime, wait: str) -> None:
        clock = self.running[kind]
        stretch = Stretch(max(start, clock.started_at), None, wait)
        self._put(replace(clock, stretches=(*clock.stretches, stretch)))

    def _by_the_newest(self, clock: ClockState) -> ClockState:
        """A clock that ends, or goes on after a wait, counts by the newest edition: no announcement is lost that came
        while it stood still, or that no worker had followed.
        """
        if clock.calendar == ALWAYS_NAME or clock.edition >= self.edition:
            return clock
        return replace(clock, edition=self.edition, hours=self.effects.hours(clock.calendar, self.edition))

    def _go_on(self, kind: str, at: datetime, wait: str) -> None:
        clock = self.running[kind]
        if any(s.wait == wait and s.end is None for s in clock.stretches):
            clock = self._by_the_newest(clock)
        stretches = tuple(
            replace(s, end=max(at, s.start)) if s.wait == wait and s.end is None else s for s in clock.stretches
        )
        self._put(replace(clock, stretches=stretches))

    def _exclude(self, at: datetime) -> None:
        for rule in self.effects.excluding:
            if clock := self.running.get(rule.kind):
                stands = any(s.wait == rule.excludes and s.end is None for s in clock.stretches)
                if rule.excludes in self.running and not stands:
                    self._stand(rule.kind, at, str(rule.excludes))
                elif rule.excludes not in self.running and stands:
                    self._go_on(rule.kind, at, str(rule.excludes))

    def _wait(self, happening: Happening) -> None:
        if happening.moment == Moment.WAIT_STARTED:
            wait = str(happening.data["wait"])
            self.open_waits[wait] = (list(happening.data["clocks"]), happening.variant)
            for kind in happening.data["clocks"]:
                if kind in self.running:
                    self._stand(kind, happening.at, wait)
        elif happening.moment == Moment.WAIT_ENDED:
            wait = str(happening.data["wait"])
            self.open_waits.pop(wait, None)
            for kind in list(self.running):
                self._go_on(kind, happening.at, wait)

    def _correct(self, happening: Happening) -> None:
        """W1: a wait has other hours than was written down, or holds no clock at all (``hours`` null); all follow."""
        if happening.moment == Moment.WAIT_CORRECTED:
            self._lay_anew(str(happening.data["wait"]), happening.data["clocks"], happening.data["hours"], happening.at)
        elif happening.moment == Moment.RULED:
            for wait in happening.data["upheld"]:
                self._lay_anew(str(wait), (), None, happening.at)

    def _lay_anew(self, wait: str, kinds: Iterable[str], stood: list[str | None] | None, at: datetime) -> None:
        start, end = (datetime.fromisoformat(h) if h else None for h in stood) if stood else (None, None)
        if wait in self.open_waits:
            if stood and not end:
                self.open_waits[wait] = (list(kinds), self.open_waits[wait][1])
            else:
                del self.open_waits[wait]
        for clock in list(self.clocks.values()):
            others = tuple(s for s in clock.stretches if s.wait != wait)
            if start and clock.kind in kinds:
                begin, over = max(start, clock.started_at), min(end or at, clock.ended_at) if clock.ended_at else end
                others += (Stretch(begin, over, wait),) if over is None or begin < over else ()
            if others != clock.stretches:
                self._put(self._judged_again(replace(clock, stretches=others)))

    def _judged_again(self, clock: ClockState) -> ClockState:
        """A clock that has ended is kept or broken by the waits as they are known now."""
        if clock.ended_at is None:
            return clock
        broken = clock.is_broken_by(clock.ended_at)
        return replace(clock, outcome="breached" if broken else "dropped" if clock.dropped else "kept")

    def _move(self, happening: Happening) -> None:
        """A3 D: the running clocks of a calendar go on by its newest edition."""
        for clock in list(self.running.values()):
            if clock.calendar in happening.data["calendars"]:
                moved = self.effects.hours(clock.calendar, happening.data["edition"])
                self._put(replace(clock, edition=happening.data["edition"], hours=moved))

    def _breach(self, happening: Happening) -> None:
        """A breach is dated when the promise fell due; where the hours change that it counted, it is dated anew."""
        if happening.moment in (Moment.BREACHED, Moment.BREACH_REDATED, Moment.BREACH_LIFTED):
            key = (str(happening.data["clock"]), int(happening.data["ordinal"]))
            if key in self.clocks:
                breached_at = happening.at if happening.moment == Moment.BREACHED else None
                if happening.moment == Moment.BREACH_REDATED:
                    breached_at = datetime.fromisoformat(happening.data["breached_at"])
                self._put(replace(self.clocks[key], breached_at=breached_at))
