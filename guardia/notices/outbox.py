"""The outbox: owed notices are packed into deliveries, deliveries are leased, tried and settled. Nothing gets lost.

Every function is one step inside a transaction of its caller; ``now`` is UTC. A lease is known by its end: a worker
whose lease ran out and was given to another finds that its steps change no row.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db.models import F, Q, QuerySet

from guardia.notices.answer import Answer, Verdict
from guardia.notices.mail import domain, render, what_is_missing
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.wire import BadAddress
from guardia.notices.wording.next_step import promises_the_past

log = logging.getLogger(__name__)

PACK_AT_ONCE = 500
CLAIM_AT_ONCE = 50
BACK_OFF_MINUTES = (1, 2, 5, 10, 30)
GIVE_UP_AFTER = timedelta(hours=48)
SMTP_STEPS = 8  # connect, greeting, STARTTLS, login, MAIL, RCPT, DATA and its end: each may take the whole timeout


@dataclass(frozen=True)
class Outgoing:
    """A mail that is on its way to the server: where to, and its bytes."""

    delivery_id: int
    address: str
    content: bytes


# --- pack -------------------------------------------------------------------------------------------------------------


def pack(now: datetime) -> int:
    """Give every owed notice its delivery; returns how many notices were packed.

    What one act made known to one person about one case goes in one mail (a visit held up and the hour of the next
    decision). A contact who has lost the address meanwhile makes a suppressed notice, with its reason.
    """
    owed = list(
        Notice.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("contact")
        .filter(state=NoticeState.OWED)
        .order_by("owed_at", "case_id", "contact_id", "pk")[:PACK_AT_ONCE]
    )
    reachable = [notice for notice in owed if notice.contact.is_reachable]
    suppress(notice for notice in owed if not notice.contact.is_reachable)
    groups = list(whole_groups(reachable, full=len(owed) == PACK_AT_ONCE))
    deliveries = Delivery.objects.bulk_create(delivery_for(group[0], now) for group in groups)
    DeliveredNotice.objects.bulk_create(
        DeliveredNotice(customer_id=notice.customer_id, delivery=delivery, notice=notice)
        for delivery, group in zip(deliveries, groups, strict=True)
        for notice in group
    )
    packed = [notice.pk for group in groups for notice in group]
    Notice.objects.filter(pk__in=packed).update(state=NoticeState.PACKED)
    return len(packed)


def whole_groups(notices: Iterable[Notice], full: bool) -> Iterator[list[Notice]]:
    """One list per mail; the last one is left for the next time where the batch may have cut it."""
    groups = [list(group) for _, group in groupby(notices, key=lambda n: (n.owed_at, n.case_id, n.contact_id))]
    yield from groups[:-1] if full and len(groups) > 1 else groups


def delivery_for(notice: Notice, now: datetime) -> Delivery:
    return Delivery(
        customer_id=notice.customer_id,
        address=notice.contact.email,
        message_id=f"<{uuid.uuid4().hex}@{domain()}>",
        available_at=now,
        created_at=now,
    )


def suppress(notices: Iterable[Notice]) -> None:
    for notice in notices:
        reason = "no_address" if notice.contact.active else "inactive"
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SUPPRESSED, reason=reason)


# --- claim ------------------------------------------------------------------------------------------------------------


def claim(now: datetime) -> list[Delivery]:
    """Lease the deliveries that are due, the oldest first: waiting ones, and those whose sender died."""
    due = Delivery.objects.select_for_update(skip_locked=True).filter(
        Q(state=DeliveryState.WAITING) | Q(leased_until__lte=now),
        state__in=[DeliveryState.WAITING, DeliveryState.SENDING],
        available_at__lte=now,
    )
    deliveries = list(due.order_by("available_at", "pk")[:CLAIM_AT_ONCE])
    for delivery in deliveries:
        delivery.state, delivery.leased_until = DeliveryState.SENDING, now + lease()
    of(deliveries).update(state=DeliveryState.SENDING, leased_until=now + lease())
    return deliveries


def lease() -> timedelta:
    """Longer than the slowest mail can take."""
    return timedelta(seconds=60 + SMTP_STEPS * settings.SMTP_TIMEOUT_SECONDS)


def put_back(deliveries: Sequence[Delivery], answer: str, now: datetime) -> None:
    """They were leased but not tried: they wait as before, with the reason why nothing left (no mail server)."""
    hopeless = [delivery for delivery in deliveries if answer and now - delivery.created_at >= GIVE_UP_AFTER]
    for delivery in hopeless:
        settle(delivery, Answer(Verdict.LATER, answer), now)
    words = {"answer": answer} if answer else {}
    leases = {delivery.leased_until for delivery in deliveries}
    of(deliveries).filter(state=DeliveryState.SENDING, leased_until__in=leases).update(
        state=DeliveryState.WAITING, leased_until=None, **words
    )


# --- try and settle ---------------------------------------------------------------------------------------------------


def begin(delivery: Delivery, now: datetime) -> Outgoing | None:
    """Count the attempt before it is made, and hand over the bytes: a crash after this makes a marked repeat.

    The bytes are kept as sent; they are rendered anew only where they would promise an hour that has passed. None if
    the lease was lost, or the delivery cannot be sent at all and is settled here.
    """
    until = now + lease()
    if not held(delivery).update(attempts=F("attempts") + 1, leased_until=until):
        return None
    delivery.attempts, delivery.leased_until = delivery.attempts + 1, until
    notices = notices_of(delivery)
    try:
        content = bytes(delivery.body or b"")
        if not content or promises_the_past(notices[-1].facts, now):
            content = rendered(delivery, notices, now)
            held(delivery).update(body=content)
    except BadAddress as wrong:
        settle(delivery, Answer(Verdict.REFUSED, str(wrong)), now)
        return None
    except Exception as wrong:
        log.exception("delivery %s cannot be rendered; the others go on", delivery.pk)
        settle(delivery, Answer(Verdict.LATER, f"{type(wrong).__name__}: {wrong}"), now)
        return None
    return Outgoing(delivery.pk, delivery.address, marked(content, delivery.attempts - 1))


def settle(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Write down what the server said: accepted, refused for good, or later (until 48 h are over)."""
    if answer.verdict is Verdict.ACCEPTED:
        end(delivery, DeliveryState.ACCEPTED, NoticeState.SENT, "", answer.words, now)
    elif answer.verdict is Verdict.REFUSED:
        end(delivery, DeliveryState.REFUSED, NoticeState.FAILED, "refused", answer.words, now)
    elif now - delivery.created_at >= GIVE_UP_AFTER:
        end(delivery, DeliveryState.EXPIRED, NoticeState.FAILED, "expired", answer.words, now)
    else:
        held(delivery).update(
            state=DeliveryState.WAITING,
            leased_until=None,
            available_at=now + back_off(delivery.attempts),
            answer=answer.words,
        )


