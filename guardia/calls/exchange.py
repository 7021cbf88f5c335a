"""A telephone exchange that tells of its calls, the journal of what it said, and the hours when it was not heard."""

from django.db import models
from django.db.models import Q


class ExchangeKind(models.TextChoices):
    AMI = "ami"  # Asterisk or FreePBX: we listen to its manager interface
    CTI = "cti"  # any exchange that pushes: it calls our address


class Exchange(models.Model):
    signing_salt = b"guardia.calls.tokens"

    name = models.CharField(
        max_length=60, unique=True, help_text="what it calls itself (SystemName), or what we call it"
    )
    kind = models.CharField(max_length=4)
    token_digest = models.CharField(max_length=64, blank=True, help_text="sha256 of the token in its address; CTI only")
    signed = models.BooleanField(default=False, help_text="messages without a good signature are refused")
    country = models.CharField(max_length=2, default="EC", help_text="of the numbers it sends without a country code")
    area = models.CharField(
        max_length=6,
        blank=True,
        default="",
        db_default="",
        help_text="area code of the numbers it sends without one, no trunk zero",
    )
    mapping = models.JSONField(
        db_default=models.Value({}, models.JSONField()),
        default=dict,
        help_text="make whose fields it sends, or a file of the operator's own (TOML); CTI only",
    )
    recording = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="pattern of a recording's address"
    )
    queues = models.JSONField(default=dict, help_text="queue as it names it → desk of the procedure")
    numbers = models.JSONField(
        db_default=models.Value({}, models.JSONField()),
        default=dict,
        help_text="number dialled, as it names it → line of the procedure",
    )
    contexts = models.JSONField(default=list, help_text="where calls come in from outside (trunk contexts); AMI only")
    inside = models.JSONField(
        db_default=models.Value([], models.JSONField()),
        default=list,
        help_text="contexts in which calls inside the operator begin; AMI only",
    )
    is_active = models.BooleanField(default=True)
    connected_at = models.DateTimeField(null=True, help_text="of the connection that stands; null: none does")
    seen_at = models.DateTimeField(null=True, help_text="last word of it")
    started_at = models.DateTimeField(null=True, help_text="when the exchange itself was started")
    trouble = models.CharField(max_length=300, blank=True)
    log_position = models.JSONField(default=dict, help_text="how far its queue log was read")

    class Meta:
        app_label = "guardia"
        db_table = "exchange"
        constraints = [models.CheckConstraint(condition=Q(kind__in=ExchangeKind.values), name="exchange_kind_known")]

    def __str__(self) -> str:
        return self.name


class ExchangeEvent(models.Model):
    """One thing the exchange said, kept as it said it. The same thing said twice is kept once."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="events")
    key = models.CharField(max_length=64, help_text="sha256 of what makes it this event and no other")
    reference = models.CharField(max_length=150, blank=True, help_text="the call it is about (Linkedid, callId)")
    source = models.CharField(max_length=8, help_text="ami, log, snapshot, cti")
    name = models.CharField(max_length=60, help_text="as the exchange names it")
    happened_at = models.DateTimeField(help_text="by the exchange's clock; where it says none, when it came in")
    received_at = models.DateTimeField()
    packet = models.JSONField(help_text="[[name, value], …] as it came; where a header repeats, so does its pair")

    class Meta:
        app_label = "guardia"
        db_table = "exchange_event"
        constraints = [
            models.UniqueConstraint(fields=["exchange", "key"], name="exchange_event_once"),
            models.CheckConstraint(
                condition=Q(source__in=["ami", "log", "snapshot", "cti"]), name="exchange_event_source_known"
            ),
        ]
        indexes = [
            models.Index(fields=["exchange", "reference"], name="exchange_event_of_call"),
            models.Index(fields=["received_at"], name="exchange_event_newest"),
        ]


class ExchangeGap(models.Model):
    """From when until when an exchange was not heard. What it did meanwhile is unknown unless its log tells it."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="gaps")
    lost_at = models.DateTimeField(help_text="last word before it")
    back_at = models.DateTimeField(null=True)
    read_again_at = models.DateTimeField(null=True, help_text="its queue log was read for these hours")

    class Meta:
        app_label = "guardia"
        db_table = "exchange_gap"
        constraints = [
            models.UniqueConstraint(fields=["exchange"], condition=Q(back_at=None), name="exchange_gap_one_open")
        ]
        indexes = [
            models.Index(fields=["exchange", "-lost_at"], name="exchange_gap_newest"),
            models.Index(fields=["back_at"], name="exchange_gap_by_its_end"),
        ]


class ExchangeAgent(models.Model):
    """Who a person is to the exchange (member name, extension, interface), from when until when: names change."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="agents")
    name = models.CharField(max_length=120)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "exchange_agent"
        constraints = [
            models.UniqueConstraint(fields=["exchange", "name"], condition=Q(until=None), name="exchange_agent_one_now")
        ]


class ExchangeMember(models.Model):
    """A member of one queue as the exchange said last. What it says only of a connection that stands is known."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="members")
    queue = models.CharField(max_length=80)
    interface = models.CharField(max_length=120)
    member = models.CharField(max_length=120, help_text="the person, as the exchange names it")
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    is_dynamic = models.BooleanField(help_text="it joined, and may leave; else it is in the queue for ever")
    status = models.SmallIntegerField(help_text="of its telephone, by Asterisk's numbers")
    is_paused = models.BooleanField()
    acted_at = models.DateTimeField(null=True, help_text="joined, or took its pause back: what a person does")

    class Meta:
        app_label = "guardia"
        db_table = "exchange_member"
        constraints = [models.UniqueConstraint(fields=["exchange", "queue", "interface"], name="exchange_member_once")]
