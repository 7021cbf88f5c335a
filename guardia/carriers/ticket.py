"""Our ticket at a carrier for one case, and the mails that belong to it.

The row follows from the events of the case (``cases/event_columns.py``), which `guardia verify` compares. All hours
are UTC.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.carriers.carrier import Carrier
from guardia.config.sql_rows import raw_condition


class TicketState(models.TextChoices):
    """The states of a trouble ticket (TMF621), as the carrier says them. MEF 124 names the same."""

    ACKNOWLEDGED = "acknowledged", _("received")
    IN_PROGRESS = "inProgress", _("in progress")
    PENDING = "pending", _("waits for us")
    HELD = "held", _("on hold")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (TicketState.ACKNOWLEDGED, TicketState.IN_PROGRESS, TicketState.PENDING, TicketState.HELD)
"""While a ticket is in one of these the carrier still works on it."""

STILL_OPEN = "carrier_ticket.state IN ('acknowledged', 'inProgress', 'pending', 'held')"
"""The same in SQL: its constants let PostgreSQL use the index of the open tickets, which parameters would not."""

PREFIX = "TK-"


class CarrierTicket(models.Model):
    """``first_promise_at`` is what the carrier is measured by, ``promise_at`` the promise that holds now.

    ``unread_since``: it has answered, and nobody has taken from the answer what it says.
    """

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="carrier_tickets")
    carrier = models.ForeignKey("guardia.Carrier", models.PROTECT, related_name="tickets", db_index=False)
    wait = models.ForeignKey(
        "guardia.Wait", models.PROTECT, null=True, related_name="+", help_text="of the customer's clock, which it holds"
    )
    number = models.CharField(max_length=80, blank=True, help_text="the carrier's own")
    circuit = models.CharField(max_length=80, blank=True, help_text="as the carrier calls it")
    symptoms = models.TextField(help_text="what we see, as it was told to the carrier")
    state = models.CharField(max_length=12, default=TicketState.ACKNOWLEDGED)
    opened_at = models.DateTimeField()
    wanted_at = models.DateTimeField(null=True, help_text="until when we asked for the restoration")
    answer_due_at = models.DateTimeField(null=True, help_text="by contract, as it stood at the opening")
    restore_due_at = models.DateTimeField(null=True, help_text="by contract, as it stood at the opening")
    first_promise_at = models.DateTimeField(null=True)
    promise_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="the first answer of a person, or state that it gave")
    restored_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="closed or cancelled")
    reopened = models.SmallIntegerField(default=0)
    unread_since = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "carrier_ticket"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TicketState.values), name="carrier_ticket_state_known")
        ]
        indexes = [
            models.Index(fields=["carrier", "opened_at"], name="carrier_ticket_opened"),
            models.Index(
                fields=["unread_since"], name="carrier_ticket_unread", condition=Q(unread_since__isnull=False)
            ),
            models.Index(
                fields=["carrier", "opened_at", "id"],
                name="carrier_ticket_open",
                condition=Q(state__in=[one.value for one in OPEN]),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.reference

    @property
    def reference(self) -> str:
        """Our own number of it, as the mails to the carrier name it: ``TK-0012``."""
        return f"{PREFIX}{self.pk:04}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_late(self, at: datetime) -> bool:
        """Whether the carrier still works on it and its promise has passed at ``at`` (UTC)."""
        return self.is_open and self.promise_at is not None and self.promise_at <= at


class CarrierMail(models.Model):
    """One mail of a ticket: one that came (``message``), or one that was sent (``delivery``), with its files there."""

    ticket = models.ForeignKey(CarrierTicket, models.PROTECT, related_name="mails")
    message = models.OneToOneField("guardia.Message", models.PROTECT, null=True, related_name="+")
    delivery = models.OneToOneField("guardia.Delivery", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "carrier_mail"

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.message_id or self.delivery_id}"


# --- queries ----------------------------------------------------------------------------------------------------------


def with_names(tickets: QuerySet[CarrierTicket]) -> QuerySet[CarrierTicket]:
    return tickets.select_related("carrier", "wait", "case__customer").defer("case__search")


def tickets_of(case_id: int) -> list[CarrierTicket]:
    """The tickets of a case with their carriers and mails, the open ones first, then the newest."""
    mails = CarrierMail.objects.select_related("message", "delivery").defer(
        "message__text", "message__quoted", "delivery__body"
    )
    found = with_names(CarrierTicket.objects.filter(case=case_id))
    rows = found.prefetch_related(Prefetch("mails", mails.order_by("at", "pk"), to_attr="in_order")).order_by("-pk")
    return sorted(rows, key=lambda ticket: not ticket.is_open)


def ticket_choices(case_id: int) -> QuerySet[CarrierTicket]:
    """The tickets of a case, as a form offers them."""
    return with_names(CarrierTicket.objects.filter(case=case_id)).order_by("-pk")


def ticket_to_read(case_id: int) -> CarrierTicket | None:
    """Of the tickets of a case the one whose answer nobody has looked at, else the newest; None where there is none."""
    return ticket_choices(case_id).order_by(models.F("unread_since").asc(nulls_last=True), "-pk").first()


def open_tickets_of(carrier: Carrier, most: int) -> list[CarrierTicket]:
    """What the carrier works on now, the oldest first."""
    found = CarrierTicket.objects.filter(raw_condition(STILL_OPEN), carrier=carrier)
    return list(with_names(found).order_by("opened_at", "pk")[:most])


def unread_tickets(most: int) -> list[CarrierTicket]:
    """The tickets whose carrier has answered, and nobody has looked yet; the longest waiting first."""
    found = CarrierTicket.objects.filter(unread_since__isnull=False)
    return list(with_names(found).order_by("unread_since", "pk")[:most])


def late_tickets(at: datetime, most: int) -> list[CarrierTicket]:
    """The open tickets whose promise has passed at ``at`` (UTC), the longest first."""
    found = CarrierTicket.objects.filter(raw_condition(STILL_OPEN), promise_at__lte=at)
    return list(with_names(found).order_by("promise_at", "pk")[:most])


def open_counts() -> dict[int, int]:
    """How many tickets are open at each carrier, by its id."""
    rows = CarrierTicket.objects.filter(raw_condition(STILL_OPEN)).values_list("carrier").annotate(n=models.Count("pk"))
    return dict(rows)


def tickets_for_machines(
    *, case_number: int | None = None, carrier_id: int | None = None, open_only: bool | None = None
) -> QuerySet[CarrierTicket]:
    """The tickets with their names that are of this case and carrier; what is None narrows nothing."""
    columns = {"case__number": case_number, "carrier": carrier_id}
    found = CarrierTicket.objects.filter(**{name: one for name, one in columns.items() if one is not None})
    if open_only is not None:
        found = found.filter(state__in=OPEN) if open_only else found.exclude(state__in=OPEN)
    return with_names(found)


def cases_with_unread(case_ids: Collection[int]) -> frozenset[int]:
    """Of these cases those in which a carrier has answered, and nobody has looked yet."""
    found = CarrierTicket.objects.filter(case__in=list(case_ids), unread_since__isnull=False)
    return frozenset(found.values_list("case", flat=True))
