"""Many companies are told of one thing, each in a letter of its own: written in one step, the notices with it.

A step inside a transaction of its caller; hours are UTC.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from guardia.customers.contact import Contact
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.announcing import owed
from guardia.notices.notice import Notice
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import CaseKind

AT_ONCE = 2000
OF_INCIDENTS = Q(kinds__contains=[CaseKind.INCIDENT.value])
"""The contacts whom the company has told of its services, not of invoices alone."""


@dataclass(frozen=True)
class ToEach:
    """What one company is told: by its id, under a key that is never used twice, with the facts as they are frozen."""

    customer: int
    key: str
    facts: Mapping[str, Any]


def announce_each(
    kind: AnnouncementKind, version: ProcedureVersion, told: Sequence[ToEach], *, by: int | None, at: datetime
) -> int:
    """Every contact of each company has its notice owed; returns how many contacts. ``by``: the person's id, or None.

    What was announced under one of these keys before is left as it is.
    """
    Announcement.objects.bulk_create(
        (
            Announcement(
                kind=kind,
                key=each.key,
                customer_id=each.customer,
                procedure_version=version,
                facts=dict(each.facts),
                made_at=at,
                made_by_id=by,
                told_at=at,
            )
            for each in told
        ),
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )
    made = Announcement.objects.filter(kind=kind, key__in=[each.key for each in told], made_at=at)
    by_company = {one.customer_id: one for one in made.defer("facts")}
    notices = [owed(by_company[one.customer_id], one, at) for one in contacts_of(by_company.keys())]
    Notice.objects.bulk_create(notices, batch_size=AT_ONCE, ignore_conflicts=True)
    return len(notices)


def contacts_of(companies: Collection[int | None]) -> QuerySet[Contact]:
    """Whom such a letter goes to: the contacts at work who are told of the services of these companies."""
    found = Contact.objects.filter(OF_INCIDENTS, active=True, customer__active=True, customer__in=list(companies))
    return found.order_by("pk")
