"""A person of the operator who signs in."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import models
from django.utils.translation import gettext_lazy as _

from guardia.people.sealing import SealedList


class Role(models.TextChoices):
    """What a person may do; the table of rights is policy.py."""

    ENGINEER = "engineer", _("NOC engineer")
    DISPATCHER = "dispatcher", _("Dispatcher")
    TECHNICIAN = "technician", _("Technician")
    SUPERVISOR = "supervisor", _("Supervisor")
    SALES = "sales", _("Sales desk")
    BILLING = "billing", _("Billing desk")
    QUALITY = "quality", _("Quality manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


OF_THE_SIGN_IN = ("password_mark", "last_login")
"""Columns that no role reads which acts for a customer: its queries defer them."""


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str, **fields) -> "Staff":
        staff: Staff = self.create(username=username, **fields)
        staff.set_password(password)
        return staff

    def at_work(self) -> models.QuerySet["Staff"]:
        """The people who work here now: whoever is paged, assigned, put on a shift or signs in. No machine is."""
        return self.filter(is_active=True, is_machine=False)


class Staff(AbstractBaseUser):
    password_mark = models.CharField(
        max_length=64,
        default=partial(secrets.token_hex, 16),
        help_text="drawn anew with each password: what is signed over it ends",
    )
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    email = models.CharField(max_length=254, blank=True)
    position = models.CharField(max_length=120, blank=True, help_text="title, as the matrix publishes it (E2 to E4)")
    mobile = models.CharField(max_length=40, blank=True, help_text="E.164")
    desk_phone = models.CharField(max_length=40, blank=True, help_text="E.164, with extension")
    extension = models.CharField(max_length=20, blank=True, help_text="at the exchange")
    channels = SealedList(
        default=list, what_for="staff.channels", help_text="addresses for pages beside e-mail, as Apprise reads them"
    )
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ENGINEER)
    language = models.CharField(max_length=5, default="es")
    is_active = models.BooleanField(default=True)
    is_machine = models.BooleanField(
        default=False,
        db_default=False,
        help_text="acts by an API key alone: signs in nowhere, nobody pages or assigns it",
    )
    by_word_seen_at = models.DateTimeField(
        null=True, help_text="of a supervisor: until when the confirmations by word were looked at (P5)"
    )

    USERNAME_FIELD = "username"
    objects = StaffManager()

    class Meta:
        app_label = "guardia"
        db_table = "staff"
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_role_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def password(self) -> str:  # type: ignore[override]
        """What Django signs sessions and links over. The hash of the password is in a table of its own."""
        return self.password_mark

    def set_password(self, raw_password: str | None) -> None:
        """Written at once, for somebody who is on record; else only as much work is done."""
        encoded = make_password(raw_password)
        if self.pk:
            StaffPassword.objects.update_or_create(pk=self.pk, defaults={"hash": encoded})
            self.password_mark = secrets.token_hex(16)
            Staff.objects.filter(pk=self.pk).update(password_mark=self.password_mark)

    def set_unusable_password(self) -> None:
        """Whoever has no row in ``staff_password`` has none; asked of whom a directory names, who is not on record."""
        StaffPassword.objects.filter(pk=self.pk).delete()

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is this person's; whoever has none costs as much work. A hash of a former kind is made anew."""

        def renew(raw: str) -> None:
            StaffPassword.objects.filter(pk=self.pk).update(hash=make_password(raw))

        return check_password(raw_password, self._password_hash(), renew)

    def has_usable_password(self) -> bool:
        return is_password_usable(self._password_hash())

    def _password_hash(self) -> str:
        found = StaffPassword.objects.filter(pk=self.pk).first()
        return found.hash if found else make_password(None)

    @property
    def has_a_way(self) -> bool:
        """Whether a page can be sent to this person at all: there is a mailbox or a channel (E D)."""
        return bool(self.email or self.channels)

    @property
    def is_reachable(self) -> bool:
        """Whether this person is paged: one of the operator's people still, with a way to be reached."""
        return self.is_active and not self.is_machine and self.has_a_way


def person(staff: Staff | None) -> Staff | None:
    """The same, if it is one of the people: a case is nobody's while the account of a machine brought it."""
    return staff if staff and not staff.is_machine else None


# Who did something: the author of every event. Events hold the kind and the id; the name is looked up when shown.


class ActorKind(StrEnum):
    STAFF = "staff"
    CONTACT = "contact"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    id: int | None = None
    supervises: bool = False
    rules: bool = False

    @classmethod
    def of_staff(cls, staff: Staff) -> "Actor":
        supervises = staff.role in {Role.SUPERVISOR, Role.ADMINISTRATOR}
        return cls(ActorKind.STAFF, staff.pk, supervises, staff.role == Role.QUALITY)


SYSTEM = Actor(ActorKind.SYSTEM)


class StaffPassword(models.Model):
    """The hash of somebody's password, which only the login of the sign-in reads and writes (docs/adr/0064).

    Of a person by id, without a foreign key: another login, in another transaction, writes the person.
    """

    staff_id = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=128)

    class Meta:
        app_label = "guardia"
        db_table = "staff_password"

    def __str__(self) -> str:
        return f"password of {self.staff_id}"
