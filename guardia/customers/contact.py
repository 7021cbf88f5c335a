"""A person of a company, how that person is reached, and told what (P2: "los contactos configurados")."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from guardia.customers.customer import Customer, every_kind, everything


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


# What a company did or asks about its own contacts: the desk is told, and a person nobody knows waits for a yes.


class ChangeKind(models.TextChoices):
    ASKED = "asked"  # a colleague whom nobody knows yet, to be told of a case
    CHANGED = "changed"  # the company's administrator changed a contact


class ChangeOutcome(models.TextChoices):
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    SEEN = "seen"


class ContactChange(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    by = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    change = models.ForeignKey("guardia.SettingChange", models.PROTECT, null=True, related_name="+")
    fields = models.JSONField(default=dict, help_text="of the colleague who is asked for; emptied once settled")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=10, blank=True)
    settled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    settled_by_contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "contact_change"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="contact_change_kind_known"),
            models.CheckConstraint(
                condition=Q(settled_as__in=["", *ChangeOutcome.values]), name="contact_change_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="contact_change_open", condition=Q(settled_at=None)),
            models.Index(fields=["customer", "-at"], name="contact_change_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


# Another way to a person of a company than the mailbox: a telephone, a messenger, a mailbox elsewhere.
#
# A way that is independent of the company's service carries the news of a service that is down.


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


# An address that a company's administrator wrote for a contact, until its owner has said yes: nothing goes there.


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
