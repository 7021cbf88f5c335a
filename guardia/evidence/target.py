"""What may be tested of a service, and what counts as good (P3, P5, P6). Nothing else is ever probed."""

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guardia.customers.customer import Customer
from guardia.evidence.addresses import may_hear_a_secret


class ProbeKind(models.TextChoices):
    ICMP = "icmp", _("ping (ICMP)")
    TCP = "tcp", _("connection (TCP)")
    DNS = "dns", _("name (DNS)")
    HTTP = "http", _("web page (HTTP)")
    SNMP = "snmp", _("interface (SNMP)")
    PATH = "path", pgettext_lazy("probe", "path trace")


class ServiceTarget(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    service = models.ForeignKey("guardia.Service", models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=10, choices=ProbeKind.choices)
    address = models.CharField(max_length=400, help_text="as it was written: a name, an address or a web address")
    pinned = models.GenericIPAddressField(help_text="what the name said when it was written down; only this is tested")
    port = models.IntegerField(null=True)
    asks = models.CharField(max_length=255, blank=True, help_text="DNS: the name asked for; SNMP: the interface index")
    expects = models.CharField(max_length=255, blank=True, help_text="DNS: the record's value; HTTP: the status")
    max_loss = models.SmallIntegerField(default=1, help_text="per cent of the samples that may be lost")
    max_ms = models.IntegerField(null=True, help_text="mean milliseconds that are still good; null: any")
    at_registration = models.BooleanField(default=True, help_text="tested by itself when a case is opened")
    active = models.BooleanField(default=True)
    added_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "service_target"
        indexes = [models.Index(fields=["service"], name="target_of_service", condition=models.Q(active=True))]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ProbeKind.values), name="target_kind_known"),
            models.CheckConstraint(condition=models.Q(max_loss__range=(0, 100)), name="target_loss_is_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.where}"

    @property
    def where(self) -> str:
        """What is tested, without the kind of the test: the same in every language."""
        where = f"{self.address}:{self.port}" if self.port and self.kind != ProbeKind.HTTP else self.address
        return f"{where} {self.asks}" if self.asks else where


def targets_of(company: Customer) -> QuerySet[ServiceTarget]:
    """What is tested of the company's services, the targets in use first."""
    found = ServiceTarget.objects.filter(customer=company).select_related("service", "added_by")
    return found.order_by("-active", "service__circuit", "pk")


def targets(**columns: object) -> QuerySet[ServiceTarget]:
    """What is tested where the columns have these values (None narrows nothing), with company and service."""
    found = ServiceTarget.objects.select_related("customer", "service")
    return found.filter(**{name: value for name, value in columns.items() if value is not None})


# How an interface is asked by SNMP: the installation's secrets by name, which stand in its settings and in no table.
#
# A target of the kind SNMP names its access in ``expects``; without a name the community SNMP_COMMUNITY is used. None
# of them leaves for an address outside of PROBE_NETWORKS.


V2C, V3 = "v2c:", "v3:"


def secret_for(target: ServiceTarget) -> str:
    """What its probe needs to ask; empty where the installation has no such access, or it may not go there."""
    if target.kind != ProbeKind.SNMP or not may_hear_a_secret(target.pinned):
        return ""
    if target.expects:
        return settings.SNMP_CREDENTIALS.get(target.expects, "")
    return V2C + settings.SNMP_COMMUNITY if settings.SNMP_COMMUNITY else ""


def known_names() -> list[str]:
    return sorted(settings.SNMP_CREDENTIALS)
