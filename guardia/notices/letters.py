"""Packing what is owed to the companies' contacts: one letter, or one list of several cases, by each way that is due.

A contact's row is held while what is owed to that contact is packed, all of it at once: two workers never make two
letters of one, and no batch cuts what belongs together. Set-based: as many statements for one contact as for hundreds.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from guardia.customers.contact import Contact
from guardia.notices import gathering, rows, ways
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.pacing import domain_of

CONTACTS_AT_ONCE = 500
LOOKED_AT = 3 * CONTACTS_AT_ONCE

DELIVERY = {
    "id": "bigint",
    "customer_id": "bigint",
    "channel": "text",
    "address": "text",
    "domain": "text",
    "urgent": "bool",
    "urgency": "smallint",
    "message_id": "text",
    "state": "text",
    "attempts": "smallint",
    "available_at": "timestamptz",
    "created_at": "timestamptz",
    "answer": "text",
}
CARRIES = {"customer_id": "bigint", "delivery_id": "bigint", "notice_id": "bigint"}
NO_WAY = {"inactive": NoticeState.SUPPRESSED, "no_address": NoticeState.SUPPRESSED, "marked": NoticeState.FAILED}
"""What becomes of a notice that cannot be sent. A marked address is a way that failed: the next contact is told."""


class Owed(NamedTuple):
    """The columns of a notice that packing looks at; its facts are read when it is written."""

    pk: int
    customer_id: int
    case_id: int
    contact_id: int
    owed_at: datetime
    urgency: int
    impact: str | None
    restored_at: str | None

    @property
    def is_down(self) -> bool:
        return ways.is_down({"impact": self.impact, "restored_at": self.restored_at})


Group = Sequence[Owed]


@dataclass
class Packed:
    """What one round of packing writes, collected before anything is written."""

    now: datetime
    stuck: dict[tuple[int, str, str], tuple[int, int]]
    made: list[tuple[Group, ways.Way]] = field(default_factory=list)
    joined: list[tuple[Group, int, int]] = field(default_factory=list)
    hopeless: dict[str, list[int]] = field(default_factory=dict)
    pks: list[int] = field(default_factory=list)

    def put(self, contact: Contact, group: Group, where: Iterable[ways.Way]) -> None:
        self.pks += [each.pk for each in group]
        for way in where:
            key = (contact.pk, way.channel.value, way.address)
            if key in self.stuck:
                pk, urgency = self.stuck[key]
                self.joined.append((group, pk, min(urgency, *(each.urgency for each in group))))
                self.stuck[key] = (pk, self.joined[-1][2])
            else:
                self.made.append((group, way))


def pack_letters(now: datetime) -> int:
    """Give what is owed to contacts its deliveries, the most urgent contacts first; how many notices were packed.

    What cannot be sent is a visible row with its reason.
    """
    owed = Notice.objects.filter(state=NoticeState.OWED, contact__isnull=False)
    if not owed.exists():
        return 0
    lately = gathering.recent(now)
    people = held(most_urgent(owed, [pk for pk, letters in lately.items() if letters.waits(now)]))
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


def why_no_way(contact: Contact) -> str:
    if not contact.active:
        return "inactive"
    return "marked" if any(ways.has_gateway(way.channel) for way in ways.ways_of(contact)) else "no_address"


# --- what is written --------------------------------------------------------------------------------------------------


def write(packed: Packed) -> None:
    """The deliveries, which notices each carries, and that these are packed."""
    carries: list[tuple[int, int, int]] = []
    deliveries: list[tuple] = []
    for pk, (group, way) in zip(rows.draw_ids("delivery", len(packed.made)), packed.made, strict=True):
        deliveries.append(delivery_row(pk, group, way, packed.now))
        carries += [(notice.customer_id, pk, notice.pk) for notice in group]
    for group, pk, _urgency in packed.joined:
        carries += [(notice.customer_id, pk, notice.pk) for notice in group]
    rows.insert("delivery", DELIVERY, deliveries)
    rows.insert("delivered_notice", CARRIES, carries)
    take_in(packed)
    Notice.objects.filter(pk__in=packed.pks).update(state=NoticeState.PACKED)
    for reason, pks in packed.hopeless.items():
        Notice.objects.filter(pk__in=pks).update(state=NO_WAY[reason], reason=reason)


def take_in(packed: Packed) -> None:
    """A letter that waited for long is written anew with what was put into it."""
    changed = {pk: (pk, urgency, None) for _group, pk, urgency in packed.joined}
    rows.change("delivery", {"id": "bigint", "urgency": "smallint", "body": "bytea"}, list(changed.values()))


def delivery_row(pk: int, group: Group, way: ways.Way, now: datetime) -> tuple:
    return (
        pk,
        group[0].customer_id,
        way.channel.value,
        way.address,
        domain_of(way.address) if way.channel == Channel.MAIL else "",
        False,
        min(notice.urgency for notice in group),
        f"<{uuid.uuid4().hex}@{domain()}>",
        "waiting",
        0,
        now,
        now,
        "",
    )


def send_by(chosen: Iterable[tuple[Notice, ways.Way]], now: datetime) -> None:
    """A delivery of its own for each of these notices, by the way that was chosen; they are under way again."""
    groups: list[tuple[Group, ways.Way]] = [([owed_again(notice)], way) for notice, way in chosen]
    write(Packed(now, {}, made=groups, pks=[group[0].pk for group, _way in groups]))


def owed_again(notice: Notice) -> Owed:
    customer, case, contact = notice.customer_id or 0, notice.case_id or 0, notice.contact_id or 0
    return Owed(notice.pk, customer, case, contact, notice.owed_at, notice.urgency, None, None)
