"""Packing: every owed notice gets its deliveries. A letter to a customer gets one, a page one by each of its ways.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from guardia.customers.contact import Contact
from guardia.notices.channel import Channel, addresses_of
from guardia.notices.envelope import domain
from guardia.notices.notice import DeliveredNotice, Delivery, Notice, NoticeState
from guardia.people.staff import Staff

LETTERS_AT_ONCE = 500
PAGES_AT_ONCE = 50  # each may tell of a thousand cases
TOGETHER = ("owed_at", "staff_id", "alarm_id", "moment")
"""What the pages have in common that leave as one."""


def pack(now: datetime, urgent: bool | None = None) -> int:
    """Give every owed notice its deliveries; returns how many notices were packed.

    ``urgent``: only pages, or only letters; both, pages first, where it is not said.
    """
    pages = pack_pages(now) if urgent is not False else 0
    return pages + (pack_letters(now) if urgent is not True else 0)


# --- letters to customers ---------------------------------------------------------------------------------------------


def pack_letters(now: datetime) -> int:
    """What one act made known to one person about one case goes in one mail (a visit held up and the hour of the next
    decision). A contact who has lost the address meanwhile makes a suppressed notice, with its reason.
    """
    owed = list(
        Notice.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("contact")
        .filter(state=NoticeState.OWED, contact__isnull=False)
        .order_by("owed_at", "case_id", "contact_id", "pk")[:LETTERS_AT_ONCE]
    )
    groups = list(whole_groups(owed, full=len(owed) == LETTERS_AT_ONCE))
    reachable = [group for group in groups if contact_of(group).is_reachable]
    for group in groups:
        if not contact_of(group).is_reachable:
            suppress(group, "no_address" if contact_of(group).active else "inactive")
    return carry((group, letter_to(group, now)) for group in reachable)


def whole_groups(notices: Iterable[Notice], full: bool) -> Iterator[list[Notice]]:
    """One list per mail; the last one is left for the next time where the batch may have cut it."""
    groups = [list(group) for _, group in groupby(notices, key=lambda n: (n.owed_at, n.case_id, n.contact_id))]
    yield from groups[:-1] if full and len(groups) > 1 else groups


def contact_of(group: Sequence[Notice]) -> Contact:
    contact = group[0].contact
    assert contact is not None, "a letter is to a contact"
    return contact


def letter_to(group: Sequence[Notice], now: datetime) -> list[Delivery]:
    return [delivery(Channel.MAIL, contact_of(group).email, group, now)]


# --- pages to the house -----------------------------------------------------------------------------------------------


def pack_pages(now: datetime) -> int:
    """Pages owed to one person since the same instant go together, by every way at once: a storm is one page.

    The person's row is held while hers are packed, so that two workers never make two pages of one storm.
    """
    owed = Notice.objects.filter(state=NoticeState.OWED, staff__isnull=False)
    keys = list(owed.order_by("owed_at", "staff_id").values_list("owed_at", "staff_id").distinct()[:PAGES_AT_ONCE])
    if not keys:
        return 0
    held = Staff.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in={staff for _, staff in keys})
    people = {staff.pk: staff for staff in held.order_by("pk")}
    notices = owed.filter(staff__in=people, owed_at__in={owed_at for owed_at, _ in keys})
    rows = notices.only("customer_id", "staff_id", "alarm_id", "moment", "owed_at").order_by(*TOGETHER, "pk")
    groups = [list(group) for _, group in groupby(rows, key=attrgetter(*TOGETHER))]
    return carry((group, pages_to(people[group[0].staff_id or 0], group, now)) for group in groups)


def pages_to(staff: Staff, group: Sequence[Notice], now: datetime) -> list[Delivery]:
    """One by e-mail and one by each other way; none where nobody can be reached, which is written down."""
    ways = addresses_of(staff) if staff.is_active else []
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
