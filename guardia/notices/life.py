"""The life of a notice: owed, packed, handed over with the server's answer, arrived, opened, came back, sent again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Prefetch

from guardia.notices import address_marks
from guardia.notices.leases import OPEN
from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.outbox import fail_without_a_way, is_marked_for
from guardia.notices.server_answer import is_of_the_recipient

WITHDRAWN = "withdrawn"
"""Why a notice is suppressed that somebody took back."""


class Step(StrEnum):
    OWED = "owed"
    SUPPRESSED = "suppressed"  # not sent; ``words`` is the code of why
    WITHDRAWN = "withdrawn"
    PACKED = "packed"  # a message was made that carries it
    PACED = "paced"  # the limit of its domain lets it leave then
    TRIED = "tried"  # without success yet; ``words`` what was said
    SENDING = "sending"
    SENT = "sent"  # a server took it; ``words`` its answer
    DELIVERED = "delivered"  # a report says that it arrived
    OPENED = "opened"  # its link was opened
    REFUSED = "refused"
    EXPIRED = "expired"
    PERHAPS = "perhaps"  # handed over whole several times, and never answered: it may have arrived
    BOUNCED = "bounced"
    HELD = "held"  # it would have gone, but for a rehearsal
    FAILED = "failed"  # it could not be sent by any way; ``words`` is the code of why


@dataclass(frozen=True)
class Lived:
    """One step; ``at`` (UTC) is None where no hour was kept. ``again``: the message was sent once more because somebody
    asked for it. ``channel`` and ``address`` are empty for what happened to the notice itself.
    """

    step: Step
    at: datetime | None = None
    channel: str = ""
    address: str = ""
    words: str = ""
    again: bool = False
    attempts: int = 0


ENDS = {
    DeliveryState.REFUSED: Step.REFUSED,
    DeliveryState.EXPIRED: Step.EXPIRED,
    DeliveryState.WITHDRAWN: Step.WITHDRAWN,
    DeliveryState.HELD: Step.HELD,
}
COLUMNS = (
    *("channel", "address", "state", "attempts", "created_at", "paced_at", "settled_at", "delivered_at", "opened_at"),
    "unanswered",
    *("bounced_at", "answer", "resend_of"),
)


def notices_of(case_id: int) -> list[Notice]:
    """The notices of a case to contacts, in the order they were owed, ready for ``life_of``. Two queries.

    The facts, and the bytes that were sent, are not read.
    """
    messages = Prefetch("deliveries", Delivery.objects.only(*COLUMNS).order_by("pk"))
    notices = Notice.objects.filter(case=case_id, contact__isnull=False).select_related("contact", "instead_of")
    return list(notices.defer("facts").order_by("owed_at", "pk").prefetch_related(messages))


def life_of(notice: Notice) -> list[Lived]:
    """What happened to this notice, in order; what is to come is not said. ``deliveries`` are prefetched."""
    life = [Lived(Step.OWED, notice.owed_at)]
    deliveries = list(notice.deliveries.all())
    for delivery in deliveries:
        life += life_of_delivery(delivery)
    if notice.state == NoticeState.SUPPRESSED and notice.reason != WITHDRAWN:
        life.append(Lived(Step.SUPPRESSED, words=notice.reason))
    if notice.state == NoticeState.SUPPRESSED and notice.reason == WITHDRAWN:
        life = [step for step in life if step.step is not Step.WITHDRAWN]
        life.append(Lived(Step.WITHDRAWN, max((d.settled_at for d in deliveries if d.settled_at), default=None)))
    if notice.state == NoticeState.HELD and not deliveries:
        life.append(Lived(Step.HELD))
    if notice.state == NoticeState.FAILED and not deliveries:
        life.append(Lived(Step.FAILED, words=notice.reason))
    return sorted(life, key=lambda step: (step.at is None, step.at))


def life_of_delivery(delivery: Delivery) -> list[Lived]:
    return [
        Lived(step, at, delivery.channel, delivery.address, words, delivery.resend_of_id is not None, delivery.attempts)
        for step, at, words in steps_of(delivery)
    ]


def steps_of(delivery: Delivery) -> Iterator[tuple[Step, datetime | None, str]]:
    answer, *reported = delivery.answer.split("\n")
    yield Step.PACKED, delivery.created_at, ""
    if delivery.state == DeliveryState.WAITING:
        if delivery.paced_at:
            yield Step.PACED, delivery.paced_at, ""
        elif delivery.attempts or delivery.answer:
            yield Step.TRIED, None, delivery.answer
    elif delivery.state == DeliveryState.SENDING:
        yield Step.SENDING, None, ""
    elif delivery.state in (DeliveryState.ACCEPTED, DeliveryState.BOUNCED):
        yield Step.SENT, delivery.settled_at, answer
    elif delivery.is_perhaps:
        yield Step.PERHAPS, delivery.settled_at, delivery.answer
    else:
        yield ENDS[DeliveryState(delivery.state)], delivery.settled_at, delivery.answer
    if delivery.delivered_at:
        yield Step.DELIVERED, delivery.delivered_at, ""
    if delivery.opened_at:
        yield Step.OPENED, delivery.opened_at, ""
    if delivery.bounced_at:
        yield Step.BOUNCED, delivery.bounced_at, "\n".join(reported) or delivery.answer


# What is heard of a message after a server took it: it arrived, it was opened, it is late, it came back.
#
# Every function is one step inside a transaction of its caller; ``now`` is UTC. One that comes twice changes nothing.


BASIC = re.compile(r"(?<!\d)([45]\d\d)(?=[ -])")
LONGEST_ANSWER = 4000
CAME_BACK = (DeliveryState.ACCEPTED, *OPEN)
"""What is still open may come back too: its sender died before it could write down that the server took it."""


def bounced(delivery: Delivery, words: str, code: str, now: datetime) -> bool:
    """A delivery report says that this message did not arrive. False if that was known already.

    ``words`` are the far server's own, ``code`` its enhanced status (``5.1.1``) or empty. Only a permanent one that
    speaks of the recipient marks the address. A notice that reached its person by no other way has failed: the case is
    told by the round that records failed notices, and the next way is tried.
    """
    row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if row.bounced_at or row.state not in CAME_BACK:
        return False
    row.state, row.bounced_at, row.sender, row.leased_until = DeliveryState.BOUNCED, now, None, None
    row.settled_at, row.answer = row.settled_at or now, answer_with(row.answer, words)
    row.save(update_fields=["state", "bounced_at", "sender", "leased_until", "settled_at", "answer"])
    if is_marked_for(row) and speaks_of_the_recipient(words, code):
        address_marks.mark(row, address_marks.BOUNCED, words, now)
    fail_without_a_way(row, [NoticeState.SENT, NoticeState.PACKED], address_marks.BOUNCED)
    return True


def delayed(delivery: Delivery, words: str) -> None:
    """A delivery report says that the message is late; it is tried further on the way. Only written down."""
    row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if words not in row.answer:
        Delivery.objects.filter(pk=row.pk).update(answer=answer_with(row.answer, words))


def delivered(delivery: Delivery, now: datetime) -> bool:
    """A delivery report says that the message arrived, as heard at ``now``. False if that was known already."""
    return bool(Delivery.objects.filter(pk=delivery.pk, delivered_at=None).update(delivered_at=now))


def opened(delivery_id: int, now: datetime, *, customer_id: int, contact_id: int | None = None) -> bool:
    """Somebody opened a link of this message to a contact of this company; the first time counts.

    A program that looks at links before its reader does is not told apart: it proves that the message arrived.
    """
    theirs = Delivery.objects.filter(pk=delivery_id, customer=customer_id, urgent=False, opened_at=None)
    if contact_id is not None:
        theirs = theirs.filter(pk__in=Delivery.objects.filter(pk=delivery_id, notices__contact=contact_id))
    return bool(theirs.update(opened_at=now))


def speaks_of_the_recipient(words: str, code: str) -> bool:
    basic = BASIC.search(words)
    return is_of_the_recipient(f"{code} {words}".strip(), int(basic[1]) if basic else 0, at_rcpt=bool(basic))


def answer_with(answer: str, words: str) -> str:
    clean = " ".join(words.replace("\0", "").split())
    return "\n".join(part for part in (answer, clean) if part)[:LONGEST_ANSWER]
