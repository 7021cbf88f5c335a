"""Beside the form of a new case: P2's clock, what may be the same, what a report proposes, who will be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.calls.call import Call, WrittenRequest
from guardia.cases import mail_tray, queries
from guardia.cases.call_rows import reception_was_late
from guardia.cases.case import Case
from guardia.cases.case_rows import clocks_of
from guardia.cases.impact_proposal import proposed
from guardia.cases.labels import CLOCK_NAMES, IMPACT_NAMES, SAID_IMPACT_NAMES, STAGE_NAMES
from guardia.cases.notify import rule_for_moment
from guardia.clocks.clock import Clock
from guardia.customers.customer import Customer, Service
from guardia.customers.lookup import contacts_with_ways_of
from guardia.notices.notice import NoticeState
from guardia.notices.notice_rows import notices_of
from guardia.notices.recipients import is_down, marked
from guardia.procedure import version as versions
from guardia.procedure.rules import NoticeRule
from guardia.procedure.version import NoProcedure
from guardia.procedure.vocabulary import MAY_BE_OUT, ClockKind, Impact, Moment, Stage
from guardia.web.desk.case_page.links import CommonCause, around, common_causes, recurring_at, recurring_of
from guardia.web.desk.case_page.notices import by_channels, nobody_words, recipients_by_rule
from guardia.web.desk.case_page.promise import promises_of
from guardia.web.desk.case_page.rail import compare, length
from guardia.web.desk.clock import ClockFace, State, desk_zone, face_of, hour, promised, stood, written
from guardia.web.desk.page import case_href
from guardia.web.desk.phone.calls import running_clock
from guardia.web.shared import about
from guardia.web.shared.about import circuit


def open_cases(service: Service | None, call: Call | None, at: datetime) -> list[dict[str, Any]]:
    """An open case of the same site: perhaps what the caller speaks of."""
    if service is None:
        return []
    return [
        {
            "number": case.display_number,
            "subject": case.subject,
            "words": f"{circuit(case)} · {IMPACT_NAMES[Impact(case.impact)]} · {STAGE_NAMES[Stage(case.stage)]} · "
            f"{hour(case.opened_at, at)}",
            "href": case_href(case),
            "join_href": reverse("join", args=[case.number]) if call else "",
            "call_id": call.pk if call else 0,
        }
        for case in queries.open_at_site(service.site_id)[:5]
    ]


def before_of(service: Service | None, at: datetime) -> list[dict[str, Any]]:
    """The last cases of the same service."""
    if service is None:
        return []
    return [
        {
            "number": case.display_number,
            "href": case_href(case),
            "subject": before_subject(case),
            "words": before_words(case, at),
        }
        for case in queries.before_of_service(service.pk)[:3]
    ]


def before_subject(case: Case) -> str:
    return f"{case.subject.rstrip('.')}: {case.solution}" if case.solution else case.subject


def before_words(case: Case, at: datetime) -> str:
    affected = stood(timedelta(seconds=case.affected_seconds or 0))
    return f"{hour(case.opened_at, at)} · {affected} · {IMPACT_NAMES[Impact(case.impact)]}"


# --- beside -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    clock: ClockFace | None = None
    clock_name: str = ""
    clock_title: str = ""
    meter: dict[str, Any] | None = None
    open_cases: Sequence[dict[str, Any]] = ()
    told: Sequence[dict[str, Any]] = ()
    told_title: str = ""
    nobody: str = ""
    what_follows: str = ""
    number: str = ""
    registered_in: str = ""
    recurring: dict[str, Any] | None = None
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
    contacts, rule = contacts_with_ways_of(company.pk) if company else [], rule_at_opening(at)
    people = recipients_by_rule(contacts, rule, reporter_id=call.contact_id if call else None) if rule else []
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
    clocks = clocks_of(case)
    steps = [clock for clock in clocks if clock.kind != ClockKind.NEXT_NEWS]
    promise = next(iter(promises_of(case, steps, procedure, at)), None)
    taken, state = registered(clocks)
    told, nobody = recipients_when_opened(case)
    return Beside(
        clock=promise.clock if promise else None,
        clock_name=promise.name if promise else "",
        told=told,
        nobody=nobody,
        told_title=_("Notified when it opened, %(hour)s") % {"hour": hour(case.opened_at, at)},
        number=case.display_number,
        recurring=recurring_of(case, at),
        causes=common_causes(case, at),
        registered_in=taken,
        registered_state=state,
    )


def recipients_when_opened(case: Case) -> tuple[list[dict[str, Any]], str]:
    """Who is owed the notice of the registration; and why nobody is. A suppressed notice tells nobody."""
    owed = [n for n in notices_of(case) if n.contact and n.moment == Moment.REGISTERED]
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
        return mail_tray.running_clock_of(came.pk)
    return running_clock(came) if came and (came.is_taken_up or came.is_waiting) else None


def meter_of(clock: Clock, call: Call, at: datetime) -> dict[str, Any] | None:
    """The registration clock as a bar; percents of its length."""
    target = timedelta(seconds=clock.target_seconds or 0)
    if not target:
        return None
    points = [100 * (point - clock.started_at) / target for point in (clock.warn_at, clock.urgent_at) if point]
    ran = at - clock.started_at
    waited = call.answered_at - call.waiting_at if call.answered_at and call.waiting_at else None
    return {
        "run": min(100.0, 100 * (ran / target)),
        "points": tuple(points),
        "taken": _("%(took)s of %(target)s since it was answered")
        % {"took": written(ran, loose=True), "target": promised(target)},
        "reception": _("reception %(time)s") % {"time": written(waited, loose=True)} if waited else "",
        "reception_was_late": reception_was_late(call),
    }


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


# --- proposed ---------------------------------------------------------------------------------------------------------
# What the words of a report propose of impact and hour, as the desk sees it: one key takes it, nothing else does.


def proposed_facts(
    symptoms: str, said_at: datetime, at: datetime, *, impact: str = "", since: str = ""
) -> dict[str, Any] | None:
    """What these words, said at ``said_at``, propose of what is still open: ``impact`` and ``since`` are what the form
    says already. None where they propose nothing more.
    """
    found = proposed(symptoms, said_at, desk_zone())
    felt = found.impact if found.impact and not impact else None
    hour_said = found.since if found.since and not since.strip() else None
    if felt is None and hour_said is None:
        return None
    of_the_word = _("%(impact)s (“%(word)s”)") % {"impact": IMPACT_NAMES[felt], "word": found.words} if felt else ""
    of_the_hour = _("since %(hour)s") % {"hour": hour(hour_said, at)} if hour_said else ""
    # ``since`` is written as a form reads it; each is empty where nothing is proposed of it.
    return {
        "words": about.joined(of_the_word, of_the_hour),
        "impact": felt.value if felt else "",
        "since": localtime(hour_said, desk_zone()).strftime("%d/%m/%Y %H:%M") if hour_said else "",
    }


def impact_missing(case: Case, at: datetime) -> dict[str, Any] | None:
    """None where the case says how the service is, is over, or is no incident."""
    if case.impact != Impact.REPORTED or not case.is_open or about.is_request(case):
        return None
    shown = proposed_facts(case.symptoms, case.opened_at, at)
    # Without an impact the words do not complete it: the hour alone is corrected with the details.
    return {"proposed": shown if shown and shown["impact"] else None, "choices": SAID_IMPACT_NAMES}
