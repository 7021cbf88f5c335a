"""The one place where an event has consequences, in order: the events, the clocks, the escalation, the call to a
customer whom no notice reaches, the notices, what is queued for systems that follow the events.

`record` takes a list, in ONE transaction; one event is a list of one, so there is one rule for a case and for ten
thousand. The caller has locked every case it hands over, or has just made it. It locks them FOR NO KEY UPDATE: another
case of the same site may refer to one of them by a foreign key meanwhile (it joins its escalation), and a stronger lock
would hold that one up while it holds the site's advisory lock.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from guardia.cases import (
    call_tasks,
    desk_hours,
    escalating,
    notify,
    on_record,
    team_news,
    voice_owed,
    webhooks_owed,
    writes,
)
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.settled_columns import settled_columns
from guardia.cases.voice_course import VoiceCourse
from guardia.clocks import calendars
from guardia.clocks.clock_state import ClockState, Happening, breaches_to_lift, breaches_to_redate, unmarked_breaches
from guardia.clocks.effects import Effects, effects_of
from guardia.clocks.fold import Fold
from guardia.config.asking import atomic
from guardia.escalation.course import Course, Running
from guardia.events import history
from guardia.events.kinds import KINDS, NEWSWORTHY, PUBLIC, TicketStatus
from guardia.people import rehearsal
from guardia.people.staff import SYSTEM, Actor
from guardia.procedure import version
from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.vocabulary import Moment, WaitCause

if TYPE_CHECKING:
    from guardia.cases.case import Case

CLOCKS_MAY_DIFFER_BY = timedelta(minutes=1)

OPENS = (Moment.REGISTERED, Moment.ADMIN_TAKEN)

MANY = 500
"""From so many events on, one ``record()`` is a storm."""


@dataclass(frozen=True)
class Entry:
    """One thing to be recorded. ``data`` holds codes, ids and hours; names and prose go to ``texts``."""

    case: "Case"
    moment: Moment
    by: Actor
    at: datetime
    variant: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    takes_clocks_of_call: int | None = None
    takes_clocks_of_request: int | None = None


@dataclass
class Recorded:
    """An event as it was written; its id is set when the ids are drawn."""

    case: "Case"
    seq: int
    moment: str
    variant: str
    occurred_at: datetime
    recorded_at: datetime
    by: Actor
    public: bool
    data: dict[str, Any]
    canonical: str
    hash: bytes
    texts: list[tuple[str, bytes, str]]
    id: int = 0

    @property
    def pk(self) -> int:
        return self.id

    @property
    def happening(self) -> Happening:
        return Happening(self.moment, self.variant, self.occurred_at, self.data, self.recorded_at, self.seq)


def record(entries: Sequence[Entry], now: datetime) -> list[Recorded]:
    """Write the events and all that follows from them, or nothing.

    ``now`` (UTC) is when they are recorded; an entry's ``at`` is when it happened and may be earlier, never later.
    Returns the recorded entries, without those the ledger added (breaches). Raises TimeInTheFuture, ChangedMeanwhile.
    """
    for entry in entries:
        if entry.at > now + CLOCKS_MAY_DIFFER_BY:
            raise TimeInTheFuture()
    ledgers = _by_case(entries)
    begun_in_rehearsal(ledgers)
    recorded = [event for ledger in ledgers for event in ledger.take(now)]
    escalating.follow(ledgers, now)
    people = notify.People()
    voice_owed.follow(ledgers, now, people)
    _commit(ledgers, now, people)
    return recorded


def begun_in_rehearsal(ledgers: Sequence["CaseLedger"]) -> None:
    """Cases that begin while nothing is sent say so in the event that opens them, for good: no customer hears of them.

    The history of a former tool promised nothing here, in a rehearsal or out of it.
    """
    new = [ledger.case for ledger in ledgers if not ledger.expected_seq and not ledger.case.is_history]
    if new and rehearsal.is_on():
        for case in new:
            case.in_rehearsal = True


def record_breaches(cases: Sequence["Case"], now: datetime) -> int:
    """Only what the passing of time has brought to these locked cases: breaches, and what the escalation does next.

    Returns how many cases had something written. A case that had nothing is not looked at again before its hour.
    """
    past = on_record.moving_happenings_of(cases)
    ledgers = [CaseLedger(case, [], past.get(case.pk, ())) for case in cases]
    for ledger in ledgers:
        ledger.take(now)
    escalating.follow(ledgers, now)
    people = notify.People()
    voice_owed.follow(ledgers, now, people)
    _commit([ledger for ledger in ledgers if ledger.written], now, people)
    writes.put_off([(ledger.case.pk, ledger.looks_at) for ledger in ledgers if not ledger.written])
    return sum(1 for ledger in ledgers if ledger.written)


def _commit(ledgers: Sequence["CaseLedger"], now: datetime, people: notify.People) -> None:
    """Write the events, then what follows from them, or nothing at all."""
    if not ledgers:
        return
    everything = [event for ledger in ledgers for event in ledger.written]
    with atomic(savepoint=False):
        if len(everything) >= MANY:
            writes.make_room()
        for ledger in ledgers:
            ledger.settle()
        writes.name(everything)
        folds = {ledger.case.pk: ledger.fold for ledger in ledgers}
        notices = notify.Owed(everything, folds, now, people)
        to_teams = team_news.owing(everything, folds, now, notices.untold)
        for ledger in ledgers:
            ledger.case.notices_owed += notices.counts[ledger.case.pk]
        followed = webhooks_owed.statements(everything, now)
        writes.send(chain(writes.statements(ledgers, everything), notices.to_contacts(), to_teams, followed))
        call_tasks.end_calls(everything, now)
        notices.owe_to_the_operator()


class CaseLedger:
    """One case while its new events are folded in."""

    def __init__(self, case: "Case", entries: list[Entry], past: Iterable[Happening]) -> None:
        self.case = case
        self.entries = entries
        past = list(past)
        self.fold = Fold(effects_of(case.procedure_version_id)).apply_all(past)
        self.course = Course().apply_all(past)
        self.voice = VoiceCourse().apply_all(past)
        self.before = dict(self.fold.clocks)
        self.course_before = dict(self.course.all)
        self.expected_seq = case.seq
        self.own: list[Recorded] = []
        self.written: list[Recorded] = []
        self.next_step_at: datetime | None = None
        self.ended_waits: list[tuple[int, datetime]] = []
        self.takes_clocks_of_call = next((e.takes_clocks_of_call for e in entries if e.takes_clocks_of_call), None)
        requests = (e.takes_clocks_of_request for e in entries if e.takes_clocks_of_request)
        self.takes_clocks_of_request = next(requests, None)

    def take(self, now: datetime) -> list[Recorded]:
        """Append the entries, then the breaches that they, or the time gone by, have brought or undone."""
        self.now = now
        self.own = [self._append(entry, now) for entry in self.entries]
        self._open_desk(now)
        if self.own:
            self._end_idle_waits(self.own[-1].occurred_at, now)
        for clock in unmarked_breaches(self.fold.clocks.values(), now):
            self._append(self._about(Moment.BREACHED, clock, clock.fell_due_at or now), now)
        for clock in breaches_to_lift(self.fold.clocks.values(), now):
            self._append(self._about(Moment.BREACH_LIFTED, clock, now), now)
        for clock in breaches_to_redate(self.fold.clocks.values()):
            self._append(self._redated(clock, now), now)
        return self.own

    def follow_up(
        self,
        moment: Moment,
        at: datetime,
        *,
        variant: str = "",
        data: Mapping[str, Any],
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """What follows by itself, as an event of the operator: a step of the escalation, a call to a customer."""
        self._append(Entry(self.case, moment, SYSTEM, at, variant, data, texts or {}), self.now)

    def _open_desk(self, now: datetime) -> None:
        """A3 D: the desk has opened for a request that was taken down while it was closed: dated when it opened."""
        if opened := desk_hours.opened_at(self.case, now):
            self.case.opens_at = None
            self._append(Entry(self.case, Moment.ADMIN_DESK_OPENED, SYSTEM, opened), now)

    def _end_idle_waits(self, at: datetime, now: datetime) -> None:
        """A wait whose clocks have all ended holds nothing any more: it ends with them and cannot stop later ones.

        One that holds what starts when the desk opens waits for that hour (A3 D).
        """
        held = self.fold.running.keys() | desk_hours.to_come(self.case)
        for wait, (kinds, cause) in list(self.fold.open_waits.items()):
            if not held & set(kinds):
                data = {"wait": int(wait), "clocks": kinds, "idle": True}
                self._append(Entry(self.case, Moment.WAIT_ENDED, SYSTEM, at, cause, data), now)
                self.ended_waits.append((int(wait), at))

    def settle(self) -> None:
        """What the bench shows of the case: the promise that breaks first, and whether a clock stands still."""
        case = self.case
        for column, value in settled_columns(self.fold, self.course, case.is_open).items():
            setattr(case, column, value)
        waits = self.fold.open_waits
        for event in self.written:
            case.status = KINDS[event.moment].status or case.status
            if event.moment in NEWSWORTHY:
                case.last_seen_fact, case.last_fact_at = event.moment, event.occurred_at
        case.opens_at = case.opens_at if case.is_open else None
        case.next_step_at = self.looks_at
        if case.is_open and waits:
            *_, (_kinds, cause) = waits.values()  # the newest wait decides
            case.status = TicketStatus.PENDING if cause == WaitCause.CUSTOMER else TicketStatus.HELD
        elif case.status in (TicketStatus.PENDING, TicketStatus.HELD):
            case.status = TicketStatus.RESOLVED if case.restored_at else TicketStatus.IN_PROGRESS
        case.head_hash = self.written[-1].hash

    @property
    def looks_at(self) -> datetime | None:
        """When the passing of time alone brings something next: a step of the escalation, or the desk opens."""
        return min((at for at in (self.next_step_at, desk_hours.looked_at_again(self.case)) if at), default=None)

    @property
    def is_late(self) -> bool:
        """True if a running promise is broken."""
        return any(clock.breached_at for clock in self.fold.running.values())

    @property
    def changed_escalations(self) -> list[Running]:
        return [each for key, each in self.course.all.items() if self.course_before.get(key) != each]

    @property
    def changed_clocks(self) -> list[ClockState]:
        return [clock for key, clock in self.fold.clocks.items() if self.before.get(key) != clock]

    def _about(self, moment: Moment, clock: ClockState, at: datetime) -> Entry:
        return Entry(self.case, moment, SYSTEM, at, data={"clock": clock.kind, "ordinal": clock.ordinal})

    def _redated(self, clock: ClockState, now: datetime) -> Entry:
        """The breach keeps its pages; what is still to come of its escalation counts from the new hour (E5)."""
        entry, due, was = self._about(Moment.BREACH_REDATED, clock, now), clock.fell_due_at, clock.breached_at
        assert due is not None
        assert was is not None
        return replace(entry, data={**entry.data, "breached_at": history.stamp(due), "was": history.stamp(was)})

    def _append(self, entry: Entry, now: datetime) -> Recorded:
        self.case.seq += 1
        entry = self._with_edition(entry)
        if self.case.in_rehearsal and entry.moment in OPENS:
            entry = replace(entry, data={**entry.data, "rehearsal": True})
        previous = self.written[-1].hash if self.written else bytes(self.case.head_hash)
        texts = [(name, os.urandom(history.SALT), text) for name, text in entry.texts.items() if text]
        text = hashed_text(self.case, entry, now, is_counted(entry, self.fold.effects))
        canonical = history.canonical_text(text, texts)
        event = Recorded(
            case=self.case,
            seq=self.case.seq,
            moment=entry.moment.value,
            variant=entry.variant,
            occurred_at=entry.at,
            recorded_at=now,
            by=entry.by,
            public=entry.moment in PUBLIC,
            data=dict(entry.data),
            canonical=canonical,
            hash=history.chained_text(previous, canonical, text),
            texts=texts,
        )
        self.written.append(event)
        self.fold.apply(event.happening)
        self.course.apply(event.happening)
        self.voice.apply(event.happening)
        return event

    def _with_edition(self, entry: Entry) -> Entry:
        """An event says by which edition of the calendar it counts, where it starts a clock with a calendar of its own,
        or where one runs that has not followed the newest announcement yet.
        """
        happening, effects = Happening(entry.moment, entry.variant, entry.at), self.fold.effects
        rules = [
            rule for t in happening.triggers for rule in (*effects.starts.get(t, ()), *effects.restarts.get(t, ()))
        ]
        starts = any(rule.calendar != ALWAYS for rule in rules)
        running = [clock.edition for clock in self.fold.running.values() if clock.calendar != ALWAYS]
        if "edition" in entry.data or not (starts or running):
            return entry
        edition = calendars.newest_edition()
        if not starts and min(running) == edition:
            return entry
        return replace(entry, data={**entry.data, "edition": edition, "journal": calendars.journal_hash(edition)})


COUNTED_DETAILS = frozenset({"affected_since", "service"})
COUNTED_FACTS = frozenset({"band", "case_kind", "edition", "not_measured"})


def is_counted(entry: Entry, effects: Effects) -> bool:
    """Whether a figure that the customer reads turns on an event that stays within the operator: an affected time, an
    availability or a promise other than those of the escalation (E). Whoever computes the figures again has to see it.
    """
    moment, data = entry.moment, entry.data
    if moment in PUBLIC:
        return False
    if COUNTED_FACTS & data.keys() or (moment == Moment.DETAILS_UPDATED and COUNTED_DETAILS & data.keys()):
        return True
    if moment == Moment.VOICE_TOLD and "news" in data:
        return True
    tables = effects.starts, effects.restarts, effects.stops, effects.drops
    triggers = Happening(moment, entry.variant, entry.at).triggers
    rules = (rule for table in tables for trigger in triggers for rule in table.get(trigger, ()))
    return any(rule.kind not in OF_THE_ESCALATION for rule in rules)


def hashed_text(case: "Case", entry: Entry, now: datetime, counted: bool) -> dict[str, Any]:
    """What is hashed of the event that is ``case.seq`` but for its prose, in the format of its case
    (``guardia/events/history.py``).
    """
    event: dict[str, Any] = {
        "case": case.number,
        "seq": case.seq,
        "moment": entry.moment.value,
        "variant": entry.variant,
        "occurred_at": history.stamp(entry.at),
        "recorded_at": history.stamp(now),
        "by": [entry.by.kind.value, entry.by.id],
        "data": entry.data,
    }
    if case.history_format >= 2:
        event |= {"format": case.history_format, "public": entry.moment in PUBLIC, "company": case.customer_id}
        event["notices"] = case.notices_owed
        if counted:
            event["counted"] = True
        if case.seq == 1:
            event["procedure"] = version.sha256_of(case.procedure_version_id)
    return event


def _by_case(entries: Sequence[Entry]) -> list[CaseLedger]:
    """One ledger per case, in a fixed order, with what is already on record folded in."""
    grouped: dict[int, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.case.pk, []).append(entry)
    past = on_record.moving_happenings_of([group[0].case for group in grouped.values() if group[0].case.seq])
    return [CaseLedger(group[0].case, group, past.get(pk, ())) for pk, group in sorted(grouped.items())]
