"""The trouble tickets of a company (MEF 124): listed by what the standard narrows a list by, and found one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from guardia.calls.call import WrittenRequest
from guardia.cases.buyer_ticket import OBSERVED, RANKS, REPORT, UNKNOWN_RANK, BuyerTicket, MefStatus, Ticket
from guardia.cases.case import Case
from guardia.cases.case import Status as CaseStatus
from guardia.cases.event import CaseEvent
from guardia.cases.number import parse
from guardia.cases.queries import cases_with_place
from guardia.cases.written import CASE
from guardia.clocks.clock import Clock
from guardia.customers.values import fold
from guardia.people.shifts import TECHNICAL
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import ClockKind, Moment, Stage

MOST_REPORTS = 500
OF_A_REPORT = ("id", "customer_id", "case_id", "way", "desk", "subject", "received_at", "settled_as", "settled_at")
"""What a company may read of a report."""
SOLUTIONS = (ClockKind.FIELD_SOLUTION, ClockKind.REMOTE_SOLUTION)


@dataclass(frozen=True)
class Filters:
    """What a list of tickets is narrowed by, each None where it narrows nothing. Bounds of hours are exclusive."""

    external_id: str | None = None
    priority: str | None = None
    seller_priority: str | None = None
    severity: str | None = None
    seller_severity: str | None = None
    ticket_type: str | None = None
    status: str | None = None
    observed_impact: str | None = None
    entity: str | None = None
    entity_type: str | None = None
    made: tuple[datetime | None, datetime | None] = (None, None)
    expected: tuple[datetime | None, datetime | None] = (None, None)
    resolved: tuple[datetime | None, datetime | None] = (None, None)


def reports_listed(customer_id: int, wanted: Filters) -> list[Ticket]:
    """The tickets that the filters want and that no case listed below is, the newest first: they wait for their number
    (P2), belong to a case that was open, were no report, or were taken for another desk (A3).
    """
    rows = BuyerTicket.objects.filter(customer=customer_id, request__isnull=False)
    elsewhere = ~Q(request__settled_as=CASE) | Q(request__case__service=None) | ~Q(request__case__desk=TECHNICAL)
    found = rows.filter(elsewhere).order_by("-made_at", "-pk")[:MOST_REPORTS]
    return [ticket for ticket in _of_rows(list(found)) if _is_wanted(ticket, wanted)]


def _is_wanted(ticket: Ticket, wanted: Filters) -> bool:
    severity, priority = ticket.seller_ranks
    of_ticket = {
        "external_id": ticket.external_id,
        "priority": ticket.sent.get("priority"),
        "seller_priority": priority,
        "severity": ticket.sent.get("severity"),
        "seller_severity": severity,
        "ticket_type": ticket.sent.get("ticketType"),
        "status": ticket.status,
        "observed_impact": ticket.sent.get("observedImpact"),
    }
    if any(getattr(wanted, name) not in (None, value) for name, value in of_ticket.items()):
        return False
    ids = [fold(one["id"]) for one in ticket.sent.get("relatedEntity", ())]
    if wanted.entity is not None and fold(wanted.entity) not in ids:
        return False
    hours = ((wanted.made, ticket.made_at), (wanted.resolved, ticket.resolved_at), (wanted.expected, None))
    return all(_is_between(at, *bounds) for bounds, at in hours)


def _is_between(at: datetime | None, after: datetime | None, before: datetime | None) -> bool:
    if after is None and before is None:
        return True
    return at is not None and (after is None or at > after) and (before is None or at < before)


def _of_rows(rows: Sequence[BuyerTicket]) -> list[Ticket]:
    requests = WrittenRequest.objects.only(*OF_A_REPORT).in_bulk([row.request_id for row in rows if row.request_id])
    joined = [one.case_id for one in requests.values() if one.case_id]
    cases = cases_with_place().in_bulk(joined + [row.case_id for row in rows if row.case_id])
    found = []
    for row in rows:
        request = requests.get(row.request_id) if row.request_id else None
        case_id = request.case_id if request else row.case_id
        found.append(Ticket(row, request, cases.get(case_id) if case_id else None))
    return _with_relapses(found)


BACK = Q(status=CaseStatus.IN_PROGRESS, stage=Stage.DIAGNOSIS)
SINCE = (Moment.RELAPSED, Moment.WAIT_STARTED)
"""By the last of these a case in its diagnosis has just come back, or has waited since."""


def _with_relapses(tickets: Sequence[Ticket]) -> list[Ticket]:
    """The same tickets, each with whether its case is back in its diagnosis."""
    back = [
        one.case.pk
        for one in tickets
        if one.case and one.case.status == CaseStatus.IN_PROGRESS and one.case.stage == Stage.DIAGNOSIS
    ]
    last = CaseEvent.objects.filter(case__in=back, moment__in=SINCE).order_by("case", "-seq").distinct("case")
    moments = dict(last.values_list("case_id", "moment")) if back else {}
    relapsed = {case for case, moment in moments.items() if moment == Moment.RELAPSED}
    return [replace(one, is_back=one.case is not None and one.case.pk in relapsed) for one in tickets]


def _is_back() -> Q:
    last = CaseEvent.objects.filter(case=OuterRef("pk"), moment__in=SINCE).order_by("-seq").values("moment")[:1]
    return BACK & Q(Exact(Subquery(last), Moment.RELAPSED.value))


def _row_of_case() -> QuerySet[BuyerTicket]:
    opened_as = Q(request__case=OuterRef("pk"), request__settled_as=CASE)
    return BuyerTicket.objects.filter(Q(case=OuterRef("pk")) | opened_as)


def _text_of_row(name: str) -> Subquery:
    return Subquery(_row_of_case().values(said=KeyTextTransform(name, "sent"))[:1], output_field=CharField())


def _by_impact(values: dict[str, str], otherwise: str) -> Choose:
    whens = [When(impact=impact, then=Value(value)) for impact, value in values.items()]
    return Choose(*whens, default=Value(otherwise), output_field=CharField())


def _ranked(which: int) -> Choose:
    return _by_impact({impact: ranks[which] for impact, ranks in RANKS.items()}, UNKNOWN_RANK[which])


def _expected() -> Subquery:
    clocks = Clock.objects.filter(case=OuterRef("pk"), kind__in=SOLUTIONS, due_at__isnull=False)
    return Subquery(clocks.order_by("-started_at", "-pk").values("due_at")[:1])


def expected_of(case_ids: Iterable[int]) -> dict[int, datetime]:
    """By when the solution of each of these cases is promised, by the id of the case (P4)."""
    clocks = Clock.objects.filter(case__in=list(case_ids), kind__in=SOLUTIONS, due_at__isnull=False)
    rows = clocks.order_by("started_at", "pk").values_list("case_id", "due_at")
    return {case: due for case, due in rows if case and due}


def _of_status(status: str) -> Q:
    is_asked = Exists(_row_of_case().filter(cancel_asked_at__isnull=False))
    is_open, by_us = Q(closed_at=None), Q(status=CaseStatus.CANCELLED)
    is_back = _is_back()
    is_held = Q(status=CaseStatus.HELD)
    if status == MefStatus.CANCELLED:
        return by_us | (Q(is_asked) & ~is_open)
    if status == MefStatus.ASSESSING:
        return Q(is_asked) & is_open & ~by_us
    wanted = {
        MefStatus.REOPENED: is_back,
        MefStatus.IN_PROGRESS: (Q(status=CaseStatus.IN_PROGRESS) & ~is_back) | (is_held & Q(restored_at=None)),
        MefStatus.RESOLVED: Q(status=CaseStatus.RESOLVED) | (is_held & Q(restored_at__isnull=False)),
    }
    return wanted.get(MefStatus(status), Q(status=status)) & ~Q(is_asked)


def cases_listed(customer_id: int, wanted: Filters) -> QuerySet[Case]:
    """The incidents of the company with a service that the filters want, the newest first: each is one ticket."""
    found = cases_with_place().filter(customer=customer_id, desk=TECHNICAL, service__isnull=False)
    equal: dict[str, tuple[Any, str | None]] = {
        "of_severity": (Coalesce(_text_of_row("severity"), _ranked(0)), wanted.severity),
        "of_priority": (Coalesce(_text_of_row("priority"), _ranked(1)), wanted.priority),
        "of_seller_severity": (_ranked(0), wanted.seller_severity),
        "of_seller_priority": (_ranked(1), wanted.seller_priority),
        "of_type": (Coalesce(_text_of_row("ticketType"), Value("maintenance")), wanted.ticket_type),
        "of_observed": (
            Coalesce(_text_of_row("observedImpact"), _by_impact(OBSERVED, "degraded")),
            wanted.observed_impact,
        ),
    }
    for name, (value, sought) in equal.items():
        if sought is not None:
            found = found.annotate(**{name: value}).filter(**{name: sought})
    if wanted.external_id is not None:
        of_row = Exists(_row_of_case().filter(external_id=wanted.external_id))
        found = found.filter(Q(of_row) | Q(customer_reference=wanted.external_id))
    if wanted.status is not None:
        found = found.filter(_of_status(wanted.status))
    if wanted.entity is not None:
        is_id = wanted.entity.isascii() and wanted.entity.isdigit() and 0 < int(wanted.entity) < LARGEST_ID
        of_circuit = Q(service__folded_circuit=fold(wanted.entity))
        found = found.filter(of_circuit | Q(service=int(wanted.entity)) if is_id else of_circuit)
    made = Coalesce(Subquery(_row_of_case().values("made_at")[:1]), F("opened_at"))
    hours = {"made": made, "expected": _expected(), "resolved": Coalesce("restored_at", "closed_at")}
    for name, value in hours.items():
        after, before = getattr(wanted, name)
        bounds = {f"at_{name}__gt": after, f"at_{name}__lt": before}
        if narrowed := {bound: at for bound, at in bounds.items() if at is not None}:
            found = found.annotate(**{f"at_{name}": value}).filter(**narrowed)
            found = found.filter(_of_status("resolved") | _of_status("closed")) if name == "resolved" else found
    return found.order_by("-opened_at", "-pk")


def with_rows(cases: Sequence[Case]) -> list[Ticket]:
    """Each of these cases as a ticket, with what its Buyer wrote."""
    pks = [case.pk for case in cases]
    opened_as = Q(request__case__in=pks, request__settled_as=CASE)
    rows = _of_rows(list(BuyerTicket.objects.filter(Q(case__in=pks) | opened_as)))
    by_case = {one.case.pk: one for one in rows if one.case}
    return _with_relapses(
        [
            Ticket(found.row, found.request, case) if (found := by_case.get(case.pk)) else Ticket(None, None, case)
            for case in cases
        ]
    )


def ticket_of(customer_id: int, written: str) -> Ticket | None:
    """The company's ticket with this id, or with the number of its case."""
    if len(written) > 40:
        return None
    if written[:1] == REPORT and written[1:].isascii() and written[1:].isdigit():
        pk = int(written[1:])
        rows = BuyerTicket.objects.filter(customer=customer_id, request=pk) if pk < LARGEST_ID else ()
        return next(iter(_of_rows(list(rows))), None)
    number = parse(written)
    cases = cases_with_place().filter(customer=customer_id, desk=TECHNICAL, service__isnull=False)
    case = cases.filter(number=number).first() if number else None
    return with_rows([case])[0] if case else None


def ticket_with_external_id(customer_id: int, external_id: str) -> Ticket | None:
    """The company's ticket that its Buyer gave this number."""
    rows = BuyerTicket.objects.filter(customer=customer_id, external_id=external_id) if external_id else ()
    return next(iter(_of_rows(list(rows))), None)


def ticket_of_report(request: WrittenRequest) -> Ticket | None:
    """The ticket that this report was opened for."""
    return next(iter(_of_rows(list(BuyerTicket.objects.filter(request=request.pk)))), None)


def visits_of(case: Case) -> list[int]:
    """The ids of the visits of the case, the first first."""
    return list(case.visits.order_by("pk").values_list("pk", flat=True))
