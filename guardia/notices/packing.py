"""Packing: every owed notice gets its deliveries. A letter to a contact (``letters``) by the way that is due, a page by
each of its ways.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from guardia.config.sql_rows import raw_condition
from guardia.customers.contact import Contact
from guardia.notices import gathering, recipients
from guardia.notices.channel import Channel, addresses_of
from guardia.notices.envelope import domain
from guardia.notices.notice import DeliveredNotice, Delivery, Notice, NoticeState
from guardia.notices.packed import Owed, Packed, Quarantine, spared, write
from guardia.notices.wording.page_list import MORNING
from guardia.people.channels import INCIDENTS
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment

OWED = "notice.state = 'owed'"
"""As part of the statement, since the indexes of what is owed are of these rows alone."""

PAGES_AT_ONCE = 50  # each may tell of a thousand cases
TOGETHER = ("owed_at", "staff_id", "alarm_id", "moment")
"""What the pages have in common that leave as one."""


def pack(
    now: datetime, urgent: bool | None = None, contacts: Quarantine | None = None, staff: Quarantine | None = None
) -> int:
    """Give every owed notice its deliveries; returns how many notices were packed.

    ``urgent``: only pages, or only letters; both, pages first, where it is not said. ``contacts`` and ``staff``: where
    those are set aside whose messages cannot be packed.
    """
    pages = pack_pages(now, staff) if urgent is not False else 0
    return pages + (pack_letters(now, contacts) if urgent is not True else 0)


# --- pages to the operator --------------------------------------------------------------------------------------------


def pack_pages(now: datetime, aside: Quarantine | None = None) -> int:
    """Pages owed to one person since the same instant go together, by every way at once: a storm is one page.

    The person's row is held while hers are packed, so that two workers never make two pages of one storm. One whose
    pages cannot be packed is set ``aside``; raises where nobody says how.
    """
    owed = Notice.objects.filter(raw_condition(OWED), staff__isnull=False)
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

    The list of the morning goes by e-mail, and otherwise only to whoever has no mailbox. A note that names somebody
    opens no incident.
    """
    ways = addresses_of(staff) if staff.is_active else []
    if group[0].moment == Moment.NOTED:
        ways = [way for way in ways if way[1].partition("://")[0] not in INCIDENTS]
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


# Packing what is owed to the companies' contacts: one letter, or one list of several cases, by each way that is due.
#
# A contact's row is held while what is owed to that contact is packed, all of it at once: two workers never make two
# letters of one, and no batch cuts what belongs together. Set-based: as many statements for one contact as for
# hundreds.


CONTACTS_AT_ONCE = 2000
"""Each round looks at all letters of the last minutes: a storm wants few rounds, each well below a second."""

LOOKED_AT = 3 * CONTACTS_AT_ONCE


def pack_letters(now: datetime, aside: Quarantine | None = None) -> int:
    """Give what is owed to contacts its deliveries, the most urgent contacts first; how many notices were packed.

    What cannot be sent is a visible row with its reason. A contact whose letters cannot be packed holds up no other and
    is set ``aside``; raises where nobody says how.
    """
    is_due = Q(not_before=None) | Q(not_before__lte=now)
    owed = Notice.objects.filter(is_due, raw_condition(OWED), contact__isnull=False)
    if not owed.exists():
        return 0
    lately = gathering.recent(now)
    waiting = [pk for pk, letters in lately.items() if letters.waits(now)]
    people = locked_contacts(most_urgent(owed, [*waiting, *(aside.left_out(now) if aside else ())]))
    return spared(people, lambda some: pack_for(some, owed, lately, now), aside, now)


def pack_for(
    people: Sequence[Contact], owed: QuerySet[Notice], lately: Mapping[int, gathering.Letters], now: datetime
) -> int:
    """All that is owed to these people, whose rows are held."""
    marks = recipients.marked(people)
    packed = Packed(now, gathering.stuck([contact.pk for contact in people], now))
    by_contact = owed_to(owed, people)
    for contact in people:
        pack_contact(packed, contact, by_contact.get(contact.pk, ()), marks, lately.get(contact.pk))
    write(packed)
    return len(packed.pks)


def most_urgent(owed: QuerySet[Notice], without: Sequence[int]) -> list[int]:
    """The contacts who come next: by what is most urgent of all that is owed, then by what is owed longest."""
    notices = owed.exclude(contact__in=without) if without else owed
    contacts = notices.order_by("urgency", "owed_at").values_list("contact_id", flat=True)[:LOOKED_AT]
    return list(dict.fromkeys(pk for pk in contacts if pk))[:CONTACTS_AT_ONCE]


def locked_contacts(contacts: Sequence[int]) -> list[Contact]:
    """These contacts, locked; without those that another worker packs for at this moment."""
    free = Contact.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=contacts)
    return list(free.order_by("pk").prefetch_related("ways"))


def owed_to(owed: QuerySet[Notice], people: Sequence[Contact]) -> dict[int, list[Owed]]:
    columns = [name for name in Owed._fields if name not in ("impact", "restored_at")]
    facts = {"impact": KT("facts__impact"), "restored_at": KT("facts__restored_at")}
    found = owed.filter(contact__in=people).order_by("contact_id", "owed_at", "case_id", "pk")
    notices = [Owed(*row) for row in found.values_list(*columns, *facts.values())]
    return {contact: list(group) for contact, group in groupby(notices, key=lambda notice: notice.contact_id)}


def pack_contact(
    packed: Packed,
    contact: Contact,
    notices: Sequence[Owed],
    marks: recipients.Marks,
    lately: gathering.Letters | None,
) -> None:
    """What one act made known about one case is one letter (a visit held up and the hour of the next decision). News of
    several cases, and more letters than a person can read, are one letter that lists them.
    """
    for notice in notices:
        if notice.case_id is None:
            pack_announced(packed, contact, notice, marks)
    notices = [notice for notice in notices if notice.case_id is not None]
    if not notices:  # another packer has packed them meanwhile, or nothing was owed but what is about no case
        return
    groups = [list(group) for _, group in groupby(notices, key=lambda notice: (notice.owed_at, notice.case_id))]
    more = (lately or gathering.Letters(0, packed.now)).is_enough(len(groups))
    if len({notice.case_id for notice in notices}) > 1 or more:
        groups = [list(notices)]
    for group in groups:
        down = any(notice.is_down for notice in group)
        where = recipients.addresses_of(contact, down=down, marks=marks)
        if where:
            packed.put(contact, group, where if down else where[:1])
        else:
            packed.hopeless.setdefault(why_no_way(contact), []).extend(notice.pk for notice in group)


def pack_announced(packed: Packed, contact: Contact, notice: Owed, marks: recipients.Marks) -> None:
    """What is about no case is a mail of its own; nothing else is put into it."""
    where = [way for way in recipients.addresses_of(contact, down=False, marks=marks) if way.channel == Channel.MAIL]
    if where:
        packed.put_by_itself([notice], where[0])
    else:
        packed.hopeless.setdefault(why_no_way(contact), []).append(notice.pk)


def why_no_way(contact: Contact) -> str:
    if not contact.active:
        return "inactive"
    return "marked" if any(recipients.has_gateway(way.channel) for way in recipients.ways_of(contact)) else "no_address"
