"""The outbox: deliveries are leased, tried and settled. Nothing gets lost.

Every function is one step inside a transaction of its caller; ``now`` is UTC. A lease is known by its sender and its
end: a worker whose lease was given to another finds that its steps change no row.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from guardia.notices.answer import Answer, Verdict
from guardia.notices.channel import Channel, url_of
from guardia.notices.links import Links
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.patience import gives_up_at, lease, next_attempt
from guardia.notices.rendering import is_stale, rendered
from guardia.notices.sender import SILENT_AFTER
from guardia.notices.wire import BadAddress

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 50
OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)


@dataclass(frozen=True)
class Share:
    """The part of the outbox that one loop sends: what is slow in one delays nothing in another."""

    urgent: bool
    channel: Channel


LETTERS = Share(urgent=False, channel=Channel.MAIL)
PAGES_BY_MAIL = Share(urgent=True, channel=Channel.MAIL)
PAGES_BY_APPRISE = Share(urgent=True, channel=Channel.APPRISE)


@dataclass(frozen=True)
class Outgoing:
    """A message that is on its way: where to (with its secrets), and its bytes."""

    delivery_id: int
    address: str = field(repr=False)
    content: bytes = field(repr=False)


def claim(
    now: datetime, sender_id: int, share: Share | None = None, most: int | None = None, under_way: Iterable[int] = ()
) -> list[Delivery]:
    """Lease the deliveries that are due, pages first, then the oldest: waiting ones, and those whose sender is dead.

    A sender is dead when it has not been seen for 45 s. One that is only slow is seen, and keeps what it holds. A share
    is sent by one loop of a process, which finds here what it had to leave when its database went away: all that it
    holds, without what is ``under_way``.
    """
    free = Q(state=DeliveryState.WAITING) | Q(sender=None) | Q(leased_until__lte=now)
    left = Q(sender__seen_at__lt=now - SILENT_AFTER) | (Q(sender=sender_id) if share else Q())
    due = Delivery.objects.select_for_update(of=("self",), skip_locked=True).filter(
        free | left, state__in=OPEN, available_at__lte=now
    )
    due = due.filter(urgent=share.urgent, channel=share.channel) if share else due
    due = due.exclude(pk__in=list(under_way)) if under_way else due
    deliveries = list(due.order_by("-urgent", "available_at", "pk")[: CLAIM_AT_ONCE if most is None else most])
    for delivery in deliveries:
        delivery.state, delivery.leased_until, delivery.sender_id = DeliveryState.SENDING, now + lease(), sender_id
    of(deliveries).update(state=DeliveryState.SENDING, leased_until=now + lease(), sender=sender_id)
    return deliveries


def put_back(deliveries: Sequence[Delivery], answer: str, now: datetime) -> None:
    """They were leased but not tried: they wait as before, with the reason why nothing left (no mail server)."""
    hopeless = {delivery.pk for delivery in deliveries if answer and now >= gives_up_at(delivery)}
    for delivery in deliveries:
        if delivery.pk in hopeless:
            settle(delivery, Answer(Verdict.LATER, answer), now)
    words = {"answer": answer} if answer else {}
    leases = {(delivery.sender_id, delivery.leased_until) for delivery in deliveries}
    for sender_id, until in leases:
        of(deliveries).filter(state=DeliveryState.SENDING, sender=sender_id, leased_until=until).update(
            state=DeliveryState.WAITING, sender=None, leased_until=None, **words
        )


# --- try and settle ---------------------------------------------------------------------------------------------------


def begin(delivery: Delivery, now: datetime, links: Links) -> Outgoing | None:
    """Count the attempt before it is made, and hand over the bytes: a crash after this makes a marked repeat.

    The bytes are kept as sent; they are rendered anew only where they would say what is no longer so. None if the
    lease was lost, or the delivery cannot be sent at all and is settled here.
    """
    until = now + lease()
    if not held(delivery).update(attempts=F("attempts") + 1, leased_until=until):
        return None
    delivery.attempts, delivery.leased_until = delivery.attempts + 1, until
    notices = notices_of(delivery)
    address = where_to(delivery, notices)
    if address is None:
        settle(delivery, Answer(Verdict.REFUSED, "this person has no longer such an address"), now)
        return None
    content = bytes_of(delivery, notices, now, links)
    return Outgoing(delivery.pk, address, marked(content, delivery.attempts - 1)) if content else None


def where_to(delivery: Delivery, notices: Sequence[Notice]) -> str | None:
    """The address with what is secret in it, which is read from the person and kept nowhere else."""
    if delivery.channel != Channel.APPRISE:
        return delivery.address
    return url_of(notices[0].staff, delivery.address) if notices[0].staff else None


def bytes_of(delivery: Delivery, notices: list[Notice], now: datetime, links: Links) -> bytes | None:
    """The message as it leaves; None where it cannot be written, which settles the delivery."""
    try:
        content = bytes(delivery.body or b"")
        if not content or is_stale(delivery, notices, now):
            content = rendered(delivery, notices, now, links)
            held(delivery).update(body=content)
    except BadAddress as wrong:
        settle(delivery, Answer(Verdict.REFUSED, str(wrong)), now)
        return None
    except Exception as wrong:
        log.exception("delivery %s cannot be rendered; the others go on", delivery.pk)
        settle(delivery, Answer(Verdict.LATER, f"{type(wrong).__name__}: {wrong}"), now)
        return None
    return content


def settle(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Write down what the server said: accepted, refused for good, or later (a letter for 48 h, a page for 15 min)."""
    if answer.verdict is Verdict.ACCEPTED:
        end(delivery, DeliveryState.ACCEPTED, answer.words, now)
    elif answer.verdict is Verdict.REFUSED:
        end(delivery, DeliveryState.REFUSED, answer.words, now)
    elif now >= gives_up_at(delivery):
        end(delivery, DeliveryState.EXPIRED, answer.words, now)
    else:
        held(delivery).update(
            state=DeliveryState.WAITING,
            sender=None,
            leased_until=None,
            available_at=next_attempt(delivery, now),
            answer=answer.words,
        )


