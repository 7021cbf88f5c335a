"""The outbox: deliveries are leased, tried and settled. Nothing gets lost.

Every function is one step inside a transaction of its caller; ``now`` is UTC. What the server said is written down in
``settling``, whose a delivery is meanwhile in ``leases``.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from guardia.notices import digest, short, ways
from guardia.notices.answer import Answer, Verdict
from guardia.notices.channel import Channel, url_of
from guardia.notices.leases import OPEN, counted, of
from guardia.notices.links import Links
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.pacing import may_leave
from guardia.notices.patience import gives_up_at, lease
from guardia.notices.rendering import is_stale, rendered
from guardia.notices.sender import SILENT_AFTER
from guardia.notices.settling import end, settle
from guardia.notices.wire import BadAddress

__all__ = ["Outgoing", "Share", "begin", "claim", "end", "put_back", "settle"]

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 50
MOST_READ_TOGETHER = 2000


@dataclass(frozen=True)
class Share:
    """The part of the outbox that one loop sends: what is slow in one delays nothing in another."""

    urgent: bool
    channel: Channel


LETTERS = Share(urgent=False, channel=Channel.MAIL)
LETTERS_BY_SMS = Share(urgent=False, channel=Channel.SMS)
LETTERS_BY_WHATSAPP = Share(urgent=False, channel=Channel.WHATSAPP)
PAGES_BY_MAIL = Share(urgent=True, channel=Channel.MAIL)
PAGES_BY_APPRISE = Share(urgent=True, channel=Channel.APPRISE)


@dataclass(frozen=True)
class Outgoing:
    """A message that is on its way: where to (with its secrets), its bytes, and whether a report of its failure may
    come back to us (to an automatic answer none may, RFC 3834).
    """

    delivery_id: int
    address: str = field(repr=False)
    content: bytes = field(repr=False)
    wants_reports: bool = True


def claim(
    now: datetime, sender_id: int, share: Share | None = None, most: int | None = None, under_way: Iterable[int] = ()
) -> list[Delivery]:
    """Lease the deliveries that are due, pages first, then the most urgent, then the oldest: waiting ones, and those
    whose sender is dead. What the limit of its domain holds back is put off here, and is not leased.

    A sender is dead when it has not been seen for 45 s. One that is only slow is seen, and keeps what it holds. A share
    is sent by one loop of a process, which finds here what it had to leave when its database went away: all that it
    holds, without what is ``under_way``.
    """
    under_way, at_once = list(under_way), CLAIM_AT_ONCE if most is None else most
    deliveries: list[Delivery] = []
    while not deliveries and (found := due(now, sender_id, share, under_way, at_once)):
        deliveries = may_leave(found, now)
    for delivery in deliveries:
        delivery.state, delivery.leased_until, delivery.sender_id = DeliveryState.SENDING, now + lease(), sender_id
    of(deliveries).update(state=DeliveryState.SENDING, leased_until=now + lease(), sender=sender_id)
    if share == LETTERS and deliveries:
        read_together(deliveries)
    return deliveries


def due(now: datetime, sender_id: int, share: Share | None, under_way: Sequence[int], most: int) -> list[Delivery]:
    free = Q(state=DeliveryState.WAITING) | Q(sender=None) | Q(leased_until__lte=now)
    left = Q(sender__seen_at__lt=now - SILENT_AFTER) | (Q(sender=sender_id) if share else Q())
    found = Delivery.objects.select_for_update(of=("self",), skip_locked=True).filter(
        free | left, state__in=OPEN, available_at__lte=now
    )
    found = found.filter(urgent=share.urgent, channel=share.channel) if share else found
    found = found.exclude(pk__in=under_way) if under_way else found
    order = ("urgency", "available_at", "pk") if share else ("-urgent", "urgency", "available_at", "pk")
    return list(found.order_by(*order)[:most])


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
            state=DeliveryState.WAITING, sender=None, leased_until=None, paced_at=None, **words
        )


# --- try --------------------------------------------------------------------------------------------------------------


def begin(delivery: Delivery, now: datetime, links: Links) -> Outgoing | None:
    """Count the attempt before it is made, and hand over the bytes: a crash after this makes a marked repeat.

    The bytes are kept as sent; they are rendered anew only where they would say what is no longer so. None if the
    lease was lost, or the delivery cannot be sent at all and is settled here.
    """
    notices = notices_of(delivery)
    address = where_to(delivery, notices)
    content, trouble = bytes_of(delivery, notices, now, links)
    kept = content if content and content != delivery.body else None
    if not counted(delivery, kept, now + lease()):
        return None
    if address is None:
        trouble = Answer(Verdict.REFUSED, "this person has no longer such an address")
    if trouble:
        settle(delivery, trouble, now)
    elif not content:
        end(delivery, DeliveryState.WITHDRAWN, "", now)
    if trouble or not content or address is None:
        return None
    return Outgoing(delivery.pk, address, marked(content, delivery.attempts - 1), delivery.answers_id is None)


def where_to(delivery: Delivery, notices: Sequence[Notice]) -> str | None:
    """The address with what is secret in it, which is put together when the message leaves and kept nowhere else."""
    if delivery.channel == Channel.MAIL:
        return delivery.address
    if delivery.channel != Channel.APPRISE:
        return ways.url_for(delivery.channel, delivery.address)
    return url_of(notices[0].staff, delivery.address) if notices and notices[0].staff else None


def bytes_of(delivery: Delivery, notices: list[Notice], now: datetime, links: Links) -> tuple[bytes, Answer | None]:
    """The message as it leaves; where it cannot be written, what is settled instead."""
    content = bytes(delivery.body or b"")
    try:
        if notices and (not content or says_what_is_over(delivery, notices, now)):
            content = written(delivery, notices, now, links)
    except BadAddress as wrong:
        return b"", Answer(Verdict.REFUSED, str(wrong), of_the_recipient=True)
    except Exception as wrong:
        log.exception("delivery %s cannot be rendered; the others go on", delivery.pk)
        return b"", Answer(Verdict.LATER, f"{type(wrong).__name__}: {wrong}")
    return content, None


def says_what_is_over(delivery: Delivery, notices: Sequence[Notice], now: datetime) -> bool:
    if digest.is_list(delivery, notices):
        return digest.is_stale(notices, now)
    return is_stale(delivery, notices, now)


def written(delivery: Delivery, notices: Sequence[Notice], now: datetime, links: Links) -> bytes:
    """The message; one that was asked for once more says so."""
    if digest.is_list(delivery, notices):
        content = digest.rendered(delivery, notices, now, links)
    elif delivery.channel in ways.SHORT:
        content = short.render(delivery, notices, now).as_bytes()
    else:
        content = rendered(delivery, notices, now, links)
    return b"X-Guardia-Resend: 1\r\n" + content if delivery.resend_of_id else content


WITH_THEM = ("case", "contact", "staff", "alarm", "instead_of")


def notices_of(delivery: Delivery) -> list[Notice]:
    """What it carries, without what was taken back."""
    if (read := getattr(delivery, "read", None)) is not None:
        return read
    carried = delivery.notices.exclude(state=NoticeState.SUPPRESSED)
    return list(carried.select_related(*WITH_THEM).order_by("pk"))


def read_together(deliveries: Sequence[Delivery]) -> None:
    """What all of these leased letters carry, in one question: nothing is put into them or taken out any more.

    Where it is very much (long lists), each is read by itself when its turn comes.
    """
    carried = DeliveredNotice.objects.filter(delivery__in=deliveries).exclude(notice__state=NoticeState.SUPPRESSED)
    found = carried.select_related("notice__case", "notice__contact", "notice__instead_of").defer(
        "notice__case__search"
    )
    rows = list(found.order_by("notice_id")[:MOST_READ_TOGETHER])
    if len(rows) == MOST_READ_TOGETHER:
        return
    by_delivery: dict[int, list[Notice]] = {}
    for row in rows:
        by_delivery.setdefault(row.delivery_id, []).append(row.notice)
    for delivery in deliveries:
        delivery.read = by_delivery.get(delivery.pk, [])  # type: ignore[attr-defined]


def marked(content: bytes, repeats: int) -> bytes:
    """A second and later attempt says so: the first may have arrived after all."""
    return b"X-Guardia-Repeat: %d\r\n%s" % (repeats, content) if repeats else content
