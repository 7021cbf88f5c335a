"""A person of the operator who signs in."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from guardia.config.kept import ANY_ID, CompiledQuery
from guardia.people.sealed_list import SealedList


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


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str, **fields) -> "Staff":
        staff = Staff(username=username, **fields)
        staff.set_password(password)
        staff.save()
        return staff

    def get(self, *args: Any, **of: Any) -> "Staff":
        """By its id alone, as every request asks for whoever is signed in, the question is said once."""
        is_plain = type(self) is StaffManager and not (args or self._db)  # and not the people of something else
        if not is_plain or of.keys() != {"pk"} or not isinstance(of["pk"], int):
            return super().get(*args, **of)
        found: Staff | None = _STAFF.first({ANY_ID: of["pk"]})
        if found is None:
            raise Staff.DoesNotExist(f"there is nobody of the id {of['pk']}")
        return found


class Staff(AbstractBaseUser):
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
    def has_a_way(self) -> bool:
        """Whether a page can be sent to this person at all: there is a mailbox or a channel (E D)."""
        return bool(self.email or self.channels)

    @property
    def is_reachable(self) -> bool:
        """Whether this person is paged: one of the house still, with a way to be reached."""
        return self.is_active and self.has_a_way


_STAFF = CompiledQuery(lambda: Staff.objects.filter(pk=ANY_ID))
