"""A trouble ticket as its Buyer knows it (MEF 124): what the Buyer wrote, beside the report or the case it became.

A ticket is a report in writing until it has its number (P2), and its case from then on; its id stays the same. A case
that came in another way is a ticket too, by its number. Hours are UTC.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from guardia.calls.call import WrittenRequest
from guardia.cases.case import Case
from guardia.cases.case import Status as CaseStatus
from guardia.cases.event import CaseEvent
from guardia.cases.written import DISMISSED
from guardia.events.kinds import KINDS, TicketStatus
from guardia.procedure.vocabulary import Impact, Moment, WaitCause

REPORT = "R"
"""How the id of a ticket begins that was opened as a report, before its number."""
LONGEST_EXTERNAL_ID = 80


class BuyerTicket(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+", db_index=False)
    request = models.OneToOneField(
        "guardia.WrittenRequest", models.PROTECT, null=True, related_name="+", help_text="the report it was opened as"
    )
    case = models.OneToOneField(
        "guardia.Case", models.PROTECT, null=True, related_name="+", help_text="where it was opened as no report"
    )
    external_id = models.CharField(max_length=LONGEST_EXTERNAL_ID, blank=True, help_text="the Buyer's own number")
    sent = models.JSONField(default=dict, help_text="what the Buyer wrote, by the names of MEF 124")
    made_at = models.DateTimeField()
    cancel_asked_at = models.DateTimeField(null=True, help_text="when the Buyer asked to cancel it")

    class Meta:
        app_label = "guardia"
        db_table = "buyer_ticket"
        constraints = [
            models.CheckConstraint(
                condition=Q(request__isnull=False, case=None) | Q(request=None, case__isnull=False),
                name="buyer_ticket_of_one",
            ),
            models.UniqueConstraint(
                fields=["customer", "external_id"], condition=~Q(external_id=""), name="buyer_ticket_external_id_once"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-made_at"], name="buyer_ticket_of_customer")]

    def __str__(self) -> str:
        return self.external_id or str(self.pk)


class MefStatus(StrEnum):
    """The status of a ticket as its Buyer sees it (MEF 124, table 9)."""

    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "inProgress"
    PENDING = "pending"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    ASSESSING = "assessingCancellation"
    CANCELLED = "cancelled"


TRANSITIONS: dict[MefStatus, frozenset[MefStatus]] = {
    MefStatus.ACKNOWLEDGED: frozenset({MefStatus.IN_PROGRESS, MefStatus.ASSESSING}),
    MefStatus.IN_PROGRESS: frozenset({MefStatus.PENDING, MefStatus.RESOLVED, MefStatus.ASSESSING}),
    MefStatus.PENDING: frozenset({MefStatus.IN_PROGRESS, MefStatus.ASSESSING}),
    MefStatus.RESOLVED: frozenset({MefStatus.CLOSED, MefStatus.REOPENED}),
    MefStatus.REOPENED: frozenset({MefStatus.IN_PROGRESS}),
    MefStatus.ASSESSING: frozenset({MefStatus.CANCELLED}),
    MefStatus.CLOSED: frozenset(),
    MefStatus.CANCELLED: frozenset(),
}
"""Which status may follow which (MEF 124, figure 9)."""
PASSED_THROUGH = frozenset({MefStatus.IN_PROGRESS, MefStatus.ASSESSING})
"""What is written into a history where the case went two steps of the standard at once."""


RANKS: dict[str, tuple[str, str]] = {
    Impact.DOWN: ("extensive", "critical"),
    Impact.REPORTED: ("significant", "high"),
    Impact.DEGRADED: ("significant", "high"),
    Impact.INTERMITTENT: ("moderate", "medium"),
}
"""The severity and the priority that we see in each impact."""
UNKNOWN_RANK = ("significant", "high")
OBSERVED: dict[str, str] = {
    Impact.DOWN: "down",
    Impact.REPORTED: "degraded",
    Impact.DEGRADED: "degraded",
    Impact.INTERMITTENT: "intermittent",
}
"""The observed impact of a case that no Buyer wrote of."""


@dataclass(frozen=True)
class Ticket:
    """A ticket of one company: what its Buyer wrote, its report, and its case; at least one of the last two.

    ``is_back``: the case is in its diagnosis again, and nothing has happened to it since (P6 D, P7 D).
    """

    row: BuyerTicket | None
    request: WrittenRequest | None
    case: Case | None
    is_back: bool = False

    @property
    def id(self) -> str:
        """As the Buyer got it when the ticket was opened; it never changes."""
        if self.request is not None:
            return f"{REPORT}{self.request.pk}"
        return str(self.case.number) if self.case else ""

    @property
    def sent(self) -> dict[str, Any]:
        return self.row.sent if self.row else {}

    @property
    def external_id(self) -> str:
        return (self.row.external_id if self.row else "") or (self.case.customer_reference if self.case else "")

    @property
    def made_at(self) -> datetime:
        if self.request is not None:
            return self.request.received_at
        assert self.case is not None
        return self.case.opened_at

    @property
    def is_cancelling(self) -> bool:
        return bool(self.row and self.row.cancel_asked_at)

    @property
    def status(self) -> MefStatus:
        if self.case is None:
            is_none = self.request is not None and self.request.settled_as == DISMISSED
            return MefStatus.CANCELLED if is_none else MefStatus.ACKNOWLEDGED
        if self.case.status == CaseStatus.CANCELLED or (self.is_cancelling and not self.case.is_open):
            return MefStatus.CANCELLED
        if self.is_cancelling:
            return MefStatus.ASSESSING
        if self.case.status == CaseStatus.HELD:
            return MefStatus.RESOLVED if self.case.restored_at else MefStatus.IN_PROGRESS
        return MefStatus.REOPENED if self.is_back else MefStatus(self.case.status)

    @property
    def seller_ranks(self) -> tuple[str, str]:
        """The severity and the priority as we see them; before there is a case, by what the Buyer observed."""
        impact = self.case.impact if self.case else self.sent.get("observedImpact", "")
        return RANKS.get(impact, UNKNOWN_RANK)

    @property
    def resolved_at(self) -> datetime | None:
        """When the service was back, of a ticket that is resolved or closed."""
        if self.case is None or self.status not in (MefStatus.RESOLVED, MefStatus.CLOSED):
            return None
        return self.case.restored_at or self.case.closed_at


# --- history ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """A status that the ticket got at ``at``, and the event of the case by which it did, where one did."""

    status: MefStatus
    at: datetime
    event: CaseEvent | None = None


BEGUN_BY_A_WAIT = frozenset({MefStatus.ACKNOWLEDGED, MefStatus.REOPENED})
"""A case that waited is in progress afterwards, diagnosed or not (``expected_rows`` settles it so too)."""


def status_changes(ticket: Ticket, events: Iterable[CaseEvent]) -> list[Change]:
    """The statuses of the ticket in their order, by the public events of its case in theirs."""
    found = [Change(MefStatus.ACKNOWLEDGED, ticket.made_at)]
    waits: dict[int, str] = {}
    under = MefStatus.ACKNOWLEDGED
    asked_at = ticket.row.cancel_asked_at if ticket.row else None
    last = ticket.made_at
    for event in events:
        last = event.occurred_at
        if asked_at and event.occurred_at >= asked_at:
            _follow(found, MefStatus.ASSESSING, asked_at, event if event.occurred_at == asked_at else None)
            if _status_after(event) in (MefStatus.CLOSED, MefStatus.CANCELLED):
                _follow(found, MefStatus.CANCELLED, last, event)
            continue
        if event.moment == Moment.WAIT_STARTED:
            waits[event.data.get("wait", 0)] = event.variant
            under = MefStatus.IN_PROGRESS if under in BEGUN_BY_A_WAIT else under
        elif event.moment == Moment.WAIT_ENDED:
            waits.pop(event.data.get("wait", 0), None)
        under = _status_after(event) or under
        is_pending = bool(waits) and list(waits.values())[-1] == WaitCause.CUSTOMER
        _follow(found, MefStatus.PENDING if is_pending else under, last, event)
    if asked_at and found[-1].status not in (MefStatus.ASSESSING, MefStatus.CANCELLED):
        _follow(found, MefStatus.ASSESSING, asked_at, None)
    if found[-1].status != ticket.status:
        ended = ticket.case.closed_at if ticket.case else ticket.request and ticket.request.settled_at
        _follow(found, ticket.status, ended or last, None)
    return found


def _status_after(event: CaseEvent) -> MefStatus | None:
    if event.moment == Moment.RELAPSED:
        return MefStatus.REOPENED
    status = KINDS[Moment(event.moment)].status
    return MefStatus(status) if status and status != TicketStatus.HELD else None


def _follow(found: list[Change], status: MefStatus, at: datetime, event: CaseEvent | None) -> None:
    if found[-1].status == status:
        return
    at = max(at, found[-1].at)  # what is told late keeps its place in the order
    found.extend(Change(step, at) for step in between(found[-1].status, status))
    found.append(Change(status, at, event))


def between(before: MefStatus, after: MefStatus) -> list[MefStatus]:
    """The statuses that the standard wants between these two; none where it has no way that says what happened."""
    ways = deque([[before]])
    while ways:
        way = ways.popleft()
        for step in sorted(TRANSITIONS[way[-1]]):
            if step == after:
                return way[1:]
            if step in PASSED_THROUGH and step not in way:
                ways.append([*way, step])
    return []
