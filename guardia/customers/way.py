"""Another way to a person of a company than the mailbox: a telephone, a messenger, a mailbox elsewhere.

A way that is independent of the company's service carries the news of a service that is down.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from guardia.customers.contact import Contact


class WayKind(models.TextChoices):
    SMS = "sms"
    WHATSAPP = "whatsapp"
    MAIL = "mail"  # a mailbox elsewhere
    VOICE = "voice"  # a person of ours rings this number


class ContactWay(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="ways")
    kind = models.CharField(max_length=12)
    address = models.CharField(max_length=254, help_text="E.164 number, or a mailbox")
    independent = models.BooleanField(default=True, help_text="of the company's own service")
    position = models.SmallIntegerField(default=0, help_text="the lowest is tried first")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "contact_way"
        constraints = [
            models.UniqueConstraint(fields=["contact", "kind", "address"], name="contact_way_once"),
            models.CheckConstraint(condition=Q(kind__in=WayKind.values), name="contact_way_kind_known"),
        ]
        indexes = [
            models.Index(Upper("address"), name="contact_way_by_mailbox", condition=Q(kind=WayKind.MAIL.value)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.address}"
