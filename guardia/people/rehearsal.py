"""The rehearsal: Guardia beside the former tool. All is computed and shown, nothing leaves but to a list by name.

It is a state of the whole installation, with the hour and the person who began and ended it. Each change stands in the
journal of settings. What it holds back is decided in ``notices/holding.py``.
"""

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from guardia.config.sql_rows import rows_of
from guardia.people import setting_change
from guardia.people.staff import Staff

NOUN = "rehearsal"
NOT_DIGITS = re.compile(r"[^0-9]")


class Rehearsal(models.Model):
    began_at = models.DateTimeField()
    began_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", db_index=False)
    mailboxes = models.JSONField(default=list, help_text="addresses to which mail goes all the same")
    domains = models.JSONField(default=list, help_text="domains to whose mailboxes it goes")
    telephones = models.JSONField(default=list, help_text="numbers to which messages go")
    people = models.JSONField(default=list, help_text="ids of the staff who are told by all their ways")
    live_at = models.DateTimeField(null=True, help_text="when the installation went live; null: it is in rehearsal")
    live_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        app_label = "guardia"
        db_table = "rehearsal"
        constraints = [
            models.UniqueConstraint(models.Value(1), name="rehearsal_one_at_a_time", condition=Q(live_at=None)),
            models.CheckConstraint(
                condition=Q(live_at=None) | Q(live_at__gte=models.F("began_at")), name="rehearsal_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.pk}"


@dataclass(frozen=True)
class NamedList:
    """To whom messages go during the rehearsal: mailboxes and domains in lower case, telephones as they were written,
    people by the ids of the staff.
    """

    mailboxes: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    telephones: tuple[str, ...] = ()
    people: tuple[int, ...] = ()

    def has_mailbox(self, address: str) -> bool:
        """Whether mail to this address goes: it is named, or its domain is. A domain below a named one is another."""
        whole = address.strip().lower()
        return whole in self.mailboxes or whole.rpartition("@")[2] in self.domains

    def has_telephone(self, number: str) -> bool:
        """Whether a message to this number goes. Numbers are compared by their digits."""
        digits = NOT_DIGITS.sub("", number)
        return bool(digits) and digits in {NOT_DIGITS.sub("", each) for each in self.telephones}

    @property
    def is_empty(self) -> bool:
        return not (self.mailboxes or self.domains or self.telephones or self.people)


@dataclass(frozen=True)
class State:
    """``running``: the rehearsal that goes on, or None. ``live_at``: when the last one ended (UTC), or None."""

    running: Rehearsal | None
    live_at: datetime | None

    @property
    def named(self) -> NamedList:
        """The list of the running rehearsal; nobody where none is running."""
        return named_list(self.running) if self.running else NamedList()


def state() -> State:
    """Whether the installation is in rehearsal, and when it last went live. One query."""
    last = Rehearsal.objects.order_by("-pk").first()
    if last is None:
        return State(None, None)
    if last.live_at:
        return State(None, last.live_at)
    before = Rehearsal.objects.filter(live_at__isnull=False).order_by("-pk").values_list("live_at", flat=True).first()
    return State(last, before)


IS_ON = "SELECT EXISTS (SELECT FROM rehearsal WHERE live_at IS NULL)"
"""By hand: each case that is opened asks."""


def is_on() -> bool:
    """Whether the installation is in rehearsal. For every role, the portal too."""
    ((found,),) = rows_of(IS_ON)
    return bool(found)


def lets_in(mailbox: str) -> bool:
    """Whether the portal is open to who has this mailbox: to all, but in a rehearsal, which is for its list alone."""
    found = Rehearsal.objects.filter(live_at=None).values_list("mailboxes", "domains").first()
    return found is None or NamedList(tuple(found[0]), tuple(found[1])).has_mailbox(mailbox)


def named_list(one: Rehearsal) -> NamedList:
    return NamedList(tuple(one.mailboxes), tuple(one.domains), tuple(one.telephones), tuple(one.people))


def tidied(named: NamedList) -> NamedList:
    """The list without blanks and repeats, mail in lower case, in order."""

    def each(values: Collection[str], *, lower: bool) -> tuple[str, ...]:
        clean = (value.strip().lower() if lower else " ".join(value.split()) for value in values)
        return tuple(sorted({value for value in clean if value}))

    return NamedList(
        each(named.mailboxes, lower=True),
        tuple(sorted({domain.removeprefix("@") for domain in each(named.domains, lower=True)} - {""})),
        each(named.telephones, lower=False),
        tuple(sorted(set(named.people))),
    )


# What changes the state. Each is a step inside a transaction of its caller; ``at`` is UTC.


def begin(named: NamedList, *, by: Staff | None, at: datetime) -> Rehearsal:
    """The rehearsal begins, or goes on with another list where one is running already."""
    setting_change.take_turn(NOUN, "")
    named = tidied(named)
    running = Rehearsal.objects.filter(live_at=None).first()
    if running is None:
        running = Rehearsal.objects.create(began_at=at, began_by=by, **values_of(named))
        setting_change.put_on_record(NOUN, "", None, recorded(named), by=by, at=at)
        return running
    before = recorded(named_list(running))
    Rehearsal.objects.filter(pk=running.pk).update(**values_of(named))
    setting_change.put_on_record(NOUN, "", before, recorded(named), by=by, at=at)
    running.refresh_from_db()
    return running


def end(*, by: Staff | None, at: datetime) -> Rehearsal | None:
    """The installation goes live; None where it is live already."""
    setting_change.take_turn(NOUN, "")
    running = Rehearsal.objects.filter(live_at=None).first()
    if running is None:
        return None
    before = recorded(named_list(running))
    running.live_at, running.live_by = at, by
    nobody = values_of(NamedList())
    for name, values in nobody.items():  # whom it named is needed no longer; the journal says it until it is erased
        setattr(running, name, values)
    running.save(update_fields=["live_at", "live_by", *nobody])
    setting_change.put_on_record(NOUN, "", before, {"rehearses": False}, by=by, at=at)
    return running


def recorded(named: NamedList) -> dict[str, Any]:
    """As the journal of settings has it, which knows people as members."""
    values = values_of(named)
    return {"rehearses": True, "members": values.pop("people"), **values}


def values_of(named: NamedList) -> dict[str, Any]:
    return {name: list(values) for name, values in asdict(named).items()}
