"""A company that buys services: the tenant of every wall."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guardia.customers.folding import words_of
from guardia.customers.subscriptions import everything


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
