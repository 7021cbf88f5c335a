"""An address that a company's administrator wrote for a contact, until its owner has said yes: nothing goes there."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from guardia.customers.way import WayKind

CONFIRMED_KINDS = (WayKind.MAIL, WayKind.SMS, WayKind.WHATSAPP)


class AddressConfirmation(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, help_text="mail: the mailbox; sms, whatsapp: a further way")
    address = models.CharField(max_length=254, help_text="a mailbox, or an E.164 number")
    asked_by = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    salt = models.BinaryField(max_length=16)
    attempts = models.SmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, help_text="confirmed, or taken back")
    confirmed = models.BooleanField(default=False)

    class Meta:
        app_label = "guardia"
        db_table = "address_confirmation"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["mail", "sms", "whatsapp"]), name="address_confirmation_kind"),
            models.UniqueConstraint(
                fields=["contact", "kind", "address"],
                condition=Q(settled_at=None),
                name="address_confirmation_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_at"], name="address_confirmation_asked"),
            models.Index(Upper("address"), name="address_confirmation_to"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
