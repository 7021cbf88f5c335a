"""A carrier: another operator over whose network services run, and where our tickets go (W1: the third party)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config.asking import atomic
from guardia.customers import values
from guardia.customers.phones import NotANumber, several
from guardia.customers.values import Misfit, Reader, Unfit, fold, line, lines, read
from guardia.notices.wire import BadAddress, wire_address
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

RECORDED = "carrier"
"""Under which the changes of carriers are on record, by their id."""

MOST_MINUTES = 60 * 24 * 30
MOST_CONTACTS, LONGEST_CONTACTS = 20, 4000


class Route(models.TextChoices):
    """How a ticket reaches the carrier: by mail, or by its interface (``carrier_connection.py``)."""

    MAIL = "mail", gettext_lazy("email")
    MEF124 = "mef124", gettext_lazy("its interface (MEF 124)")


class Carrier(models.Model):
    """Nothing is deleted: a carrier that is no longer in use is offered no more, and its tickets stay.

    ``contacts``: whom to ask at which level, as ``{"level", "name", "phone", "email"}``, in the order of the levels.
    The targets are those of the contract, in minutes; null where the contract has none.
    """

    name = models.CharField(max_length=160)
    folded_name = models.CharField(max_length=160, unique=True)
    route = models.CharField(max_length=8, default=Route.MAIL)
    mailbox = models.CharField(max_length=254, help_text="tickets go there, and answers come from there")
    phones = models.JSONField(default=list, help_text="E.164")
    contacts = models.JSONField(default=list)
    hours = models.CharField(max_length=200, blank=True, help_text="when its desk answers, as it says it")
    notes = models.TextField(blank=True, help_text="how a ticket is opened there: what they ask for, what to say")
    language = models.CharField(max_length=5, default="es", help_text="of the mails to it")
    answer_minutes = models.IntegerField(null=True, help_text="by contract it answers within this time")
    restore_minutes = models.IntegerField(null=True, help_text="by contract it restores within this time")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "carrier"
        constraints = [models.CheckConstraint(condition=Q(route__in=Route.values), name="carrier_route_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def addresses(self) -> frozenset[str]:
        """The mailboxes from which it may write, in small letters."""
        named = (self.mailbox, *(one["email"] for one in self.contacts))
        return frozenset(address.lower() for address in named if address)

    def answer_due(self, since: datetime) -> datetime | None:
        """By when it answers a ticket that was opened at ``since`` (UTC), as the contract says."""
        return since + timedelta(minutes=self.answer_minutes) if self.answer_minutes else None

    def restore_due(self, since: datetime) -> datetime | None:
        """By when it restores, for a ticket that was opened at ``since`` (UTC), as the contract says."""
        return since + timedelta(minutes=self.restore_minutes) if self.restore_minutes else None


# --- what may stand in its fields -------------------------------------------------------------------------------------


def mailbox(value: str) -> str:
    """The address to which tickets go. Raises Misfit where it is empty or no address."""
    address = values.email(value)
    try:
        wire_address(address)
    except BadAddress as wrong:
        raise Misfit(_("Without a mailbox no ticket reaches it. Write one, like noc@example.com.")) from wrong
    return address


def contacts(value: Any) -> list[dict[str, str]]:
    """Whom to ask at which level: a line each, ``level; name; telephone; mailbox``. Raises Misfit naming the line.

    A list of contacts that was read before is taken as it is.
    """
    if isinstance(value, list):
        value = contacts_in_lines(value)
    written = [one for one in str(lines(LONGEST_CONTACTS)(value)).splitlines() if one]
    if len(written) > MOST_CONTACTS:
        raise Misfit(_("At most %d contacts fit here.") % MOST_CONTACTS)
    return [_contact_in(one) for one in written]


def _contact_in(written: str) -> dict[str, str]:
    parts = [" ".join(part.split()) for part in written.split(";")]
    if len(parts) < 2 or len(parts) > 4 or not (parts[0] and parts[1]):
        raise Misfit(_("“%s”: write level; name; telephone; mailbox, in this order.") % written[:60])
    level, name, phone, address = [*parts, "", ""][:4]
    try:
        numbers = several(phone) if phone else []
        if address:
            validate_email(address)
    except (NotANumber, ValidationError) as wrong:
        raise Misfit(_("“%s”: the telephone or the mailbox cannot be read.") % written[:60]) from wrong
    return {"level": level[:40], "name": name[:160], "phone": numbers[0] if numbers else "", "email": address}


def contacts_in_lines(found: list[dict[str, str]]) -> str:
    """The contacts as somebody writes them in the form, a line each."""
    rows = ("; ".join(one[part] for part in ("level", "name", "phone", "email")).rstrip("; ") for one in found)
    return "\n".join(rows)


READERS: dict[str, Reader] = {
    "name": line(160, needed=True),
    "mailbox": mailbox,
    "phones": values.phones,
    "contacts": contacts,
    "hours": line(200),
    "notes": lines(4000),
    "language": values.language,
    "answer_minutes": values.whole(1, MOST_MINUTES),
    "restore_minutes": values.whole(1, MOST_MINUTES),
}


# --- written by the desk ----------------------------------------------------------------------------------------------


def save_carrier(carrier: Carrier, fields: Mapping[str, Any], *, by: Staff | None = None, at: datetime) -> Carrier:
    """Keep all of it, or nothing; what is missing among ``fields`` stays as it is. On record; ``at`` is UTC.

    Tickets that are open keep the targets they began with. Raises Unfit with each field and its remedy.
    """
    before = recorded_values(carrier)
    kept = read(READERS, fields)
    for name, value in kept.items():
        setattr(carrier, name, value)
    carrier.folded_name = fold(carrier.name)
    try:
        with atomic():
            carrier.save()
    except IntegrityError as trouble:
        raise Unfit({"name": _("There is already a third party of this name. Open that one instead.")}) from trouble
    put_on_record(RECORDED, carrier.pk, before, recorded_values(carrier), by=by, at=at)
    return carrier


def end(carrier: Carrier, *, by: Staff | None = None, at: datetime) -> None:
    """No ticket is opened there any more; those that are open go on. ``at`` is UTC."""
    _use(carrier, False, by, at)


def resume(carrier: Carrier, *, by: Staff | None = None, at: datetime) -> None:
    """Tickets may be opened there again. ``at`` is UTC."""
    _use(carrier, True, by, at)


def _use(carrier: Carrier, active: bool, by: Staff | None, at: datetime) -> None:
    before = recorded_values(carrier)
    Carrier.objects.filter(pk=carrier.pk).update(active=active)
    carrier.active = active
    put_on_record(RECORDED, carrier.pk, before, recorded_values(carrier), by=by, at=at)


def recorded_values(carrier: Carrier) -> dict[str, Any] | None:
    """What the journal of changes keeps of it, without names and numbers of people; None for a new one."""
    if not carrier.pk:
        return None
    named = ("name", "route", "mailbox", "hours", "language", "answer_minutes", "restore_minutes", "active")
    return {name: getattr(carrier, name) for name in named} | {"contacts": len(carrier.contacts)}


# --- queries ----------------------------------------------------------------------------------------------------------


def every_carrier(active: bool | None = None) -> QuerySet[Carrier]:
    """Every carrier, or those that are in use, or are not; those in use first, by name."""
    found = Carrier.objects.order_by("-active", "name")
    return found if active is None else found.filter(active=active)


def carriers_offered() -> QuerySet[Carrier]:
    """Those at which a ticket may be opened, by name."""
    return Carrier.objects.filter(active=True).order_by("name")


def carriers_at(address: str) -> list[int]:
    """The ids of the carriers that write from this mailbox, in use or not."""
    wanted = address.lower()
    return [one.pk for one in Carrier.objects.only("mailbox", "contacts") if wanted and wanted in one.addresses]
