"""What an escalation does next (E1 to E5 D): it begins, pages, moves on, joins another, ends; it never goes silent.

Asked by the ledger after every event and by the sweep when time has passed; answers with entries to be recorded. When
which level is reached is ruled in ``escalation_steps``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from guardia.cases import writes
from guardia.cases.desk_hours import kind_of
from guardia.cases.escalation_steps import broken_promises, next_look, next_step, why_over
from guardia.clocks import calendars
from guardia.clocks.calendar import NoAnswer
from guardia.clocks.clock_state import ClockState
from guardia.escalation import roster
from guardia.escalation.course import Running
from guardia.escalation.escalation import Escalation
from guardia.events.kinds import MOVES
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import ActorKind, Staff
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import CaseKind, ClockKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import CaseLedger, Recorded

NAME_OF_A_NUMBER = 80
OUTAGE, SITE = "outage", "site"
type Cause = tuple[str, int]


@dataclass
class Common:
    """What one ``record()`` looks up once for all its cases: who is on duty, whether it is night, and which case leads
    the escalation of an outage or of a site, which the other cases of it join (one page per common cause).
    """

    leads: dict[Cause, int] = field(default_factory=dict)
    led: dict[Cause, frozenset[int]] = field(default_factory=dict)
    holders: dict[int, list[Staff]] = field(default_factory=dict)
    numbers: dict[int, tuple[str, str]] = field(default_factory=dict)
    nights: dict[int, bool] = field(default_factory=dict)

    def look_up(self, ledgers: Sequence["CaseLedger"]) -> None:
        """Ask once which of these cases' causes are led by an escalation, and whether those they joined still run.

        Two transactions that would begin an escalation of the same cause go one after the other: one page, not two.
        """
        running = [(ledger, ledger.course.now) for ledger in ledgers]
        asks = [ledger for ledger, now in running if (now.joined or joins_now(ledger) if now else ledger.is_late)]
        causes = {cause for ledger in asks if (cause := cause_of(ledger.case))}
        if not causes:
            return
        writes.take_turns(f"escalation of {what} {pk}" for what, pk in causes)
        for case, cause, level in escalations_of(causes):
            self.led[cause] = self.led_of(cause) | {case}
            self.leads |= {cause: case} if level else {}

    def led_of(self, cause: Cause | None) -> frozenset[int]:
        """The cases of this cause whose own escalation pages. Who leaves the cause leads it no more."""
        return self.led.get(cause, frozenset()) if cause else frozenset()

    def lead_of(self, case: "Case") -> int | None:
        """Another case of the same cause whose escalation is open and reached a level; None if there is none."""
        cause = cause_of(case)
        lead = self.leads.get(cause) if cause else None
        return lead if lead != case.pk else None

    def on_duty(self, level: int, now: datetime) -> list[Staff]:
        if level not in self.holders:
            self.holders[level] = roster.on_duty(level, now)
        return self.holders[level]

    def own_number(self, level: int) -> tuple[str, str]:
        if level not in self.numbers:
            self.numbers[level] = roster.own_number(level)
        return self.numbers[level]

    def is_night(self, version_id: int, now: datetime) -> bool:
        if version_id not in self.nights:
            self.nights[version_id] = is_night(versions.of(version_id), now)
        return self.nights[version_id]


def cause_of(case: "Case") -> Cause | None:
    """What the cases that share an escalation have in common: their outage, else their site (ADR 27).

    None for a request, which has no cause in common with a fault.
    """
    if kind_of(case.desk) != CaseKind.INCIDENT:
        return None
    if case.part_of_id:
        return OUTAGE, case.part_of_id
    return (SITE, case.site_id) if case.site_id else None


def escalations_of(causes: Iterable[Cause]) -> list[tuple[int, Cause, int]]:
    """The open escalations of these causes, the newest first: case, cause, level. Who joined another pages nobody and
    is left out; a case that is closed has no open escalation.
    """
    ids = {what: [pk for each, pk in causes if each == what] for what in (OUTAGE, SITE)}
    of_these = Q(case__part_of__in=ids[OUTAGE]) | Q(case__site__in=ids[SITE], case__part_of=None)
    rows = Escalation.objects.filter(of_these, joined=None, case__desk=TECHNICAL, case__closed_at=None, ended_at=None)
    found = rows.order_by("-began_at").values_list("case", "case__part_of", "case__site", "level")
    return [(case, (OUTAGE, outage) if outage else (SITE, site or 0), level) for case, outage, site, level in found]


def joins_now(ledger: "CaseLedger") -> bool:
    """Whether these very events made it part of an outage, whose page may be running already."""
    return any(event.moment == Moment.OUTAGE_JOINED for event in ledger.own)


def follow(ledgers: Sequence["CaseLedger"], now: datetime) -> None:
    """Append what the escalations of these cases do next, until there is nothing more to do at ``now`` (UTC)."""
    common = Common()
    common.look_up(ledgers)
    for ledger in ledgers:
        _move(ledger)
        _follow(ledger, common, now)
        ledger.next_step_at = next_look(ledger, common.led_of(cause_of(ledger.case)), now)


def _follow(ledger: "CaseLedger", common: Common, now: datetime) -> None:
    procedure = versions.of(ledger.case.procedure_version_id)
    cause = cause_of(ledger.case)
    for _ in range(2 * len(procedure.escalation.levels) + 2):  # each turn reaches a level or is the last
        running, broken = ledger.course.now, broken_promises(ledger, procedure)
        if running is None:
            if not broken or not ledger.case.is_open:
                return
            _begin(ledger, broken[0], common, now)
        elif over := why_over(ledger, running, broken):
            _end(ledger, running, over, now)
        elif lead := lead_to_join(ledger, running, common):
            _join(ledger, running, lead, now)
        elif step := next_step(ledger, running, broken, procedure, common.led_of(cause), now):
            _reach(ledger, running, *step, common, now)
            if cause:
                common.leads.setdefault(cause, ledger.case.pk)
                common.led[cause] = common.led_of(cause) | {ledger.case.pk}
        else:
            return


def lead_to_join(ledger: "CaseLedger", running: Running, common: Common) -> int | None:
    """Who goes on for all of them: where whom this case had joined is over, and where it has just become part of an
    outage that has its page already. A page that somebody answers, or that a person asked for, stays its own.
    """
    if running.joined:
        is_led = running.joined in common.led_of(cause_of(ledger.case))
        return None if is_led else common.lead_of(ledger.case)
    its_own = running.source != "breach" or running.acknowledged_at
    return None if its_own or not joins_now(ledger) else common.lead_of(ledger.case)


def _move(ledger: "CaseLedger") -> None:
    """E D: the case moved after it was acknowledged, so the acknowledgement holds for as long again."""
    moving = [event for event in ledger.own if event.moment in MOVES and not _by_itself(event)]
    clock = ledger.fold.running.get(ClockKind.MOVEMENT)
    if moving and clock:
        at = max(moving[-1].occurred_at, clock.started_at)
        ledger.follow_up(Moment.MOVED, at, data={"by": moving[-1].moment})


def _by_itself(event: "Recorded") -> bool:
    """A test that Guardia ran moves no case: nobody did anything for it."""
    return event.moment == Moment.TESTED and event.by.kind == ActorKind.SYSTEM


def _begin(ledger: "CaseLedger", broken: ClockState, common: Common, now: datetime) -> None:
    data: dict[str, Any] = {"clock": broken.kind, "ordinal": broken.ordinal}
    if lead := common.lead_of(ledger.case):
        data["joined"] = lead
    ledger.follow_up(Moment.ESCALATED, now, variant="breach", data=data)


def _join(ledger: "CaseLedger", running: Running, lead: int, now: datetime) -> None:
    """Another case of the same cause goes on for all of them."""
    data = {"clock": running.clock, "ordinal": running.clock_ordinal, "joined": lead}
    ledger.follow_up(Moment.ESCALATED, now, variant="breach", data=data)


def _end(ledger: "CaseLedger", running: Running, why: str, now: datetime) -> None:
    data = {"why": why, "level": running.level, "staff": sorted(running.told)}
    ledger.follow_up(Moment.ESCALATION_ENDED, now, data=data)


def _reach(ledger: "CaseLedger", running: Running, level: int, why: str, common: Common, now: datetime) -> None:
    """Page the level's persons; by night, and where no page can reach them, somebody on shift dials (E5).

    A level with neither a person nor a number is skipped, visibly, and the next one is reached at once. Where the last
    one has nobody either, the highest that has somebody is paged again: it never goes silent.
    """
    persons = reachable(level, common, now)
    if why == "informed":
        others = [staff.pk for staff in persons if staff.pk not in {running.acknowledged_by, *running.told}]
        ledger.follow_up(Moment.LEVEL_INFORMED, now, data={"level": level, "why": why, "staff": others})
        return
    top = versions.of(ledger.case.procedure_version_id).escalation.levels[-1].level
    if level == top and not persons:
        persons = next(filter(None, (reachable(lower, common, now) for lower in range(top - 1, 0, -1))), [])
    call = call_for(ledger, running, level, persons, common, now)
    if not persons and not call:
        ledger.follow_up(Moment.LEVEL_SKIPPED, now, data={"level": level, "why": why})
        return
    data = {"level": level, "round": running.rounds + 1, "why": why, "staff": [staff.pk for staff in persons]}
    ledger.follow_up(Moment.PAGED, now, data=data | ({"call": call} if call else {}))
    if call:
        ledger.follow_up(Moment.CALL_OWED, now, data=call)


def call_for(
    ledger: "CaseLedger", running: Running, level: int, persons: Sequence[Staff], common: Common, now: datetime
) -> dict[str, Any] | None:
    """The number that must be dialled now: E5's in its hours, the level's own where no page reaches anybody.

    The last level, when nobody at all can be reached, has E5's at any hour.
    """
    procedure = versions.of(ledger.case.procedure_version_id)
    due = {"level": level, "due_at": (now + procedure.requirements.night_call).isoformat()}
    night = procedure.escalation.night
    e5 = {**due, "clause": night.clause, "number": night.number, "name": ""}
    if common.is_night(ledger.case.procedure_version_id, now) and not running.called:
        return e5
    if persons:
        return None
    if found := number_of(level, common, now):
        return {**due, "clause": clause_of(procedure, level), "number": found[0], "name": found[1]}
    return e5 if level == procedure.escalation.levels[-1].level else None


def number_of(level: int, common: Common, now: datetime) -> tuple[str, str] | None:
    """A number that rings somebody of this level: the level's own, or that of a person who cannot be paged."""
    number, name = common.own_number(level)
    if number:
        return number, name
    phones = ((staff.mobile or staff.desk_phone, staff.position or staff.name) for staff in common.on_duty(level, now))
    return next(((phone, name[:NAME_OF_A_NUMBER]) for phone, name in phones if phone), None)


def is_night(procedure: Procedure, at: datetime) -> bool:
    """E5: whether its hours are open, rest days and decrees included."""
    hours = calendars.hours(procedure, procedure.escalation.night.hours, calendars.newest_edition())
    try:
        return hours.next_open(at) == at
    except NoAnswer:
        return False


def reachable(level: int, common: Common, now: datetime) -> list[Staff]:
    """Who holds this level now and can be paged."""
    return [staff for staff in common.on_duty(level, now) if staff.is_reachable]


def clause_of(procedure: Procedure, level: int) -> str:
    rule = procedure.level(level)
    return rule.clause if rule else "E"
