"""Many cases at once, as a mass outage needs it: the steps of the verbs of one case, set-based, in one ``record()``.

Every case is locked by its caller, in the order of the ids (or is new); ``at`` and ``now`` are UTC. A case that a step
does not fit is left alone: what a stage does not allow is refused to a person who asks, not to ten thousand at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardia.cases import ledger, probing, writes
from guardia.cases.case import Case
from guardia.cases.number import numbered
from guardia.cases.stages.diagnosis import REMOTE, VISIT
from guardia.cases.stages.registration import Report, placed, registered, unsaved_case
from guardia.customers.customer import Service
from guardia.field.visit import Outcome, Visit
from guardia.people.staff import Actor, person
from guardia.procedure.vocabulary import Impact, Moment, Stage

if TYPE_CHECKING:
    from guardia.people.staff import Staff

RUNNING = (Stage.DIAGNOSIS, Stage.EXECUTION)
BACK = (Stage.VERIFICATION, Stage.STABILITY, Stage.CLOSURE)


def opened_cases(
    services: Sequence[Service],
    symptoms: str,
    *,
    version_id: int,
    impact: Impact,
    since: datetime,
    source: str,
    by: Actor,
    at: datetime,
    engineer: "Staff | None" = None,
    **more: Any,
) -> list[tuple[Case, ledger.Entry]]:
    """A new case for each service, not written yet, with the event that registers it; ``more`` goes into its data.

    The services come with their site, its city and their company.
    """
    if not services:
        return []
    report = Report(services[0], symptoms, impact, affected_since=since)  # of all of them, but for the place
    said = unsaved_case(Case, report, symptoms, version_id=version_id, at=at)
    made, assigned = [], person(engineer)
    for service, (pk, number) in zip(services, writes.draw_cases(len(services)), strict=True):
        case = placed(copy(said), service, pk, numbered(number))
        case.source, case.assigned = source, assigned
        entry = registered(case, symptoms, by, at, **more)
        # Nobody was asked anything: what it says of itself is the same for all, and said once.
        texts = {name: text for name, text in entry.texts.items() if name != "subject" and text}
        made.append((case, replace(entry, texts=texts)))
    return made


def diagnosed(
    cases: Iterable[Case], cause: str, plan: str, *, by: Actor, at: datetime, **data: Any
) -> list[ledger.Entry]:
    """P3: the cause is theirs; the plan too, but of those whose own crew is on its way. What they know already is not
    said again.
    """
    found = []
    for case in cases:
        if case.stage == Stage.DIAGNOSIS and case.is_open:
            case.cause, case.plan, case.plan_kind, case.cause_is_probable = cause, plan, REMOTE, False
            case.stage = Stage.EXECUTION.value
            texts = {"cause": cause, "plan": plan}
            when, told = max(at, began(case)), {"probable": False, **data}
            found.append(ledger.Entry(case, Moment.DIAGNOSED, by, when, REMOTE, told, texts))
        elif case.stage == Stage.EXECUTION and case.is_open and (case.cause, case.plan) != (cause, plan):
            case.cause, case.cause_is_probable = cause, False
            case.plan = case.plan if case.plan_kind == VISIT else plan
            texts = {"cause": cause, "plan": case.plan}
            found.append(ledger.Entry(case, Moment.CAUSE_CORRECTED, by, max(at, began(case)), "", data, texts))
    return found


def restored(
    cases: Sequence[Case], solution: str, hours: Mapping[int, datetime], *, by: Actor, at: datetime, **data: Any
) -> list[ledger.Entry]:
    """P4, P5: each is back at its own hour of ``hours`` (by id), else ``at``; without a diagnosis it came back from P3.

    A visit that was on its way for it is over.
    """
    back = [case for case in cases if case.is_open and case.stage in RUNNING]
    back_at = {case.pk: max(hours.get(case.pk, at), began(case)) for case in back}
    _end_visits(back_at)
    found = []
    for case in back:
        hour = back_at[case.pk]
        case.solution = solution
        moment = Moment.RECOVERED if case.stage == Stage.DIAGNOSIS else Moment.RESTORED
        variant = REMOTE if moment is Moment.RESTORED else ""
        case.back_in_service(hour)
        told = {"source": "outage", **data} if moment is Moment.RESTORED else data
        found.append(ledger.Entry(case, moment, by, hour, variant, told, {"solution": solution}))
    return found


def relapsed(cases: Iterable[Case], what: str, *, by: Actor, at: datetime, **data: Any) -> list[ledger.Entry]:
    """P6 D: those that were back are back in P3."""
    found = []
    for case in cases:
        if case.is_open and case.stage in BACK:
            when = max(at, case.restored_at or at)
            case.fails_again(when)
            found.append(ledger.Entry(case, Moment.RELAPSED, by, when, "", data, {"what": what}))
    return found


def record_news(
    cases: Iterable[Case], texts: Mapping[str, str], *, by: Actor, at: datetime, **data: Any
) -> list[ledger.Entry]:
    """P D: the same news for each, by language (``text``, ``text_en`` …)."""
    return [ledger.Entry(case, Moment.NEWS_SENT, by, at, "", data, texts) for case in cases if case.is_open]


def record_all(entries: Sequence[ledger.Entry], now: datetime) -> list[ledger.Recorded]:
    """All of them in one ``record()``; those that are back ask for their tests (P5)."""
    recorded = ledger.record(entries, now) if entries else []
    back = [entry.case for entry in entries if entry.moment in (Moment.RESTORED, Moment.RECOVERED)]
    probing.at_verification_of(back, now)
    return recorded


def began(case: Case) -> datetime:
    """No step of this round can be before it: the registration, or the relapse that took it back to P3."""
    lasts = [datetime.fromisoformat(start) for start, end in case.outages if end is None]
    return max([case.opened_at, *lasts])


def _end_visits(hours: Mapping[int, datetime]) -> None:
    """The open visits of these cases end with them, each at the hour of its case."""
    for pk, case in Visit.objects.filter(case__in=hours, ended_at=None).values_list("pk", "case"):
        Visit.objects.filter(pk=pk).update(
            ended_at=hours[case],
            outcome=Outcome.CALLED_OFF.value,
            blocked_at=None,
            condition="",
            next_decision_at=None,
        )
