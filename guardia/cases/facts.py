"""What a notice may tell, as it was true when it was owed: plain codes, words and hours (ISO 8601, UTC) for a template.

The same facts serve every person and language; the worker renders them once, later, and never asks the case again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardia.cases import cause_facts, desk_hours, test_facts
from guardia.clocks.clock_state import ClockState
from guardia.clocks.fold import Fold
from guardia.events.kinds import TELLS_TESTS, TELLS_VISIT
from guardia.field.visit import Visit
from guardia.procedure import version
from guardia.procedure.vocabulary import Band, ClockKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.ledger import Recorded

NOT_A_STEP = frozenset(
    {
        ClockKind.NEXT_NEWS,
        ClockKind.WORK_PERMIT,
        ClockKind.ACKNOWLEDGEMENT,
        ClockKind.MOVEMENT,
        ClockKind.CALL_TASK,
        ClockKind.RULING,
    }
)


class LookedUp:
    """What the letters of many events tell beside their cases, asked for at once: tests, and visits."""

    def __init__(self, events: Sequence["Recorded"]) -> None:
        telling = [event for event in events if event.moment in TELLS_TESTS]
        visiting = [event for event in events if event.moment in TELLS_VISIT]
        tests = test_facts.tests_of_many(telling) if telling else []
        self.tests = {(event.case.pk, event.seq): found for event, found in zip(telling, tests, strict=True)}
        self.visits: dict[int, list[Visit]] = {}
        cases = {event.case.pk for event in visiting}
        for visit in Visit.objects.filter(case__in=cases).select_related("crew").order_by("-pk") if cases else ():
            self.visits.setdefault(visit.case_id, []).append(visit)

    def tests_of(self, event: "Recorded") -> list[dict[str, Any]]:
        return self.tests.get((event.case.pk, event.seq), [])

    def visit_of(self, event: "Recorded") -> dict[str, Any] | None:
        if event.moment not in TELLS_VISIT:
            return None
        visits, asked = self.visits.get(event.case.pk, ()), event.data.get("visit")
        return visit_facts(next((visit for visit in visits if not asked or visit.pk == asked), None))


def facts_of(event: "Recorded", fold: Fold, looked_up: LookedUp | None = None) -> dict[str, Any]:
    """Everything the notice of this event may say; ``looked_up``: of many events, what was asked for at once."""
    case, looked_up = event.case, looked_up or LookedUp([event])
    return {
        **about_the_case(case),
        "moment": event.moment,
        "variant": event.variant,
        "at": event.occurred_at.isoformat(),
        "seq": event.seq,
        "hash": event.hash.hex()[:8],
        "texts": {name: text for name, _, text in event.texts},
        "data": event.data,
        "next": next_promise(case, fold),
        "next_news": hour(running(fold, ClockKind.NEXT_NEWS)),
        "ruling": hour(running(fold, ClockKind.RULING)),
        "late": [
            {"kind": c.kind, "due_at": c.fell_due_at.isoformat()} for c in ended_late(fold, event) if c.fell_due_at
        ],
        "tests": looked_up.tests_of(event),
        "pictures": test_facts.pictures_of(case, event) if event.moment in test_facts.SHOWN_IN else [],
        "saw": test_facts.saw_of(event),
        "visit": looked_up.visit_of(event),
        **({"clocks": clocks_after(event, fold)} if event.moment == Moment.WAIT_ENDED else {}),
    }


def clocks_after(event: "Recorded", fold: Fold) -> dict[str, list[str]]:
    """What became of the clocks of a wait that has ended: each runs, stands still for another one, or has ended."""
    found: dict[str, list[str]] = {"runs": [], "stands": [], "over": []}
    for kind in event.data.get("clocks", ()):
        clock = fold.running.get(kind)
        found["over" if clock is None else "stands" if clock.waiting_since else "runs"].append(kind)
    return found


def about_the_case(case: "Case") -> dict[str, Any]:
    site, service = case.site, case.service
    return {
        "number": case.display_number,
        "company": case.customer.name,
        "desk": case.desk,
        "fields": case.fields,
        "opens_at": case.opens_at.isoformat() if case.opens_at else None,
        "answer": case.answer,
        "circuit": service.circuit if service else "",
        "service": " ".join(part for part in (service.type, service.capacity) if part) if service else "",
        "site": site.name if site else "",
        "city": site.city.name if site else "",
        "zone": case.zone,
        "band": case.band,
        "subject": case.subject,
        "symptoms": case.symptoms,
        "impact": case.impact,
        "stage": case.stage,
        "outage_started_at": affected_since(case),
        "restored_at": case.restored_at.isoformat() if case.restored_at else None,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "cause": case.cause,
        "cause_is_probable": case.cause_is_probable,
        "plan": case.plan,
        "plan_kind": case.plan_kind,
        "solution": case.solution,
        "fault": case.fault,
        "confirmed_by": case.confirmed_by,
        "affected_seconds": case.affected_seconds,
        "source": case.source,
        "outage": cause_facts.outage_facts(case),
        "work": cause_facts.work_facts(case),
        "customer_reference": case.customer_reference,
        "reporter": case.reporter_name,
        "call_back_number": case.call_back_number,
        "site_contact": case.site_contact,
        "access_hours": case.access_hours,
    }


def affected_since(case: "Case") -> str:
    """The start of the outage that still lasts; of the first one where none does; empty for a request."""
    first = case.outage_started_at.isoformat() if case.outage_started_at else ""
    return next((begin for begin, end in case.outages if end is None), first)


def next_promise(case: "Case", fold: Fold) -> dict[str, Any] | None:
    """The next step owed to the customer and its hour; a range where the procedure promises one (P4.1).

    While its desk is closed a request has no clock: what will be due once it opens (A3 D), unless that waits already.
    """
    waits = any(ClockKind.FIRST_ANSWER in kinds for kinds, _cause in fold.open_waits.values())
    if case.opens_at and not waits and (due := desk_hours.answer_due(case.procedure_version_id, case.opens_at)):
        return {"kind": ClockKind.FIRST_ANSWER.value, "due_at": due.isoformat(), "from_at": None}
    steps = [c for c in fold.running.values() if c.kind not in NOT_A_STEP and c.due_at is not None]
    first = min(steps, key=lambda clock: clock.due_at or clock.started_at, default=None)
    first = first or running(fold, ClockKind.NEXT_NEWS)
    if first is None or first.due_at is None:
        return None
    rule = version.of(case.procedure_version_id).clock(ClockKind(first.kind))
    reach = rule.range_for(Band(case.band) if case.band else None)
    return {
        "kind": first.kind,
        "due_at": first.due_at.isoformat(),
        "from_at": (first.started_at + reach[0]).isoformat() if reach else None,
    }


def running(fold: Fold, kind: ClockKind) -> ClockState | None:
    clock = fold.running.get(kind)
    return clock if clock and clock.due_at else None


def hour(clock: ClockState | None) -> str | None:
    return clock.due_at.isoformat() if clock and clock.due_at else None


def ended_late(fold: Fold, event: "Recorded") -> Iterable[ClockState]:
    """The promises that this very event met, but too late: what the customer is owed an apology for."""
    return [
        c
        for c in fold.clocks.values()
        if c.outcome == "breached" and c.ended_at == event.occurred_at and c.kind != ClockKind.NEXT_NEWS
    ]


def visit_facts(visit: Visit | None) -> dict[str, Any] | None:
    """This visit of the case, or its last one: never a document of identity, which stands in the letter alone."""
    if visit is None:
        return None
    hours: dict[str, datetime | None] = {
        name: getattr(visit, name)
        for name in ("agreed_at", "forecast_from", "forecast_to", "departed_at", "arrived_at", "permit_cleared_at")
    }
    return {
        "pk": visit.pk,
        "crew": visit.crew.name if visit.crew else "",
        "specialty": visit.specialty,
        "condition": visit.condition,
        "site_contact": visit.site_contact,
        "access": visit.access,
        "agreed_by_operator": visit.agreed_by_operator,
        "agreed_by_customer": visit.agreed_by_customer,
        **{name: at.isoformat() if at else None for name, at in hours.items()},
    }