def end(
    delivery: Delivery, state: DeliveryState, notice_state: NoticeState, reason: str, answer: str, now: datetime
) -> None:
    if held(delivery).update(state=state, leased_until=None, settled_at=now, answer=answer):
        Notice.objects.filter(deliveries=delivery.pk).update(state=notice_state, reason=reason)


def back_off(attempts: int) -> timedelta:
    return timedelta(minutes=BACK_OFF_MINUTES[min(max(attempts, 1), len(BACK_OFF_MINUTES)) - 1])


# --- what they share --------------------------------------------------------------------------------------------------


def of(deliveries: Iterable[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])


def held(delivery: Delivery) -> QuerySet[Delivery]:
    """The row of this delivery, if our lease on it still stands."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, leased_until=delivery.leased_until)


def notices_of(delivery: Delivery) -> list[Notice]:
    return list(delivery.notices.select_related("case", "contact").order_by("pk"))


def rendered(delivery: Delivery, notices: list[Notice], now: datetime) -> bytes:
    if missing := what_is_missing(notices, now):
        log.warning("delivery %s does not tell: %s", delivery.pk, ", ".join(missing))
    return render(delivery, notices, now).as_bytes()


def marked(content: bytes, repeats: int) -> bytes:
    """A second and later attempt says so: the first may have arrived after all."""
    return b"X-Guardia-Repeat: %d\r\n%s" % (repeats, content) if repeats else content
