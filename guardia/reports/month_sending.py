"""The report of a month is sent to each company once by itself, and again where a supervisor says so (ADR 0024).

Every function is a step inside a transaction of its caller; hours are UTC, days are the operator's.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from guardia.clocks.quarantine import Quarantine
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices import announcing
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.people.staff import Staff
from guardia.procedure import version
from guardia.reports.month import Month, zone
from guardia.reports.month_report import incidents, month_report
from guardia.reports.month_rows import requests

AT_ONCE = 20
QUARANTINE = Quarantine("company")
"""Companies of one step: each is read whole."""
STILL_SENT = timedelta(days=3)
"""What the worker missed for longer is sent by hand: no company is surprised by a report in the middle of a month."""


class NotSent(ValueError):
    """The report cannot be sent; its words say why, and what to do."""


def due_month(at: datetime) -> Month | None:
    """The month whose reports leave by themselves at ``at``; None before their hour, long after it, or where the
    operator wants none.
    """
    if not settings.MONTH_REPORT_DAY:
        return None
    current = Month.of(at)
    local = datetime(current.year, current.number, settings.MONTH_REPORT_DAY, settings.MONTH_REPORT_HOUR, tzinfo=zone())
    return current.moved(-1) if local <= at < local + STILL_SENT else None


def send_due(at: datetime) -> int:
    """One step: the next companies have the announcement of the month that is due; how many."""
    month = due_month(at)
    if month is None or version.version_at(at) is None:
        return 0
    companies = list(to_send(month).exclude(pk__in=QUARANTINE.left_out(at))[:AT_ONCE])
    QUARANTINE.each(companies, lambda customer: announced(customer, month, 1, by=None, at=at), at)
    return len(companies)


def to_send(month: Month) -> QuerySet[Customer]:
    """The companies at work with a case in the month and somebody to tell, and no report of it yet."""
    told = Contact.objects.filter(announcing.OF_CLOSINGS, customer=OuterRef("pk"), active=True)
    sent = Announcement.objects.filter(
        kind=AnnouncementKind.MONTH, customer=OuterRef("pk"), key__startswith=f"{month}/"
    )
    active = with_activity(month).filter(Exists(told), ~Exists(sent), active=True)
    return active.order_by("pk")


def with_activity(month: Month) -> QuerySet[Customer]:
    """The companies that had an incident, a request or a formal complaint open at any time of the month."""
    of_it = {"customer": OuterRef("pk")}
    either = Exists(incidents(month).order_by().filter(**of_it)) | Exists(requests(month).order_by().filter(**of_it))
    return Customer.objects.filter(either)


def send(customer: Customer, month: Month, number: int, *, by: Staff, at: datetime) -> Announcement:
    """By hand: the ``number``-th report of the month to this company; a second press of the same returns the first.

    Raises NotSent.
    """
    if why := why_not(customer, month, at):
        raise NotSent(why)
    if number > len(sent(customer, month)) + 1:
        raise NotSent(_("The page is older than what was sent. Open it again."))
    return announced(customer, month, number, by=by, at=at)


def why_not(customer: Customer, month: Month, at: datetime) -> str:
    """Why the month cannot be sent to this company; empty if it can."""
    if month.end > at:
        return _("The month is not over yet. Its report can be sent from the first day of the next one.")
    if not customer.active:
        return _("The company is no longer active: nobody is told.")
    if not recipients(customer).exists():
        return _(
            "Nobody at the company is notified when incidents are closed. Choose somebody under what each "
            "contact is notified of."
        )
    return ""


def recipients(customer: Customer) -> QuerySet[Contact]:
    """Who is told: the contacts of the company who are told of the closing of its incidents."""
    return announcing.to_tell(Announcement(kind=AnnouncementKind.MONTH, customer=customer)).order_by("name", "pk")


def sent(customer: Customer, month: Month) -> list[Announcement]:
    """What was sent of this month, the first one first."""
    found = Announcement.objects.filter(kind=AnnouncementKind.MONTH, customer=customer, key__startswith=f"{month}/")
    return list(found.select_related("made_by").defer("facts").order_by("made_at", "pk"))


def draft(customer: Customer, month: Month, at: datetime) -> Announcement:
    """What would be announced now; it is nowhere saved."""
    return Announcement(
        kind=AnnouncementKind.MONTH,
        key=key(customer, month, 1),
        customer=customer,
        procedure_version=version.in_force(at),
        facts=month_report(customer, month, at).facts(),
        made_at=at,
    )


def announced(customer: Customer, month: Month, number: int, *, by: Staff | None, at: datetime) -> Announcement:
    facts = month_report(customer, month, at).facts()
    ruling, name = version.in_force(at), key(customer, month, number)
    return announcing.announce(AnnouncementKind.MONTH, name, ruling, facts, by=by, at=at, customer=customer)


def key(customer: Customer, month: Month, number: int) -> str:
    """``2026-10/7``, and ``2026-10/7/2`` for the second time: the key is what makes it happen once."""
    return f"{month}/{customer.pk}" if number == 1 else f"{month}/{customer.pk}/{number}"


def reports_made(month: Month, companies: Collection[int]) -> dict[int, datetime]:
    """Return, by company, when its last report of the month was made (UTC)."""
    reports = Announcement.objects.filter(
        kind=AnnouncementKind.MONTH, customer__in=companies, key__startswith=f"{month}/"
    ).values_list("customer", "made_at")
    return dict(reports.order_by("made_at"))