def end(delivery: Delivery, state: DeliveryState, answer: str, now: datetime) -> None:
    """A notice is sent as soon as one of its deliveries is accepted, and has failed only when all of them have.

    Its row is held before the others are looked at: of two that fail at once, the second sees the first.
    """
    ended = {"state": state, "sender": None, "leased_until": None, "settled_at": now, "answer": answer}
    if not held(delivery).update(**ended):
        return
    carried = Notice.objects.filter(deliveries=delivery.pk)
    pks = list(carried.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    notices = Notice.objects.filter(pk__in=pks)
    if state == DeliveryState.ACCEPTED:
        notices.update(state=NoticeState.SENT, reason="")
        return
    under_way = DeliveredNotice.objects.filter(notice=OuterRef("pk"), delivery__state__in=OPEN)
    hopeless = notices.filter(~Exists(under_way), state=NoticeState.PACKED)
    hopeless.update(state=NoticeState.FAILED, reason=state.value)


# --- what they share --------------------------------------------------------------------------------------------------


def of(deliveries: Iterable[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])


def held(delivery: Delivery) -> QuerySet[Delivery]:
    """The row of this delivery, if our lease on it still stands."""
    return Delivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.SENDING,
        sender=delivery.sender_id,
        leased_until=delivery.leased_until,
    )


def notices_of(delivery: Delivery) -> list[Notice]:
    return list(delivery.notices.select_related("case", "contact", "staff", "alarm").order_by("pk"))


def marked(content: bytes, repeats: int) -> bytes:
    """A second and later attempt says so: the first may have arrived after all."""
    return b"X-Guardia-Repeat: %d\r\n%s" % (repeats, content) if repeats else content
