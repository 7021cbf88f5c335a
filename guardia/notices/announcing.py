"""The companies are told of what is about no case: made once, then told to contact after contact, in steps.

Every function is a step inside a transaction of its caller; hours are UTC.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.notice import Notice, NoticeState
from guardia.people.staff import Staff
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import CaseKind, Topic

AT_ONCE = 1000
LEAST_URGENT = 9
"""Whatever a case has to say leaves first."""
OF_CLOSINGS = Q(told__contains=[Topic.CLOSURE.value], kinds__contains=[CaseKind.INCIDENT.value])
"""The contacts whom the company has told of the closing of its incidents (P7)."""


def announce(
    kind: AnnouncementKind,
    key: str,
    version: ProcedureVersion,
    facts: Mapping[str, Any],
    *,
    by: Staff | None,
    at: datetime,
    customer: Customer | None = None,
) -> Announcement:
    """To every contact of the company, or of all; the worker tells them. A second time returns the first."""
    made, _is_new = Announcement.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "customer": customer,
            "procedure_version": version,
            "facts": dict(facts),
            "made_at": at,
            "made_by": by,
        },
    )
    return made


def tell_more(now: datetime) -> int:
    """One step: the next contacts have their notice owed; how many. Another worker's announcement is left alone."""
    announcement = next_to_tell()
    return tell(announcement, now) if announcement else 0


def next_to_tell(without: Collection[int] = ()) -> Announcement | None:
    """The oldest that somebody has still to be told of, held; ``without`` are ids of those that are left out."""
    waiting = Announcement.objects.filter(told_at=None).exclude(pk__in=without).order_by("pk")
    return waiting.select_for_update(skip_locked=True).first()


def tell(announcement: Announcement, now: datetime) -> int:
    """The next contacts of this one, which the caller holds, have their notice owed; how many."""
    people = list(to_tell(announcement).filter(pk__gt=announcement.last_contact).order_by("pk")[:AT_ONCE])
    Notice.objects.bulk_create([owed(announcement, contact, now) for contact in people], ignore_conflicts=True)
    announcement.last_contact = people[-1].pk if people else announcement.last_contact
    announcement.told_at = now if len(people) < AT_ONCE else None
    announcement.save(update_fields=["last_contact", "told_at"])
    return len(people)


def to_tell(announcement: Announcement) -> QuerySet[Contact]:
    """The contacts at work of the companies at work; a month's report, those who are told of its closings."""
    everybody = Contact.objects.filter(active=True, customer__active=True)
    if announcement.kind == AnnouncementKind.MONTH:
        everybody = everybody.filter(OF_CLOSINGS)
    return everybody.filter(customer=announcement.customer_id) if announcement.customer_id else everybody


def owed(announcement: Announcement, contact: Contact, now: datetime) -> Notice:
    return Notice(
        customer_id=contact.customer_id,
        announcement=announcement,
        contact=contact,
        moment=announcement.kind,
        clause="P",
        language=contact.language,
        facts={"announcement": announcement.pk},
        urgency=LEAST_URGENT,
        owed_at=now,
    )


def progress(announcement: Announcement) -> dict[str, int]:
    """How many contacts have a notice of it, to how many it went, and whom it did not reach."""
    states = Notice.objects.filter(announcement=announcement).aggregate(
        owed=Count("pk"),
        sent=Count("pk", filter=Q(state=NoticeState.SENT)),
        failed=Count("pk", filter=Q(state__in=[NoticeState.FAILED, NoticeState.SUPPRESSED])),
    )
    return {**states, "of": to_tell(announcement).count()}


def announcement_of(kind: AnnouncementKind, key: str) -> Announcement | None:
    """What the companies were told of this; None where they were told nothing."""
    return Announcement.objects.filter(kind=kind, key=key).first()
