"""Packing what is owed to the companies' contacts: one letter, or one list of several cases, by each way that is due.

A contact's row is held while what is owed to that contact is packed, all of it at once: two workers never make two
letters of one, and no batch cuts what belongs together. Set-based: as many statements for one contact as for hundreds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from guardia.customers.contact import Contact
from guardia.notices import gathering, ways
from guardia.notices.channel import Channel
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.packed import Aside, Owed, Packed, spared, write

CONTACTS_AT_ONCE = 2000
"""Each round looks at all letters of the last minutes: a storm wants few rounds, each well below a second."""

LOOKED_AT = 3 * CONTACTS_AT_ONCE


def pack_letters(now: datetime, aside: Aside | None = None) -> int:
    """Give what is owed to contacts its deliveries, the most urgent contacts first; how many notices were packed.

    What cannot be sent is a visible row with its reason. A contact whose letters cannot be packed holds up no other and
    is set ``aside``; raises where nobody says how.
    """
    owed = Notice.objects.filter(state=NoticeState.OWED, contact__isnull=False)
    if not owed.exists():
        return 0
    lately = gathering.recent(now)
    waiting = [pk for pk, letters in lately.items() if letters.waits(now)]
    people = held(most_urgent(owed, [*waiting, *(aside.left_out(now) if aside else ())]))
    return spared(people, lambda some: pack_for(some, owed, lately, now), aside, now)


def pack_for(
    people: Sequence[Contact], owed: QuerySet[Notice], lately: Mapping[int, gathering.Letters], now: datetime
) -> int:
    """All that is owed to these people, whose rows are held."""
    marks = ways.marked(people)
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


def held(contacts: Sequence[int]) -> list[Contact]:
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
    marks: ways.Marks,
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
        where = ways.addresses_of(contact, down=down, marks=marks)
        if where:
            packed.put(contact, group, where if down else where[:1])
        else:
            packed.hopeless.setdefault(why_no_way(contact), []).extend(notice.pk for notice in group)


def pack_announced(packed: Packed, contact: Contact, notice: Owed, marks: ways.Marks) -> None:
    """What is about no case is a mail of its own; nothing else is put into it."""
    where = [way for way in ways.addresses_of(contact, down=False, marks=marks) if way.channel == Channel.MAIL]
    if where:
        packed.put_by_itself([notice], where[0])
    else:
        packed.hopeless.setdefault(why_no_way(contact), []).append(notice.pk)


def why_no_way(contact: Contact) -> str:
    if not contact.active:
        return "inactive"
    return "marked" if any(ways.has_gateway(way.channel) for way in ways.ways_of(contact)) else "no_address"
