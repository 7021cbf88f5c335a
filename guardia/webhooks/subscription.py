"""A subscription to the events of the cases, and each event that is delivered to it (Standard Webhooks)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from guardia.people import sealing

NOUN = "webhook"
WHAT_FOR = "webhook secret"
OVERLAP = timedelta(hours=24)
"""So long both secrets sign after a rotation."""
STAYS = timedelta(days=30)
"""So long a delivery that is settled stays in the log, and so far back events can be sent once more."""


class SubscriptionState(models.TextChoices):
    ACTIVE = "active"
    PAUSED = "paused"  # by a person: nothing is queued and nothing is sent
    GONE = "gone"  # the receiver answered 410 Gone
    REMOVED = "removed"  # by a person; its rows go with time


class WebhookSubscription(models.Model):
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list, help_text="kinds of events and families (diagnosis.*); empty: all")
    company = models.ForeignKey(
        "guardia.Customer", models.PROTECT, null=True, related_name="+", db_index=False, help_text="of its cases alone"
    )
    owner = models.ForeignKey(
        "guardia.Customer",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="whose it is: it gets what this company may see; null: the operator's",
    )
    least_impact = models.SmallIntegerField(default=0, help_text="of IMPACT_RANKS; 0: any case, requests too")
    with_texts = models.BooleanField(default=False, help_text="names, and the prose that the customer may read")
    format = models.CharField(
        max_length=20,
        default="cloudevents",
        db_default="cloudevents",
        help_text="of webhooks/formats.py: how an event is written",
    )
    query = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="of a hub of TM Forum: which events it wants"
    )
    secret = models.TextField(help_text="sealed")
    former_secret = models.TextField(blank=True, help_text="sealed; it signs too until former_until")
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, default=SubscriptionState.ACTIVE)
    failures = models.IntegerField(default=0, help_text="attempts in a row that failed")
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True, help_text="nothing is tried before")
    last_success_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "webhook_subscription"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SubscriptionState.values), name="webhook_state_known")
        ]

    def __str__(self) -> str:
        return self.name

    def secrets_at(self, at: datetime) -> list[str]:
        """The secrets that sign at ``at`` (UTC), the newest first. Raises CannotBeUnsealed."""
        former = self.former_secret if self.former_until and at < self.former_until else ""
        return [sealing.unseal(WHAT_FOR, sealed) for sealed in (self.secret, former) if sealed]


class WebhookState(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"  # leased by a worker
    DELIVERED = "delivered"
    DEAD = "dead"  # given up after 48 h, or because the receiver is gone
    HELD = "held"  # of a rehearsal: it is never sent


OPEN = (WebhookState.WAITING, WebhookState.SENDING)


class WebhookDelivery(models.Model):
    subscription = models.ForeignKey(WebhookSubscription, models.PROTECT, related_name="deliveries", db_index=False)
    event = models.ForeignKey("guardia.CaseEvent", models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="+", db_index=False)
    seq = models.IntegerField(help_text="of the event in its case: one goes after the other")
    stage = models.CharField(max_length=20, blank=True, help_text="of the case when the event was recorded")
    impact = models.CharField(max_length=20, blank=True, help_text="likewise")
    state = models.CharField(max_length=9, default=WebhookState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    available_at = models.DateTimeField()
    gives_up_at = models.DateTimeField(help_text="a failure after it is the last")
    leased_until = models.DateTimeField(null=True)
    sender = models.ForeignKey("guardia.Sender", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True, help_text="of the last answer (HTTP)")
    took_ms = models.IntegerField(null=True)
    answer = models.TextField(blank=True, help_text="the last answer, its beginning; or why there was none")

    class Meta:
        app_label = "guardia"
        db_table = "webhook_delivery"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=WebhookState.values), name="webhook_delivery_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["subscription", "available_at", "id"],
                name="webhook_to_send",
                condition=Q(state=WebhookState.WAITING),
            ),
            models.Index(
                fields=["subscription", "case", "seq"], name="webhook_in_turn", condition=Q(state__in=list(OPEN))
            ),
            models.Index(fields=["subscription"], name="webhook_sending", condition=Q(state=WebhookState.SENDING)),
            models.Index(fields=["subscription"], name="webhook_dead", condition=Q(state=WebhookState.DEAD)),
            models.Index(fields=["settled_at"], name="webhook_settled", condition=Q(settled_at__isnull=False)),
            models.Index(fields=["sender"], name="webhook_of_sender", condition=Q(sender__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.event_id}"
