"""What services run over: a node, a route, a carrier; what lies behind it, and which services end there."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ElementKind(models.TextChoices):
    NODE = "node", _("node")
    ROUTE = "route", _("route")
    CARRIER = "carrier", _("carrier")
    POWER = "power", _("power supply")
    PLACE = "place", _("place")


class Element(models.Model):
    """A thing whose failure is felt by many. Not of any company: whose services it bears is in ``ServiceElement``."""

    code = models.CharField(max_length=80, help_text="as the inventory and the alerts name it")
    folded_code = models.CharField(max_length=80, unique=True, help_text="found whatever its case or accents")
    name = models.CharField(max_length=160, help_text="as the desk says it")
    public_name = models.JSONField(
        default=dict, help_text="as customers read it, by language; empty: its kind and city"
    )
    kind = models.CharField(max_length=10, choices=ElementKind.choices)
    city = models.ForeignKey("guardia.City", models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        app_label = "guardia"
        db_table = "element"
        constraints = [models.CheckConstraint(condition=Q(kind__in=ElementKind.values), name="element_kind_known")]
        indexes = [models.Index(fields=["-active", "folded_code"], name="element_in_order")]

    def __str__(self) -> str:
        return self.code


class ElementLink(models.Model):
    """``lower`` stands behind ``upper``: if the upper one fails, so does the lower, unless it has another way."""

    upper = models.ForeignKey(Element, models.CASCADE, related_name="below")
    lower = models.ForeignKey(Element, models.CASCADE, related_name="above")
    protected = models.BooleanField(default=False, db_default=False, help_text="it has another way")

    class Meta:
        app_label = "guardia"
        db_table = "element_link"
        constraints = [
            models.UniqueConstraint(fields=["upper", "lower"], name="element_link_once"),
            models.CheckConstraint(condition=~Q(upper=F("lower")), name="element_link_of_two"),
        ]


class ServiceElement(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    service = models.ForeignKey("guardia.Service", models.CASCADE, related_name="elements")
    element = models.ForeignKey(Element, models.CASCADE, related_name="services")
    protected = models.BooleanField(default=False, db_default=False, help_text="it has another way")

    class Meta:
        app_label = "guardia"
        db_table = "service_element"
        constraints = [models.UniqueConstraint(fields=["service", "element"], name="service_element_once")]
