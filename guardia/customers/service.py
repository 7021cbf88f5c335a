"""A circuit the company pays for, and what is tested on it."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guardia.customers.customer import Customer
from guardia.customers.folding import words_of
from guardia.customers.site import Site


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
