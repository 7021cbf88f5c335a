"""Beside the form of a new case: P2's clock, what may be the same, who will be told; then the number, large."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.calls.written import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.notify import rule_for_moment
from guardia.cases.words import CLOCK_NAMES, STAGE_NAMES
from guardia.clocks.clock import Clock
from guardia.customers.customer import Customer
from guardia.customers.service import Service
from guardia.notices.notice import NoticeState
from guardia.notices.ways import is_down, marked
from guardia.procedure import version as versions
from guardia.procedure.notice_rule import NoticeRule
from guardia.procedure.version import NoProcedure
from guardia.procedure.vocabulary import MAY_BE_OUT, ClockKind, Impact, Moment, Stage
from guardia.web.desk import reading
from guardia.web.desk.shown.beside_cases import OpenCase, open_cases
from guardia.web.desk.shown.calls import running_clock
from guardia.web.desk.shown.clock import ClockFace, State, hour, promised, written
from guardia.web.desk.shown.clock_faces import face_of
from guardia.web.desk.shown.common_cause import CommonCause, around, common_causes
from guardia.web.desk.shown.promise import promises_of
from guardia.web.desk.shown.rail import compare, length
from guardia.web.desk.shown.recurring import RecurringShown, recurring_at, recurring_of
from guardia.web.desk.shown.ways_words import ToldFirst, by_channels, nobody_words, who_is_told


@dataclass(frozen=True, slots=True)
class Meter:
    """The registration clock as a bar; percents of its length."""

    run: float
    points: tuple[float, ...]
    taken: str
    reception: str = ""
    reception_was_late: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    clock: ClockFace | None = None
    clock_name: str = ""
    clock_title: str = ""
    meter: Meter | None = None
    open_cases: Sequence[OpenCase] = ()
    told: Sequence[ToldFirst] = ()
    told_title: str = ""
    nobody: str = ""
    what_follows: str = ""
    number: str = ""
    registered_in: str = ""
    recurring: RecurringShown | None = None
    causes: Sequence[CommonCause] = ()
    registered_state: State = State.ON_TIME


def beside_new(
    company: Customer | None,
    service: Service | None,
    call: Call | WrittenRequest | None,
    at: datetime,
    impact: str = "",
) -> Beside:
    """``impact``: as it is chosen in the form so far; the ways by which people are told depend on it."""
    clock, rings = clock_running(call), isinstance(call, Call) and call.is_waiting
    contacts, rule = reading.contacts_of(company.pk) if company else [], rule_at_opening(at)
    people = who_is_told(contacts, rule, reporter_id=call.contact_id if call else None) if rule else []
    marks = marked(people)
    return Beside(
        clock=face_of(clock, at) if clock else None,
        clock_name=str(STAGE_NAMES[Stage.RECEPTION if rings else Stage.REGISTRATION]),
        clock_title=_("It rings: to answer") if rings else _("To give the number"),
        meter=meter_of(clock, call, at) if clock and isinstance(call, Call) and not rings else None,
        recurring=recurring_at(service, at),
        causes=around(service, at),
        open_cases=open_cases(service, call if isinstance(call, Call) else None, at),
        told=by_channels(people, marks, down=(impact or Impact.REPORTED) in MAY_BE_OUT),
        told_title=_("Who will be told when it opens"),
        nobody=nobody_words(people, marks) if company and rule else "",
        what_follows=follows(at),
    )


def beside_opened(case: Case, at: datetime) -> Beside:
    """The number to read aloud, and the promise that runs from now on."""
    procedure = versions.of(case.procedure_version_id)
    clocks = reading.clocks_of(case)
    steps = [clock for clock in clocks if clock.kind != ClockKind.NEXT_NEWS]
    promise = next(iter(promises_of(case, steps, procedure, at)), None)
    taken, state = registered(clocks)
    told, nobody = told_when_opened(case)
    return Beside(
        clock=promise.clock if promise else None,
        clock_name=promise.name if promise else "",
        told=told,
        nobody=nobody,
        told_title=_("Told when it opened, %(hour)s") % {"hour": hour(case.opened_at, at)},
        number=case.display_number,
        recurring=recurring_of(case, at),
        causes=common_causes(case, at),
        registered_in=taken,
        registered_state=state,
    )


def told_when_opened(case: Case) -> tuple[list[ToldFirst], str]:
    """Who is owed the notice of the registration; and why nobody is. A suppressed notice tells nobody."""
    owed = [n for n in reading.notices_of(case) if n.contact and n.moment == Moment.REGISTERED]
    people = [notice.contact for notice in owed if notice.contact]
    prefetch_related_objects(people, "ways")
    marks, down = marked(people), any(is_down(notice.facts) for notice in owed)
    told = [n.contact for n in owed if n.contact and n.state != NoticeState.SUPPRESSED]
    is_owed = rule_for_moment(case, Moment.REGISTERED) is not None
    return by_channels(told, marks, down=down), nobody_words(people, marks) if is_owed else ""


def registered(clocks: Sequence[Clock]) -> tuple[str, State]:
    """How long the registration took of what is promised."""
    clock = next((clock for clock in clocks if clock.kind == ClockKind.REGISTRATION), None)
    if clock is None or clock.taken_seconds is None or not clock.target_seconds:
        return _("registered"), State.ON_TIME
    took = compare(timedelta(seconds=clock.taken_seconds), timedelta(seconds=clock.target_seconds))
    state = State.LATE if clock.outcome == "breached" else State.ON_TIME
    return _("registered in %(took)s") % {"took": took}, state


def clock_running(came: Call | WrittenRequest | None) -> Clock | None:
    """The clock of the call on the line (P2), or while it rings (P1); or of the report in writing (P2)."""
    if isinstance(came, WrittenRequest):
        return Clock.objects.filter(request=came.pk, ended_at=None, due_at__isnull=False).order_by("due_at").first()
    return running_clock(came) if came and (came.is_taken_up or came.is_waiting) else None


def meter_of(clock: Clock, call: Call, at: datetime) -> Meter | None:
    target = timedelta(seconds=clock.target_seconds or 0)
    if not target:
        return None
    points = [100 * (point - clock.started_at) / target for point in (clock.warn_at, clock.urgent_at) if point]
    ran = at - clock.started_at
    waited = call.answered_at - call.waiting_at if call.answered_at and call.waiting_at else None
    return Meter(
        run=min(100.0, 100 * (ran / target)),
        points=tuple(points),
        taken=_("%(took)s of %(target)s since it was answered")
        % {"took": written(ran, loose=True), "target": promised(target)},
        reception=_("reception %(time)s") % {"time": written(waited, loose=True)} if waited else "",
        reception_was_late=reading.reception_was_late(call),
    )


def rule_at_opening(at: datetime) -> NoticeRule | None:
    """By which rule of the procedure in force the registration is told (P2)."""
    try:
        return versions.in_force(at).procedure.notice_for(Moment.REGISTERED)
    except NoProcedure:
        return None


def follows(at: datetime) -> str:
    try:
        rule = versions.in_force(at).procedure.clock(ClockKind.DIAGNOSIS)
    except NoProcedure:
        return ""
    if (target := rule.target_for()) is None:
        return ""
    what = "{}: {}".format(*CLOCK_NAMES[ClockKind.DIAGNOSIS])
    return _("%(what)s within %(time)s of giving the number.") % {"what": what, "time": length(target)}
