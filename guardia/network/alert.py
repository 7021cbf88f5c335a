"""What monitoring says: who may say it, how its words are read, each alert once, and every turn it took."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SourceKind(models.TextChoices):
    ALERTMANAGER = "alertmanager", "Prometheus Alertmanager, Grafana"
    ZABBIX = "zabbix", "Zabbix"
    ICINGA = "icinga", "Icinga"
    LIBRENMS = "librenms", "LibreNMS"
    CHECKMK = "checkmk", "Checkmk"
    PRTG = "prtg", "PRTG"
    UPTIME_KUMA = "uptime_kuma", "Uptime Kuma"
    TMF642 = "tmf642", _("alarm management by TM Forum (TMF642)")
    SNMP = "snmp", _("SNMP traps")
    GENERIC = "generic", _("any other, by JSON")
    BY_PATH = "by_path", _("any other, by paths in its own JSON")


class WhatItOpens(models.TextChoices):
    NOTHING = "nothing", _("nothing: it is only shown")
    PROPOSAL = "proposal", _("a proposal that the desk decides on")
    BY_ITSELF = "by_itself", _("the case, or the outage, by itself")


class AlertSource(models.Model):
    signing_salt = b"guardia.network.alerts_tokens"

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=SourceKind.choices)
    token_digest = models.CharField(max_length=64, blank=True, help_text="sha256 of the token it brings")
    signed = models.BooleanField(default=False, db_default=False, help_text="without a good signature it is refused")
    address = models.GenericIPAddressField(null=True, help_text="SNMP: from where alone its traps come")
    opens = models.CharField(max_length=10, choices=WhatItOpens.choices, default=WhatItOpens.PROPOSAL)
    hold_seconds = models.IntegerField(default=60, help_text="it fires for so long before anything is opened")
    calm_seconds = models.IntegerField(default=120, help_text="it is quiet for so long before it counts as resolved")
    gathers = models.SmallIntegerField(default=3, help_text="from so many services of one cause on it is an outage")
    paths = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="by_path: by field, where it stands in a message",
    )
    is_active = models.BooleanField(default=True)
    seen_at = models.DateTimeField(null=True, help_text="when it last said something")
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "alert_source"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="alert_source_kind_known"),
            models.CheckConstraint(condition=Q(opens__in=WhatItOpens.values), name="alert_source_opens_known"),
        ]

    def __str__(self) -> str:
        return self.name


class AlertMapping(models.Model):
    """How the words of an alert lead to a service or an element; the first that fits, by ``position``."""

    source = models.ForeignKey(AlertSource, models.CASCADE, related_name="mappings")
    position = models.SmallIntegerField()
    when = models.JSONField(default=list, help_text="[[label, pattern], …]: all must fit; empty: always")
    label = models.CharField(max_length=80, blank=True, help_text="whose value is looked up; empty: the fixed one")
    means = models.CharField(max_length=10, help_text="circuit, service_id, element, target, fixed, ignored")
    element = models.ForeignKey("guardia.Element", models.CASCADE, null=True, related_name="+")
    service = models.ForeignKey("guardia.Service", models.CASCADE, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "alert_mapping"
        constraints = [
            models.UniqueConstraint(fields=["source", "position"], name="alert_mapping_in_order"),
            models.CheckConstraint(
                condition=Q(means__in=["circuit", "service_id", "element", "target", "fixed", "ignored"]),
                name="alert_mapping_means_known",
            ),
        ]


class AlertState(models.TextChoices):
    FIRING = "firing", _("firing")
    FLAPPING = "flapping", _("intermittent")
    RESOLVED = "resolved", pgettext_lazy("alert", "resolved")


class Alert(models.Model):
    """One alert of one source, by its fingerprint; said again, it is the same one."""

    source = models.ForeignKey(AlertSource, models.PROTECT, related_name="alerts")
    fingerprint = models.CharField(max_length=64)
    group_key = models.CharField(max_length=64, blank=True, help_text="sha256 of what the source groups it under")
    state = models.CharField(max_length=10, choices=AlertState.choices)
    name = models.CharField(max_length=160)
    severity = models.CharField(max_length=40, blank=True)
    summary = models.CharField(max_length=500, blank=True)
    labels = models.JSONField(default=dict)
    element = models.ForeignKey("guardia.Element", models.PROTECT, null=True, related_name="alerts")
    service = models.ForeignKey("guardia.Service", models.PROTECT, null=True, related_name="alerts")
    since = models.DateTimeField(help_text="it fires since then, or fired last")
    resolved_at = models.DateTimeField(null=True, help_text="of the last time")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="when the source last spoke of it")
    times = models.IntegerField(default=1, help_text="how often it was said")
    turns = models.JSONField(default=list, help_text="hours of its last turns, for the damping")
    acts_at = models.DateTimeField(null=True, help_text="when something is to be done about it; null: nothing is")
    outage = models.ForeignKey("guardia.Outage", models.PROTECT, null=True, related_name="alerts")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="alerts")

    class Meta:
        app_label = "guardia"
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(fields=["source", "fingerprint"], name="alert_once"),
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="alert_state_known"),
        ]
        indexes = [
            models.Index(fields=["acts_at", "id"], name="alert_to_act", condition=Q(acts_at__isnull=False)),
            models.Index(fields=["-since"], name="alert_open", condition=~Q(state="resolved")),
            models.Index(fields=["last_at"], name="alert_over", condition=Q(state="resolved")),
            models.Index(fields=["source", "-last_at", "-id"], name="alert_last_of_source"),
            models.Index(fields=["element"], name="alert_of_element", condition=~Q(state="resolved")),
            models.Index(fields=["service"], name="alert_of_service", condition=~Q(state="resolved")),
        ]

    def __str__(self) -> str:
        return self.name


class AlertTurn(models.Model):
    """It began to fire, or it was resolved: what P5 and P7 stand on. Never changed."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="all_turns")
    fires = models.BooleanField()
    at = models.DateTimeField(help_text="by the source's word; never later than when it came in")
    received_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "alert_turn"
        constraints = [models.UniqueConstraint(fields=["alert", "fires", "at"], name="alert_turn_once")]
