"""Notices and the messages that carry them, as the desk's pages list them."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from guardia.notices.address_mark import AddressMark
from guardia.notices.notice import DeliveredNotice, Delivery, Notice

if TYPE_CHECKING:
    from guardia.cases.case import Case


def notices_of(case: "Case") -> list[Notice]:
    """Return the case's notices with their deliveries, newest first."""
    notices = Notice.objects.filter(case=case).select_related("contact", "staff", "case").prefetch_related("deliveries")
    return list(notices.order_by("-owed_at", "-pk")[:200])


def last_rendered_mails() -> list[Delivery]:
    """Return the last mails that were rendered, newest first; a code is written for who looks, and kept nowhere."""
    return list(rendered_mails().order_by("-pk")[:50])


def rendered_mail(pk: int) -> Delivery | None:
    """Return the mail with this id, if it was rendered."""
    return rendered_mails().filter(pk=pk).first()


def rendered_mails() -> QuerySet[Delivery]:
    """Return the mails that were rendered, and those that are written only when somebody looks."""
    written = Q(body__isnull=False) | Q(code__isnull=False) | Q(reset__isnull=False)
    asks = Q(confirmation__isnull=False)
    found = Delivery.objects.filter(written | asks)
    return found.select_related("code", "reset__staff", "confirmation__contact__customer", "confirmation__asked_by")


def carried_by(announcements: list[int]) -> dict[int, tuple]:
    """Return, by notice, the address, the hour it was settled and the name of the message that carried it last."""
    rows = DeliveredNotice.objects.filter(notice__announcement__in=announcements).order_by("pk")
    columns = ("notice", "delivery__address", "delivery__settled_at", "delivery__message_id")
    return {pk: tuple(rest) for pk, *rest in rows.values_list(*columns)}


def notice_of(case: "Case", pk: int) -> Notice | None:
    """Return the notice of the case with this id."""
    return case.notices.filter(pk=pk).first()


def of_announcements(announcements: Collection[int]) -> QuerySet[Notice]:
    """Return the notices that these announcements owe, with their contacts and companies."""
    found = Notice.objects.filter(announcement__in=announcements)
    return found.select_related("contact__customer").order_by("pk")


def to_contacts_of(cases: Collection[int], contacts: Collection[int]) -> list[Notice]:
    """Return, of the notices of these cases, all to these contacts and the last to every other; the newest first."""
    found = Notice.objects.filter(case__in=cases, contact__isnull=False)
    found = found.select_related("case__customer", "case__site__city", "case__service")
    theirs = list(found.filter(contact__in=contacts))
    last = list(found.order_by("case", "contact", "-owed_at", "-pk").distinct("case", "contact"))
    once = {notice.pk: notice for notice in (*theirs, *last)}.values()
    return sorted(once, key=lambda notice: (notice.owed_at, notice.pk), reverse=True)


def mark_of(customer_id: int, pk: int) -> AddressMark | None:
    """Return the mark with this id on an address of the company."""
    return AddressMark.objects.filter(pk=pk, customer=customer_id).first()
