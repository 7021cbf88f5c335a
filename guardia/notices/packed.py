"""What packing found out about the companies' letters, and how it is written: in the same few statements for all.

Every function is one step inside a transaction of its caller; ``now`` is UTC.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import InterfaceError, OperationalError, models, transaction

from guardia.config import sql_rows
from guardia.customers.contact import Contact
from guardia.notices import recipients
from guardia.notices.channel import Channel
from guardia.notices.envelope import domain
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.pacing import domain_of

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
    case_id: int | None
    contact_id: int
    owed_at: datetime
    urgency: int
    impact: str | None
    restored_at: str | None

    @property
    def is_down(self) -> bool:
        return recipients.is_down({"impact": self.impact, "restored_at": self.restored_at})


Group = Sequence[Owed]


class Quarantine(Protocol):
    """Who is left out for an hour because what is owed to them cannot be packed (``clocks/quarantine.py``)."""

    def left_out(self, now: datetime) -> list[int]: ...

    def failed(self, pk: int, trouble: Exception, now: datetime) -> None: ...


def spared[Person: models.Model](
    people: Sequence[Person], pack: Callable[[Sequence[Person]], int], aside: Quarantine | None, now: datetime
) -> int:
    """Pack what is owed to these people; how many notices were packed. Where that raises, each half goes by itself,
    until the one who spoils it is set aside. Raises trouble of the database, which says nothing of a person.
    """
    if aside is None or not people:
        return pack(people)
    try:
        with transaction.atomic():
            return pack(people)
    except (OperationalError, InterfaceError):
        raise
    except Exception as trouble:
        if len(people) == 1:
            aside.failed(people[0].pk, trouble, now)
            return 0
    middle = len(people) // 2
    return spared(people[:middle], pack, aside, now) + spared(people[middle:], pack, aside, now)


@dataclass
class Packed:
    """What one round of packing writes, collected before anything is written."""

    now: datetime
    stuck: dict[tuple[int, str, str], tuple[int, int]]
    made: list[tuple[Group, recipients.Way]] = field(default_factory=list)
    joined: list[tuple[Group, int, int]] = field(default_factory=list)
    hopeless: dict[str, list[int]] = field(default_factory=dict)
    pks: list[int] = field(default_factory=list)

    def put_by_itself(self, group: Group, way: recipients.Way) -> None:
        """A letter that takes nothing else in: what is about no case."""
        self.pks += [each.pk for each in group]
        self.made.append((group, way))

    def put(self, contact: Contact, group: Group, where: Iterable[recipients.Way]) -> None:
        self.pks += [each.pk for each in group]
        for way in where:
            key = (contact.pk, way.channel.value, way.address)
            if key in self.stuck:
                pk, urgency = self.stuck[key]
                self.joined.append((group, pk, min(urgency, *(each.urgency for each in group))))
                self.stuck[key] = (pk, self.joined[-1][2])
            else:
                self.made.append((group, way))


def write(packed: Packed) -> None:
    """The deliveries, which notices each carries, and that these are packed."""
    carries: list[tuple[int, int, int]] = []
    deliveries: list[tuple] = []
    for pk, (group, way) in zip(sql_rows.draw_ids("delivery", len(packed.made)), packed.made, strict=True):
        deliveries.append(delivery_row(pk, group, way, packed.now))
        carries += [(notice.customer_id, pk, notice.pk) for notice in group]
    for group, pk, _urgency in packed.joined:
        carries += [(notice.customer_id, pk, notice.pk) for notice in group]
    sql_rows.insert("delivery", DELIVERY, deliveries)
    sql_rows.insert("delivered_notice", CARRIES, carries)
    take_in(packed)
    Notice.objects.filter(pk__in=packed.pks).update(state=NoticeState.PACKED)
    for reason, pks in packed.hopeless.items():
        Notice.objects.filter(pk__in=pks).update(state=NO_WAY[reason], reason=reason)


def take_in(packed: Packed) -> None:
    """A letter that waited for long is written anew with what was put into it."""
    changed = {pk: (pk, urgency, None) for _group, pk, urgency in packed.joined}
    sql_rows.change("delivery", {"id": "bigint", "urgency": "smallint", "body": "bytea"}, list(changed.values()))


def delivery_row(pk: int, group: Group, way: recipients.Way, now: datetime) -> tuple:
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


def send_by(chosen: Iterable[tuple[Notice, recipients.Way]], now: datetime) -> None:
    """A delivery of its own for each of these notices, by the way that was chosen; they are under way again."""
    groups: list[tuple[Group, recipients.Way]] = [([owed_again(notice)], way) for notice, way in chosen]
    write(Packed(now, {}, made=groups, pks=[group[0].pk for group, _way in groups]))


def owed_again(notice: Notice) -> Owed:
    customer, case, contact = notice.customer_id or 0, notice.case_id, notice.contact_id or 0
    return Owed(notice.pk, customer, case, contact, notice.owed_at, notice.urgency, None, None)
