"""A company that buys services: the tenant of every row policy."""

from functools import partial

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guardia.customers.cities import City
from guardia.customers.values import words_of
from guardia.procedure.vocabulary import CaseKind, Topic

EVERYTHING = [topic.value for topic in Topic]
EVERY_KIND = [kind.value for kind in CaseKind]

everything: partial[list[str]] = partial(list, tuple(EVERYTHING))
every_kind: partial[list[str]] = partial(list, tuple(EVERY_KIND))
"""Defaults of columns. A migration writes them down as they are, so that it imports none of our code."""


class Customer(models.Model):
    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200, db_index=True, help_text="lower case, no accents: for searching")
    external_id = models.CharField(max_length=80, null=True, unique=True, help_text="key of the import, kept for good")
    vip = models.BooleanField(default=False)
    crm_number = models.CharField(max_length=80, blank=True)
    carrier_number = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, default="es")
    told = models.JSONField(default=everything, help_text="topics a new contact of this company is told about")
    active = models.BooleanField(default=True)
    provisional = models.BooleanField(
        default=False, db_default=False, help_text="put on file while a caller waited, not tidied yet"
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="the company that a provisional one turned out to be",
    )

    class Meta:
        app_label = "guardia"
        db_table = "customer"
        indexes = [GinIndex(words_of("folded_name"), name="customer_by_word")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(provisional=True),
                name="customer_merged_was_provisional",
            )
        ]

    def __str__(self) -> str:
        return self.name


# A place of a company where services end.


class Site(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites")
    external_id = models.CharField(max_length=80, null=True)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True)
    city = models.ForeignKey(City, models.PROTECT)
    own_band = models.CharField(max_length=20, blank=True, help_text="overrides the city's band")
    own_zone = models.CharField(max_length=60, blank=True, help_text="IANA name; overrides the city's zone")
    own_reason = models.CharField(max_length=200, blank=True, help_text="why band or zone differ from the city's")
    latitude = models.FloatField(null=True, help_text="in degrees (WGS 84); null: it stands at its city on the map")
    longitude = models.FloatField(null=True)
    contact_on_site = models.CharField(max_length=200, blank=True)
    access_hours = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    provisional = models.BooleanField(
        default=False, db_default=False, help_text="put on file while a caller waited, not tidied yet"
    )

    class Meta:
        app_label = "guardia"
        db_table = "site"
        constraints = [models.UniqueConstraint(fields=["customer", "external_id"], name="site_external_id_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def band(self) -> str:
        return self.own_band or self.city.band

    @property
    def zone(self) -> str:
        return self.own_zone or self.city.zone


# A circuit the company pays for, and what is tested on it.


class Service(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="services")
    site = models.ForeignKey(Site, models.PROTECT, related_name="services")
    external_id = models.CharField(max_length=80, null=True)
    circuit = models.CharField(max_length=80, help_text="circuit id, as on the bill")
    folded_circuit = models.CharField(max_length=80, db_index=True)
    type = models.CharField(max_length=80, blank=True)
    capacity = models.CharField(max_length=80, blank=True)
    to_test = models.TextField(blank=True, help_text="addresses and interfaces to test, one per line")
    active = models.BooleanField(default=True)
    provisional = models.BooleanField(
        default=False, db_default=False, help_text="put on file while a caller waited, not tidied yet"
    )
    moves_on = models.DateField(null=True, help_text="the day on which it passes to another company")
    moves_to = models.ForeignKey(
        Site,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="the site at which it ends from that day on",
    )
    moved_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="what it is of the other company, once it has passed on",
    )

    class Meta:
        app_label = "guardia"
        db_table = "service"
        constraints = [
            models.UniqueConstraint(fields=["customer", "external_id"], name="service_external_id_once"),
            models.UniqueConstraint(fields=["circuit"], condition=models.Q(moved_to=None), name="service_circuit_once"),
        ]
        indexes = [
            GinIndex(words_of("folded_circuit"), name="service_by_word"),
            models.Index(
                fields=["moves_on"],
                name="service_moves",
                condition=models.Q(moves_on__isnull=False) & models.Q(moved_to=None),
            ),
            models.Index(fields=["customer"], name="service_provisional", condition=models.Q(provisional=True)),
        ]

    def __str__(self) -> str:
        return self.circuit
