"""What a notice may tell, as it was true when it was owed: plain codes, words and hours (ISO 8601, UTC) for a template.

The same facts serve every person and language; the worker renders them once, later, and never asks the case again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from guardia.cases import desk_hours, test_facts
from guardia.cases.escalation_steps import OF_THE_ESCALATION, escalates
from guardia.cases.event import EventText
from guardia.clocks.clock_state import ClockState
from guardia.clocks.fold import Fold
from guardia.customers.contact import Contact
from guardia.events.kinds import TELLS_TESTS, TELLS_VISIT
from guardia.field.visit import Visit
from guardia.people.staff import OF_THE_SIGN_IN, Staff
from guardia.procedure import version
from guardia.procedure.schema import Procedure
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
OWED = frozenset(ClockKind) - NOT_A_STEP | {ClockKind.NEXT_NEWS}
"""What is promised to the customer: the steps of the case and the next news."""


class LookedUp:
    """What the letters of many events tell beside their cases, asked for at once: tests and their pictures, visits."""

    def __init__(self, events: Sequence["Recorded"]) -> None:
        telling = [event for event in events if event.moment in TELLS_TESTS]
        visiting = [event for event in events if event.moment in TELLS_VISIT]
        tests = test_facts.tests_of_many(telling) if telling else []
        self.tests = {(event.case.pk, event.seq): found for event, found in zip(telling, tests, strict=True)}
        self.probes = test_facts.probes_until([event for event in events if event.moment in test_facts.SHOWN_IN])
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
        "hash": event.hash.hex(),
        "texts": {name: text for name, _, text in event.texts},
        "data": event.data,
        "next": next_promise(case, fold),
        "next_news": hour(running(fold, ClockKind.NEXT_NEWS)),
        "ruling": hour(running(fold, ClockKind.RULING)),
        "late": [
            {"kind": c.kind, "due_at": c.fell_due_at.isoformat()} for c in ended_late(fold, event) if c.fell_due_at
        ],
        "tests": looked_up.tests_of(event),
        "pictures": test_facts.pictures_of(event, looked_up.probes) if event.moment in test_facts.SHOWN_IN else [],
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
        "outage": outage_facts(case),
        "work": work_facts(case),
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


# What a page to the operator's people may tell (E): it must suffice by itself, to somebody who was asleep.
#
# Customer, site, impact, since when, which promise broke, who works on it and whom to ring; looked up once for all
# pages of one ``record()``.


SAID = {
    (Moment.ESCALATED, "reason"): "reason",
    (Moment.ESCALATED, "asked_by"): "asked_by",
    (Moment.PASSED_ON, "reason"): "passed_on",
}


@dataclass(frozen=True)
class Known:
    """What the pages of several cases need beside the cases themselves."""

    people: Mapping[int, Staff]
    open_cases: Mapping[tuple[str, int], int]
    said: Mapping[tuple[int, str], str]
    phones: Mapping[int, list[str]]

    @classmethod
    def about(cls, events: Sequence["Recorded"]) -> "Known":
        """Four questions, whatever the number of events."""
        cases = {event.case.pk: event.case for event in events}
        if not cases:
            return cls({}, {}, {}, {})
        paged = {pk for event in events for pk in event.data["staff"]}
        at_work = {pk for case in cases.values() for pk in (case.assigned_id, case.answering_id) if pk}
        open_ones = type(next(iter(cases.values()))).objects.filter(closed_at=None).order_by()
        counts: dict[tuple[str, int], int] = {}
        for what in ("part_of", "site"):
            ids = {pk for case in cases.values() if (pk := getattr(case, f"{what}_id"))}
            found = open_ones.filter(**{f"{what}__in": ids}).values_list(what).annotate(how_many=Count("pk"))
            counts |= {(what, pk): how_many for pk, how_many in (found if ids else ())}
        reporters = Contact.objects.filter(pk__in={case.reporter_id for case in cases.values() if case.reporter_id})
        phones = dict(reporters.values_list("pk", "phones"))
        return cls(
            Staff.objects.defer(*OF_THE_SIGN_IN).in_bulk(paged | at_work), counts, _last_words(list(cases)), phones
        )


def _last_words(case_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """The last words with which each case was escalated or passed on."""
    texts = EventText.objects.filter(event__case__in=case_ids, event__moment__in=[moment for moment, _ in SAID])
    rows = texts.order_by("event__case", "event__seq").values_list("event__case", "event__moment", "name", "text")
    return {
        (case, SAID[Moment(moment), name]): text or "" for case, moment, name, text in rows if (moment, name) in SAID
    }


def page_facts(event: "Recorded", fold: Fold, known: Known) -> dict[str, Any]:
    """Everything the page of this event may say: codes, words, and hours as ISO 8601 in UTC."""
    case, data = event.case, event.data
    level = version.of(case.procedure_version_id).level(data["level"])
    broken = first_broken(fold, version.of(case.procedure_version_id))
    engineer = known.people.get(case.assigned_id or 0)
    answering = known.people.get(case.answering_id or 0)
    why = data.get("why", "")
    return {
        **about_the_case(case),
        "call_back_number": case.call_back_number or next(iter(known.phones.get(case.reporter_id or 0, ())), ""),
        "moment": event.moment,
        "variant": event.variant,
        "at": event.occurred_at.isoformat(),
        "seq": event.seq,
        "hash": event.hash.hex()[:8],
        "data": dict(data),
        "texts": {name: text for name, _, text in event.texts},
        "level": data["level"],
        "level_name": level.name.model_dump() if level else None,
        "promise": {"kind": broken.kind, "due_at": broken.breached_at.isoformat()}
        if broken and broken.breached_at
        else None,
        "engineer": engineer.name if engineer else "",
        "engineer_phone": (engineer.mobile or engineer.desk_phone) if engineer else "",
        "answering": answering.name if answering else "",
        "answering_phone": (answering.mobile or answering.desk_phone) if answering else "",
        "source": why,
        "reason": known.said.get((case.pk, "reason"), ""),
        "asked_by": known.said.get((case.pk, "asked_by"), ""),
        "passed_on": known.said.get((case.pk, "passed_on"), "") if why == "passed_on" else "",
        "others": others(case, known),
        "vip": case.customer.vip,
        "call": data.get("call"),
    }


def note_facts(event: "Recorded", author: str) -> dict[str, Any]:
    """What somebody whom a note names reads of it: its words, who wrote them (``author``), and of which case."""
    return {
        **about_the_case(event.case),
        "moment": event.moment,
        "at": event.occurred_at.isoformat(),
        "seq": event.seq,
        "hash": event.hash.hex()[:8],
        "data": dict(event.data),
        "texts": {name: text for name, _, text in event.texts},
        "author": author,
        "vip": event.case.customer.vip,
    }


def others(case: "Case", known: Known) -> int:
    """How many more cases are open of the same cause: of its outage, else of its site."""
    cause = ("part_of", case.part_of_id) if case.part_of_id else ("site", case.site_id or 0)
    return max(0, known.open_cases.get(cause, 1) - 1)


def first_broken(fold: Fold, procedure: Procedure) -> ClockState | None:
    """The promise to the customer that broke first and still runs."""
    late = [clock for clock in fold.running.values() if clock.breached_at and clock.kind not in OF_THE_ESCALATION]
    broken = [clock for clock in late if escalates(procedure, clock)]
    return min(broken, key=lambda clock: clock.breached_at or clock.started_at, default=None)


# What a letter of a case may tell of what it has in common with others: its mass outage, its planned work.


def _common_cause(case: "Case", name: str, hour: str) -> Any:
    """The outage or the planned work of the case, by the columns alone that a company's person may read, who acts in
    the portal; None if it is of none.
    """
    field = case._meta.get_field(name)
    if getattr(case, f"{name}_id") and not field.is_cached(case):  # type: ignore[union-attr]
        found = field.related_model._default_manager.only("number", "public_name", hour)  # type: ignore[union-attr]
        setattr(case, name, found.get(pk=getattr(case, f"{name}_id")))
    return getattr(case, name)


def outage_facts(case: "Case") -> Mapping[str, Any] | None:
    """What a letter may say of the outage that the case is part of; None if it is of none."""
    outage = _common_cause(case, "part_of", "forecast_at")
    if outage is None:
        return None
    return {
        "number": outage.display_number,
        "names": outage.public_name,
        "forecast_at": outage.forecast_at.isoformat() if outage.forecast_at else None,
    }


def work_facts(case: "Case") -> Mapping[str, Any] | None:
    """What a letter may say of the planned work that the case lies within; None if there is none."""
    work = _common_cause(case, "within_work", "ends_at")
    if work is None:
        return None
    return {"number": work.display_number, "names": work.public_name, "ends_at": work.ends_at.isoformat()}
