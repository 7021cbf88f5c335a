"""Packing: every owed notice gets its deliveries. A letter to a contact (``letters``) by the way that is due, a page by
each of its ways.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import QuerySet

from guardia.notices.channel import Channel, addresses_of
from guardia.notices.envelope import domain
from guardia.notices.letters import pack_letters
from guardia.notices.notice import DeliveredNotice, Delivery, Notice, NoticeState
from guardia.notices.packed import Aside, spared
from guardia.notices.wording.page_morning import MORNING
from guardia.people.staff import Staff

PAGES_AT_ONCE = 50  # each may tell of a thousand cases
TOGETHER = ("owed_at", "staff_id", "alarm_id", "moment")
"""What the pages have in common that leave as one."""


def pack(now: datetime, urgent: bool | None = None, contacts: Aside | None = None, staff: Aside | None = None) -> int:
    """Give every owed notice its deliveries; returns how many notices were packed.

    ``urgent``: only pages, or only letters; both, pages first, where it is not said. ``contacts`` and ``staff``: where
    those are set aside whose messages cannot be packed.
    """
    pages = pack_pages(now, staff) if urgent is not False else 0
    return pages + (pack_letters(now, contacts) if urgent is not True else 0)


# --- pages to the house -----------------------------------------------------------------------------------------------


def pack_pages(now: datetime, aside: Aside | None = None) -> int:
    """Pages owed to one person since the same instant go together, by every way at once: a storm is one page.

    The person's row is held while hers are packed, so that two workers never make two pages of one storm. One whose
    pages cannot be packed is set ``aside``; raises where nobody says how.
    """
    owed = Notice.objects.filter(state=NoticeState.OWED, staff__isnull=False)
    if aside:
        owed = owed.exclude(staff__in=aside.left_out(now))
    keys = list(owed.order_by("owed_at", "staff_id").values_list("owed_at", "staff_id").distinct()[:PAGES_AT_ONCE])
    if not keys:
        return 0
    held = Staff.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in={staff for _, staff in keys})
    instants = {owed_at for owed_at, _ in keys}
    return spared(list(held.order_by("pk")), lambda some: pack_pages_to(some, owed, instants, now), aside, now)


def pack_pages_to(held: Sequence[Staff], owed: QuerySet[Notice], instants: Collection[datetime], now: datetime) -> int:
    """What is owed since these instants to these people, whose rows are held."""
    people = {staff.pk: staff for staff in held}
    notices = owed.filter(staff__in=people, owed_at__in=instants)
    rows = notices.only("customer_id", "staff_id", "alarm_id", "moment", "owed_at").order_by(*TOGETHER, "pk")
    groups = [list(group) for _, group in groupby(rows, key=attrgetter(*TOGETHER))]
    return carry((group, pages_to(people[group[0].staff_id or 0], group, now)) for group in groups)


def pages_to(staff: Staff, group: Sequence[Notice], now: datetime) -> list[Delivery]:
    """One by e-mail and one by each other way; none where nobody can be reached, which is written down.

    The list of the morning goes by e-mail, and otherwise only to whoever has no mailbox.
    """
    ways = addresses_of(staff) if staff.is_active else []
    if group[0].moment == MORNING:
        ways = [way for way in ways if way[0] is Channel.MAIL] or ways
    if not ways:
        suppress(group, "no_address" if staff.is_active else "inactive")
    return [delivery(channel, address, group, now, urgent=True) for channel, address in ways]


# --- what they share --------------------------------------------------------------------------------------------------


def delivery(
    channel: Channel, address: str, group: Sequence[Notice], now: datetime, *, urgent: bool = False
) -> Delivery:
    """Of the company that all its notices are of; of none where they are of several."""
    companies = {notice.customer_id for notice in group}
    return Delivery(
        customer_id=companies.pop() if len(companies) == 1 else None,
        channel=channel,
        address=address,
        urgent=urgent,
        message_id=f"<{uuid.uuid4().hex}@{domain()}>",
        available_at=now,
        created_at=now,
    )


def carry(packed: Iterable[tuple[Sequence[Notice], Sequence[Delivery]]]) -> int:
    """Write the deliveries, which notices each carries, and that these are packed; how many they are."""
    made = [(group, deliveries) for group, deliveries in packed if deliveries]
    Delivery.objects.bulk_create(one for _, deliveries in made for one in deliveries)
    DeliveredNotice.objects.bulk_create(
        DeliveredNotice(customer_id=notice.customer_id, delivery=one, notice=notice)
        for group, deliveries in made
        for one in deliveries
        for notice in group
    )
    notices = [notice.pk for group, _ in made for notice in group]
    Notice.objects.filter(pk__in=notices).update(state=NoticeState.PACKED)
    return len(notices)


def suppress(group: Sequence[Notice], reason: str) -> None:
    Notice.objects.filter(pk__in=[notice.pk for notice in group]).update(state=NoticeState.SUPPRESSED, reason=reason)
