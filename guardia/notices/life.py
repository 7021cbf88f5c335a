"""The life of a notice: owed, packed, handed over with the server's answer, arrived, opened, came back, sent again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Prefetch

from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState

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
