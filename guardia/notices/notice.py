"""What one person is owed about one event, and the messages that carry it. Nothing here is ever dropped silently."""

from django.db import models
from django.db.models import Q


class NoticeState(models.TextChoices):
    OWED = "owed"  # no delivery carries it yet
    PACKED = "packed"  # a delivery carries it
    SENT = "sent"  # a server accepted it
    FAILED = "failed"  # given up after 48 h, or refused for good
    SUPPRESSED = "suppressed"  # not sent, for the reason written beside


class Notice(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="notices")
    event = models.ForeignKey("guardia.CaseEvent", models.PROTECT, related_name="notices")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="notices")
    moment = models.CharField(max_length=30)
    variant = models.CharField(max_length=20, blank=True)
    clause = models.CharField(max_length=10)
    language = models.CharField(max_length=5)
    facts = models.JSONField(help_text="what was true when it was owed")
    template_version = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=12, default=NoticeState.OWED)
    reason = models.CharField(max_length=40, blank=True, help_text="why it is suppressed")
    owed_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(fields=["event", "contact"], name="notice_once_per_event_and_person"),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_known"),
        ]
        indexes = [models.Index(fields=["owed_at"], name="notice_owed", condition=Q(state="owed"))]

    def __str__(self) -> str:
        return f"{self.moment} {self.pk}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    SENDING = "sending"  # leased by a worker
    ACCEPTED = "accepted"
    REFUSED = "refused"  # the server said no for good
    EXPIRED = "expired"  # 48 h of tries


class Delivery(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    notices = models.ManyToManyField(Notice, through="DeliveredNotice", related_name="deliveries")
    channel = models.CharField(max_length=12, default="mail")
    address = models.CharField(max_length=254)
    message_id = models.CharField(max_length=200, unique=True)
    body = models.BinaryField(null=True, help_text="rendered once, kept as sent")
    state = models.CharField(max_length=12, default=DeliveryState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    available_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, help_text="the receiving server's own words")

    class Meta:
        app_label = "guardia"
        db_table = "delivery"
        constraints = [models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known")]
        indexes = [
            models.Index(
                fields=["available_at"], name="delivery_to_send", condition=Q(state__in=["waiting", "sending"])
            )
        ]

    def __str__(self) -> str:
        return self.message_id


class DeliveredNotice(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, models.PROTECT)
    notice = models.ForeignKey(Notice, models.PROTECT)

    class Meta:
        app_label = "guardia"
        db_table = "delivered_notice"
        constraints = [models.UniqueConstraint(fields=["delivery", "notice"], name="notice_once_per_delivery")]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.notice_id}"
