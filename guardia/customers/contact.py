"""A person of a company, how that person is reached, and told what (P2: "los contactos configurados")."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from guardia.customers.customer import Customer
from guardia.customers.subscriptions import every_kind, everything


class Contact(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts")
    external_id = models.CharField(max_length=80, null=True)
    title = models.CharField(max_length=40, blank=True, help_text="courtesy title: Ing., Sra., Dr.")
    name = models.CharField(max_length=160)
    position = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phones = models.JSONField(default=list, help_text="E.164 numbers, the first one is tried first")
    language = models.CharField(max_length=5, default="es")
    email_independent = models.BooleanField(
        default=False, db_default=False, help_text="this mailbox is read without the company's own service"
    )
    told = models.JSONField(default=everything, help_text="topics this person is told about")
    kinds = models.JSONField(default=every_kind, help_text="kinds of case this person is told about")
    administers = models.BooleanField(
        default=False, db_default=False, help_text="edits the company's contacts, and what each is told"
    )
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "contact"
        constraints = [
            models.UniqueConstraint(fields=["customer", "external_id"], name="contact_external_id_once"),
        ]
        indexes = [
            GinIndex(OpClass("phones", "jsonb_path_ops"), name="contact_by_phone"),
            models.Index(Upper("email"), name="contact_by_email"),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.name) if part)

    @property
    def is_reachable(self) -> bool:
        return bool(self.active and self.email)
