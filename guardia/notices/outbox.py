"""The outbox: deliveries are leased, tried and settled. Nothing gets lost.

Every function is one step inside a transaction of its caller; ``now`` is UTC. What the server said is written down in
``settling``, whose a delivery is meanwhile in ``leases``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guardia.notices import letterhead
from guardia.notices.answer import Answer, Verdict
from guardia.notices.channel import Channel
from guardia.notices.leases import OPEN, counted, of
from guardia.notices.links import Links
from guardia.notices.notice import Delivery, DeliveryState
from guardia.notices.outgoing import Outgoing, bytes_of, marked, notices_of, read_together, where_to
from guardia.notices.pacing import may_leave
from guardia.notices.patience import gives_up_at, lease
from guardia.notices.reply_address import return_path
from guardia.notices.sender import SILENT_AFTER
from guardia.notices.settling import accepted_and_counted, end, settle

__all__ = ["Outgoing", "Share", "begin", "claim", "end", "put_back", "settle"]

CLAIM_AT_ONCE = 50


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
        letterhead.lay_under(deliveries)
        read_together(deliveries)
    return deliveries


def due(now: datetime, sender_id: int, share: Share | None, under_way: Sequence[int], most: int) -> list[Delivery]:
    free = Q(state=DeliveryState.WAITING) | Q(sender=None) | Q(leased_until__lte=now)
    dead = Q(sender__seen_at__lt=now - SILENT_AFTER) | Q(sender__seen_at__gt=now + SILENT_AFTER)  # a clock set wrong
    left = dead | (Q(sender=sender_id) if share else Q())
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


Said = tuple[Delivery, Answer]
"""What a server said to the message before, which is not written down yet."""


def begin(delivery: Delivery, now: datetime, links: Links, said: Said | None = None) -> Outgoing | None:
    """Count the attempt before it is made, and hand over the bytes: a crash after this makes a marked repeat.

    What was ``said`` to the one before is settled too, in the same statement where it was accepted.

    The bytes are kept as sent, but for a secret, which is kept nowhere; they are rendered anew only where they would
    say what is no longer so. None if the lease was lost, or the delivery cannot be sent at all and is settled here.
    """
    notices = notices_of(delivery)
    address = where_to(delivery, notices)
    content, trouble = bytes_of(delivery, notices, now, links)
    is_secret = delivery.code_id or delivery.reset_id or delivery.confirmation_id
    kept = content if content and content != delivery.body and not is_secret else None
    if not settled_and_counted(said, now, delivery, kept):
        return None
    if address is None:
        trouble = Answer(Verdict.REFUSED, "this person has no longer such an address")
    if trouble:
        settle(delivery, trouble, now)
    elif not content:
        end(delivery, DeliveryState.WITHDRAWN, "", now)
    if trouble or not content or address is None:
        return None
    wants_reports = delivery.answers_id is None
    comes_back_to = return_path(delivery.pk) if wants_reports and delivery.channel == Channel.MAIL else ""
    return Outgoing(delivery.pk, address, marked(content, delivery.attempts - 1), wants_reports, comes_back_to)


def settled_and_counted(said: Said | None, now: datetime, delivery: Delivery, body: bytes | None) -> bool:
    if said and said[1].verdict is Verdict.ACCEPTED:
        words = said[1].words.replace("\0", "")
        return accepted_and_counted(said[0], words, now, delivery, body, now + lease())
    if said:
        settle(*said, now)
    return counted(delivery, body, now + lease())
